package logbook

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
)

// written counts the events of write.
var written int

// write writes n events, each of which is another.
func write(t *testing.T, b *Book, n int) {
	t.Helper()
	for range n {
		e := event(app.DoSignIn, app.Done)
		written++
		e.Reason = fmt.Sprintf("Call %d", written) // else what is written anew is the same
		_, err := b.Append(ctx, e)
		require.NoError(t, err)
	}
}

func TestTheNewestEventIsSealed(t *testing.T) {
	path := place(t)
	b := open(t, path, key)
	write(t, b, 5)
	r := verify(t, b)
	require.True(t, r.HeadChecked)
	require.Zero(t, r.Unsealed)
	require.Zero(t, r.ProvedFrom)
	require.Empty(t, r.Proof())

	blind := open(t, path) // a console without the key
	write(t, blind, 2)
	r = verify(t, blind)
	require.False(t, r.HeadChecked)
	require.EqualValues(t, 2, r.Unsealed)
	require.Contains(t, r.Proof(), "No key was at hand")
	write(t, b, 1)
	r = verify(t, b)
	require.True(t, r.HeadChecked)
	require.Zero(t, r.Unsealed, "the next who has the key seals them with its own")
}

// Whoever opens the logbook with the key and goes on writing must not seal over
// what was done to the file before.
func TestATamperedEndIsNotSealedOver(t *testing.T) {
	for name, text := range map[string]string{
		"the newest events are cut off": "DELETE FROM events WHERE seq > 5",
		"and the seal is set back":      "DELETE FROM events WHERE seq > 5; UPDATE book SET head_seq = 5, head_hash = (SELECT hash FROM events WHERE seq = 5)",
		"all events are gone":           "DELETE FROM events",
		"the seal is another":           "UPDATE book SET head_mac = randomblob(32)",
		"the seal is gone":              "UPDATE book SET head_mac = x''",
		"the sealed event is another":   "UPDATE events SET hash = randomblob(32) WHERE seq = 11",
		"the sealed event has moved":    "UPDATE events SET seq = 99 WHERE seq = 11",
		"nobody seems to have sealed":   "DELETE FROM events WHERE seq > 5; UPDATE book SET head_key = x'', head_mac = x''",
		"somebody else seems to":        "DELETE FROM events WHERE seq > 5; UPDATE book SET head_key = x'0102030405060708'",
	} {
		t.Run(name, func(t *testing.T) {
			path := place(t)
			b := open(t, path, key)
			write(t, b, 11)
			require.NoError(t, b.Close())
			outside(t, path, text)
			b = open(t, path, key)
			write(t, b, 20)
			r, err := b.VerifyChain(ctx, nil)
			require.NoError(t, err)
			require.False(t, r.Whole)
			require.NotEmpty(t, r.Problem)
		})
	}
}

// While a process has the file open, nobody takes the seal away from under it.
func TestASealThatIsTakenAwayIsMissed(t *testing.T) {
	path := place(t)
	b := open(t, path, key)
	write(t, b, 5)
	outside(t, path, "DELETE FROM events WHERE seq = 5; UPDATE book SET head_seq = 4, head_hash = (SELECT hash FROM events WHERE seq = 4), head_key = x'', head_mac = x''")
	write(t, b, 3)
	r, err := b.VerifyChain(ctx, nil)
	require.NoError(t, err)
	require.False(t, r.Whole)
}

// What was written without any key is taken over by the first that comes, and
// the activity says so.
func TestTheFirstKeySealsWhatIsThere(t *testing.T) {
	path := place(t)
	b := open(t, path)
	write(t, b, 3)
	r := verify(t, b)
	require.False(t, r.HeadChecked)
	require.EqualValues(t, 3, r.Unsealed)

	for range 2 { // the second time there is nothing to say
		b = open(t, path, key)
		r = verify(t, b)
		require.True(t, r.HeadChecked)
		require.EqualValues(t, 4, r.Events)
		require.Zero(t, r.Unsealed)
	}
	page, err := b.Events(ctx, app.EventQuery{})
	require.NoError(t, err)
	e := page.Events[0]
	require.Equal(t, app.DoSealActivity, e.Action)
	require.Equal(t, "desk-test", e.Console)
	require.Equal(t, "The events before this one were written where no key was at hand to seal them.", e.Reason)
	require.EqualValues(t, 4, r.ProvedFrom)
	require.Contains(t, r.Proof(), "The key proves the events from 4 on.")

	outside(t, path, "DELETE FROM events WHERE seq = 4")
	r, err = b.VerifyChain(ctx, nil)
	require.NoError(t, err)
	require.False(t, r.Whole)
}

// An empty logbook has nothing to take over, and an end that does not fit is not.
func TestWhatIsNotTakenOver(t *testing.T) {
	path := place(t)
	b := open(t, path)
	require.NoError(t, b.Close())
	b = open(t, path, key)
	require.Zero(t, verify(t, b).Events)
	write(t, b, 1)
	require.True(t, verify(t, b).HeadChecked)

	path = place(t)
	b = open(t, path)
	write(t, b, 3)
	outside(t, path, "DELETE FROM events WHERE seq = 3")
	b = open(t, path, key)
	r, err := b.VerifyChain(ctx, nil)
	require.NoError(t, err)
	require.False(t, r.Whole)
	require.EqualValues(t, 2, r.Events)
}

// A shop that gets another crypt key keeps its activity: while the older key is
// known, nothing is to be said, and when it is gone, an event says so.
func TestKeysChange(t *testing.T) {
	path := place(t)
	newer, newest := []byte("another key, thirty-two bytes lo"), []byte("the last key, thirty-two bytes l")
	b := open(t, path, key)
	write(t, b, 2)
	b = open(t, path, key, newer)
	require.True(t, verify(t, b).HeadChecked)
	write(t, b, 1)
	require.EqualValues(t, 3, verify(t, b).Events)
	b = open(t, path, newer)
	r := verify(t, b)
	require.True(t, r.HeadChecked)
	require.EqualValues(t, 3, r.Events, "the newer key has sealed")
	require.Zero(t, r.ProvedFrom, "with the older one beside it")

	old := open(t, path, key) // a terminal that still has the older key alone
	require.EqualValues(t, 4, verify(t, old).Events)
	r = verify(t, b)
	require.False(t, r.HeadChecked, "sealed with a key that is not here")
	write(t, b, 1)
	require.EqualValues(t, 1, verify(t, b).Unsealed, "nor does this one seal over it")

	b = open(t, path, newest)
	r = verify(t, b)
	require.True(t, r.HeadChecked)
	require.Zero(t, r.Unsealed)
	page, err := b.Events(ctx, app.EventQuery{Action: app.DoSealActivity})
	require.NoError(t, err)
	require.Equal(t, []int64{6, 4}, seqs(page.Events))
	require.EqualValues(t, 6, r.ProvedFrom, "the last time that a key took over what was there")
	spoken := event(app.DoSignIn, app.Done)
	spoken.Reason = string(app.DoSealActivity)
	_, err = b.Append(ctx, spoken)
	require.NoError(t, err)
	require.EqualValues(t, 6, verify(t, b).ProvedFrom, "words in an event are none")
	require.Equal(t, "The events before this one were sealed with a key that is not at hand any more.", page.Events[0].Reason)
}
