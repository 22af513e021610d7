package screens_test

import (
	"context"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/store/memory"
	"github.com/factordesk/factordesk/screens"
	"github.com/factordesk/factordesk/screens/kit"
	"github.com/factordesk/factordesk/screens/kit/kittest"
	"github.com/factordesk/factordesk/screens/settings"
)

// jumpy is a clock that can be set on without its timers noticing, as it is
// after the computer has slept.
type jumpy struct {
	*kittest.Clock
	slept time.Duration
}

func (j *jumpy) Now() time.Time { return j.Clock.Now().Add(j.slept) }

// held is a window whose work goes on only when it is told to.
func held(t *testing.T) (*world, *kittest.Held, *jumpy) {
	t.Helper()
	w := &world{Desk: kittest.New(t, kittest.Wide, nil)}
	w.computer = &computer{clock: w.Clock, values: settings.Values{
		Mode: kit.Light, TextSize: 100, IdleLock: 5 * time.Minute, HideQR: time.Minute, ClearClipping: 30 * time.Second,
	}}
	w.computer.saved = append(w.computer.saved, desk)
	work, clock := &kittest.Held{}, &jumpy{Clock: w.Clock}
	w.shell = screens.New(w.Win, w.computer, w.computer.values, kit.Options{Runner: work, Clock: clock, Board: w.Board})
	w.Kit = w.shell.Kit()
	w.Win.Resize(kittest.Wide)
	w.shell.Start("")
	settle(work)
	return w, work, clock
}

func settle(work *kittest.Held) {
	for work.Waiting() > 0 {
		work.Step()
	}
}

func TestADeskThatSleptIsFoundLocked(t *testing.T) {
	w, work, clock := held(t)
	w.signIn()
	settle(work)
	require.Contains(t, w.Text(), "Abel Thistle")
	clock.slept = 8 * time.Hour
	w.Type("x") // before the next second has come
	settle(work)
	require.Contains(t, w.Text(), "after 5 minutes idle")
	require.NotContains(t, w.Text(), "Abel Thistle")
}

// What was begun before the lock and ends behind it must not show there: the
// secret of a new factor least of all.
func TestNothingThatEndsLateShowsOverTheLock(t *testing.T) {
	w, work, _ := held(t)
	e := app.Event{At: w.Clock.Now(), Action: app.DoReset}
	olive, err := w.computer.store.FindUser(context.Background(), memory.SampleOperator)
	require.NoError(t, err)
	_, err = w.computer.store.SignedIn(context.Background(), app.SignIn{ID: olive.ID, At: w.Clock.Now(), BreakGlass: true}, e)
	require.NoError(t, err)
	w.signIn()
	work.Step() // signed in; the new factor is on its way
	require.NotContains(t, w.Text(), "Enroll your Google Authenticator")
	require.True(t, w.Kit.Press("Ctrl+L"))
	require.Contains(t, w.Text(), "by you")
	settle(work)
	require.Contains(t, w.Text(), "by you")
	require.NotContains(t, w.Text(), "Enroll your Google Authenticator")
	require.False(t, w.Kit.DialogOpen())

	w.Type(memory.SamplePassword)
	w.Key(fyne.KeyReturn)
	settle(work)
	require.Contains(t, w.Text(), "Enroll your Google Authenticator")
}

func TestWhatWaitedForTheOneIsNotForTheNext(t *testing.T) {
	w, work, _ := held(t)
	w.signIn()
	settle(work)
	w.Kit.Press("F5")
	w.Kit.Press("Ctrl+L")
	settle(work)
	w.Tap("Sign in as somebody else")
	settle(work)
	require.Contains(t, w.Text(), "Use your Factordesk password")
	w.signIn()
	settle(work)
	require.Contains(t, w.Text(), "Abel Thistle")
}

// What everybody has to hear is not lost to the lock.
func TestTheNoticeIsThereAgainAfterTheLock(t *testing.T) {
	w := open(t, kittest.Wide, desk)
	ctx := context.Background()
	e := app.Event{At: w.Clock.Now(), Action: app.DoBreakGlass, Operator: "somebody", Outcome: app.Done}
	require.NoError(t, w.computer.store.Append(ctx, e))
	w.signIn()
	require.Contains(t, w.Text(), "Somebody got in without a code")
	w.Clock.Advance(6 * time.Minute)
	require.NotContains(t, w.Text(), "Somebody got in without a code")
	require.Contains(t, w.Text(), "after 5 minutes idle")
	w.Type(memory.SamplePassword)
	w.Key(fyne.KeyReturn)
	require.Contains(t, w.Text(), "Somebody got in without a code")
	w.Tap("Continue")
	require.Contains(t, w.Text(), "Abel Thistle")
}
