package troubleshoot_test

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/store/memory"
	"github.com/factordesk/factordesk/screens/kit/kittest"
)

// ringToken is a desk of a store that keeps what was seen of Ann's device: a token
// that was off by so many seconds so many days ago.
func ringToken(t *testing.T, size fyne.Size, seen map[int]int) *call {
	t.Helper()
	c := ringIn(t, kittest.New(t, page(size), nil), app.Administrators, 100*time.Millisecond, memory.Options{Name: "Juniper Desk", Tag: app.TagTeam, Kind: app.TeamStore})
	for days := 365; days > 0; days-- {
		off, ok := seen[days]
		if !ok {
			continue
		}
		u, err := c.store.User(t.Context(), c.ann)
		require.NoError(t, err)
		drift := app.Drift{From: time.Duration(off-1) * time.Second, To: time.Duration(off+1) * time.Second, Known: true}
		require.NoError(t, c.store.Observe(t.Context(), app.Observed{
			User: c.ann, Provider: app.Google, Since: u.Factor(app.Google).Since,
			Observation: app.Observation{At: c.Clock.Now().Add(time.Duration(-days) * 24 * time.Hour), Drift: drift},
		}, app.Event{Action: app.DoDiagnose}))
	}
	return c
}

func TestTheCourseOfATokenStandsUnderItsSteps(t *testing.T) {
	c := ringToken(t, kittest.Wide, map[int]int{180: 60, 90: 30, 30: 11})
	c.tells(t, 0)
	text := c.Text()
	require.Contains(t, text, "The code is good")
	require.Contains(t, text, "Its codes leave the accepted window in ")
	require.Regexp(t, `Its clock loses about \d seconds a week \(−\d\.\d ppm; between −\d\.\d and −\d\.\d\), seen 4 times since `, text)
	require.Contains(t, text, "Set the phone’s clock to automatic")

	c = ringToken(t, kittest.Wide, map[int]int{30: 0})
	c.tells(t, -2*time.Minute)
	text = c.Text()
	require.Contains(t, text, "Its clock loses about 4 seconds a day")
	require.NotContains(t, text, "leave the accepted window", "they have left it")
	require.Contains(t, text, "For a hardware token, whose clock nobody can set")

	c = ringToken(t, kittest.Wide, nil)
	c.tells(t, -2*time.Minute)
	require.NotContains(t, c.Text(), "Its clock", "of one day nothing is said")
}

func TestGalleryCourse(t *testing.T) {
	for name, size := range map[string]fyne.Size{"": kittest.Wide, "-small": kittest.Small} {
		c := ringToken(t, size, map[int]int{180: 60, 90: 30, 30: 11})
		c.tells(t, 0)
		c.Pictures("troubleshoot", "refused-course"+name)
		c = ringToken(t, size, map[int]int{30: 0})
		c.tells(t, -2*time.Minute)
		c.Pictures("troubleshoot", "refused-course-drift"+name)
	}
}
