package connect

import (
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"unicode"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/profile"
)

// Target returns the connection that Open would open, for Test.
func Target(text string, o Options) (profile.Connection, error) { return o.target(text) }

// target says which connection a text means, with what the options put in the
// place of a shop's own. What of a shop's address does not go together is said
// here, before anything is opened.
func (o Options) target(text string) (profile.Connection, error) {
	c, err := o.meant(text)
	if err == nil && c.Shop != nil {
		err = c.Shop.Check()
	}
	return c, err
}

func (o Options) meant(text string) (profile.Connection, error) {
	if text == "" && (o.Over.EnvPHP != "" || o.Over.Host != "" || o.Over.Socket != "") {
		return shopAt(o.Over, o.dirs())
	}
	c, err := saved(text, o.dirs())
	if err != nil || o.Over == (app.ShopAddress{}) {
		return c, err
	}
	if c.Kind == app.LocalStore && o.Over == (app.ShopAddress{ReadOnly: true}) {
		c.ReadOnly = true
		return c, nil
	}
	if c.Kind == app.TeamStore {
		a, err := teamOf(c, o.Over)
		c.Location, c.ReadOnly = a.String(), c.ReadOnly || o.Over.ReadOnly
		return c, err
	}
	if c.Kind != app.MagentoStore {
		return c, app.Errorf(app.Invalid, "What was given besides is for a Magento shop, and this store is none.")
	}
	a := c.Shop.With(o.Over)
	c.Shop = &a
	return c, nil
}

// shopAt is the connection of a shop: the saved one, or a new one without a
// name. Who names no tag works in production until somebody says otherwise.
func shopAt(a app.ShopAddress, d profile.Dirs) (profile.Connection, error) {
	if c, ok, err := d.AtShop("", a); ok || err != nil {
		c.Shop = &a
		return c, err
	}
	return profile.Connection{Kind: app.MagentoStore, Tag: app.TagProduction, Shop: &a}, nil
}

// saved says which connection a text means: the name of a saved one, the path of
// a local store's file, an address, or, if it is empty, the default local store.
// Saved names win over files of the same name in the current folder; a path with
// a separator in it is always a path.
func saved(text string, d profile.Dirs) (profile.Connection, error) {
	if text == "" {
		return local(d.DefaultStore(), d)
	}
	if scheme, rest, ok := strings.Cut(text, "://"); ok {
		return server(strings.ToLower(scheme), rest, d)
	}
	if !isPath(text) {
		c, err := d.Connection(text)
		if err == nil || app.KindOf(err) != app.NotFound {
			return c, err
		}
	}
	return local(text, d)
}

// isPath reports whether a text can only be a path, because no connection can
// have such a name.
func isPath(text string) bool {
	return strings.ContainsAny(text, `/\`) || text == "." || text == ".."
}

// local returns the connection of a file: the saved one, which has the name
// that the person gave to the store, or a new one without a name.
func local(path string, d profile.Dirs) (profile.Connection, error) {
	full, err := filepath.Abs(path)
	if err != nil {
		return profile.Connection{}, app.Errorf(app.Unreachable, "The current folder is gone.").
			WithHint("Go to another one, or give the full path.").Because(err)
	}
	if c, ok, err := d.At(full); ok || err != nil {
		return c, err
	}
	return profile.Connection{Kind: app.LocalStore, Location: full}, nil
}

// server reads the address of a server. No error repeats anything of it but its
// scheme, because a password may be in it.
func server(scheme, rest string, d profile.Dirs) (profile.Connection, error) {
	switch scheme {
	case "postgres", "postgresql":
		return teamAt(rest, d)
	case "mysql", "mariadb":
		a, err := shopAddress(rest)
		if err != nil {
			return profile.Connection{}, err
		}
		return shopAt(a, d)
	}
	return profile.Connection{}, app.Errorf(app.Invalid, "A store is not opened by such an address.").
		WithHint("Give the path of a local store's file, postgres:// or mysql://user@host:port/database, or the name of a saved connection.")
}

// MayGoWithEnv reports whether a text is no name of a saved connection and no
// path: an env.php that is named elsewhere goes with it.
func MayGoWithEnv(text string) bool {
	scheme, _, isAddress := strings.Cut(strings.ToLower(text), "://")
	return text == "" || isAddress && (scheme == "mysql" || scheme == "mariadb")
}

// shopAddress reads what stands behind mysql://. A password with a slash, a sharp
// or a question mark in it turns up anywhere in there, so that whatever cannot be
// part of such an address is refused.
func shopAddress(rest string) (app.ShopAddress, error) {
	bad := app.Errorf(app.Invalid, "This is no address of a shop's database.").WithHint("It is mysql://user@host:port/database.")
	u, err := url.Parse("mysql://" + rest)
	if err != nil {
		return app.ShopAddress{}, bad
	}
	if _, has := u.User.Password(); has {
		return app.ShopAddress{}, app.Errorf(app.Invalid, "A password does not belong into an address: others can read it.").
			WithHint("Leave it out. It is asked for, or taken from FACTORDESK_DB_PASSWORD.")
	}
	if strings.ContainsAny(rest, "?#") {
		return app.ShopAddress{}, bad
	}
	a := app.ShopAddress{Host: u.Hostname(), Username: u.User.Username(), Database: strings.TrimPrefix(u.Path, "/")}
	if port := u.Port(); port != "" {
		if a.Port, err = strconv.Atoi(port); err != nil {
			return app.ShopAddress{}, bad
		}
	}
	if a.Host == "" || a.Port < 0 || a.Port > 65535 || strings.ContainsAny(a.Database, "/@:") || strings.ContainsFunc(a.Database, unicode.IsControl) {
		return app.ShopAddress{}, bad
	}
	return a, nil
}
