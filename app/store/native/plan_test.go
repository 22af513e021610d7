package native

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
)

// plan returns how SQLite is going to run a statement, a step a line.
func plan(t *testing.T, s *Store, text string, args []any) string {
	t.Helper()
	rows, err := s.read.db.Query("EXPLAIN QUERY PLAN "+text, args...)
	require.NoError(t, err)
	defer func() { require.NoError(t, rows.Close()) }()
	var steps []string
	for rows.Next() {
		var id, parent, unused int
		var detail string
		require.NoError(t, rows.Scan(&id, &parent, &unused, &detail))
		steps = append(steps, detail)
	}
	require.NoError(t, rows.Err())
	return strings.Join(steps, "\n")
}

// Every list walks along the one index that has its users in its order and no
// others; only the page itself is sorted again.
func TestEachPageHasItsIndex(t *testing.T) {
	s := newTestStore(t)
	names := map[app.Filter]string{
		app.All: "by_", app.NoTwoFactor: "no_factor_by_", app.WithPending: "pending_by_", app.WithActive: "active_by_",
		app.WithUnreadable: "unreadable_by_", app.Inactive: "inactive_by_", app.WithLock: "locked_by_",
	}
	for filter, name := range names {
		for column, key := range sortKeys {
			for _, descending := range []bool{false, true} {
				for _, from := range []string{"start", "after", "before"} {
					q := app.Query{Filter: filter, Sort: column, Descending: descending, Limit: 25}
					c := cursorAt(app.User{ID: "7", Username: "ann"}, column)
					switch from {
					case "after":
						q.After = c
					case "before":
						q.Before = c
					}
					l := &list{from: "users u", key: key}
					l.filter(filter, 1)
					backwards, err := l.start(q)
					require.NoError(t, err)
					p := plan(t, s, l.sql(s, q, backwards), l.args)
					index := "users_" + name + strings.TrimPrefix(key, "u.")
					if index == "users_by_username_key" {
						index = "sqlite_autoindex_users_1"
					}
					what := fmt.Sprintf("%q by %s, descending %v, %s:\n%s", filter, column, descending, from, p)
					require.Regexp(t, regexp.MustCompile(`(SCAN|SEARCH) u USING (COVERING )?INDEX `+index+`\b`), p, what)
					if from != "start" {
						require.Regexp(t, regexp.MustCompile(`SEARCH u USING INDEX `+index+` \(.*[<>].*\)`), p, what)
					}
					require.Contains(t, p, "SEARCH f USING PRIMARY KEY (user_id=?)", what)
					require.NotContains(t, p, "TEMP B-TREE", what)
				}
			}
		}
	}
}

// A common part is looked for along the list, and users who cannot have it are
// passed over by their IDs.
func TestACommonPartIsLookedForAlongTheList(t *testing.T) {
	s := newTestStore(t)
	l := &list{from: "users u", key: "u.email_key", where: []string{amongLikely, sqliteHasPart}, args: []any{"abc", trigrams("abc")}}
	p := plan(t, s, l.sql(s, app.Query{Limit: 25}, false), l.args)
	require.Contains(t, p, "SCAN u USING INDEX users_by_email_key\nLIST SUBQUERY")
	require.Contains(t, p, "SCAN users_search VIRTUAL TABLE INDEX")
	require.NotContains(t, p, "TEMP B-TREE")
}

// Events are read along their numbers, or those of one person's; times only
// say where to begin and end.
func TestEventsAreReadInOrder(t *testing.T) {
	s := newTestStore(t)
	for _, c := range []struct {
		query app.EventQuery
		plan  string
	}{
		{app.EventQuery{}, "SCAN events"},
		{app.EventQuery{From: s.now()}, "SEARCH events USING INTEGER PRIMARY KEY (rowid>?)"},
		{app.EventQuery{Until: s.now()}, "SEARCH events USING INTEGER PRIMARY KEY (rowid<?)"},
		{app.EventQuery{From: s.now(), Until: s.now()}, "SEARCH events USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)"},
		{app.EventQuery{Target: "7"}, "SEARCH events USING INDEX events_target (target_id=?)"},
		{app.EventQuery{Target: "7", From: s.now()}, "SEARCH events USING INDEX events_target (target_id=? AND rowid>?)"},
		{app.EventQuery{Operator: "7"}, "SEARCH events USING INDEX events_operator (operator_id=?)"},
	} {
		choice, err := s.chooseEvents(context.Background(), c.query)
		require.NoError(t, err)
		require.Equal(t, c.plan, plan(t, s, choice.sql("form", newestFirst), choice.args), "%+v", c.query)
	}
	for _, text := range []string{firstFrom, lastUntil} {
		require.Contains(t, plan(t, s, text, []any{1}), "SEARCH events USING COVERING INDEX events_at")
	}
}

// A clock that was set back hides no event.
func TestEventsOfAClockThatWasSetBack(t *testing.T) {
	ctx, s := context.Background(), newTestStore(t)
	noon := time.Date(2026, 6, 9, 12, 0, 0, 0, time.UTC)
	outside(t, s, "DELETE FROM events")
	for _, minutes := range []int{0, 30, -60, 10, 20, -5, 40} {
		require.NoError(t, s.Append(ctx, app.Event{At: noon.Add(time.Duration(minutes) * time.Minute), Action: app.DoSignOut}))
	}
	seqs := func(q app.EventQuery) (all []int64) {
		p, err := s.Events(ctx, q)
		require.NoError(t, err)
		require.Equal(t, len(p.Events), p.Total)
		require.False(t, p.Older || p.Newer)
		for _, e := range p.Events {
			all = append(all, e.Seq)
		}
		return all
	}
	for _, action := range []app.Action{"", app.DoSignOut} {
		require.Equal(t, []int64{7, 5, 4, 2}, seqs(app.EventQuery{From: noon.Add(time.Minute), Action: action}))
		require.Equal(t, []int64{6, 3}, seqs(app.EventQuery{Until: noon, Action: action}))
		require.Equal(t, []int64{4, 1}, seqs(app.EventQuery{From: noon, Until: noon.Add(15 * time.Minute), Action: action}))
		require.Empty(t, seqs(app.EventQuery{From: noon.Add(time.Hour), Action: action}))
		require.Empty(t, seqs(app.EventQuery{Until: noon.Add(-2 * time.Hour), Action: action}))
	}
	require.Empty(t, seqs(app.EventQuery{Action: app.DoReset}))
}
