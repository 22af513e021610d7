package screens

import (
	"context"
	"strings"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/kit"
	"github.com/factordesk/factordesk/screens/signin"
)

// opening opens one store after the other for the sign-in screen. Choosing
// another one stops the one before for good: nothing of it goes on behind.
type opening struct {
	shell  *Shell
	screen *signin.Screen
	stop   context.CancelFunc // of what is being opened; nil when nothing is
}

// begin opens a store and tells the screen how that ended, unless it is stopped.
func (o *opening) begin(saved signin.Saved) {
	o.cancel()
	stopped, stop := context.WithCancel(context.Background())
	o.stop = stop
	s := o.shell
	ask := s.Asker(kit.StoreOf(saved.Info()))
	kit.Go(s.kit, func(ctx context.Context) (*app.Console, error) {
		ctx, end := context.WithCancel(ctx)
		defer end()
		defer context.AfterFunc(stopped, end)()
		return s.backend.Open(ctx, targetOf(saved), ask)
	}, func(c *app.Console, err error) {
		late := stopped.Err() != nil || s.stage != Screen(o.screen)
		stop()
		switch {
		case late && c != nil: // it was open before it heard of the stop
			s.discard(c)
		case late:
		case err != nil:
			o.stop = nil
			s.use(nil)
			o.screen.Failed(err)
		default:
			o.stop = nil
			s.use(c)
			o.screen.Opened(c)
		}
	})
}

// cancel stops what is being opened. The screen has said so already.
func (o *opening) cancel() {
	if o.stop != nil {
		o.stop()
		o.stop = nil
	}
}

// targetOf is what the backend calls a store of the list: by its name, because
// more than one connection may lead to one place.
func targetOf(saved signin.Saved) string {
	if saved.Unsaved {
		return saved.Location
	}
	return saved.Name
}

// unsaved is a store that the program was started with. Of an address only the
// place is shown: who typed a password before it has it refused, not displayed.
func unsaved(target string) signin.Saved {
	saved := signin.Saved{Name: target, Kind: app.LocalStore, Tag: app.TagLocal, Location: target, Unsaved: true}
	scheme, place, ok := strings.Cut(target, "://")
	if !ok {
		return saved
	}
	saved.Name = place[strings.LastIndex(place, "@")+1:]
	switch strings.ToLower(scheme) {
	case "mysql", "mariadb":
		saved.Kind, saved.Tag = app.MagentoStore, app.TagProduction // until somebody says otherwise
	case "postgres", "postgresql":
		saved.Kind, saved.Tag = app.TeamStore, app.TagTeam
	}
	return saved
}
