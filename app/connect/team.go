package connect

import (
	"context"
	"errors"
	"time"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/profile"
	"github.com/factordesk/factordesk/app/store/native"
	"github.com/factordesk/factordesk/app/tunnel"
)

// Grants returns the SQL that gives the database accounts of a team's store
// their rights.
func Grants() string { return native.Rights() }

// withTeam puts what was given besides in the place of what an address says.
func withTeam(a app.TeamAddress, over app.ShopAddress) (app.TeamAddress, error) {
	if over.TLS != (app.TLS{}) {
		a.TLS = over.TLS
	}
	if over.SSH != (app.SSH{}) {
		a.SSH = over.SSH
	}
	if over.TLS, over.SSH, over.ReadOnly = (app.TLS{}), (app.SSH{}), false; over != (app.ShopAddress{}) {
		return a, app.Errorf(app.Invalid, "What was given besides is for a Magento shop, and this store is none.").
			WithHint("Of a team's store the encryption and the SSH server can be given besides.")
	}
	return a, nil
}

// teamAt is the connection of a team's store: the saved one, or a new one without
// a name.
func teamAt(rest string, d profile.Dirs) (profile.Connection, error) {
	a, err := app.ParseTeam(rest)
	if err != nil {
		return profile.Connection{}, err
	}
	if c, ok, err := d.At(a.String()); ok || err != nil {
		return c, err
	}
	return profile.Connection{Kind: app.TeamStore, Tag: app.TagTeam, Location: a.String()}, nil
}

// teamOf reads the location of a connection.
func teamOf(c profile.Connection, over app.ShopAddress) (app.TeamAddress, error) {
	a, err := app.ParseTeam(c.Location)
	if err != nil {
		return a, err
	}
	return withTeam(a, over)
}

// teamWay is the way to a team's store.
type teamWay struct {
	address app.TeamAddress
	server  native.Server
	tunnel  *tunnel.Tunnel // nil: the server is reached from here
}

// goTo goes the way as far as the server, and asks for the password of the
// database account where none was given.
func (o Options) goTo(ctx context.Context, c profile.Connection) (*teamWay, error) {
	w, err := o.wayTo(c)
	if err != nil {
		return nil, err
	}
	if err := w.dial(ctx, o); err != nil {
		return nil, err
	}
	if err := w.ask(ctx, o); err != nil {
		return nil, errors.Join(err, w.close())
	}
	return w, nil
}

// wayTo is the way before its first step.
func (o Options) wayTo(c profile.Connection) (*teamWay, error) {
	a, err := teamOf(c, o.Over)
	if err == nil {
		err = a.Check()
	}
	if err != nil {
		return nil, err
	}
	w := &teamWay{address: a, server: native.Server{
		Host: a.Host, Port: a.Port, Database: a.Database, Username: a.Username, Password: o.Secrets.Password,
	}}
	encryption := a.TLS
	encryption.Mode = teamTLS(a)
	w.server.TLS, err = tlsConfig(encryption, a.Host)
	return w, err
}

// teamTLS is the mode of an address, or the usual one where none is said. What the
// tunnel hides from the network, or never leaves the machine, needs no encryption
// of its own, as with a shop.
func teamTLS(a app.TeamAddress) app.TLSMode {
	switch {
	case a.TLS.Mode != "":
		return a.TLS.Mode
	case a.TLS == (app.TLS{}) && a.SSH.Host != "":
		return app.TLSOff
	case a.TLS.CA != "" || a.TLS.Certificate != "":
		return app.TLSVerify
	}
	near := app.ShopAddress{Host: a.Host, TLS: a.TLS}
	if a.Socket() {
		near.Host, near.Socket = "", a.Host
	}
	return usualTLS(near)
}

// dial signs in to the SSH server, if there is one on the way.
func (w *teamWay) dial(ctx context.Context, o Options) (err error) {
	if w.address.SSH.Host == "" {
		return nil
	}
	if w.tunnel, err = o.sshTo(ctx, w.address.SSH); err != nil {
		return err
	}
	w.server.Dial = w.tunnel.DialContext
	return nil
}

// ask asks for the password of the database account.
func (w *teamWay) ask(ctx context.Context, o Options) (err error) {
	if !w.server.Password.Empty() || w.address.Socket() {
		return nil
	}
	w.server.Password, err = o.asker().Secret(ctx, app.Question{
		About: app.AskDatabase,
		What:  "Password of the database account " + w.address.Username + " at " + w.address.Host,
		Why:   "It is the account of the database, not yours in the store.",
	})
	return err
}

func (w *teamWay) close() error {
	if w.tunnel == nil {
		return nil
	}
	return w.tunnel.Close()
}

// reachedTeam is a team's store together with the way to it.
type reachedTeam struct {
	*native.Store
	way *teamWay
}

// Info implements app.Store. The location is how the store is opened again.
func (s *reachedTeam) Info() app.StoreInfo {
	i := s.Store.Info()
	i.Location = s.way.address.String()
	return i
}

// Close implements app.Store: the store first, since it says goodbye through the
// tunnel.
func (s *reachedTeam) Close() error { return errors.Join(s.Store.Close(), s.way.close()) }

// openTeam opens a team's store.
func (o Options) openTeam(ctx context.Context, c profile.Connection) (*app.Console, error) {
	w, err := o.goTo(ctx, c)
	if err != nil {
		return nil, err
	}
	s, err := native.OpenServer(ctx, w.server, o.native(c))
	if err != nil {
		return nil, errors.Join(err, w.close())
	}
	return o.console(&reachedTeam{s, w}, o.dirs().Heads()), nil
}

// createTeam makes a store in an empty database, as Create does.
func (o Options) createTeam(ctx context.Context, c profile.Connection, n NewStore) (*app.Console, app.Secret, error) {
	w, err := o.goTo(ctx, c)
	if err != nil {
		return nil, app.Secret{}, err
	}
	at := o.now().UTC().Truncate(time.Microsecond)
	c.Name, c.Tag = n.Name, n.Tag
	s, recovery, err := native.CreateOnServer(ctx, w.server, o.native(c), n.First, app.Event{
		At: at, Console: Desk(), Action: app.DoCreateStore, Outcome: app.Done,
	})
	if err != nil {
		return nil, app.Secret{}, errors.Join(err, w.close())
	}
	// As with a local store, the list is no reason to lose the recovery key.
	c.Location, c.Opened, c.Operator = w.address.String(), at, n.First.Username
	_ = o.dirs().SignedIn(c)
	return o.console(&reachedTeam{s, w}, o.dirs().Heads()), recovery, nil
}
