package audit

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"time"

	"github.com/factordesk/factordesk/app"
)

// HashSize is the length of an event's hash, SHA-256.
const HashSize = sha256.Size

// version is the first byte of a canonical form. Another layout gets another.
const version = 1

// Offsets of the fields of fixed size, which come first.
const (
	seqAt  = 1
	timeAt = seqAt + 8
	prevAt = timeAt + 8
	textAt = prevAt + HashSize
)

// ErrForm is the error of a canonical form that [Append] cannot have made.
var ErrForm = errors.New("not the canonical form of an event")

// Append appends the canonical form of e to b:
//
//	version  1 byte, 1
//	Seq      8 bytes, big-endian
//	At       8 bytes, big-endian, microseconds since 1970 UTC
//	Prev     32 bytes; 32 zero bytes for the first event
//	Console, OperatorID, Operator, Action, TargetID, Target, Provider,
//	Outcome, Reason: each behind its length in 4 bytes, big-endian
//	the number of Details in 4 bytes, and each one's Name and Value as above
//
// Different events have different forms; Hash is no part of it.
func Append(b []byte, e app.Event) []byte {
	b = append(b, version)
	b = binary.BigEndian.AppendUint64(b, uint64(e.Seq))
	b = binary.BigEndian.AppendUint64(b, uint64(e.At.UnixMicro()))
	var prev [HashSize]byte
	copy(prev[:], e.Prev)
	b = append(b, prev[:]...)
	for _, s := range [...]string{
		e.Console, string(e.OperatorID), e.Operator, string(e.Action), string(e.TargetID),
		e.Target, string(e.Provider), string(e.Outcome), e.Reason,
	} {
		b = appendText(b, s)
	}
	b = binary.BigEndian.AppendUint32(b, uint32(len(e.Details)))
	for _, d := range e.Details {
		b = appendText(appendText(b, d.Name), d.Value)
	}
	return b
}

func appendText(b []byte, s string) []byte {
	return append(binary.BigEndian.AppendUint32(b, uint32(len(s))), s...)
}

// Chain makes e the event after head: it sets Seq, Prev and Hash, brings the
// time to UTC microseconds, and returns the form to store.
func Chain(e app.Event, head app.Head) (app.Event, []byte) {
	e.Seq = head.Seq + 1
	e.At = e.At.UTC().Truncate(time.Microsecond)
	e.Prev = make([]byte, HashSize)
	copy(e.Prev, head.Hash)
	form := Append(nil, e)
	sum := sha256.Sum256(form)
	e.Hash = sum[:]
	return e, form
}

// View is a canonical form taken apart without copying: its texts are parts of
// the form and live as long.
type View struct {
	Seq                                               int64
	Micro                                             int64 // microseconds since 1970 UTC
	Prev                                              []byte
	Console, OperatorID, Operator, Action             []byte
	TargetID, Target, Provider, Outcome, Reason, rest []byte
}

// Parse takes a form apart, or fails with ErrForm.
func Parse(form []byte) (v View, err error) {
	if len(form) < textAt || form[0] != version {
		return View{}, ErrForm
	}
	v.Seq = int64(binary.BigEndian.Uint64(form[seqAt:]))
	v.Micro = int64(binary.BigEndian.Uint64(form[timeAt:]))
	v.Prev = form[prevAt:textAt]
	rest := form[textAt:]
	for _, field := range [...]*[]byte{
		&v.Console, &v.OperatorID, &v.Operator, &v.Action, &v.TargetID,
		&v.Target, &v.Provider, &v.Outcome, &v.Reason,
	} {
		var ok bool
		if *field, rest, ok = cutText(rest); !ok {
			return View{}, ErrForm
		}
	}
	v.rest = rest
	return v, nil
}

// Event copies the view into an event without its Hash, or fails with ErrForm.
func (v View) Event() (app.Event, error) {
	e := app.Event{
		Seq: v.Seq, At: time.UnixMicro(v.Micro).UTC(), Prev: append([]byte(nil), v.Prev...),
		Console: string(v.Console), OperatorID: app.UserID(v.OperatorID), Operator: string(v.Operator),
		Action: app.Action(v.Action), TargetID: app.UserID(v.TargetID), Target: string(v.Target),
		Provider: app.ProviderCode(v.Provider), Outcome: app.Outcome(v.Outcome), Reason: string(v.Reason),
	}
	if len(v.rest) < 4 {
		return app.Event{}, ErrForm
	}
	n, rest := binary.BigEndian.Uint32(v.rest), v.rest[4:]
	for range n {
		name, after, ok := cutText(rest)
		value, after, ok2 := cutText(after)
		if !ok || !ok2 {
			return app.Event{}, ErrForm
		}
		e.Details = append(e.Details, app.Detail{Name: string(name), Value: string(value)})
		rest = after
	}
	if len(rest) != 0 {
		return app.Event{}, ErrForm
	}
	return e, nil
}

// Decode reads a canonical form back, Hash included, or fails with ErrForm.
func Decode(form []byte) (app.Event, error) {
	v, err := Parse(form)
	if err != nil {
		return app.Event{}, err
	}
	e, err := v.Event()
	if err != nil {
		return app.Event{}, err
	}
	sum := sha256.Sum256(form)
	e.Hash = sum[:]
	return e, nil
}

func cutText(b []byte) (text, rest []byte, ok bool) {
	if len(b) < 4 {
		return nil, nil, false
	}
	n := binary.BigEndian.Uint32(b)
	if uint64(n) > uint64(len(b)-4) {
		return nil, nil, false
	}
	return b[4 : 4+n], b[4+n:], true
}
