package logbook

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/factordesk/factordesk/app"
)

// number is an event's as text.
func number(seq int64) string { return strconv.FormatInt(seq, 10) }

// seqs are the numbers of events.
func seqs(events []app.Event) []int64 {
	all := []int64{}
	for _, e := range events {
		all = append(all, e.Seq)
	}
	return all
}

func TestAnIntentAndItsOutcome(t *testing.T) {
	b := open(t, place(t), key)
	sum := []byte{0xde, 0xad, 0xbe, 0xef}
	given := event(app.DoReset, "")
	seq, err := b.Intend(ctx, given, sum)
	require.NoError(t, err)
	require.EqualValues(t, 1, seq)
	require.Len(t, given.Details, 1, "what was given is not changed")

	left, err := b.OpenIntents(ctx)
	require.NoError(t, err)
	require.Len(t, left, 1)
	require.Equal(t, app.Intent, left[0].Outcome)
	require.Equal(t, sum, Writes(left[0]))
	require.Equal(t, append(slices.Clone(given.Details), app.Detail{Name: "writes", Value: "deadbeef"}), left[0].Details)
	page, err := b.Events(ctx, app.EventQuery{})
	require.NoError(t, err)
	require.Equal(t, left, page.Events, "an open intent is shown")

	outcome := event(app.DoReset, app.Done)
	require.NoError(t, b.Settle(ctx, seq, outcome))
	left, err = b.OpenIntents(ctx)
	require.NoError(t, err)
	require.Empty(t, left)
	page, err = b.Events(ctx, app.EventQuery{})
	require.NoError(t, err)
	require.Equal(t, []int64{2}, seqs(page.Events), "its outcome tells more")
	require.Equal(t, 1, page.Total)
	require.Equal(t, "1", page.Events[0].Detail(IntentDetail))
	require.Equal(t, append(slices.Clone(outcome.Details), app.Detail{Name: "intent", Value: "1"}), page.Events[0].Details)
	page, err = b.Events(ctx, app.EventQuery{Intents: true})
	require.NoError(t, err)
	require.Equal(t, []int64{2, 1}, seqs(page.Events))
	page, err = b.Events(ctx, app.EventQuery{Intents: true, Outcome: app.Intent})
	require.NoError(t, err)
	require.Equal(t, []int64{1}, seqs(page.Events))

	isError(t, app.Conflict, b.Settle(ctx, seq, outcome))
	isError(t, app.NotFound, b.Settle(ctx, 2, outcome))
	isError(t, app.NotFound, b.Settle(ctx, 99, outcome))
	require.EqualValues(t, 2, verify(t, b).Events, "a refused outcome is not written")
	require.Nil(t, Writes(outcome))
}

func TestWhatTheLogbookKeepsToItself(t *testing.T) {
	b := open(t, place(t))
	taken := event(app.DoReset, app.Done)
	taken.Details = append(taken.Details, app.Detail{Name: IntentDetail})
	seq, err := b.Intend(ctx, event(app.DoReset, ""), nil)
	require.NoError(t, err)
	for name, f := range map[string]func() error{
		"an intent of its own":     func() error { _, err := b.Append(ctx, event(app.DoReset, app.Intent)); return err },
		"an outcome of its own":    func() error { _, err := b.Append(ctx, taken); return err },
		"an intent of an intent":   func() error { _, err := b.Intend(ctx, taken, nil); return err },
		"an outcome of another":    func() error { return b.Settle(ctx, seq, taken) },
		"an intent as the outcome": func() error { return b.Settle(ctx, seq, event(app.DoReset, app.Intent)) },
		"no outcome":               func() error { return b.Settle(ctx, seq, event(app.DoReset, "")) },
	} {
		t.Run(name, func(t *testing.T) { isError(t, app.Internal, f()) })
	}
	require.EqualValues(t, 1, verify(t, b).Events)
}

// What belongs together is written together or not at all.
func TestWriteIsOneTransaction(t *testing.T) {
	b := open(t, place(t), key)
	stop := errors.New("the store says no")
	steps := func(end func() error) error {
		return b.Write(ctx, func(tx *Tx) error {
			seq, err := tx.Intend(event(app.DoVerify, ""), nil)
			require.NoError(t, err)
			accepted, err := tx.UseStep("42", []byte("secret"), 7)
			require.NoError(t, err)
			require.True(t, accepted)
			_, err = tx.KeepSession("42", false, nil, start)
			require.NoError(t, err)
			require.NoError(t, tx.Note("42", app.Google, Fact{LastUsed: start}))
			require.NoError(t, tx.Settle(seq, event(app.DoVerify, app.Done)))
			return end()
		})
	}
	require.ErrorIs(t, steps(func() error { return stop }), stop)
	require.PanicsWithValue(t, "a fault", func() { _ = steps(func() error { panic("a fault") }) })
	h, err := b.Head(ctx)
	require.NoError(t, err)
	require.Equal(t, app.Head{}, h)
	_, ok, err := b.LastStep(ctx, "42", []byte("secret"))
	require.NoError(t, err)
	require.False(t, ok)
	facts, err := b.Facts(ctx, "42")
	require.NoError(t, err)
	require.Empty(t, facts)

	require.NoError(t, steps(func() error { return nil }))
	require.EqualValues(t, 2, verify(t, b).Events)
}

// WriteSoon does not wait for the disk, and everybody else waits as before.
func TestWriteSoon(t *testing.T) {
	path := place(t)
	b := open(t, path, key)
	const normal, full = 1, 2 // of PRAGMA synchronous
	waits := func(tx *Tx) (how int) {
		require.NoError(t, tx.row("PRAGMA synchronous", nil, &how))
		return how
	}
	stop := errors.New("the store says no")
	soon := func(end func() error) error {
		return b.WriteSoon(ctx, func(tx *Tx) error {
			require.Equal(t, normal, waits(tx))
			_, err := tx.Append(event(app.DoVerify, app.Done))
			require.NoError(t, err)
			return end()
		})
	}
	for i, end := range []func() error{func() error { return nil }, func() error { return stop }, func() error { panic("a fault") }} {
		switch i {
		case 0:
			require.NoError(t, soon(end))
		case 1:
			require.ErrorIs(t, soon(end), stop)
		case 2:
			require.Panics(t, func() { _ = soon(end) })
		}
		require.NoError(t, b.Write(ctx, func(tx *Tx) error {
			require.Equal(t, full, waits(tx))
			return nil
		}))
	}
	h, err := open(t, path, key).Head(ctx)
	require.NoError(t, err)
	require.EqualValues(t, 1, h.Seq, "it is there for everybody at once")
	require.EqualValues(t, 1, verify(t, b).Events)
}

// A wait for other writers ends with the context, and what was waited for is not
// written.
func TestAWaitCanBeStopped(t *testing.T) {
	path := place(t)
	b, other := open(t, path), open(t, path)
	err := b.Write(ctx, func(tx *Tx) error {
		_, err := tx.Append(event(app.DoSignIn, app.Done))
		require.NoError(t, err)
		for name, waiting := range map[string]*Book{"in this process": b, "in another": other} {
			short, stop := context.WithTimeout(ctx, 100*time.Millisecond)
			_, err = waiting.Append(short, event(app.DoSignIn, app.Done))
			stop()
			isError(t, app.Unreachable, err)
			page, err := waiting.Events(ctx, app.EventQuery{})
			require.NoError(t, err, name)
			require.Empty(t, page.Events, "reading goes on, and shows nothing that is not done")
		}
		return nil
	})
	require.NoError(t, err)
	_, err = other.Append(ctx, event(app.DoSignIn, app.Done))
	require.NoError(t, err)
	require.EqualValues(t, 2, verify(t, b).Events)
}

// The time of an event that has none is the logbook's.
func TestAnEventHasATime(t *testing.T) {
	b := open(t, place(t))
	e, err := b.Append(ctx, app.Event{Action: app.DoSignIn, Outcome: app.Done})
	require.NoError(t, err)
	require.Equal(t, start, e.At)
}

// deeds is a model of what two processes do with one logbook.
type deeds struct {
	books  [2]*Book
	all    []app.Event // as they were written
	open   map[int64]bool
	intent map[int64]bool
}

func (m *deeds) book(t *rapid.T) *Book { return m.books[rapid.IntRange(0, 1).Draw(t, "process")] }

func (m *deeds) draw(t *rapid.T) app.Event {
	return app.Event{
		At:         start.Add(time.Duration(rapid.IntRange(-5, 100).Draw(t, "minutes")) * time.Minute),
		OperatorID: rapid.SampledFrom([]app.UserID{"", "1", "two"}).Draw(t, "operator"), Operator: "olive",
		TargetID: rapid.SampledFrom([]app.UserID{"", "1", "42", "é\x00"}).Draw(t, "target"),
		Action:   rapid.SampledFrom([]app.Action{app.DoReset, app.DoVerify, "intent"}).Draw(t, "action"),
		Outcome:  rapid.SampledFrom([]app.Outcome{app.Done, app.Refused, app.Failed}).Draw(t, "outcome"),
		Reason:   rapid.SampledFrom([]string{"", "intent", "New phone"}).Draw(t, "reason"),
	}
}

func (m *deeds) append(t *rapid.T) {
	e, err := m.book(t).Append(ctx, m.draw(t))
	require.NoError(t, err)
	m.all = append(m.all, e)
}

func (m *deeds) intend(t *rapid.T) {
	writes := rapid.SliceOfN(rapid.Byte(), 0, 3).Draw(t, "writes")
	seq, err := m.book(t).Intend(ctx, m.draw(t), writes)
	require.NoError(t, err)
	require.EqualValues(t, len(m.all)+1, seq)
	m.open[seq], m.intent[seq] = true, true
	m.all = append(m.all, app.Event{Seq: seq, Outcome: app.Intent})
}

func (m *deeds) settle(t *rapid.T) {
	seq := int64(rapid.IntRange(0, len(m.all)+1).Draw(t, "intent"))
	err := m.book(t).Settle(ctx, seq, m.draw(t))
	switch {
	case m.open[seq]:
		require.NoError(t, err)
		delete(m.open, seq)
		m.all = append(m.all, app.Event{Seq: int64(len(m.all) + 1), Details: []app.Detail{{Name: IntentDetail, Value: number(seq)}}})
	case m.intent[seq]:
		isError(t, app.Conflict, err)
	default:
		isError(t, app.NotFound, err)
	}
}

// agree compares what a process sees with the model.
func (m *deeds) agree(t *rapid.T) {
	b := m.book(t)
	intents := rapid.Bool().Draw(t, "intents")
	page, err := b.Events(ctx, app.EventQuery{Limit: 1000, Intents: intents})
	require.NoError(t, err)
	var want []int64
	for _, e := range slices.Backward(m.all) {
		if intents || !m.intent[e.Seq] || m.open[e.Seq] {
			want = append(want, e.Seq)
		}
	}
	require.Equal(t, len(want), page.Total)
	require.Equal(t, len(want), len(page.Events))
	for i, e := range page.Events {
		require.Equal(t, want[i], e.Seq)
		require.Equal(t, m.intent[e.Seq], e.Outcome == app.Intent)
		require.Equal(t, m.all[e.Seq-1].Detail(IntentDetail), e.Detail(IntentDetail))
	}
	left, err := b.OpenIntents(ctx)
	require.NoError(t, err)
	require.Len(t, left, len(m.open))
	for i, e := range left {
		require.True(t, m.open[e.Seq])
		require.True(t, i == 0 || left[i-1].Seq < e.Seq)
	}
}

func TestAnyDeedsOfTwoProcesses(t *testing.T) {
	folder, n := t.TempDir(), 0
	rapid.Check(t, func(t *rapid.T) {
		n++
		m := &deeds{open: map[int64]bool{}, intent: map[int64]bool{}}
		for i := range m.books {
			b, err := Open(ctx, fmt.Sprintf("%s/%d.log", folder, n), Options{Keys: [][]byte{key}})
			require.NoError(t, err)
			defer func() { require.NoError(t, b.Close()) }()
			m.books[i] = b
		}
		t.Repeat(map[string]func(*rapid.T){"append": m.append, "intend": m.intend, "settle": m.settle, "": m.agree})
		for _, b := range m.books {
			r := verify(t, b)
			require.EqualValues(t, len(m.all), r.Events)
			require.True(t, r.HeadChecked)
			require.Zero(t, r.Unsealed)
		}
	})
}
