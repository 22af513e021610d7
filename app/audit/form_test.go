package audit

import (
	"bytes"
	"encoding/hex"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/factordesk/factordesk/app"
)

// The canonical bytes are what hashes in stores of other versions were made
// of: a change here makes every store look tampered with.
func TestGoldenForm(t *testing.T) {
	e := app.Event{
		Seq: 258, At: time.Date(2026, 6, 9, 12, 8, 0, 123456789, time.FixedZone("", 7200)),
		Console: "desk", OperatorID: "1", Operator: "olive", Action: app.DoReset, TargetID: "42", Target: "ann",
		Provider: app.Google, Outcome: app.Done, Reason: "Gerät weg",
		Details: []app.Detail{{Name: "before", Value: "active"}, {Name: "", Value: ""}},
		Prev:    bytes.Repeat([]byte{0xab}, HashSize), Hash: []byte("no part of it"),
	}
	want := "01" + "0000000000000102" + "000653cf4d476240" + hex.EncodeToString(e.Prev) +
		"00000004" + hex.EncodeToString([]byte("desk")) + "00000001" + "31" + "00000005" + hex.EncodeToString([]byte("olive")) +
		"00000005" + hex.EncodeToString([]byte("reset")) + "00000002" + "3432" + "00000003" + hex.EncodeToString([]byte("ann")) +
		"00000006" + hex.EncodeToString([]byte("google")) + "00000004" + hex.EncodeToString([]byte("done")) +
		"0000000a" + hex.EncodeToString([]byte("Gerät weg")) +
		"00000002" + "00000006" + hex.EncodeToString([]byte("before")) + "00000006" + hex.EncodeToString([]byte("active")) +
		"00000000" + "00000000"
	require.Equal(t, want, hex.EncodeToString(Append(nil, e)))
	_, form := Chain(e, app.Head{Seq: 257, Hash: e.Prev})
	require.Equal(t, want, hex.EncodeToString(form))
}

func texts() *rapid.Generator[string] {
	return rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"", "a", "\x00\x00\x00\x01a", "é", "\xff"}))
}

func events() *rapid.Generator[app.Event] {
	return rapid.Custom(func(t *rapid.T) app.Event {
		text := func(name string) string { return texts().Draw(t, name) }
		e := app.Event{
			Seq:     rapid.Int64Min(1).Draw(t, "seq"),
			At:      time.UnixMicro(rapid.Int64Range(-1<<50, 1<<52).Draw(t, "at")).UTC(),
			Console: text("console"), OperatorID: app.UserID(text("operator ID")), Operator: text("operator"),
			Action: app.Action(text("action")), TargetID: app.UserID(text("target ID")), Target: text("target"),
			Provider: app.ProviderCode(text("provider")), Outcome: app.Outcome(text("outcome")), Reason: text("reason"),
			Prev: rapid.SliceOfN(rapid.Byte(), HashSize, HashSize).Draw(t, "prev"),
		}
		for range rapid.IntRange(0, 3).Draw(t, "details") {
			e.Details = append(e.Details, app.Detail{Name: text("name"), Value: text("value")})
		}
		return e
	})
}

// Reading back gives the same event, so no two events have the same form.
func TestDecodeReturnsTheEvent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := events().Draw(t, "event")
		form := Append(nil, e)
		got, err := Decode(form)
		require.NoError(t, err)
		require.Len(t, got.Hash, HashSize)
		got.Hash = nil
		require.Equal(t, e, got)
		require.Equal(t, form, Append(nil, got))
	})
}

// No form is the beginning of another, and no other bytes are a form.
func TestDecodeIsStrict(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		form := Append(nil, events().Draw(t, "event"))
		cut := rapid.IntRange(0, len(form)-1).Draw(t, "cut")
		_, err := Decode(form[:cut])
		require.ErrorIs(t, err, ErrForm)
		_, err = Decode(append(form, rapid.Byte().Draw(t, "more")))
		require.ErrorIs(t, err, ErrForm)
	})
	form := Append(nil, app.Event{Seq: 1})
	form[0] = 2
	_, err := Decode(form)
	require.ErrorIs(t, err, ErrForm)
}

func FuzzDecode(f *testing.F) {
	f.Add(Append(nil, app.Event{Seq: 1, Reason: "lost", Details: []app.Detail{{Name: "a", Value: "b"}}}))
	f.Add([]byte{1})
	f.Fuzz(func(t *testing.T, form []byte) {
		e, err := Decode(form)
		if err == nil && !bytes.Equal(form, Append(nil, e)) {
			t.Fatal("two forms of one event")
		}
	})
}
