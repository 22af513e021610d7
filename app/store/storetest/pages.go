package storetest

import (
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
			d.remove(t, u.ID)
		}
		q.After = first.Next
		second, err := d.store.Users(d.ctx, q)
		require.NoError(t, err)
		require.Equal(t, []string{"user-3", "user-4", "user-5"}, usernames(second.Users))
		for _, u := range second.Users[:2] {
			d.remove(t, u.ID)
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
		emoji := 1
		if d.application != nil && d.application.ThreeBytes {
			names = slices.DeleteFunc(names, func(s string) bool { return strings.Contains(s, "🗝") })
			emoji = 0
		}
		for i, name := range names {
			d.addUser(t, app.NewUser{
				Username: fmt.Sprintf("u%d", i), Email: fmt.Sprintf("u%d@x.example", i), FirstName: name, LastName: "Z", Active: true,
			})
		}
		for _, name := range names {
			for _, search := range []string{name, strings.ToLower(name), strings.ToUpper(name)} {
				p, err := d.store.Users(d.ctx, app.Query{Search: search})
				require.NoError(t, err, search)
				require.Equal(t, []string{name + " Z"}, fullNames(p.Users), "searching %q", search)
			}
		}
		for search, want := range map[string]int{"%": 1, "_": 1, "'": 1, `"`: 1, `\`: 1, "*": 1, "-m": 1, "a%c": 0, "%%": 0, "__": 0, "本語": 1, "語": 1, "🗝": emoji, "zz": 0} {
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
		d.change(t, c)
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
		d.addMany(t, n)
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
			w := &deeds{d: d, round: round, secrets: map[app.UserID]int{}}
			t.Repeat(map[string]func(*rapid.T){
				"add": w.add, "save": w.save, "remove": w.remove, "enroll": w.enroll, "confirm": w.confirm,
				"reset": w.reset, "wrong": w.wrong, "unlock": w.unlock, "import": w.importOne,
				"wait": func(t *rapid.T) { d.clock.move(time.Duration(rapid.IntRange(1, 40).Draw(t, "minutes")) * time.Minute) },
				"": func(t *rapid.T) {
					s := d.everything(t)
					require.Equal(t, d.count(s.Users), s.Counts)
				},
			})
			for _, id := range w.users { // the next round begins with nobody
				d.remove(t, id)
			}
		})
	}},
}

// chosen is the model of a filter and a search.
func (d *desk) chosen(u app.User, q app.Query) bool {
	has := func(s app.Status) bool {
		return slices.ContainsFunc(u.Factors, func(f app.Factor) bool { return f.Status == s })
	}
	fits := map[app.Filter]bool{
		app.All: true, app.NoTwoFactor: len(u.Factors) == 0, app.WithPending: has(app.StatusPending),
		app.WithActive: has(app.StatusActive), app.WithLock: u.Locked(d.clock.now()), app.Inactive: !u.Active,
		app.WithUnreadable: has(app.StatusUnreadable),
	}[q.Filter]
	text := u.FirstName + " " + u.LastName + "\n" + u.Username + "\n" + u.Email
	return fits && (q.Search == "" || d.contains(text, q.Search))
}

// order is the model of a sort. Equal users may stand in any order, but always
// in the same one.
func (d *desk) order(a, b app.User, column app.Column) int {
	switch column {
	case app.ByUsername:
		return d.compare(a.Username, b.Username)
	case app.ByEmail:
		return d.compare(a.Email, b.Email)
	case app.ByRole:
		return d.compare(a.Role.Name, b.Role.Name)
	case app.ByLastSignIn:
		return a.LastSignIn.Compare(b.LastSignIn)
	}
	return d.compare(a.Name(), b.Name())
}

// count is the model of the chips.
func (d *desk) count(users []app.User) app.Counts {
	var c app.Counts
	for filter, n := range map[app.Filter]*int{
		app.All: &c.All, app.NoTwoFactor: &c.NoTwoFactor, app.WithPending: &c.Pending, app.WithActive: &c.Active,
		app.WithLock: &c.Locked, app.Inactive: &c.Inactive, app.WithUnreadable: &c.Unreadable,
	} {
		for _, u := range users {
			if d.chosen(u, app.Query{Filter: filter}) {
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
		if d.chosen(u, q) {
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
			c := d.order(got[i-1], u, q.Sort)
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
		u := d.addUser(t, app.NewUser{
			Username: fmt.Sprintf("%s%d", []string{"ann", "Bob", "élodie", "Zed"}[i%4], i), Email: fmt.Sprintf("%c%d@Juniper.example", 'z'-rune(i%26), i/3),
			FirstName: first[i%len(first)], LastName: last[i/3%len(last)], Role: roles[i%3], Active: i%7 != 0,
		})
		if i%3 != 1 {
			d.signIn(t, u, d.clock.now().Add(time.Duration(i/2)*time.Second))
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
			for range d.lock.Failures {
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

	secrets map[app.UserID]int // the number of each one's; nobody gets one a second time
	last    int
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
	u := w.d.addUser(t, app.NewUser{
		Username: fmt.Sprintf("w%d-%d", w.round, w.added), Email: "w@x.example", Active: rapid.Bool().Draw(t, "active"),
	})
	w.users = append(w.users, u.ID)
}

func (w *deeds) save(t *rapid.T) {
	u := w.pick(t)
	w.d.turn(t, u.ID, !u.Active)
}

func (w *deeds) remove(t *rapid.T) {
	u := w.pick(t)
	w.d.remove(t, u.ID)
	w.users = slices.DeleteFunc(w.users, func(id app.UserID) bool { return id == u.ID })
}

func (w *deeds) enroll(t *rapid.T) {
	u := w.pick(t)
	w.last++
	err := w.d.store.PutFactor(w.d.ctx, app.NewFactor{User: u.ID, Factor: factor(w.last, standard), At: w.d.clock.now()}, w.d.event(app.DoEnroll, u))
	if u.Factor(app.Google).Status == app.StatusActive {
		isError(t, app.Conflict, err)
	} else {
		require.NoError(t, err)
		w.secrets[u.ID] = w.last
	}
}

func (w *deeds) confirm(t *rapid.T) {
	u := w.pick(t)
	if u.Factor(app.Google).Status != app.StatusPending {
		t.Skip("nothing to confirm")
	}
	a, err := w.d.store.ConfirmFactor(w.d.ctx, w.d.check(app.DoConfirm, u.ID, w.d.code(t, w.secrets[u.ID], standard, 0)))
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
	for range rapid.IntRange(1, w.d.lock.Failures).Draw(t, "times") {
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
	if w.d.application != nil {
		w.d.turn(t, u.ID, row.Active)
		return
	}
	_, err := w.d.store.Import(w.d.ctx, app.Import{Rows: rows(row)}, w.d.event(app.DoImport, app.User{}))
	require.NoError(t, err)
}

// rowUser is user number i of addMany.
func rowUser(i int) app.NewUser {
	return app.NewUser{Username: fmt.Sprintf("row%04d", i), Email: "r@x.example"}
}
