package kit_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/kit"
	"github.com/factordesk/factordesk/screens/kit/kittest"
)

// far is a store at the other end of a link.
type far struct {
	*kittest.Desk
	stamp  string
	err    error
	asked  int
	states int // how often a screen was told of the link
	news   int // and of changes
	link   *kit.Link
}

// gone is what a store says that does not answer.
var gone = app.Errorf(app.Unreachable, "The server cannot be reached.")

func reach(t *testing.T, runner kit.Runner, listen func(ctx context.Context, told func()) error) *far {
	t.Helper()
	f := &far{Desk: kittest.New(t, kittest.Wide, runner), stamp: "1"}
	screen := f.Enter("Screen")
	screen.OnLink(func() { f.states++ })
	screen.OnChange(func() { f.news++ })
	f.link = kit.NewLink(f.Kit, kit.LinkSpec{
		Stamp: func(context.Context) (string, error) {
			f.asked++
			return f.stamp, f.err
		},
		Listen: listen,
		Jitter: func() float64 { return 0.5 },
	})
	t.Cleanup(f.link.Close)
	return f
}

func TestALinkAsksNowAndThen(t *testing.T) {
	f := reach(t, nil, nil)
	require.Equal(t, 1, f.asked)
	f.Clock.Advance(time.Minute)
	require.Equal(t, 13, f.asked, "each 5 seconds")
	require.Zero(t, f.news, "nothing has changed")
	require.Zero(t, f.states)
	f.stamp = "2"
	f.Clock.Advance(5 * time.Second)
	require.Equal(t, 1, f.news)
	f.Clock.Advance(5 * time.Second)
	require.Equal(t, kittest.Start, f.link.AsOf(kittest.Start), "what was read before the change is as old as it is")
	require.Equal(t, f.Clock.Now(), f.link.AsOf(f.Clock.Now().Add(-5*time.Second)))
	f.link.SetAway(true)
	before := f.asked
	f.Clock.Advance(time.Minute)
	require.Equal(t, before+2, f.asked, "seldom while nobody looks")
	f.Clock.Advance(5 * time.Second)
	f.link.SetAway(false)
	require.Equal(t, before+3, f.asked, "and at once when somebody does")
}

func TestALockedScreenAsksNobody(t *testing.T) {
	f := reach(t, nil, nil)
	f.link.Pause()
	before := f.asked
	f.stamp = "2"
	f.Clock.Advance(time.Hour)
	require.Equal(t, before, f.asked)
	f.link.Resume()
	require.Equal(t, before+1, f.asked)
	require.Equal(t, 1, f.news)
}

func TestASlowAnswerMakesTheQuestionsRarer(t *testing.T) {
	held := &kittest.Held{}
	f := reach(t, held, nil)
	f.Clock.Advance(time.Second)
	held.Step()
	require.Equal(t, time.Second, f.link.Took())
	f.Clock.Advance(48 * time.Second)
	require.Zero(t, held.Waiting())
	f.Clock.Advance(2 * time.Second)
	require.Equal(t, 1, held.Waiting())
}

func TestALostLinkTriesAgainByItself(t *testing.T) {
	f := reach(t, nil, nil)
	f.Clock.Advance(4 * time.Second)
	f.err = gone
	f.Clock.Advance(time.Second)
	require.True(t, f.link.Lost())
	require.Equal(t, gone, f.link.Trouble())
	require.Equal(t, kittest.Start, f.link.Reached())
	require.Equal(t, kittest.Start, f.link.AsOf(kittest.Start.Add(-time.Hour)), "nothing has changed since")
	require.Zero(t, f.link.AsOf(time.Time{}))
	require.Equal(t, 1, f.states)
	require.EqualError(t, f.link.Refusal(), "The store does not answer, so nothing can be changed now.")
	before := f.asked
	for _, wait := range []time.Duration{2, 4, 8, 16, 30, 30} {
		require.Equal(t, wait*time.Second, f.link.Next(), "longer and longer, up to half a minute")
		f.Clock.Advance(wait*time.Second - time.Second)
		require.Equal(t, before, f.asked)
		f.Clock.Advance(time.Second)
		before++
		require.Equal(t, before, f.asked)
	}
	f.err = nil
	f.link.TryNow()
	require.False(t, f.link.Lost())
	require.NoError(t, f.link.Refusal())
	require.Equal(t, 1, f.news, "screens look at everything anew")

	// Right after it came back the waits go on where they were; later they do not.
	f.err = gone
	f.Clock.Advance(5 * time.Second)
	require.Equal(t, 30*time.Second, f.link.Next())
	f.err = nil
	f.link.TryNow()
	f.Clock.Advance(2 * time.Minute)
	f.err = gone
	f.Clock.Advance(5 * time.Second)
	require.Equal(t, 2*time.Second, f.link.Next())
}

func TestAScreenThatGetsNoAnswerMakesTheLinkLost(t *testing.T) {
	f := reach(t, nil, nil)
	f.link.Failed(nil)
	f.link.Failed(app.Errorf(app.Conflict, "Somebody else was faster."))
	require.False(t, f.link.Lost())
	f.link.Failed(gone)
	require.True(t, f.link.Lost())
	f.link.Failed(gone)
	require.Equal(t, 2*time.Second, f.link.Next(), "many questions that fail at once are one outage")
	f.Clock.Advance(2 * time.Second)
	require.False(t, f.link.Lost())
	require.Equal(t, 1, f.news)
}

func TestADeedThatFailsMakesTheLinkAsk(t *testing.T) {
	f := reach(t, nil, nil)
	f.link.Doubt(app.Errorf(app.Unreachable, "The disk is full."))
	require.Equal(t, 2, f.asked)
	require.False(t, f.link.Lost(), "it answers all the same")
	f.err = gone
	f.link.Doubt(gone)
	require.True(t, f.link.Lost())
}

// A screen that leaves while the news are passed on hears no more of them.
func TestWhoLeavesHearsNothing(t *testing.T) {
	d := kittest.New(t, kittest.Wide, nil)
	second, heard := d.Enter("Second"), 0
	d.Enter("First").OnLink(second.Leave)
	second.OnLink(func() { heard++ })
	d.Enter("First").OnLink(second.Leave)
	l := kit.NewLink(d.Kit, kit.LinkSpec{Stamp: func(context.Context) (string, error) { return "", gone }})
	defer l.Close()
	require.True(t, l.Lost())
	require.Zero(t, heard)
}

func TestWithoutALinkTheStoreAnswers(t *testing.T) {
	d := kittest.New(t, kittest.Wide, nil)
	l := d.Link()
	require.Nil(t, l)
	require.False(t, l.Lost())
	require.NoError(t, l.Refusal())
	require.NoError(t, l.Trouble())
	require.Zero(t, l.Next())
	l.Doubt(gone)
	l.Failed(gone)
	l.TryNow()
	l.Pause()
	l.Resume()
	l.SetAway(true)
}

func TestNewsComeNotMoreOftenThanTheyCanBeLookedAt(t *testing.T) {
	f := reach(t, nil, nil)
	for _, stamp := range []string{"2", "3", "4"} {
		f.stamp = stamp
		f.link.TryNow()
	}
	require.Equal(t, 1, f.news)
	f.Clock.Advance(2 * time.Second)
	require.Equal(t, 2, f.news, "the last of them is not lost")
	f.Clock.Advance(time.Minute)
	require.Equal(t, 2, f.news)
}

func TestALinkThatIsClosedIsGone(t *testing.T) {
	f := reach(t, nil, nil)
	require.Same(t, f.link, f.Link())
	f.link.Close()
	require.Nil(t, f.Link())
	before := f.asked
	f.Clock.Advance(time.Hour)
	require.Equal(t, before, f.asked)
	require.Zero(t, f.Clock.Timers())
}

// A store that tells of changes is asked at once when it does, and seldom
// otherwise.
func TestAStoreThatTellsOfChanges(t *testing.T) {
	apart := kittest.NewApart(t)
	tell := make(chan func(), 1)
	end := make(chan error)
	f := reach(t, apart, func(ctx context.Context, told func()) error {
		tell <- told
		return <-end
	})
	apart.Next(t) // the first answer, after which it listens
	told := <-tell
	told()
	apart.Next(t) // it hears
	apart.Next(t) // and has asked what was missed
	before := f.asked
	f.Clock.Advance(29 * time.Second)
	require.Equal(t, before, f.asked)
	f.stamp = "2"
	told()
	apart.Next(t)
	apart.Next(t)
	require.Equal(t, 1, f.news)

	// When it stops to tell, it is asked what is the matter.
	f.err = gone
	end <- gone
	apart.Next(t)
	apart.Next(t)
	require.True(t, f.link.Lost())
	f.err = nil
	f.link.TryNow()
	apart.Next(t)
	require.False(t, f.link.Lost())
	<-tell
	end <- app.Errorf(app.Invalid, "There is a pooler before the server.")
	apart.Next(t)
	before = f.asked
	f.Clock.Advance(5 * time.Second)
	apart.Next(t)
	require.Equal(t, before+1, f.asked, "who cannot hear asks more often")
	require.Empty(t, tell, "and does not try to hear again")
}
