package connect

import (
	"path/filepath"
	"strings"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/profile"
)

// target says which connection a text means: the name of a saved one, the path
// of a local store's file, or, if it is empty, the default local store. Saved
// names win over files of the same name in the current folder; a path with a
// separator in it is always a path.
func target(text string, d profile.Dirs) (profile.Connection, error) {
	if text == "" {
		return local(d.DefaultStore(), d)
	}
	if scheme, _, ok := strings.Cut(text, "://"); ok {
		return profile.Connection{}, notYet(scheme)
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

// notYet is the answer to addresses of servers. It repeats nothing of the
// address but its scheme, because a password may be in it.
func notYet(scheme string) error {
	switch strings.ToLower(scheme) {
	case "postgres", "postgresql":
		return app.Errorf(app.Invalid, "This version does not open stores on PostgreSQL yet, only local files.")
	case "mysql", "mariadb":
		return app.Errorf(app.Invalid, "This version does not open Magento shops on MySQL or MariaDB yet, only local files.")
	}
	return app.Errorf(app.Invalid, "A store is not opened by such an address.").
		WithHint("Give the path of a local store's file, or the name of a saved connection.")
}
