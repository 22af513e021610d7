package connect

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/profile"
	"github.com/factordesk/factordesk/app/store/native"
)

// DefaultName is the name of a new local store that got none. Authenticator
// apps show the name of the store beside the account.
const DefaultName = "My Desk"

// DefaultTeam is the same for a team's store.
const DefaultTeam = "Team Desk"

// NewStore is what a store is made of.
type NewStore struct {
	Target string  // a path, or the address of a team's empty database; empty: the default path
	Name   string  // empty: DefaultName or DefaultTeam
	Tag    app.Tag // empty: app.TagLocal or app.TagTeam
	First  app.NewUser
}

// Open opens the store that a text means and returns a console before it: the
// name of a saved connection, the path of a local store's file, the address of a
// team's or a shop's database, or, if it is empty, the shop of Options.Over or the default
// local store. Nobody is signed in, except in a sample store.
func Open(ctx context.Context, text string, o Options) (*app.Console, error) {
	c, err := o.target(text)
	if err != nil {
		return nil, err
	}
	var console *app.Console
	err = o.along(ctx, c, func(o Options) (err error) {
		console, err = o.open(ctx, text, c)
		return err
	})
	return console, err
}

// open is Open for the connection that a text means.
func (o Options) open(ctx context.Context, text string, c profile.Connection) (*app.Console, error) {
	d := o.dirs()
	switch c.Kind {
	case app.SampleStore:
		return Sample(ctx, o)
	case app.MagentoStore:
		return o.openShop(ctx, c)
	case app.TeamStore:
		return o.openTeam(ctx, c)
	}
	if text == "" || c.Location == d.DefaultStore() {
		if _, err := os.Stat(c.Location); errors.Is(err, fs.ErrNotExist) {
			return nil, app.Errorf(app.NotFound, "There is no store at %s yet.", c.Location).
				WithHint(`Make one in the window, or with "factorctl init".`)
		}
	}
	s, err := native.Open(ctx, c.Location, o.native(c))
	if err != nil {
		return nil, err
	}
	return o.console(s, d.Heads()), nil
}

// Create makes a local or a team's store with its first administrator, notes it among the
// saved connections, and returns a console before it and the recovery key,
// which is kept nowhere. Nobody is signed in. It fails with Conflict when the
// file exists, or the database has a store.
func Create(ctx context.Context, n NewStore, o Options) (*app.Console, app.Secret, error) {
	place, err := o.newPlace(n.Target)
	if err != nil {
		return nil, app.Secret{}, err
	}
	if place.Name != "" && strings.TrimSpace(n.Name) == "" { // the connection was made before
		n.Name = place.Name
		if n.Tag == "" {
			n.Tag = place.Tag
		}
	}
	if err := n.fill(place.Kind); err != nil {
		return nil, app.Secret{}, err
	}
	d, path := o.dirs(), place.Location
	if _, err := d.Connections(); err != nil {
		return nil, app.Secret{}, err // before there is a recovery key to lose
	}
	if place.Kind == app.TeamStore {
		var c *app.Console
		var recovery app.Secret
		err := o.along(ctx, place, func(o Options) (err error) {
			c, recovery, err = o.createTeam(ctx, place, n)
			return err
		})
		return c, recovery, err
	}
	at := o.now().UTC().Truncate(time.Microsecond)
	s, recovery, err := native.Create(ctx, path, o.native(profile.Connection{Name: n.Name, Tag: n.Tag}), n.First, app.Event{
		At: at, Console: Desk(), Action: app.DoCreateStore, Outcome: app.Done,
	})
	if err != nil {
		return nil, app.Secret{}, err
	}
	// A store that is not on the list is opened by its path, and gets onto the
	// list with the first sign-in; its recovery key exists only here and now.
	_ = d.SignedIn(profile.Connection{
		Name: n.Name, Kind: app.LocalStore, Location: path, Tag: n.Tag,
		Opened: at, Operator: n.First.Username,
	})
	return o.console(s, d.Heads()), recovery, nil
}

// NewPath returns the full path at which Create would make a store, or why it
// would not: Conflict when there is something already.
func NewPath(text string, o Options) (string, error) {
	c, err := o.newPlace(text)
	return c.Location, err
}

// newPlace is NewPath with the kind of store that would be made there. What is in
// a team's database is known to its server only.
func (o Options) newPlace(text string) (profile.Connection, error) {
	c, err := Options{Dirs: o.Dirs}.target(text)
	if err != nil || c.Kind == app.TeamStore {
		return c, err
	}
	if c.Kind == app.MagentoStore {
		return c, app.Errorf(app.Invalid, "The tables of a shop are made by Magento, not here.").WithHint("Give a path.")
	}
	if c.Kind != app.LocalStore {
		return c, app.Errorf(app.Conflict, "%q is a saved connection.", text).WithHint("Give a path.")
	}
	switch _, err := os.Lstat(c.Location); {
	case err == nil:
		return c, app.Errorf(app.Conflict, "There is something at %s already.", c.Location).
			WithHint("It stays as it is. Choose another path.")
	case !errors.Is(err, fs.ErrNotExist):
		return c, app.Errorf(app.Unreachable, "The folder of %s cannot be looked into.", c.Location).Because(err)
	}
	return c, nil
}

// fill sets what was left out, and checks the rest.
func (n *NewStore) fill(kind app.StoreKind) error {
	name, tag := DefaultName, app.TagLocal
	if kind == app.TeamStore {
		name, tag = DefaultTeam, app.TagTeam
	}
	if n.Name = strings.TrimSpace(n.Name); n.Name == "" {
		n.Name = name
	}
	if n.Tag == "" {
		n.Tag = tag
	}
	f := &n.First
	f.Username, f.Email = strings.TrimSpace(f.Username), strings.TrimSpace(f.Email)
	f.FirstName, f.LastName = strings.TrimSpace(f.FirstName), strings.TrimSpace(f.LastName)
	f.Role, f.Active = app.Administrators, true
	for _, err := range []error{
		app.CheckStoreName(n.Name), app.CheckUsername(f.Username), app.CheckEmail(f.Email),
		app.CheckName("first name", f.FirstName), app.CheckName("last name", f.LastName),
		app.CheckPassword(f.Password),
	} {
		if err != nil {
			return err
		}
	}
	return nil
}

// native returns the options of a store of our own. The name is the person's, not
// the store's: it is kept among the saved connections.
func (o Options) native(c profile.Connection) native.Options {
	return native.Options{
		Name: c.Name, Tag: c.Tag, ReadOnly: c.LooksOnly() || o.Over.ReadOnly, Cost: o.Cost, Now: o.Now, Random: o.Random,
	}
}
