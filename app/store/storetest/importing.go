package storetest

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
)

// rows yields rows without an error.
func rows(all ...app.ImportRow) iter.Seq2[app.ImportRow, error] {
	return func(yield func(app.ImportRow, error) bool) {
		for _, row := range all {
			if !yield(row, nil) {
				return
			}
		}
	}
}

// row is a line with the two required columns.
func row(line int, username string) app.ImportRow {
	return app.ImportRow{Line: line, NewUser: app.NewUser{Username: username, Email: username + "@x.example", Active: true}}
}

var importStories = []story{
	{"users are added, updated and left as they are", able(app.AbleEditUsers, func(d *desk) {
		t := d.t
		ann := d.addAs(t, "ann", app.HelpDesk, "")
		same := d.add(t, "same")
		d.put(t, ann.ID, 1)

		full := app.ImportRow{
			Line: 2, HasFirstName: true, HasLastName: true, HasRole: true, HasActive: true,
			NewUser: app.NewUser{Username: "Néw", Email: "new@x.example", FirstName: "Né", LastName: "W", Role: app.Auditor},
		}
		update := app.ImportRow{Line: 5, HasLastName: true, NewUser: app.NewUser{
			Username: "ANN", Email: "ann@elsewhere.example", FirstName: "not in the file", LastName: "Changed", Role: app.Auditor,
		}}
		unchanged := app.ImportRow{Line: 6, NewUser: app.NewUser{Username: "same", Email: same.Email}}
		var r app.ImportResult
		var told int
		events := d.events(t, 3, func() {
			var err error
			r, err = d.store.Import(d.ctx, app.Import{
				Rows: rows(full, row(3, "bare"), update, unchanged), Progress: func(n int) { told = n },
			}, d.event(app.DoImport, app.User{}))
			require.NoError(t, err)
		})
		require.Equal(t, app.DoAddUser, events[0].Action)
		require.Equal(t, app.DoSaveUser, events[1].Action)
		require.Equal(t, app.DoImport, events[2].Action)
		require.Equal(t, app.ImportResult{Added: 2, Updated: 1, Same: 1, Rejected: r.Rejected}, r)
		require.Empty(t, r.Rejected)
		require.Equal(t, 4, told)

		u := d.find(t, "néw")
		require.Equal(t, "Auditor", u.Role.Name)
		require.Equal(t, "Né W", u.Name())
		require.False(t, u.Active || u.Operator)
		bare := d.find(t, "bare")
		require.True(t, bare.Active, "what the file does not say is on")
		require.Empty(t, bare.Role.ID)

		after := d.user(t, ann.ID)
		require.Equal(t, "ann", after.Username, "an update does not rename")
		require.Equal(t, "ann@elsewhere.example", after.Email)
		require.Equal(t, "First Changed", after.Name())
		require.Equal(t, app.HelpDesk, after.Role.ID)
		require.NotEqual(t, after.Version, ann.Version)
		require.Len(t, after.Factors, 1)
		require.Equal(t, same, d.user(t, same.ID))
	})},
	{"who gets, has or loses permissions is named", able(app.AbleEditUsers, func(d *desk) {
		t := d.t
		up := d.add(t, "up")
		down := d.addAs(t, "down", app.HelpDesk, "")
		operator := d.addAs(t, "operator", "", correct)
		same := d.addAs(t, "same", app.HelpDesk, correct)
		d.add(t, "plain")
		spare, err := d.store.SaveRole(d.ctx, app.Role{Name: "Spare"}, d.event(app.DoSaveRole, app.User{}))
		require.NoError(t, err)

		as := func(line int, username string, role app.RoleID) app.ImportRow {
			r := row(line, username)
			r.Email, r.HasRole, r.Role = strings.ToLower(username)+"@juniper.example", true, role
			return r
		}
		off := as(5, "Operator", "")
		off.HasActive, off.Active = true, false
		e := d.event(app.DoImport, app.User{})
		events := d.events(t, 5, func() {
			r, err := d.store.Import(d.ctx, app.Import{Rows: rows(
				as(2, "UP", app.Administrators), row(3, "plain"), as(4, "down", ""), off, as(6, "new", app.HelpDesk),
				as(7, "same", app.HelpDesk), as(8, "bare", ""), as(9, "spare", spare.ID), as(10, "bad", "no-such-role"),
				as(11, d.admin.Username, ""),
			)}, e)
			require.NoError(t, err)
			require.Equal(t, 3, r.Added)
			require.Equal(t, 4, r.Updated)
			require.Equal(t, 1, r.Same)
			require.Len(t, r.Rejected, 2, "the last Administrator stays, and nothing is said of an attempt that is in the result")
		})
		fresh := d.find(t, "new")
		for i, want := range []app.Event{
			{Action: app.DoSaveUser, TargetID: up.ID, Target: "up", Details: []app.Detail{{Name: "role", Value: " → administrators"}}},
			{Action: app.DoSaveUser, TargetID: down.ID, Target: "down", Details: []app.Detail{{Name: "role", Value: "help-desk → "}}},
			{Action: app.DoSaveUser, TargetID: operator.ID, Target: "operator", Details: []app.Detail{{Name: "active", Value: "yes → no"}}},
			{Action: app.DoAddUser, TargetID: fresh.ID, Target: "new", Details: []app.Detail{
				{Name: "username", Value: " → new"},
				{Name: "email", Value: " → new@juniper.example"},
				{Name: "role", Value: " → help-desk"},
				{Name: "active", Value: "no → yes"},
			}},
		} {
			got := events[i]
			require.Equal(t, want.Action, got.Action)
			require.Equal(t, want.TargetID, got.TargetID)
			require.Equal(t, want.Target, got.Target)
			require.Equal(t, want.Details, got.Details)
			require.Equal(t, "import", got.Reason)
			require.Equal(t, app.Done, got.Outcome)
			require.Equal(t, d.admin.ID, got.OperatorID)
			require.Equal(t, e.Operator+e.Console, got.Operator+got.Console)
			require.Equal(t, e.At, got.At)
		}
		last := events[4]
		require.Equal(t, app.DoImport, last.Action)
		require.Equal(t, e.Reason, last.Reason)
		require.Equal(t, "3", last.Detail("added"))
		require.Equal(t, same, d.user(t, same.ID))
		require.Equal(t, d.admin.Role.ID, d.user(t, d.admin.ID).Role.ID)

		d.fails(t, app.Invalid, func() error {
			_, err := d.store.Import(d.ctx, app.Import{Rows: func(yield func(app.ImportRow, error) bool) {
				_ = yield(as(2, "down", app.HelpDesk), nil) && yield(app.ImportRow{}, app.Errorf(app.Invalid, "The file ends."))
			}}, e)
			return err
		})
	})},
	{"the same file again changes nothing", able(app.AbleEditUsers, func(d *desk) {
		t := d.t
		in := app.Import{Rows: rows(row(2, "a"), row(3, "b"), row(4, "c"))}
		_, err := d.store.Import(d.ctx, in, d.event(app.DoImport, app.User{}))
		require.NoError(t, err)
		before := d.everything(t)
		d.done(t, func() {
			r, err := d.store.Import(d.ctx, in, d.event(app.DoImport, app.User{}))
			require.NoError(t, err)
			require.Equal(t, 3, r.Same)
			require.Zero(t, r.Added+r.Updated)
		})
		d.unchanged(t, before)
	})},
	{"who may not be changed is rejected with the sentence", able(app.AbleEditUsers, func(d *desk) {
		t := d.t
		d.add(t, "ann")
		d.add(t, "bob")
		asked := map[string]bool{}
		r, err := d.store.Import(d.ctx, app.Import{
			Rows: rows(row(2, "ANN"), row(3, "bob"), row(4, "new"), row(5, "evil")),
			Permit: func(existing *app.User, row app.ImportRow) error {
				asked[row.Username] = existing != nil
				if existing != nil {
					require.Equal(t, "First Last", existing.Name())
				}
				if row.Line == 2 || row.Line == 5 {
					return app.Errorf(app.Denied, "Not line %d.", row.Line)
				}
				return nil
			},
		}, d.event(app.DoImport, app.User{}))
		require.NoError(t, err)
		require.Equal(t, map[string]bool{"ANN": true, "bob": true, "new": false, "evil": false}, asked)
		require.Equal(t, []app.Rejected{{Line: 2, Reason: "Not line 2."}, {Line: 5, Reason: "Not line 5."}}, r.Rejected)
		require.Equal(t, 1, r.Updated)
		require.Equal(t, 1, r.Added)
		require.Equal(t, "ann@juniper.example", d.find(t, "ann").Email)
		_, err = d.store.FindUser(d.ctx, "evil")
		isError(t, app.NotFound, err)
	})},
	{"stopped or broken, nothing is in", able(app.AbleEditUsers, func(d *desk) {
		t := d.t
		d.add(t, "user-3")
		for _, at := range []int{0, 1, 777} {
			ctx, cancel := context.WithCancel(d.ctx)
			d.fails(t, app.Canceled, func() error {
				_, err := d.store.Import(ctx, app.Import{Rows: many(1000, func(i int) error {
					if i == at {
						cancel()
					}
					return nil
				})}, d.event(app.DoImport, app.User{}))
				return err
			})
			cancel()
			d.fails(t, app.Invalid, func() error {
				_, err := d.store.Import(d.ctx, app.Import{Rows: many(1000, func(i int) error {
					if i == at {
						return app.Errorf(app.Invalid, "The file ends in the middle of a line.")
					}
					return nil
				})}, d.event(app.DoImport, app.User{}))
				require.EqualError(t, err, "The file ends in the middle of a line.")
				return err
			})
			before := d.everything(t)
			d.events(t, 0, func() {
				_, err := d.store.Import(d.ctx, app.Import{Rows: many(1000, func(i int) error {
					if i == at {
						return errors.New("read /dev/sdb: input/output error")
					}
					return nil
				})}, d.event(app.DoImport, app.User{}))
				require.Error(t, err)
				message, hint := app.Explain(err)
				require.NotContains(t, message+hint, "sdb")
			})
			d.unchanged(t, before)
		}
		d.add(t, "afterwards")
	})},
	{"a name that is there twice is the same user", able(app.AbleEditUsers, func(d *desk) {
		t := d.t
		second := row(3, "ANN")
		second.Email = "second@x.example"
		r, err := d.store.Import(d.ctx, app.Import{Rows: rows(row(2, "ann"), second)}, d.event(app.DoImport, app.User{}))
		require.NoError(t, err)
		require.Equal(t, 2, r.Added+r.Updated+len(r.Rejected))
		require.Equal(t, 1, r.Added)
		require.Len(t, d.everything(t).Users, 2)
	})},
	{"a role that is not there is rejected", able(app.AbleEditUsers, func(d *desk) {
		bad := row(2, "ann")
		bad.HasRole, bad.Role = true, "no-such-role"
		r, err := d.store.Import(d.ctx, app.Import{Rows: rows(bad, row(3, "bob"))}, d.event(app.DoImport, app.User{}))
		require.NoError(d.t, err)
		require.Equal(d.t, 1, r.Added)
		require.Len(d.t, r.Rejected, 1)
		require.Equal(d.t, 2, r.Rejected[0].Line)
	})},
	{"an empty file is an event, too", able(app.AbleEditUsers, func(d *desk) {
		d.done(d.t, func() {
			r, err := d.store.Import(d.ctx, app.Import{Rows: rows()}, d.event(app.DoImport, app.User{}))
			require.NoError(d.t, err)
			require.Equal(d.t, 0, r.Added+r.Updated+r.Same+len(r.Rejected))
		})
	})},
	{"imported users are found, sorted and counted like others", able(app.AbleEditUsers, func(d *desk) {
		t := d.t
		_, err := d.store.Import(d.ctx, app.Import{Rows: many(60, func(int) error { return nil })}, d.event(app.DoImport, app.User{}))
		require.NoError(t, err)
		s := d.everything(t)
		require.Equal(t, d.count(s.Users), s.Counts)
		d.walk(t, app.Query{Search: "ser-1", Sort: app.ByEmail, Limit: 4}, s.Users)
	})},
}

// many yields n rows and asks f before each.
func many(n int, f func(i int) error) iter.Seq2[app.ImportRow, error] {
	return func(yield func(app.ImportRow, error) bool) {
		for i := range n {
			if !yield(row(i+2, fmt.Sprintf("user-%d", i)), f(i)) {
				return
			}
		}
	}
}

// find finds a user by username.
func (d *desk) find(t checker, username string) app.User {
	t.Helper()
	u, err := d.store.FindUser(d.ctx, username)
	require.NoError(t, err)
	return u
}
