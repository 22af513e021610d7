package magento

import (
	"context"

	"github.com/factordesk/factordesk/app"
)

// Able returns nil, or why the store is not able.
func (s *Store) Able(a app.Ability) error {
	switch a {
	case app.AbleChange:
		if s.config.ReadOnly {
			return errReadOnly()
		}
	case app.AbleEditUsers, app.AbleRoles:
		return errElsewhere()
	case app.AbleOpenSecrets:
		switch {
		case s.keys.Len() == 0:
			return errNoKey()
		case !s.sure():
			return errInDoubt()
		case !s.isOpen():
			return app.Errorf(app.Denied, "The shop's secrets are not open.").
				WithHint("Sign in with your password, as a role that works with secrets.")
		}
	case app.AbleSessions:
		return s.ableSessions()
	case app.AbleTokens:
		return s.ableTokens()
	case app.AbleRepair:
		if s.keys.Len() == 0 {
			return errNoKey()
		}
	case app.AbleEnroll:
		switch {
		case s.keys.Len() == 0:
			return errNoKey()
		case !s.sure():
			return errInDoubt()
		}
	case app.AbleResync:
		return app.Errorf(app.Invalid, "Magento has no place for how far the clock of a device is off.").
			WithHint("Set the clock of the phone to automatic; a hardware token that has drifted is replaced.")
	case app.AbleDevices:
	}
	return nil
}

// ableSessions says whether sessions can be ended. Their table is all that it
// takes: a shop before 2.4.4 has no table of the tokens without a row, and a
// server answers an account that has no right to a table as if there were one.
func (s *Store) ableSessions() error { return s.shop.lacks[sessionTable] }

// ableTokens says whether an end of sessions takes back every token: a table
// that is not there has none, one that the account may not change may hold a
// thief's.
func (s *Store) ableTokens() error {
	for _, name := range append([]string{sessionTable}, tokenTables...) {
		if err := s.shop.lacks[name]; err != nil && (name == sessionTable || app.KindOf(err) != app.NotFound) {
			return err
		}
	}
	return nil
}

func errReadOnly() *app.Error {
	return app.Errorf(app.Denied, "This connection is read-only: nothing in the shop can be changed through it.").
		WithHint("Change the connection's settings to write to the shop.")
}

func errElsewhere() *app.Error {
	return app.Errorf(app.Invalid, "Accounts, passwords and roles of a shop are changed in its own admin.").
		WithHint("There it is System > Permissions.")
}

func errNoKey() *app.Error {
	return app.Errorf(app.Denied, "This needs the crypt key from app/etc/env.php.").
		WithHint("Give it in the connection's settings. Without it factors can be reset, and nothing else.")
}

// What follows is what a shop does itself. It implements app.Directory and
// app.Identity.

// AddUser is refused.
func (s *Store) AddUser(context.Context, app.NewUser, app.Event) (app.User, error) {
	return app.User{}, s.Able(app.AbleEditUsers)
}

// SaveUser is refused.
func (s *Store) SaveUser(context.Context, app.UserChange, app.Event) (app.User, error) {
	return app.User{}, s.Able(app.AbleEditUsers)
}

// RemoveUser is refused.
func (s *Store) RemoveUser(context.Context, app.UserID, int64, app.Event) error {
	return s.Able(app.AbleEditUsers)
}

// Import is refused.
func (s *Store) Import(context.Context, app.Import, app.Event) (app.ImportResult, error) {
	return app.ImportResult{}, s.Able(app.AbleEditUsers)
}

// SetPassword is refused.
func (s *Store) SetPassword(context.Context, app.UserID, app.Secret, app.Event) error {
	return s.Able(app.AbleEditUsers)
}

// SaveRole is refused.
func (s *Store) SaveRole(context.Context, app.Role, app.Event) (app.Role, error) {
	return app.Role{}, s.Able(app.AbleRoles)
}

// RemoveRole is refused.
func (s *Store) RemoveRole(context.Context, app.RoleID, int64, app.Event) error {
	return s.Able(app.AbleRoles)
}
