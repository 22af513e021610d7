package app_test

import (
	"bytes"
	"strings"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/store/memory"
)

// deed is one thing that an operator can do, on a user where it is about one.
type deed struct {
	name   string
	action app.Action // of the event that a refusal writes; "": a mere look
	needs  app.Permission
	grant  func(d *desk, on string) app.Deed // nil: needs none
	do     func(d *desk, g *app.Grant, on string) error
	on     string // whom it is done to by default; "": nobody
}

// deeds are all that a Console does for an operator besides the session.
var deeds = []deed{
	{name: "users", action: "see users", needs: app.SeeUsers, do: func(d *desk, _ *app.Grant, _ string) error {
		_, err := d.console.Users(d.ctx, app.Query{})
		return err
	}},
	{name: "counts", needs: app.SeeUsers, do: func(d *desk, _ *app.Grant, _ string) error {
		_, err := d.console.Counts(d.ctx)
		return err
	}},
	{name: "user", action: "see users", needs: app.SeeUsers, on: "ann", do: func(d *desk, _ *app.Grant, on string) error {
		_, err := d.console.User(d.ctx, d.id[on])
		return err
	}},
	{name: "find user", action: "see users", needs: app.SeeUsers, do: func(d *desk, _ *app.Grant, _ string) error {
		_, err := d.console.FindUser(d.ctx, "Ann")
		return err
	}},
	{name: "roles", needs: app.SeeUsers, do: func(d *desk, _ *app.Grant, _ string) error {
		_, err := d.console.Roles(d.ctx)
		return err
	}},
	{name: "events", action: "see activity", needs: app.SeeActivity, do: func(d *desk, _ *app.Grant, _ string) error {
		_, err := d.console.Events(d.ctx, app.EventQuery{})
		return err
	}},
	{name: "verify audit", action: "verify activity", needs: app.SeeActivity, do: func(d *desk, _ *app.Grant, _ string) error {
		_, err := d.console.VerifyAudit(d.ctx, nil)
		return err
	}},
	{name: "export", action: app.DoExport, needs: app.SeeActivity, do: func(d *desk, _ *app.Grant, _ string) error {
		_, err := d.console.Export(d.ctx, &bytes.Buffer{}, app.EventQuery{})
		return err
	}},
	{
		name: "accept history", action: app.DoAcceptHistory, needs: app.SeeActivity,
		grant: func(*desk, string) app.Deed { return app.Deed{Action: app.DoAcceptHistory} },
		do:    func(d *desk, g *app.Grant, _ string) error { return d.console.AcceptHistory(d.ctx, g) },
	},
	{
		name: "enroll", action: app.DoEnroll, needs: app.CanEnroll, on: "ben",
		grant: func(d *desk, on string) app.Deed {
			return app.Deed{Action: app.DoEnroll, Target: d.id[on], Provider: app.Google}
		},
		do: func(d *desk, g *app.Grant, on string) error {
			_, err := d.console.Enroll(d.ctx, g, app.EnrollRequest{User: d.id[on], Provider: app.Google, Reason: "ticket 1"})
			return err
		},
	},
	{name: "confirm", action: app.DoConfirm, needs: app.CanEnroll, on: "ben", do: func(d *desk, _ *app.Grant, on string) error {
		_, err := d.console.Confirm(d.ctx, d.id[on], app.Google, app.NewSecret("123456"))
		return err
	}},
	{name: "verify", action: app.DoVerify, needs: app.CanVerify, on: "ann", do: func(d *desk, _ *app.Grant, on string) error {
		_, err := d.console.Verify(d.ctx, d.id[on], app.Google, app.NewSecret("123456"))
		return err
	}},
	{name: "test code", action: app.DoTestCode, needs: app.CanVerify, on: "ann", do: func(d *desk, _ *app.Grant, on string) error {
		_, err := d.console.TestCode(d.ctx, d.id[on], app.Google, app.NewSecret("123456"))
		return err
	}},
	{
		name: "reset", action: app.DoReset, needs: app.CanReset, on: "ann",
		grant: func(d *desk, on string) app.Deed {
			return app.Deed{Action: app.DoReset, Target: d.id[on], Provider: app.Google}
		},
		do: func(d *desk, g *app.Grant, on string) error {
			return d.console.Reset(d.ctx, g, app.ResetRequest{User: d.id[on], Provider: app.Google, Reason: "ticket 2"})
		},
	},
	{
		name: "unlock", action: app.DoUnlock, needs: app.CanUnlock, on: "lou",
		grant: func(d *desk, on string) app.Deed { return app.Deed{Action: app.DoUnlock, Target: d.id[on]} },
		do: func(d *desk, g *app.Grant, on string) error {
			return d.console.Unlock(d.ctx, g, app.UnlockRequest{User: d.id[on], Reason: "ticket 3"})
		},
	},
	{
		name: "end sessions", action: app.DoEndSessions, needs: app.CanReset, on: "ann",
		grant: func(d *desk, on string) app.Deed { return app.Deed{Action: app.DoEndSessions, Target: d.id[on]} },
		do: func(d *desk, g *app.Grant, on string) error {
			_, err := d.console.EndSessions(d.ctx, g, d.id[on], "ticket 5")
			return err
		},
	},
	{
		name: "repair", action: app.DoRepair, needs: app.CanReset, on: "una",
		grant: func(d *desk, on string) app.Deed {
			return app.Deed{Action: app.DoRepair, Target: d.id[on], Provider: app.Google}
		},
		do: func(d *desk, g *app.Grant, on string) error {
			return d.console.Repair(d.ctx, g, app.RepairRequest{
				User: d.id[on], Provider: app.Google, Keys: app.NewSecret(memory.OlderKey), Reason: "ticket 6",
			})
		},
	},
	{name: "examine", action: "examine", needs: app.SeeUsers, do: func(d *desk, _ *app.Grant, _ string) error {
		_, err := d.console.Examine(d.ctx)
		return err
	}},
	{
		name: "add user", action: app.DoAddUser, needs: app.EditUsers,
		grant: func(*desk, string) app.Deed { return app.Deed{Action: app.DoAddUser} },
		do: func(d *desk, g *app.Grant, _ string) error {
			_, err := d.console.AddUser(d.ctx, g, stranger("new"))
			return err
		},
	},
	{
		name: "save user", action: app.DoSaveUser, needs: app.EditUsers, on: "ann",
		grant: func(d *desk, on string) app.Deed { return app.Deed{Action: app.DoSaveUser, Target: d.id[on]} },
		do: func(d *desk, g *app.Grant, on string) error {
			u, _ := d.store.User(d.ctx, d.id[on])
			c := save(u)
			c.LastName = "Changed"
			_, err := d.console.SaveUser(d.ctx, g, c)
			return err
		},
	},
	{
		name: "remove user", action: app.DoRemoveUser, needs: app.EditUsers, on: "ben",
		grant: func(d *desk, on string) app.Deed { return app.Deed{Action: app.DoRemoveUser, Target: d.id[on]} },
		do: func(d *desk, g *app.Grant, on string) error {
			return d.console.RemoveUser(d.ctx, g, d.id[on], d.version(on), "ticket 4")
		},
	},
	{
		name: "import", action: app.DoImport, needs: app.EditUsers,
		grant: func(*desk, string) app.Deed { return app.Deed{Action: app.DoImport} },
		do: func(d *desk, g *app.Grant, _ string) error {
			_, err := d.console.ImportUsers(d.ctx, g, app.ImportRequest{
				Name: "new.csv", File: strings.NewReader("username,email\nimported,imported@juniper.example\n"),
			})
			return err
		},
	},
	{
		name: "set password", action: app.DoSetPassword, needs: app.EditOperators, on: "ann",
		grant: func(d *desk, on string) app.Deed { return app.Deed{Action: app.DoSetPassword, Target: d.id[on]} },
		do: func(d *desk, g *app.Grant, on string) error {
			return d.console.SetPassword(d.ctx, g, d.id[on], app.NewSecret("another long password"))
		},
	},
	{
		name: "save role", action: app.DoSaveRole, needs: app.EditOperators,
		grant: func(*desk, string) app.Deed { return app.Deed{Action: app.DoSaveRole} },
		do: func(d *desk, g *app.Grant, _ string) error {
			_, err := d.console.SaveRole(d.ctx, g, app.Role{Name: "New role", Permissions: []app.Permission{app.SeeUsers}})
			return err
		},
	},
	{
		name: "remove role", action: app.DoRemoveRole, needs: app.EditOperators,
		grant: func(*desk, string) app.Deed { return app.Deed{Action: app.DoRemoveRole} },
		do: func(d *desk, g *app.Grant, _ string) error {
			return d.console.RemoveRole(d.ctx, g, "spare", 1)
		},
	},
}

func (d *desk) version(name string) int64 {
	u, err := d.store.User(d.ctx, d.id[name])
	if err != nil {
		return 0
	}
	return u.Version
}

// try does a deed as it should be done, with a grant where it needs one.
func (d *desk) try(t checker, x deed, on string) error {
	t.Helper()
	var g *app.Grant
	if x.grant != nil {
		g = d.grant(t, x.grant(d, on))
	}
	return x.do(d, g, on)
}

// deedNamed finds a deed.
func deedNamed(t checker, name string) deed {
	t.Helper()
	for _, x := range deeds {
		if x.name == name {
			return x
		}
	}
	require.Fail(t, "no such deed", name)
	return deed{}
}
