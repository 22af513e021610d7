//go:build full

package native

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/servertest"
)

// The trigrams of a server find what a look at each user finds, and nothing else.
func TestTheTrigramsOfAServer(t *testing.T) {
	ctx := context.Background()
	s, _ := newServerStore(t, servertest.PostgreSQL(t).Database(t))
	for _, n := range []string{"annamarie", "user500000", "user500001", "use r50 0000", "percent%_sign\\x", "Ünsal Çelik", "x@yy@zz", "marigolds"} {
		_, err := s.AddUser(ctx, app.NewUser{Username: n, Email: "p" + n + "@mail7.example.com", FirstName: "Ann", LastName: "Marigold " + n, Active: true},
			app.Event{Console: "test"})
		require.NoError(t, err)
	}
	find := func(scanBelow int64, part string) (names []string, total int) {
		s.scanBelow = scanBelow
		p, err := s.Users(ctx, app.Query{Search: part, Sort: app.ByUsername})
		require.NoError(t, err)
		for _, u := range p.Users {
			names = append(names, u.Username)
		}
		return names, p.Total
	}
	found := 0
	for _, part := range []string{
		"user500000", "user500000@", "er50000", "use r50 0000", "user50", "annamarie@mail7.example.com", "marigold annamarie", "MARIGOLDS",
		"percent%_sign\\x", "%_sign", "ünsal çelik", "x@yy@zz", "ann marigold u", "yy@zz@mail7", "nobody at all", "user500002", "500000user",
	} {
		wanted, total := find(1000, part)
		names, n := find(-1, part)
		require.Equal(t, wanted, names, part)
		require.Equal(t, total, n, part)
		found += n
	}
	require.Greater(t, found, 12)
}
