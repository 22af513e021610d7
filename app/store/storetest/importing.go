package storetest

import (
	"context"
	"errors"
	"fmt"
	"iter"

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
	{"users are added, updated and left as they are", func(d *desk) {
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
		e := d.done(t, func() {
			var err error
			r, err = d.store.Import(d.ctx, app.Import{
				Rows: rows(full, row(3, "bare"), update, unchanged), Progress: func(n int) { told = n },
			}, d.event(app.DoImport, app.User{}))
			require.NoError(t, err)
		})
		require.Equal(t, app.DoImport, e.Action)
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
		require.Greater(t, after.Version, ann.Version)
		require.Len(t, after.Factors, 1)
		require.Equal(t, same, d.user(t, same.ID))
	}},
	{"the same file again changes nothing", func(d *desk) {
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
	}},
	{"who may not be changed is rejected with the sentence", func(d *desk) {
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
	}},
	{"stopped or broken, nothing is in", func(d *desk) {
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
	}},
	{"a name that is there twice is the same user", func(d *desk) {
		t := d.t
		second := row(3, "ANN")
		second.Email = "second@x.example"
		r, err := d.store.Import(d.ctx, app.Import{Rows: rows(row(2, "ann"), second)}, d.event(app.DoImport, app.User{}))
		require.NoError(t, err)
		require.Equal(t, 2, r.Added+r.Updated+len(r.Rejected))
		require.Equal(t, 1, r.Added)
		require.Len(t, d.everything(t).Users, 2)
	}},
	{"a role that is not there is rejected", func(d *desk) {
		bad := row(2, "ann")
		bad.HasRole, bad.Role = true, "no-such-role"
		r, err := d.store.Import(d.ctx, app.Import{Rows: rows(bad, row(3, "bob"))}, d.event(app.DoImport, app.User{}))
		require.NoError(d.t, err)
		require.Equal(d.t, 1, r.Added)
		require.Len(d.t, r.Rejected, 1)
		require.Equal(d.t, 2, r.Rejected[0].Line)
	}},
	{"an empty file is an event, too", func(d *desk) {
		d.done(d.t, func() {
			r, err := d.store.Import(d.ctx, app.Import{Rows: rows()}, d.event(app.DoImport, app.User{}))
			require.NoError(d.t, err)
			require.Equal(d.t, 0, r.Added+r.Updated+r.Same+len(r.Rejected))
		})
	}},
	{"imported users are found, sorted and counted like others", func(d *desk) {
		t := d.t
		_, err := d.store.Import(d.ctx, app.Import{Rows: many(60, func(int) error { return nil })}, d.event(app.DoImport, app.User{}))
		require.NoError(t, err)
		s := d.everything(t)
		require.Equal(t, count(s.Users, d.clock.now()), s.Counts)
		d.walk(t, app.Query{Search: "ser-1", Sort: app.ByEmail, Limit: 4}, s.Users)
	}},
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
