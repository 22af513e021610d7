package connect

import (
	"context"
	"errors"
	"net"
	"strconv"
	"strings"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/profile"
	"github.com/factordesk/factordesk/app/store/magento"
	"github.com/factordesk/factordesk/app/store/magento/envphp"
	"github.com/factordesk/factordesk/app/tunnel"
)

// openShop opens a Magento shop: through SSH where that is asked for, with what
// its env.php says, and asking the person for the rest.
func (o Options) openShop(ctx context.Context, c profile.Connection) (*app.Console, error) {
	w := way{options: o, connection: c, address: *c.Shop}
	s, err := w.open(ctx)
	if err != nil {
		return nil, errors.Join(err, w.close())
	}
	return o.console(&reachedShop{Store: s, way: &w}, o.dirs().Heads()), nil
}

// reachedShop is a shop's store together with the way to it.
type reachedShop struct {
	*magento.Store
	way *way
}

var (
	_ app.Stamped = (*reachedShop)(nil)
	_ app.Stamped = (*reachedTeam)(nil)

	_ app.Announcing = (*reachedTeam)(nil)
)

// Info implements app.Store. People know the shop by where the connection says
// that it is.
func (s *reachedShop) Info() app.StoreInfo {
	i := s.Store.Info()
	i.Shop = s.way.connection.Shop
	i.Location = s.way.address.Location()
	return i
}

// Close implements app.Store: the store first, since it says goodbye to the
// database through the tunnel.
func (s *reachedShop) Close() error { return errors.Join(s.Store.Close(), s.way.close()) }

// way is the way to a shop's database, step by step. Each step is taken once.
type way struct {
	options    Options
	connection profile.Connection // as it is saved
	address    app.ShopAddress    // with what env.php gives

	tunnel    *tunnel.Tunnel // nil: the database is reached from here
	env       *envphp.Shop   // nil: there is no env.php
	secrets   app.ShopSecrets
	overrides map[string]string
}

// open goes the whole way.
func (w *way) open(ctx context.Context) (*magento.Store, error) {
	if err := w.dial(ctx); err != nil {
		return nil, err
	}
	if err := w.read(ctx); err != nil {
		return nil, err
	}
	c, err := w.config(ctx)
	if err != nil {
		return nil, err
	}
	return w.openStore(ctx, c)
}

func (w *way) close() error {
	if w.tunnel == nil {
		return nil
	}
	return w.tunnel.Close()
}

// dial signs in to the SSH server, if there is one on the way.
func (w *way) dial(ctx context.Context) error {
	s := w.address.SSH
	if s.Host == "" {
		return nil
	}
	t, err := w.options.sshTo(ctx, s)
	w.tunnel = t
	return err
}

// sshTo signs in to an SSH server.
func (o Options) sshTo(ctx context.Context, s app.SSH) (*tunnel.Tunnel, error) {
	c, err := tunnel.FromSSHConfig(s.Host)
	if err != nil {
		return nil, err
	}
	if s.Port != 0 {
		c.Port = s.Port
	}
	if s.User != "" {
		c.User = s.User
	}
	if s.Key != "" {
		c.KeyFiles, c.OnlyKeyFiles = []string{s.Key}, true
	}
	return tunnel.Dial(ctx, c, o.asker())
}

// read reads env.php, if there is one, and takes from it what the address leaves
// open.
func (w *way) read(ctx context.Context) error {
	if w.address.EnvPHP != "" {
		shop, err := w.readEnv(ctx)
		if err != nil {
			return err
		}
		w.env = &shop
		w.overrides = overrides(shop)
		w.secrets = app.ShopSecrets{Password: shop.Password, CryptKey: shop.CryptKey}
		w.address = fill(w.address, shop)
		if w.options.Show != nil {
			w.options.Show(w.connection, envOf(shop, w.address))
		}
	}
	if given := w.options.Secrets.Password; !given.Empty() {
		w.secrets.Password = given
	}
	if given := w.options.Secrets.CryptKey; !given.Empty() {
		w.secrets.CryptKey = given
	}
	return w.address.Check()
}

func (w *way) readEnv(ctx context.Context) (envphp.Shop, error) {
	if !w.address.OnServer {
		return envphp.Read(w.address.EnvPHP)
	}
	text, err := w.tunnel.ReadFile(ctx, w.address.EnvPHP)
	if err != nil {
		return envphp.Shop{}, err
	}
	return envphp.Parse(text)
}

// fill puts into an address what env.php says and the address does not.
func fill(a app.ShopAddress, shop envphp.Shop) app.ShopAddress {
	if a.Host == "" && a.Socket == "" {
		a.Host, a.Socket = shop.Host, shop.Socket
		if a.Port == 0 {
			a.Port = shop.Port
		}
	}
	if a.Database == "" {
		a.Database = shop.Database
	}
	if a.Username == "" {
		a.Username = shop.Username
	}
	if a.Prefix == "" && !a.NoPrefix {
		a.Prefix = shop.Prefix
	}
	// Certificates that lie beside env.php on a server cannot be used from here.
	if t := shop.TLS; a.TLS == (app.TLS{}) && t.Wanted() && !a.OnServer {
		a.TLS = app.TLS{Mode: app.TLSVerify, CA: t.CA, Certificate: t.Cert, Key: t.Key}
		if t.Unverified {
			a.TLS.Mode, a.TLS.CA = app.TLSRequired, ""
		}
	}
	if a.TLS.Mode == "" {
		a.TLS.Mode = usualTLS(a)
	}
	return a
}

// usualTLS is the mode where none is said. What stays on one machine, this one
// or the SSH server, needs no encryption of its own; but who names a CA or a
// certificate wants them used.
func usualTLS(a app.ShopAddress) app.TLSMode {
	ip := net.ParseIP(a.Host)
	near := a.Socket != "" || strings.EqualFold(a.Host, "localhost") || ip != nil && ip.IsLoopback()
	switch t := a.TLS; {
	case !near || t.CA != "" || t.ServerName != "":
		return app.TLSVerify
	case t.Certificate != "":
		return app.TLSRequired
	}
	return app.TLSOff
}

// config is what the store is opened with. It asks the person for what is not
// known yet.
func (w *way) config(ctx context.Context) (magento.Config, error) {
	a := w.address
	if a.TLS.Mode == "" {
		a.TLS.Mode = usualTLS(a)
	}
	encryption, err := tlsConfig(a.TLS, a.Host)
	if err != nil {
		return magento.Config{}, err
	}
	if err := w.ask(ctx); err != nil {
		return magento.Config{}, err
	}
	c := magento.Config{
		Host: a.Host, Port: a.Port, Socket: a.Socket, Database: a.Database, Username: a.Username, Prefix: a.Prefix,
		Password: w.secrets.Password, CryptKey: w.secrets.CryptKey, TLS: encryption, Overrides: w.overrides,
		OlderKeys: w.options.Secrets.OlderKeys, KeyChanged: w.options.KeyChanged,
		ReadOnly: a.ReadOnly, Name: w.connection.Name, Tag: w.connection.Tag, Desk: Desk(),
		Logbook: w.options.dirs().Logbook(identity(a)), Now: w.options.Now, Random: w.options.Random,
	}
	if w.tunnel != nil {
		c.Dial, c.Through = w.tunnel.DialContext, "through SSH"
	}
	return c, nil
}

// ask asks for the secrets that neither env.php nor the program's options have.
func (w *way) ask(ctx context.Context) error {
	a := w.address
	if w.secrets.Password.Empty() && (w.env == nil || hasGap(w.env, "password")) {
		place := a.Host
		if a.Socket != "" {
			place = a.Socket
		}
		p, err := w.options.asker().Secret(ctx, app.Question{
			About: app.AskDatabase,
			What:  "Password of the database account " + a.Username + " at " + place,
			Why:   "It is the account of the database, not yours in the shop.",
		})
		if err != nil {
			return err
		}
		w.secrets.Password = p
	}
	if w.secrets.CryptKey.Empty() {
		k, err := w.options.asker().Secret(ctx, app.Question{
			About: app.AskCryptKey,
			What:  "Crypt key of the shop",
			Why:   "It is crypt/key in app/etc/env.php. Without it factors can be reset, and nothing else.",
		})
		if err != nil {
			return err
		}
		w.secrets.CryptKey = k
	}
	return nil
}

func hasGap(shop *envphp.Shop, name string) bool {
	for _, g := range shop.Gaps {
		if strings.HasSuffix(g.Path, "/"+name) && !g.Fallback {
			return true
		}
	}
	return false
}

// identity names a shop on this computer, so that its logbook is found again
// whoever signs in to the database, and however it is encrypted.
func identity(a app.ShopAddress) string {
	at := a.Socket
	if at == "" {
		port := a.Port
		if port == 0 {
			port = app.DefaultPort
		}
		at = net.JoinHostPort(strings.ToLower(a.Host), strconv.Itoa(port))
	}
	return strings.Join([]string{"magento", strings.ToLower(a.SSH.Host), at, a.Database, a.Prefix}, "\n")
}

// secretSettings are the ends of paths whose values are secrets of their own,
// such as Duo's. Whether they are set is all that matters here.
var secretSettings = []string{"key", "secret", "password", "passphrase", "token"}

// overrides are the settings of env.php that doctor looks at.
func overrides(shop envphp.Shop) map[string]string {
	all := make(map[string]string, len(shop.Overrides))
	for path, value := range shop.Overrides {
		text := value.Reveal()
		for _, end := range secretSettings {
			if strings.HasSuffix(path, end) && text != "" {
				text = "set"
			}
		}
		all[path] = text
	}
	return all
}

// nobody is the asker where there is nobody to ask.
type nobody struct{}

// Secret implements app.Asker.
func (nobody) Secret(_ context.Context, q app.Question) (app.Secret, error) {
	return app.Secret{}, app.Errorf(app.Invalid, "There is nobody to ask: %s.", q.What)
}

// Trust implements app.Asker.
func (nobody) Trust(context.Context, app.HostKey) (bool, error) { return false, nil }

func (o Options) asker() app.Asker {
	if o.Ask == nil {
		return nobody{}
	}
	return o.Ask
}
