package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"github.com/factordesk/factordesk/app"
)

func usersCommand(d *desk) *cobra.Command {
	return group("users", "List, show, add, change, remove and import users",
		`Looks after the users of the store. USER is a username everywhere; letter case
makes no difference.`,
		usersListCommand(d), usersShowCommand(d), usersAddCommand(d), usersSetCommand(d),
		usersRemoveCommand(d), usersImportCommand(d))
}

// userHelp documents the JSON shape that several commands print.
const userHelp = `{"id","username","email","name","role","active","locked_until",
"last_sign_in","factors":[{"provider","status","since","last_used","note"}]}.
Times are RFC 3339 in UTC, or null for never; locked_until is null when the user
is not locked now. Status is "not enrolled", "pending", "active" or "unreadable";
factors has only what is stored.`

// splitName splits a full name at its first blank.
func splitName(name string) (first, last string) {
	first, last, _ = strings.Cut(strings.TrimSpace(name), " ")
	return first, strings.TrimSpace(last)
}

// roleNamed returns the ID of a role that is named as on the screens or by its
// ID; letter case makes no difference. An empty name is no role.
func roleNamed(ctx context.Context, c *app.Console, name string) (app.RoleID, error) {
	if name == "" {
		return "", nil
	}
	roles, err := c.Roles(ctx)
	if err != nil {
		return "", err
	}
	names := make([]string, len(roles))
	for i, r := range roles {
		if strings.EqualFold(r.Name, name) || strings.EqualFold(string(r.ID), name) {
			return r.ID, nil
		}
		names[i] = r.Name
	}
	return "", app.Errorf(app.NotFound, "There is no role %q.", name).WithHint("There are: %s.", strings.Join(names, ", "))
}

// state is what a list says about an account in a word or two.
func (d *desk) state(u app.User) string {
	switch {
	case u.Locked(d.now()):
		return "locked until " + clock(u.LockedUntil)
	case !u.Active:
		return "inactive"
	}
	return "active"
}

// pills are a user's factors in words, as the grid of the window shows them.
func pills(c *app.Console, u app.User) string {
	if len(u.Factors) == 0 {
		return "no 2FA"
	}
	words := make([]string, len(u.Factors))
	for i, f := range u.Factors {
		words[i] = string(f.Provider)
		if p, err := c.Provider(f.Provider); err == nil {
			words[i] = p.Short
		}
		if f.Status != app.StatusActive {
			words[i] += " " + string(f.Status)
		}
	}
	return strings.Join(words, ", ")
}
