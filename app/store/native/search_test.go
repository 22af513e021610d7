package native

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
)

// fillUsers imports n users, some of whom have something in common.
func fillUsers(t testing.TB, s *Store, n int) {
	t.Helper()
	first := []string{"Ann", "Élodie", "жаба", `Quo"te`, "O'Neil", "100%", "Ünder_Score", ""}
	last := []string{"Marigold", "Thistle", "STRASSE", "straße", "", "Ann"}
	r, err := s.Import(context.Background(), app.Import{Rows: func(yield func(app.ImportRow, error) bool) {
		for i := range n {
			if !yield(app.ImportRow{Line: i + 2, HasFirstName: true, HasLastName: true, HasActive: true, NewUser: app.NewUser{
				Username: fmt.Sprintf("User%d", i), Email: fmt.Sprintf("u%d@mail%d.example", i*7919%n, i%7),
				FirstName: first[i%len(first)], LastName: last[i%len(last)], Active: i%5 > 0,
			}}, nil) {
				return
			}
		}
	}}, app.Event{Console: "test", Action: app.DoImport})
	require.NoError(t, err)
	require.Equal(t, n, r.Added)
}

// everyone returns all users that a query chooses, page by page.
func everyone(t *testing.T, s *Store, q app.Query) (users []app.User, total int) {
	t.Helper()
	for {
		p, err := s.Users(context.Background(), q)
		require.NoError(t, err)
		users, total = append(users, p.Users...), p.Total
		if p.Next == "" {
			return users, total
		}
		q.After = p.Next
	}
}

// The three ways to search find the same: looking at each user, sorting what
// the index finds, and walking along the list.
func TestSearchFindsTheSameEachWay(t *testing.T) {
	s := newTestStore(t)
	fillUsers(t, s, 600)
	for _, part := range []string{
		"ann", "ANN", "élodie", "ÉLOD", "жаб", "marigold", "user1", "user59", "user599", "mail3.example", "strasse", "straße",
		`o"te`, `"`, "''", "'neil", "100%", "%", "_", "r_s", "a", "an", "zz", "qqq", "user1\nu", "*", `"" OR "`, "AND", "n m",
	} {
		for _, filter := range []app.Filter{app.All, app.Inactive} {
			for _, descending := range []bool{false, true} {
				q := app.Query{Search: part, Filter: filter, Sort: app.ByEmail, Descending: descending, Limit: 17}
				s.scanBelow = scanBelow
				want, total := everyone(t, s, q)
				s.scanBelow = -1
				got, gotTotal := everyone(t, s, q)
				require.Equal(t, want, got, "%+v", q)
				require.Equal(t, total, gotTotal, "%+v", q)
				require.Equal(t, len(want), total, "%+v", q)
				for _, u := range want {
					require.Contains(t, keyed{u.Username, u.Email, u.FirstName, u.LastName}.search(), strings.ToLower(part))
				}
			}
		}
	}
}

// What is changed or removed is found, or not, at once.
func TestSearchFollowsChanges(t *testing.T) {
	s := newTestStore(t)
	s.scanBelow = -1
	ctx, e := context.Background(), app.Event{Console: "test"}
	u, err := s.AddUser(ctx, app.NewUser{Username: "marigold", Email: "m@example.com", Active: true}, e)
	require.NoError(t, err)
	count := func(part string) int {
		p, err := s.Users(ctx, app.Query{Search: part})
		require.NoError(t, err)
		require.Len(t, p.Users, p.Total)
		return p.Total
	}
	require.Equal(t, 1, count("rigol"))
	c := app.UserChange{ID: u.ID, Version: u.Version, Username: "thistle", Email: u.Email, Active: true}
	u, err = s.SaveUser(ctx, c, e)
	require.NoError(t, err)
	require.Equal(t, 0, count("rigol"))
	require.Equal(t, 1, count("histl"))
	require.NoError(t, s.RemoveUser(ctx, u.ID, u.Version, e))
	require.Equal(t, 0, count("histl"))
	outside(t, s, "INSERT INTO users_search (users_search, rank) VALUES ('integrity-check', 1)")
}

func TestTrigrams(t *testing.T) {
	for part, want := range map[string]string{
		"ab": "", "": "", "éü": "", "abc": `"abc"`, "abcd": `"abc" AND "bcd"`, "abcdef": `"abc" AND "def"`,
		`a"b`: `"a""b"`, "жабаж": `"жаб" AND "баж"`,
	} {
		require.Equal(t, want, trigrams(part), part)
	}
}

// requireCounts requires that the kept numbers of the chips and the flags of
// each user are those that a count finds.
func requireCounts(t *testing.T, s *Store) {
	t.Helper()
	c, err := s.Counts(context.Background())
	require.NoError(t, err)
	count := func(condition string) (n int) {
		require.NoError(t, s.read.db.QueryRow("SELECT count(*) FROM users u WHERE "+condition).Scan(&n))
		return n
	}
	const factor = "EXISTS (SELECT 1 FROM factors f WHERE f.user_id = u.id"
	const known = "(SELECT ' ' || key_id || ' ' || old_key_ids || ' ' LIKE '% ' || f.key_id || ' %' FROM store)"
	require.Equal(t, app.Counts{
		All: count("TRUE"), NoTwoFactor: count("NOT " + factor + ")"),
		Pending:    count(factor + " AND f.status = 'pending' AND " + known + ")"),
		Active:     count(factor + " AND f.status = 'active' AND " + known + ")"),
		Unreadable: count(factor + " AND NOT " + known + ")"),
		Inactive:   count("NOT active"), Locked: count(fmt.Sprintf("locked_until > %d", micro(s.now()))),
	}, c)
	for filter, n := range map[app.Filter]int{
		app.All: c.All, app.NoTwoFactor: c.NoTwoFactor, app.WithPending: c.Pending, app.WithActive: c.Active,
		app.WithUnreadable: c.Unreadable, app.Inactive: c.Inactive, app.WithLock: c.Locked,
	} {
		users, total := everyone(t, s, app.Query{Filter: filter, Limit: 1000})
		require.Len(t, users, n, filter)
		require.Equal(t, n, total, filter)
	}
}

func TestCountsFollowEveryChange(t *testing.T) {
	s := newTestStore(t)
	fillUsers(t, s, 50)
	ctx := context.Background()
	e := app.Event{Console: "test", OperatorID: "1", Operator: "olive"}
	for i := 2; i < 30; i++ {
		id := userID(int64(i))
		require.NoError(t, s.PutFactor(ctx, app.NewFactor{User: id, At: s.now(), Factor: testFactor(testKey)}, e))
		if i%3 == 0 {
			f := testFactor(testKey)
			f.Provider = app.Authy
			require.NoError(t, s.PutFactor(ctx, app.NewFactor{User: id, At: s.now(), Factor: f}, e))
		}
	}
	for i := 2; i < 30; i += 2 {
		confirm(t, s, userID(int64(i)))
	}
	for range app.MaxFailures {
		_, err := s.VerifyCode(ctx, app.CodeCheck{User: "4", Provider: app.Google, Code: app.NewSecret("1"), At: s.now(), Event: e})
		require.NoError(t, err)
	}
	requireCounts(t, s)
	for i := 2; i < 12; i++ {
		require.NoError(t, s.Reset(ctx, app.FactorReset{User: userID(int64(i)), Provider: app.Google}, e))
		requireCounts(t, s)
	}
	for i := 12; i < 24; i++ {
		u, err := s.User(ctx, userID(int64(i)))
		require.NoError(t, err)
		require.NoError(t, s.RemoveUser(ctx, u.ID, u.Version, e))
	}
	requireCounts(t, s)
	ids, _ := everyone(t, s, app.Query{})
	require.False(t, slices.ContainsFunc(ids, func(u app.User) bool { return u.ID == "12" }))
}
