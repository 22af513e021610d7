package storetest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/factordesk/factordesk/app"
)

var (
	columns = []app.Column{app.ByName, app.ByUsername, app.ByEmail, app.ByRole, app.ByLastSignIn}
	filters = []app.Filter{
		app.All, app.NoTwoFactor, app.WithPending, app.WithActive, app.WithLock, app.Inactive, app.WithUnreadable,
	}
)

var pageStories = []story{
	{"every sort, filter and direction", func(d *desk) {
		d.populate(d.t, 60)
		all := d.everything(d.t).Users
		for _, column := range columns {
			for _, filter := range filters {
				for _, descending := range []bool{false, true} {
					q := app.Query{Sort: column, Filter: filter, Descending: descending, Limit: 7}
					d.walk(d.t, q, all)
				}
			}
		}
	}},
	{"any query, against a model", func(d *desk) {
		d.populate(d.t, 60)
		all := d.everything(d.t).Users
		parts := []string{"", "a", "an", "ann", "ANN", "first 1", "juniper", "@", ".example", "é", "ÉL", "жук", "ЖУК", "zzz", "7", "Last"}
		rapid.Check(d.t, func(t *rapid.T) {
			d.walk(t, app.Query{
				Search:     rapid.SampledFrom(parts).Draw(t, "search"),
				Filter:     rapid.SampledFrom(filters).Draw(t, "filter"),
				Sort:       rapid.SampledFrom(append(columns, "")).Draw(t, "sort"),
				Descending: rapid.Bool().Draw(t, "descending"),
				Limit:      rapid.IntRange(1, 80).Draw(t, "limit"),
			}, all)
		})
	}},
	{"25 users by name are the first page of all", func(d *desk) {
		d.populate(d.t, 60)
		p, err := d.store.Users(d.ctx, app.Query{})
		require.NoError(d.t, err)
		require.Len(d.t, p.Users, 25)
		require.Equal(d.t, 61, p.Total)
		require.Empty(d.t, p.Previous)
		require.NotEmpty(d.t, p.Next)
	}},
	{"a cursor outlives the user that it names", func(d *desk) {
		t := d.t
		for i := range 9 {
			d.add(t, fmt.Sprintf("user-%d", i))
		}
		q := app.Query{Sort: app.ByUsername, Search: "user-", Limit: 3}
		first, err := d.store.Users(d.ctx, q)
		require.NoError(t, err)
		for _, u := range first.Users[1:] {
			require.NoError(t, d.store.RemoveUser(d.ctx, u.ID, u.Version, d.event(app.DoRemoveUser, u)))
		}
		q.After = first.Next
		second, err := d.store.Users(d.ctx, q)
		require.NoError(t, err)
		require.Equal(t, []string{"user-3", "user-4", "user-5"}, usernames(second.Users))
		for _, u := range second.Users[:2] {
			require.NoError(t, d.store.RemoveUser(d.ctx, u.ID, u.Version, d.event(app.DoRemoveUser, u)))
		}
		q.After, q.Before = "", second.Previous
		back, err := d.store.Users(d.ctx, q)
		require.NoError(t, err)
		require.Equal(t, []string{"user-0"}, usernames(back.Users))
		require.Empty(t, back.Previous)
	}},
	{"a cursor that no page gave is refused", func(d *desk) {
		for _, c := range []app.Cursor{"x", "%%%", "AAAA", "e30", "' OR 1=1 --"} {
			p, err := d.store.Users(d.ctx, app.Query{After: c})
			if err != nil {
				isError(d.t, app.Invalid, err)
			} else { // it may mean a place by accident; then it is a page like others
				require.LessOrEqual(d.t, len(p.Users), 1)
			}
		}
	}},
	{"a search is text and not a pattern", func(d *desk) {
		t := d.t
		names := []string{
			`100%`, `a_b_c`, `O'Hara`, `"quoted"`, `back\slash`, `star*star`, `NEAR(x)`, `one AND two`, `minus -minus`,
			`semi;colon`, `tab`, `Ünïcødé`, `Ελένη`, `日本語の名前`, `emoji 🗝 key`, `^caret`, `col:umn`, `plain`, `{brace}`,
		}
		for i, name := range names {
			_, err := d.store.AddUser(d.ctx, app.NewUser{
				Username: fmt.Sprintf("u%d", i), Email: fmt.Sprintf("u%d@x.example", i), FirstName: name, LastName: "Z", Active: true,
			}, d.event(app.DoAddUser, app.User{}))
			require.NoError(t, err)
		}
		for _, name := range names {
			for _, search := range []string{name, strings.ToLower(name), strings.ToUpper(name)} {
				p, err := d.store.Users(d.ctx, app.Query{Search: search})
				require.NoError(t, err, search)
				require.Equal(t, []string{name + " Z"}, fullNames(p.Users), "searching %q", search)
			}
		}
		for search, want := range map[string]int{"%": 1, "_": 1, "'": 1, `"`: 1, `\`: 1, "*": 1, "-m": 1, "a%c": 0, "%%": 0, "__": 0, "本語": 1, "語": 1, "🗝": 1, "zz": 0} {
			p, err := d.store.Users(d.ctx, app.Query{Search: search})
			require.NoError(t, err, search)
			require.Len(t, p.Users, want, "searching %q", search)
			require.Equal(t, want, p.Total)
		}
	}},
	{"a search looks at the whole name, the username and the email", func(d *desk) {
		t := d.t
		u := d.add(t, "amarigold")
		c := save(u)
		c.FirstName, c.LastName, c.Email = "Ann", "Thistle", "post@elsewhere.example"
		_, err := d.store.SaveUser(d.ctx, c, d.event(app.DoSaveUser, u))
		require.NoError(t, err)
		for search, want := range map[string]int{
			"ann": 1, "thistle": 1, "ann thistle": 1, "n th": 1, "marigold": 1, "post@else": 1, "elsewhere": 1,
			"first": 0, "amarigold@juniper": 0, "thistleann": 0, "annthistle": 0,
		} {
			p, err := d.store.Users(d.ctx, app.Query{Search: search})
			require.NoError(t, err)
			require.Len(t, p.Users, want, "searching %q", search)
		}
	}},
	{"a search stops counting, the whole list does not", func(d *desk) {
		t := d.t
		n := app.CountLimit + 30
		r, err := d.store.Import(d.ctx, app.Import{Rows: func(yield func(app.ImportRow, error) bool) {
			for i := range n {
				row := app.ImportRow{Line: i + 2, NewUser: app.NewUser{Username: fmt.Sprintf("row%04d", i), Email: "r@x.example"}}
				if !yield(row, nil) {
					return
				}
			}
		}}, d.event(app.DoImport, app.User{}))
		require.NoError(t, err)
		require.Equal(t, n, r.Added)
		p, err := d.store.Users(d.ctx, app.Query{Search: "row"})
		require.NoError(t, err)
		require.Equal(t, app.CountLimit, p.Total)
		p, err = d.store.Users(d.ctx, app.Query{})
		require.NoError(t, err)
		require.Equal(t, n+1, p.Total)
		p, err = d.store.Users(d.ctx, app.Query{Filter: app.NoTwoFactor, Sort: app.ByUsername, Descending: true, Offset: n - 2, Limit: 2})
		require.NoError(t, err)
		require.Equal(t, []string{"row0001", "row0000"}, usernames(p.Users))
	}},
	{"the chips count what the list shows, after any deeds", func(d *desk) {
		round := 0
		rapid.Check(d.t, func(t *rapid.T) {
			round++
			w := &deeds{d: d, round: round}
			t.Repeat(map[string]func(*rapid.T){
				"add": w.add, "save": w.save, "remove": w.remove, "enroll": w.enroll, "confirm": w.confirm,
				"reset": w.reset, "wrong": w.wrong, "unlock": w.unlock, "import": w.importOne,
				"wait": func(t *rapid.T) { d.clock.move(time.Duration(rapid.IntRange(1, 40).Draw(t, "minutes")) * time.Minute) },
				"": func(t *rapid.T) {
					s := d.everything(t)
					require.Equal(t, count(s.Users, d.clock.now()), s.Counts)
				},
			})
			for _, id := range w.users { // the next round begins with nobody
				u := d.user(t, id)
				require.NoError(t, d.store.RemoveUser(d.ctx, id, u.Version, d.event(app.DoRemoveUser, u)))
			}
		})
	}},
}

// chosen is the model of a filter and a search.
func chosen(u app.User, q app.Query, now time.Time) bool {
	has := func(s app.Status) bool {
		return slices.ContainsFunc(u.Factors, func(f app.Factor) bool { return f.Status == s })
	}
	fits := map[app.Filter]bool{
		app.All: true, app.NoTwoFactor: len(u.Factors) == 0, app.WithPending: has(app.StatusPending),
		app.WithActive: has(app.StatusActive), app.WithLock: u.LockedUntil.After(now), app.Inactive: !u.Active,
		app.WithUnreadable: has(app.StatusUnreadable),
	}[q.Filter]
	text := strings.ToLower(u.FirstName + " " + u.LastName + "\n" + u.Username + "\n" + u.Email)
	return fits && strings.Contains(text, strings.ToLower(q.Search))
}

// order is the model of a sort. Equal users may stand in any order, but always
// in the same one.
func order(a, b app.User, column app.Column) int {
	switch column {
	case app.ByUsername:
		return cmp.Compare(strings.ToLower(a.Username), strings.ToLower(b.Username))
	case app.ByEmail:
		return cmp.Compare(strings.ToLower(a.Email), strings.ToLower(b.Email))
	case app.ByRole:
		return cmp.Compare(strings.ToLower(a.Role.Name), strings.ToLower(b.Role.Name))
	case app.ByLastSignIn:
		return a.LastSignIn.Compare(b.LastSignIn)
	}
	return cmp.Compare(strings.ToLower(a.Name()), strings.ToLower(b.Name()))
}

// count is the model of the chips.
func count(users []app.User, now time.Time) app.Counts {
	var c app.Counts
	for filter, n := range map[app.Filter]*int{
		app.All: &c.All, app.NoTwoFactor: &c.NoTwoFactor, app.WithPending: &c.Pending, app.WithActive: &c.Active,
		app.WithLock: &c.Locked, app.Inactive: &c.Inactive, app.WithUnreadable: &c.Unreadable,
	} {
		for _, u := range users {
			if chosen(u, app.Query{Filter: filter}, now) {
				*n++
			}
		}
	}
	return c
}

// walk reads all pages of a query forwards, backwards and by offset, and
// compares them with the model.
func (d *desk) walk(t checker, q app.Query, all []app.User) {
	t.Helper()
	want := map[app.UserID]app.User{}
	for _, u := range all {
		if chosen(u, q, d.clock.now()) {
			want[u.ID] = u
		}
	}
	page := func(q app.Query) app.Page {
		p, err := d.store.Users(d.ctx, q)
		require.NoError(t, err)
		require.Equal(t, len(want), p.Total, "the total of %+v", q)
		require.LessOrEqual(t, len(p.Users), q.Limit)
		return p
	}
	p := page(q)
	require.Empty(t, p.Previous)
	got := p.Users
	for p.Next != "" {
		next := q
		next.After = p.Next
		before := p
		p = page(next)
		require.Len(t, before.Users, q.Limit, "a page that is not the last is full")
		require.NotEmpty(t, p.Users, "a cursor leads to a user")
		require.NotEmpty(t, p.Previous, "there is a way back")
		got = append(got, p.Users...)
		require.LessOrEqual(t, len(got), len(want), "the pages do not end")
	}
	require.Len(t, got, len(want), "users of %+v", q)
	for i, u := range got {
		require.Equal(t, want[u.ID], u)
		delete(want, u.ID) // a second time it is not wanted
		if i > 0 {
			c := order(got[i-1], u, q.Sort)
			require.False(t, c > 0 && !q.Descending || c < 0 && q.Descending,
				"%s before %s in %+v", got[i-1].Username, u.Username, q)
		}
	}
	for _, u := range got {
		want[u.ID] = u
	}

	back := slices.Clone(p.Users)
	for p.Previous != "" {
		previous := q
		previous.Before = p.Previous
		p = page(previous)
		require.NotEmpty(t, p.Users, "a cursor leads to a user")
		require.NotEmpty(t, p.Next, "there is a way forth")
		back = append(slices.Clone(p.Users), back...)
		require.LessOrEqual(t, len(back), len(got), "the pages do not end")
	}
	require.Equal(t, usernames(got), usernames(back), "backwards, %+v", q)

	for _, offset := range []int{1, len(got) / 2, len(got), len(got) + 5} {
		at := q
		at.Offset = offset
		p := page(at)
		from := min(offset, len(got))
		require.Equal(t, usernames(got[from:min(from+q.Limit, len(got))]), usernames(p.Users), "offset %d, %+v", offset, q)
		if len(p.Users) > 0 {
			require.Equal(t, offset > 0, p.Previous != "")
			require.Equal(t, offset+len(p.Users) < len(got), p.Next != "")
		}
	}
}

func usernames(users []app.User) []string {
	names := make([]string, len(users))
	for i, u := range users {
		names[i] = u.Username
	}
	return names
}

func fullNames(users []app.User) []string {
	names := make([]string, len(users))
	for i, u := range users {
		names[i] = u.Name()
	}
	return names
}

// populate adds n users in every state, with equal names among them.
func (d *desk) populate(t checker, n int) {
	t.Helper()
	first := []string{"Ann", "ann", "Élodie", "élan", "Zoë", "Жук", "жаба", "", "first 1", "Bob"}
	last := []string{"Marigold", "", "ÉLAN", "Quill", "Last"}
	roles := []app.RoleID{"", app.HelpDesk, app.Auditor}
	d.clock.move(-40 * 24 * time.Hour)
	for i := range n {
		u, err := d.store.AddUser(d.ctx, app.NewUser{
			Username: fmt.Sprintf("%s%d", []string{"ann", "Bob", "élodie", "Zed"}[i%4], i), Email: fmt.Sprintf("%c%d@Juniper.example", 'z'-rune(i%26), i/3),
			FirstName: first[i%len(first)], LastName: last[i/3%len(last)], Role: roles[i%3], Active: i%7 != 0,
		}, d.event(app.DoAddUser, app.User{}))
		require.NoError(t, err)
		if i%3 != 1 {
			_, err = d.store.SignedIn(d.ctx, app.SignIn{ID: u.ID, At: d.clock.now().Add(time.Duration(i/2) * time.Second)}, d.event(app.DoSignIn, u))
			require.NoError(t, err)
		}
		switch {
		case i%5 == 0:
			d.enroll(t, u.ID, i)
		case i%5 == 1:
			d.put(t, u.ID, i)
		}
		if d.fixture.Damage != nil && i%10 == 1 {
			d.fixture.Damage(d.t, u.ID, app.Google)
		}
		d.clock.move(13 * time.Hour)
	}
	d.clock.set(start)
	for _, u := range d.everything(t).Users {
		if f := u.Factor(app.Google); f.Status == app.StatusActive && u.Active {
			for range app.MaxFailures {
				d.verify(t, u.ID, app.NewSecret("0"))
			}
		}
		if u.Failures > 0 {
			return
		}
	}
}

// deeds is somebody who does anything to a few users.
type deeds struct {
	d     *desk
	round int
	users []app.UserID
	added int
}

// pick draws one of the users, or ends the action.
func (w *deeds) pick(t *rapid.T) app.User {
	if len(w.users) == 0 {
		t.Skip("nobody is there yet")
	}
	return w.d.user(t, rapid.SampledFrom(w.users).Draw(t, "user"))
}

func (w *deeds) add(t *rapid.T) {
	w.added++
	u, err := w.d.store.AddUser(w.d.ctx, app.NewUser{
		Username: fmt.Sprintf("w%d-%d", w.round, w.added), Email: "w@x.example", Active: rapid.Bool().Draw(t, "active"),
	}, w.d.event(app.DoAddUser, app.User{}))
	require.NoError(t, err)
	w.users = append(w.users, u.ID)
}

func (w *deeds) save(t *rapid.T) {
	u := w.pick(t)
	c := save(u)
	c.Active = !c.Active
	_, err := w.d.store.SaveUser(w.d.ctx, c, w.d.event(app.DoSaveUser, u))
	require.NoError(t, err)
}

func (w *deeds) remove(t *rapid.T) {
	u := w.pick(t)
	require.NoError(t, w.d.store.RemoveUser(w.d.ctx, u.ID, u.Version, w.d.event(app.DoRemoveUser, u)))
	w.users = slices.DeleteFunc(w.users, func(id app.UserID) bool { return id == u.ID })
}

func (w *deeds) enroll(t *rapid.T) {
	u := w.pick(t)
	err := w.d.store.PutFactor(w.d.ctx, app.NewFactor{User: u.ID, Factor: factor(1, standard), At: w.d.clock.now()}, w.d.event(app.DoEnroll, u))
	if u.Factor(app.Google).Status == app.StatusActive {
		isError(t, app.Conflict, err)
	} else {
		require.NoError(t, err)
	}
}

func (w *deeds) confirm(t *rapid.T) {
	u := w.pick(t)
	if u.Factor(app.Google).Status != app.StatusPending {
		t.Skip("nothing to confirm")
	}
	a, err := w.d.store.ConfirmFactor(w.d.ctx, w.d.check(app.DoConfirm, u.ID, w.d.code(t, 1, standard, 0)))
	require.NoError(t, err)
	require.Equal(t, app.OK, a.Reason)
}

func (w *deeds) reset(t *rapid.T) {
	u := w.pick(t)
	err := w.d.store.Reset(w.d.ctx, app.FactorReset{User: u.ID, Version: u.Version, Provider: app.Google}, w.d.event(app.DoReset, u))
	if len(u.Factors) == 0 {
		isError(t, app.NotFound, err)
	} else {
		require.NoError(t, err)
	}
}

func (w *deeds) wrong(t *rapid.T) {
	u := w.pick(t)
	for range rapid.IntRange(1, app.MaxFailures).Draw(t, "times") {
		w.d.verify(t, u.ID, app.NewSecret("0"))
	}
}

func (w *deeds) unlock(t *rapid.T) {
	u := w.pick(t)
	require.NoError(t, w.d.store.Unlock(w.d.ctx, u.ID, u.Version, w.d.event(app.DoUnlock, u)))
}

func (w *deeds) importOne(t *rapid.T) {
	u := w.pick(t)
	row := app.ImportRow{Line: 2, HasActive: true, NewUser: app.NewUser{
		Username: strings.ToUpper(u.Username), Email: u.Email, Active: rapid.Bool().Draw(t, "active"),
	}}
	_, err := w.d.store.Import(w.d.ctx, app.Import{Rows: rows(row)}, w.d.event(app.DoImport, app.User{}))
	require.NoError(t, err)
}
