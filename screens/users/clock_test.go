package users_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/store/memory"
)

// ofATeam is a store with a server, and its operator in it.
func ofATeam(now func() time.Time) *memory.Store {
	s := memory.New(memory.Options{Name: "Our Desk", Kind: app.TeamStore, Tag: app.TagTeam, Now: now})
	s.Place(memory.Person{Password: app.NewSecret(password), User: app.User{
		Username: "olive", FirstName: "Olive", LastName: "Bellwether", Email: "olive@juniper.example",
		Active: true, Role: app.Role{ID: app.Administrators},
	}})
	for _, p := range crowd(12) {
		s.Place(p)
	}
	return s
}

func TestClocksThatDoNotAgreeAreSaid(t *testing.T) {
	b := start(t, setup{store: ofATeam, hold: true})
	ahead, asked := 9*time.Second, 0
	b.service.clock = func() app.ClockReading {
		asked++
		return app.ClockReading{Ahead: ahead, Within: 40 * time.Millisecond}
	}
	b.screen.Show()
	require.Zero(t, asked, "the list comes first")
	b.Clock.Advance(3 * time.Second)
	require.Contains(t, b.Text(), "This workstation is 9 s behind the store’s server.")
	b.Pictures("users", "clock")
	b.Tap("Show the clocks")
	require.Equal(t, 1, b.clocks)
	ahead = 3 * time.Second
	b.Clock.Advance(10 * time.Minute)
	require.Equal(t, 2, asked)
	require.NotContains(t, b.Text(), "The clocks do not agree.")
	b.screen.Hide()
	b.Clock.Advance(10 * time.Minute)
	require.Equal(t, 2, asked, "a page that nobody sees asks nobody")
}

func TestAFileHasNoClock(t *testing.T) {
	b := start(t, setup{store: with(app.Administrators), hold: true})
	b.service.clock = func() app.ClockReading {
		t.Error("there is no server to ask")
		return app.ClockReading{}
	}
	b.screen.Show()
	b.Clock.Advance(time.Hour)
}
