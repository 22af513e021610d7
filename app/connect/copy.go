package connect

import (
	"context"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/profile"
	"github.com/factordesk/factordesk/app/store/native"
)

// Place is where a store is to be copied to, with the way there.
type Place struct {
	To  app.Destination
	way *teamWay // nil: none is needed
}

// NewPlace goes to the place that a text means: the path of a new local store, or
// the address or the saved name of a team's empty database. Nothing is changed
// there yet. Close ends the way.
func NewPlace(ctx context.Context, text string, o Options) (*Place, error) {
	if text == "" {
		return nil, app.Errorf(app.Invalid, "It is not said where the copy is to be.")
	}
	o.Over = app.ShopAddress{} // said of the store that is copied
	c, err := o.target(text)
	if err != nil {
		return nil, err
	}
	if c.LooksOnly() {
		return nil, app.Errorf(app.Denied, "%s is saved to look only, so nothing is copied there.", c.Name).
			WithHint("Change the connection first.")
	}
	switch c.Kind {
	case app.LocalStore:
		return &Place{To: native.ToFile{Path: c.Location}}, nil
	case app.TeamStore:
		w, err := o.goTo(ctx, c)
		if err != nil {
			return nil, err
		}
		return &Place{To: native.ToServer{Server: w.server, Where: w.address.String()}, way: w}, nil
	}
	return nil, app.Errorf(app.Invalid, "A store is copied to a file or to a team's database, and %s is neither.", text).
		WithHint("Give a path, or postgres://user@host:port/database.")
}

// Copy copies the console's store to the place, and notes that among the saved
// connections. The grant is for app.DoCopyStore with the place's location.
func (p *Place) Copy(
	ctx context.Context, c *app.Console, g *app.Grant, o Options, report func(app.MoveProgress),
) (app.Contents, error) {
	made, err := c.CopyStore(ctx, g, p.To, report)
	if err != nil {
		return made, err
	}
	kind, tag := app.LocalStore, app.TagLocal
	if p.way != nil {
		kind, tag = app.TeamStore, app.TagTeam
	}
	operator, _ := c.Operator()
	// A copy that is not on the list is opened by its place.
	_ = o.dirs().SignedIn(profile.Connection{
		Name: c.Store().Name, Kind: kind, Location: p.To.Location(), Tag: tag, Opened: o.now(), Operator: operator.User.Username,
	})
	return made, nil
}

// Close ends the way to the place.
func (p *Place) Close() error {
	if p.way == nil {
		return nil
	}
	return p.way.close()
}
