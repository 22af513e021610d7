package connect

import (
	"context"
	"io"
	"time"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/diagnosis"
	"github.com/factordesk/factordesk/app/ntp"
	"github.com/factordesk/factordesk/app/profile"
	"github.com/factordesk/factordesk/app/provider"
	"github.com/factordesk/factordesk/app/seal"
	"github.com/factordesk/factordesk/app/store/memory"
)

// Options is what consoles are put together with. The zero value is right for
// the programs; tests give their own.
type Options struct {
	Dirs   profile.Dirs     // zero: profile.UserDirs()
	Now    func() time.Time // nil: time.Now
	Random io.Reader        // nil: crypto/rand.Reader
	Cost   seal.Cost        // of new passwords; zero: seal.Strong
	Work   int              // log2 of the cost of a backup's passphrase; zero: backup's own

	Ask     app.Asker       // on the way to a store; nil: there is nobody to ask
	Over    app.ShopAddress // takes the place of what a shop's connection says
	Secrets app.ShopSecrets // take the place of what env.php says

	// KeyChanged says of a shop whose crypt key opens nothing that it is the
	// shop's own all the same.
	KeyChanged bool

	// Passwords keeps those of connections that do not ask each time; one for the
	// whole life of a program. nil: one for this call, with the system's keyring.
	Passwords *profile.Passwords

	// Show is told what an env.php comes to before it is used, and for which
	// connection; nil: nobody looks.
	Show func(profile.Connection, Env)
}

// dirs returns the folders to use.
func (o Options) dirs() profile.Dirs {
	if o.Dirs == (profile.Dirs{}) {
		return profile.UserDirs()
	}
	return o.Dirs
}

func (o Options) now() time.Time {
	if o.Now != nil {
		return o.Now()
	}
	return time.Now()
}

// console puts a console before a store. heads may be nil.
func (o Options) console(s app.Store, heads app.HeadMemory) *app.Console {
	return app.NewConsole(app.Options{
		Store: s, Providers: provider.All(), Desk: Desk(), Heads: heads, Now: o.Now, Random: o.Random,
		Diagnose: diagnosis.Desk{}, Network: ntp.Clock{},
	})
}

// Sample returns a console before a store of made-up people, with its operator
// signed in. Nothing of it is ever written anywhere.
func Sample(ctx context.Context, o Options) (*app.Console, error) {
	now := o.Now
	if now == nil {
		now = time.Now
	}
	c := o.console(memory.Sample(now), nil)
	_, err := c.SignIn(ctx, app.Credentials{
		Username: memory.SampleOperator, Password: app.NewSecret(memory.SamplePassword), Stay: true,
	})
	return c, err
}

// SignedIn notes on this computer that the console's operator has signed in to
// its store, so that the store is offered first the next time. A sample store
// is not noted.
func SignedIn(c *app.Console, o Options) error {
	info := c.Store()
	operator, ok := c.Operator()
	if !ok || info.Kind == app.SampleStore {
		return nil
	}
	return o.dirs().SignedIn(profile.Connection{
		Name: info.Name, Kind: info.Kind, Location: info.Location, Tag: info.Tag,
		Opened: o.now(), Operator: operator.User.Username, Shop: info.Shop,
	})
}
