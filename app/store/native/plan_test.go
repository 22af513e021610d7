package native

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

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
	l := &list{from: "users u", key: "u.email_key", where: []string{amongLikely, hasPart}, args: []any{"abc", trigrams("abc")}}
	p := plan(t, s, l.sql(s, app.Query{Limit: 25}, false), l.args)
	require.Contains(t, p, "SCAN u USING INDEX users_by_email_key\nLIST SUBQUERY")
	require.Contains(t, p, "SCAN users_search VIRTUAL TABLE INDEX")
	require.NotContains(t, p, "TEMP B-TREE")
}
