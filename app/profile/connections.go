package profile

import (
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/factordesk/factordesk/app"
)

// Connection is a store that this person works with. It has no secret.
type Connection struct {
	Name     string        `toml:"name"`               // as "factorctl --store" takes it; letter case does not matter
	Kind     app.StoreKind `toml:"kind"`               // local, magento or sample
	Location string        `toml:"location,omitempty"` // the path of a local store, the address of a team's; of a shop, words for lists, which are not saved
	Tag      app.Tag       `toml:"tag,omitempty"`
	ReadOnly bool          `toml:"read_only,omitempty"` // nothing is changed over it; of a shop, its address says that
	Opened   time.Time     `toml:"opened,omitempty"`    // the last sign-in from this computer, UTC; zero: never
	Operator string        `toml:"operator,omitempty"`  // the username of that sign-in

	Passwords app.Passwords    `toml:"passwords,omitempty"` // where the secrets on the way come from
	Shop      *app.ShopAddress `toml:"shop,omitempty"`      // how the database of a Magento shop is reached; nil for other kinds
}

// LooksOnly reports whether nothing is changed over the connection.
func (c Connection) LooksOnly() bool { return c.ReadOnly || c.Shop != nil && c.Shop.ReadOnly }

// connectionsFile is the form of connections.toml.
type connectionsFile struct {
	Connections []Connection `toml:"connection"`
}

func (d Dirs) connectionsPath() string { return filepath.Join(d.Config, "connections.toml") }

// Connections returns the saved connections, in the order that the person has
// given them: a new one comes last.
func (d Dirs) Connections() ([]Connection, error) {
	var f connectionsFile
	if err := readTOML(d.connectionsPath(), &f); err != nil {
		return nil, err
	}
	for i, c := range f.Connections {
		if err := c.check(); err != nil {
			message, _ := app.Explain(err)
			return nil, badFile(d.connectionsPath(), "connection "+app.Thousands(int64(i+1))+": "+
				strings.TrimSuffix(strings.ToLower(message[:1])+message[1:], "."))
		}
		if slices.ContainsFunc(f.Connections[:i], func(o Connection) bool { return sameName(o.Name, c.Name) }) {
			return nil, badFile(d.connectionsPath(), "two connections have the name "+c.Name)
		}
		if c.Shop != nil {
			f.Connections[i].Location = c.Shop.Location()
		}
	}
	return f.Connections, nil
}

// Connection returns the saved connection of a name, or NotFound.
func (d Dirs) Connection(name string) (Connection, error) {
	all, err := d.Connections()
	if err != nil {
		return Connection{}, err
	}
	for _, c := range all {
		if sameName(c.Name, name) {
			return c, nil
		}
	}
	return Connection{}, app.Errorf(app.NotFound, "There is no saved connection %q.", name)
}

// At returns the saved connection of a local store's path or of a team's address,
// of several the one that was used last; ok is false when there is none.
func (d Dirs) At(path string) (c Connection, ok bool, err error) {
	all, err := d.Connections()
	if err != nil {
		return Connection{}, false, err
	}
	i := lastUsed(all, func(c Connection) bool {
		return (c.Kind == app.LocalStore || c.Kind == app.TeamStore) && c.Location == path
	})
	if i < 0 {
		return Connection{}, false, nil
	}
	return all[i], true, nil
}

// AtShop returns the saved connection of a shop: the one that has the name, or
// else the one that was used last; ok is false when there is none.
func (d Dirs) AtShop(name string, a app.ShopAddress) (c Connection, ok bool, err error) {
	all, err := d.Connections()
	if err != nil {
		return Connection{}, false, err
	}
	i := atPlace(all, Connection{Name: name, Kind: app.MagentoStore, Shop: &a})
	if i < 0 {
		return Connection{}, false, nil
	}
	return all[i], true, nil
}

// atPlace finds the connection to the place of c, or -1. Two may lead to one
// store, for example one of them to look only: then the name counts.
func atPlace(all []Connection, c Connection) int {
	same := func(o Connection) bool {
		if c.Kind == app.MagentoStore {
			return o.Kind == c.Kind && c.Shop != nil && o.Shop.SamePlace(*c.Shop)
		}
		return o.Kind == c.Kind && o.Location == c.Location
	}
	i := slices.IndexFunc(all, func(o Connection) bool { return sameName(o.Name, c.Name) && same(o) })
	if i < 0 {
		i = lastUsed(all, same)
	}
	return i
}

// lastUsed finds the connection that was used last of those that fit, or -1.
func lastUsed(all []Connection, fits func(Connection) bool) int {
	last := -1
	for i, c := range all {
		if fits(c) && (last < 0 || c.Opened.After(all[last].Opened)) {
			last = i
		}
	}
	return last
}

// Save adds a connection, or replaces the one of the same name.
func (d Dirs) Save(c Connection) error {
	c.Name = strings.TrimSpace(c.Name)
	if err := c.check(); err != nil {
		return err
	}
	return d.change(func(all []Connection) ([]Connection, error) {
		if i := slices.IndexFunc(all, func(o Connection) bool { return sameName(o.Name, c.Name) }); i >= 0 {
			all[i] = c
			return all, nil
		}
		return append(all, c), nil
	})
}

// Replace puts c in the place of the connection of a name, which may be c's own,
// or adds it where that is empty or gone. It fails with Conflict when another
// connection has c's name.
func (d Dirs) Replace(was string, c Connection) error {
	c.Name = strings.TrimSpace(c.Name)
	if err := c.check(); err != nil {
		return err
	}
	return d.change(func(all []Connection) ([]Connection, error) {
		at := slices.IndexFunc(all, func(o Connection) bool { return was != "" && sameName(o.Name, was) })
		for i, o := range all {
			if i != at && sameName(o.Name, c.Name) {
				return nil, app.Errorf(app.Conflict, "There is a connection named %s already.", o.Name).
					WithHint("Choose another name.")
			}
		}
		if at < 0 {
			return append(all, c), nil
		}
		all[at] = c
		return all, nil
	})
}

// SignedIn notes on the connection of a path, or of a shop, who signed in and
// when. What is not saved yet is now, with c's name, or one like it that can be
// used and is free.
func (d Dirs) SignedIn(c Connection) error {
	return d.change(func(all []Connection) ([]Connection, error) {
		if i := atPlace(all, c); i >= 0 {
			all[i].Opened, all[i].Operator = c.Opened.UTC().Truncate(time.Second), c.Operator
			return all, nil
		}
		c.Opened = c.Opened.UTC().Truncate(time.Second)
		c.Name = freeName(all, usableName(c.Name))
		return append(all, c), c.check()
	})
}

// Remove forgets a connection. The store itself stays.
func (d Dirs) Remove(name string) error {
	return d.change(func(all []Connection) ([]Connection, error) {
		i := slices.IndexFunc(all, func(o Connection) bool { return sameName(o.Name, name) })
		if i < 0 {
			return nil, app.Errorf(app.NotFound, "There is no saved connection %q.", name)
		}
		return slices.Delete(all, i, i+1), nil
	})
}

// Move puts a connection at a place in the order, 0 being the first; what lies
// beyond an end is the end.
func (d Dirs) Move(name string, to int) error {
	return d.change(func(all []Connection) ([]Connection, error) {
		i := slices.IndexFunc(all, func(o Connection) bool { return sameName(o.Name, name) })
		if i < 0 {
			return nil, app.Errorf(app.NotFound, "There is no saved connection %q.", name)
		}
		c := all[i]
		all = slices.Delete(all, i, i+1)
		return slices.Insert(all, min(max(to, 0), len(all)), c), nil
	})
}

// change reads, changes and writes the connections while no other console does.
// Kept passwords of places to which no connection leads any more go.
func (d Dirs) change(f func([]Connection) ([]Connection, error)) error {
	return locked(d.connectionsPath(), func() error {
		all, err := d.Connections()
		if err != nil {
			return err
		}
		if all, err = f(all); err != nil {
			return err
		}
		for i := range all {
			if all[i].Shop != nil {
				all[i].Location = "" // the address says it
			}
		}
		if err := writeTOML(d.connectionsPath(), "The stores that Factordesk knows on this computer. No secret belongs here.",
			connectionsFile{Connections: all}); err != nil {
			return err
		}
		return d.prune(all)
	})
}

// maxConnectionName is the longest name of a connection, in characters.
const maxConnectionName = 60

// check returns a sentence when a connection cannot be saved or used.
func (c Connection) check() error {
	switch {
	case strings.TrimSpace(c.Name) == "":
		return app.Errorf(app.Invalid, "The connection has no name.")
	case utf8.RuneCountInString(c.Name) > maxConnectionName:
		return app.Errorf(app.Invalid, "The name of the connection is longer than %d characters.", maxConnectionName)
	case strings.ContainsFunc(c.Name, unicode.IsControl) || strings.ContainsAny(c.Name, `/\`):
		return app.Errorf(app.Invalid, "The name of the connection has a character that cannot be used: %q.", c.Name)
	case c.Kind == app.MagentoStore:
		if c.Shop == nil {
			return app.Errorf(app.Invalid, "The connection %q does not say how the shop is reached.", c.Name)
		}
		if err := c.Shop.Check(); err != nil {
			return err
		}
	case c.Shop != nil:
		return app.Errorf(app.Invalid, "The connection %q is to no shop, and has a shop's address.", c.Name)
	case c.Kind == app.TeamStore:
		if err := checkTeam(c); err != nil {
			return err
		}
	case c.Kind != app.LocalStore && c.Kind != app.SampleStore:
		return app.Errorf(app.Invalid, "This version does not know the kind of store %q.", string(c.Kind))
	case c.Kind == app.LocalStore && !filepath.IsAbs(c.Location):
		return app.Errorf(app.Invalid, "The location of the connection %q is not a full path.", c.Name)
	}
	if err := c.Passwords.Check(); err != nil {
		return err
	}
	switch c.Tag {
	case "", app.TagProduction, app.TagStaging, app.TagTeam, app.TagLocal, app.TagSample:
		return nil
	}
	return app.Errorf(app.Invalid, "There is no tag %q.", string(c.Tag))
}

// checkTeam checks the address of a team's store, which never has a password.
func checkTeam(c Connection) error {
	u, err := url.Parse(c.Location)
	if err == nil && u.Scheme == "postgres" {
		if _, has := u.User.Password(); has || u.Query().Has("password") {
			return app.Errorf(app.Invalid, "The connection %q has a password in its address.", c.Name)
		}
	}
	a, err := app.ParseTeam(c.Location)
	if err != nil || !strings.HasPrefix(c.Location, "postgres://") {
		// Without the cause: the address is no word for a log.
		return app.Errorf(app.Invalid, "The location of the connection %q is no address of a team's store.", c.Name)
	}
	return a.Check()
}

func sameName(a, b string) bool { return strings.EqualFold(strings.TrimSpace(a), strings.TrimSpace(b)) }

// usableName makes the name of a store, which may have anything in it, fit a
// connection.
func usableName(name string) string {
	name = strings.Map(func(r rune) rune {
		switch {
		case r == '/' || r == '\\':
			return '-'
		case unicode.IsControl(r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(name, ""))
	if r := []rune(name); len(r) > maxConnectionName-10 {
		name = string(r[:maxConnectionName-10]) // room for the number of freeName
	}
	if name = strings.TrimSpace(name); name == "" {
		return "Store"
	}
	return name
}

// freeName returns name, or name with the first number that makes it new.
func freeName(all []Connection, name string) string {
	taken := func(n string) bool {
		return slices.ContainsFunc(all, func(c Connection) bool { return sameName(c.Name, n) })
	}
	free := name
	for i := int64(2); taken(free); i++ {
		free = name + " " + app.Thousands(i)
	}
	return free
}
