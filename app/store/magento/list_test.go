//go:build full

package magento

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/servertest"
)

var allColumns = []app.Column{app.ByName, app.ByUsername, app.ByEmail, app.ByRole, app.ByLastSignIn}

// walked reads all pages of a query, forwards and backwards, and returns the
// users in their order.
func walked(t testing.TB, s *Store, q app.Query) []app.UserID {
	t.Helper()
	page := func(q app.Query) app.Page {
		p, err := s.Users(context.Background(), q)
		require.NoError(t, err)
		return p
	}
	var forth, back []app.UserID
	p := page(q)
	for {
		for _, u := range p.Users {
			forth = append(forth, u.ID)
		}
		require.LessOrEqual(t, len(forth), p.Total)
		if p.Next == "" {
			break
		}
		q.After = p.Next
		p = page(q)
		require.NotEmpty(t, p.Users)
	}
	require.Len(t, forth, p.Total, "%+v", q)
	for q.After = ""; ; p = page(q) {
		for i := range p.Users {
			back = append(back, p.Users[len(p.Users)-1-i].ID)
		}
		if p.Previous == "" {
			break
		}
		q.Before = p.Previous
	}
	slices.Reverse(back)
	require.Equal(t, forth, back, "%+v", q)
	return forth
}

// A shop may have accounts with next to nothing in them.
func TestNothingIsLeftOutOfLists(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		b := newShop(t, s, "")
		for range 5 {
			b.run(t, "INSERT INTO admin_user (password) VALUES ('')")
		}
		b.run(t, "INSERT INTO authorization_role (parent_id, role_type, user_id, user_type) VALUES (1, 'U', 2, '2')") // a second role
		store := openShop(t, b.config(t))
		for _, column := range allColumns {
			for _, descending := range []bool{false, true} {
				got := walked(t, store, app.Query{Sort: column, Descending: descending, Limit: 2})
				require.Len(t, got, 7, "by %s", column)
				slices.Sort(got)
				require.Len(t, slices.Compact(got), 7, "by %s", column)
			}
		}
		u, err := store.User(context.Background(), "2")
		require.NoError(t, err)
		require.Equal(t, "Order desk", u.Role.Name, "the first membership counts")
	})
}

// Filters on many users are walked, not given to the database one by one.
func TestFiltersOnMany(t *testing.T) {
	const users = 2400
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		b := newShop(t, s, "m2_")
		b.exec(t, "DELETE FROM tfa_user_config")
		active := sealed(t, keyOne, allFour(t))
		var people, rows []string
		for i := range users {
			people = append(people, fmt.Sprintf("(%d, 'First %d', 'Last', 'u%d', 'u%d@example.com', '')", 10+i, i%7, i*7919%users, i%100))
			if i%2 == 0 {
				rows = append(rows, fmt.Sprintf("(%d, '%s')", 10+i, active))
			}
		}
		b.run(t, "INSERT INTO admin_user (user_id, firstname, lastname, username, email, password) VALUES "+strings.Join(people, ","))
		b.run(t, "INSERT INTO tfa_user_config (user_id, encoded_config) VALUES "+strings.Join(rows, ","))
		store := openShop(t, b.config(t))
		for filter, want := range map[app.Filter]int{app.WithActive: users / 2, app.NoTwoFactor: users/2 + 2, app.WithPending: 0} {
			for _, column := range []app.Column{app.ByName, app.ByUsername} {
				got := walked(t, store, app.Query{Filter: filter, Sort: column, Limit: 170, Descending: column == app.ByUsername})
				require.Len(t, got, want)
				slices.Sort(got)
				require.Len(t, slices.Compact(got), want, "each once")
				for _, id := range got {
					if n := mustNumber(id); n >= 10 {
						require.Equal(t, filter == app.WithActive, n%2 == 0)
					}
				}
			}
		}
		all := walked(t, store, app.Query{Filter: app.WithActive, Limit: 500})
		for _, offset := range []int{0, 1, 599, 1198, 1200, 5000} {
			p, err := store.Users(context.Background(), app.Query{Filter: app.WithActive, Offset: offset, Limit: 3})
			require.NoError(t, err)
			require.Equal(t, users/2, p.Total)
			for i, u := range p.Users {
				require.Equal(t, all[offset+i], u.ID)
			}
			require.Len(t, p.Users, max(min(3, len(all)-offset), 0))
		}
		found := walked(t, store, app.Query{Filter: app.WithActive, Search: "first 3", Limit: 40})
		for _, id := range found {
			require.Equal(t, int64(3), (mustNumber(id)-10)%7)
			require.Zero(t, mustNumber(id)%2)
		}
		require.Len(t, found, 171)
		p, err := store.Users(context.Background(), app.Query{Filter: app.WithActive, Search: "last"})
		require.NoError(t, err)
		require.Equal(t, app.CountLimit, p.Total, "a search stops counting")
	})
}

// What changes behind the store's back shows at once.
func TestFiltersFollowTheShop(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		b := newShop(t, s, "")
		store := openShop(t, b.config(t))
		counts := func() app.Counts {
			c, err := store.Counts(context.Background())
			require.NoError(t, err)
			return c
		}
		require.Equal(t, app.Counts{All: 2, NoTwoFactor: 1, Active: 1}, counts())
		b.setDocument(t, 2, `{"google":{"secret":"`+escaped(sealed(t, keyOne, typedKey))+`"}}`)
		require.Equal(t, app.Counts{All: 2, Pending: 1, Active: 1}, counts())
		b.setDocument(t, 2, allFour(t))
		require.Equal(t, app.Counts{All: 2, Active: 2}, counts())
		b.run(t, "UPDATE tfa_user_config SET encoded_config = NULL WHERE user_id = 1")
		require.Equal(t, app.Counts{All: 2, NoTwoFactor: 1, Active: 1}, counts())
		b.run(t, "INSERT INTO tfa_user_config (user_id, encoded_config) VALUES (1, 'x')")
		require.Equal(t, app.Counts{All: 2, NoTwoFactor: 1, Active: 1}, counts(), "Magento reads the first row only")
		b.run(t, "DELETE FROM tfa_user_config WHERE user_id = 1 ORDER BY config_id LIMIT 1")
		require.Equal(t, app.Counts{All: 2, Active: 1, Unreadable: 1}, counts())
		b.run(t, "UPDATE tfa_user_config SET user_id = 3 - user_id")
		p, err := store.Users(context.Background(), app.Query{Filter: app.WithActive})
		require.NoError(t, err)
		require.Equal(t, app.UserID("1"), p.Users[0].ID)
		b.run(t, "DELETE FROM admin_user WHERE user_id = 1")
		require.Equal(t, app.Counts{All: 1, Unreadable: 1}, counts())
		b.run(t, "UPDATE admin_user SET is_active = 0, lock_expires = '2026-06-09 12:08:11'")
		require.Equal(t, app.Counts{All: 1, Unreadable: 1, Inactive: 1, Locked: 1}, counts())
		b.run(t, "DELETE FROM admin_user")
		require.Equal(t, app.Counts{}, counts())
	})
}
