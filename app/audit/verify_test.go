package audit

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/factordesk/factordesk/app"
)

// stored is an event as a store has it.
type stored struct {
	seq        int64
	form, hash []byte
}

// chain returns a chain of n events.
func chain(n int, word string) []stored {
	var all []stored
	var head app.Head
	for i := range n {
		e, form := Chain(app.Event{
			At: time.Date(2026, 6, 9, 12, i, 0, 0, time.UTC), Console: "desk", OperatorID: "1", Operator: "olive",
			Action: app.DoReset, TargetID: "7", Target: fmt.Sprint(word, i), Outcome: app.Done, Reason: "lost phone",
			Details: []app.Detail{{Name: "before", Value: "active"}},
		}, head)
		head = app.Head{Seq: e.Seq, Hash: e.Hash}
		all = append(all, stored{e.Seq, form, e.Hash})
	}
	return all
}

func sealOf(all []stored) Seal {
	last := all[len(all)-1]
	return Seal{Seq: last.seq, Hash: last.hash}
}

func verify(all []stored, s Seal, state SealState) app.AuditReport {
	v := NewVerifier(s)
	for _, e := range all {
		if !v.Add(e.seq, e.form, e.hash) {
			break
		}
	}
	return v.Finish(state)
}

func TestWholeChain(t *testing.T) {
	all := chain(20, "ann")
	r := verify(all, sealOf(all), SealRight)
	require.True(t, r.Whole, r.Problem)
	require.Equal(t, app.AuditReport{
		Events: 20, First: time.Date(2026, 6, 9, 12, 0, 0, 0, time.UTC), Last: time.Date(2026, 6, 9, 12, 19, 0, 0, time.UTC),
		Whole: true, HeadChecked: true, Head: app.Head{Seq: 20, Hash: all[19].hash},
	}, r)

	r = verify(all, sealOf(all[:15]), SealUnchecked)
	require.True(t, r.Whole, r.Problem)
	require.EqualValues(t, 5, r.Unsealed)
	require.False(t, r.HeadChecked)

	require.True(t, verify(nil, Seal{}, SealUnchecked).Whole, "a store without events")
}

// rewrite changes one event and makes its hash fit.
func rewrite(e stored, change func(*app.Event)) stored {
	decoded, err := Decode(e.form)
	if err != nil {
		panic(err)
	}
	change(&decoded)
	form := Append(nil, decoded)
	sum := sha256.Sum256(form)
	return stored{e.seq, form, sum[:]}
}

var changes = map[string]func(*app.Event){
	"time":        func(e *app.Event) { e.At = e.At.Add(time.Microsecond) },
	"console":     func(e *app.Event) { e.Console = "other" },
	"operator ID": func(e *app.Event) { e.OperatorID = "2" },
	"operator":    func(e *app.Event) { e.Operator = "oliver" },
	"action":      func(e *app.Event) { e.Action = app.DoUnlock },
	"target ID":   func(e *app.Event) { e.TargetID = "" },
	"target":      func(e *app.Event) { e.Target += "x" },
	"provider":    func(e *app.Event) { e.Provider = app.Duo },
	"outcome":     func(e *app.Event) { e.Outcome = app.Refused },
	"reason":      func(e *app.Event) { e.Reason = "" },
	"details":     func(e *app.Event) { e.Details = nil },
	"prev":        func(e *app.Event) { e.Prev = make([]byte, HashSize-1); e.Prev[0] = 1 },
}

// Each change of a single field, with or without a hash that fits, is named at
// its event, wherever it is.
func TestEachChangedFieldIsNamed(t *testing.T) {
	original := chain(8, "ann")
	for field, change := range changes {
		for i := range original {
			for _, fit := range []bool{false, true} {
				all := slices.Clone(original)
				all[i] = rewrite(all[i], change)
				if !fit {
					all[i].hash = original[i].hash
				}
				r := verify(all, sealOf(original), SealRight)
				what := fmt.Sprintf("%s of event %d, hash fits: %v: %s", field, i+1, fit, r.Problem)
				require.False(t, r.Whole, what)
				require.EqualValues(t, i+1, r.BrokenAt, what)
				require.Contains(t, r.Problem, fmt.Sprintf("Event %d ", i+1), what)
			}
		}
	}
}

// renumber gives events the numbers of their places, as who hides a removal
// would.
func renumber(all []stored) []stored {
	for i := range all {
		all[i].seq = int64(i + 1)
	}
	return all
}

func TestRemovedInsertedAndReordered(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 12).Draw(t, "events")
		original, other := chain(n, "ann"), chain(n+1, "bob")
		all := slices.Clone(original)
		i := rapid.IntRange(0, n-1).Draw(t, "at")
		at, kind := int64(i+1), rapid.SampledFrom([]string{
			"remove", "remove and renumber", "cut", "swap", "swap with numbers", "insert a stranger", "insert a copy",
			"insert a linked one", "replace", "bytes", "hash", "earlier number",
		}).Draw(t, "kind")
		switch kind {
		case "remove":
			all = slices.Delete(all, i, i+1)
		case "remove and renumber":
			all = renumber(slices.Delete(all, i, i+1))
		case "cut":
			all = all[:i]
		case "swap", "swap with numbers":
			j := rapid.IntRange(0, n-1).Filter(func(j int) bool { return j != i }).Draw(t, "with")
			all[i], all[j] = all[j], all[i]
			if kind == "swap" {
				renumber(all)
			}
			at = int64(min(i, j) + 1)
			if kind == "swap with numbers" && all[min(i, j)].seq > at { // stored so, the lower number is met first
				slices.SortFunc(all, func(a, b stored) int { return int(a.seq - b.seq) })
				at = 0
			}
		case "insert a stranger":
			all = renumber(slices.Insert(all, i, other[i]))
		case "insert a copy":
			all = renumber(slices.Insert(all, i+1, all[i]))
			at++
		case "insert a linked one":
			head := app.Head{}
			if i > 0 {
				head = app.Head{Seq: int64(i), Hash: original[i-1].hash}
			}
			e, form := Chain(app.Event{Reason: "forged"}, head)
			all = renumber(slices.Insert(all, i, stored{e.Seq, form, e.Hash}))
		case "replace":
			all[i] = stored{at, other[i].form, other[i].hash}
		case "bytes":
			all[i].form = slices.Clone(all[i].form)
			all[i].form[rapid.IntRange(0, len(all[i].form)-1).Draw(t, "byte")] ^= 1 << rapid.IntRange(0, 7).Draw(t, "bit")
		case "hash":
			all[i].hash = slices.Clone(all[i].hash)
			all[i].hash[rapid.IntRange(0, HashSize-1).Draw(t, "byte")] ^= 1
		case "earlier number":
			all[i].seq = rapid.Int64Range(-3, int64(i)).Draw(t, "number")
			at = max(all[i].seq, 1)
		}
		r := verify(all, sealOf(original), SealRight)
		if at == 0 {
			require.True(t, r.Whole, "nothing is changed when the order of rows is the numbers' own")
			return
		}
		require.False(t, r.Whole)
		require.NotEmpty(t, r.Problem)
		require.Equal(t, at, r.BrokenAt, "%s at %d: %s", kind, i+1, r.Problem)
	})
}

// Who has no keys can rewrite all events, or the seal, but not both so that
// they fit.
func TestSeal(t *testing.T) {
	all, other := chain(9, "ann"), chain(9, "bob")
	r := verify(other, sealOf(all), SealRight)
	require.Equal(t, "Event 9 is not the one that was sealed: it was written anew.", r.Problem)
	r = verify(other, sealOf(other), SealWrong)
	require.EqualValues(t, 9, r.BrokenAt)
	require.Equal(t, "The sealed record of the newest event was changed: it names event 9.", r.Problem)
	r = verify(all, Seal{}, SealWrong)
	require.False(t, r.Whole)
	r = verify(all, Seal{}, SealUnchecked)
	require.Equal(t, "The sealed record of the newest event is missing.", r.Problem)
	r = verify(all[:8], sealOf(all), SealUnchecked)
	require.Equal(t, "Event 9 is missing: it was the newest.", r.Problem)
	r = verify(all[:5], sealOf(all), SealUnchecked)
	require.Equal(t, "The newest 4 events are missing: events 6 to 9.", r.Problem)
	r = verify(nil, sealOf(all), SealUnchecked)
	require.EqualValues(t, 1, r.BrokenAt)
	// The last event has no successor that vouches for it: the seal does.
	last := slices.Clone(all)
	last[7] = rewrite(last[7], changes["reason"])
	r = verify(last, sealOf(all), SealRight)
	require.EqualValues(t, 8, r.BrokenAt)
}

func TestAColumnThatLiesIsNamed(t *testing.T) {
	all := chain(3, "ann")
	v := NewVerifier(sealOf(all))
	require.True(t, v.Add(all[0].seq, all[0].form, all[0].hash))
	v.Broken(1, "time")
	require.False(t, v.Add(all[1].seq, all[1].form, all[1].hash))
	r := v.Finish(SealRight)
	require.EqualValues(t, 1, r.BrokenAt)
	require.Equal(t, "Event 1 was changed after it was written: its time is not the one in its form.", r.Problem)
}
