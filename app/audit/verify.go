package audit

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"time"

	"github.com/factordesk/factordesk/app"
)

// Seal is the second record of the newest event, as it is stored.
type Seal struct {
	Seq  int64
	Hash []byte
}

// Verifier checks a chain as it is stored, from the first event to the last.
// The zero value is ready. It stops at the first event that does not fit.
type Verifier struct {
	report app.AuditReport

	head     [HashSize]byte // hash of the last event that fits
	before   [HashSize]byte // hash of the one before it
	form     []byte         // of the last event, to know a copy of it
	doubted  int64          // an event whose link to the one before does not fit; 0: none
	sealSeq  int64
	sealHash []byte
	seen     []byte // hash at sealSeq
}

// NewVerifier returns a Verifier that also compares with a seal.
func NewVerifier(s Seal) *Verifier { return &Verifier{sealSeq: s.Seq, sealHash: s.Hash} }

// Add takes the next stored event: the number it is stored under, its form and
// its hash. It keeps nothing of them. It reports whether to go on; after false
// call Finish.
func (v *Verifier) Add(seq int64, form, hash []byte) bool {
	want := v.report.Events + 1
	switch {
	case v.report.BrokenAt != 0:
		return false
	case seq > want:
		return v.broken(want, "Event %d is missing.", want)
	case seq < 1:
		return v.broken(1, "An event was inserted before event 1, with the number %d.", seq)
	case seq < want:
		return v.broken(seq, "Event %d is there more than once.", seq)
	}
	sum := sha256.Sum256(form)
	if len(form) < textAt || form[0] != version || !bytes.Equal(sum[:], hash) {
		return v.broken(want, "Event %d was changed after it was written.", want)
	}
	prev := form[prevAt:textAt]
	if written := int64(binary.BigEndian.Uint64(form[seqAt:])); written != want {
		return v.misplaced(want, written, form, prev)
	}
	switch {
	case v.doubted != 0:
		// The event before did not link to the one before it. If this one links
		// to it, it is as it was written, and its predecessor is not.
		return v.blame(bytes.Equal(prev, v.head[:]))
	case !bytes.Equal(prev, v.head[:]):
		if want == 1 {
			return v.broken(1, "Event 1 was changed after it was written: it follows no other.")
		}
		v.doubted = want
	}
	v.before, v.head = v.head, sum
	v.form = append(v.form[:0], form...)
	v.report.Events = want
	at := time.UnixMicro(int64(binary.BigEndian.Uint64(form[timeAt:])))
	if want == 1 {
		v.report.First = at.UTC()
	}
	v.report.Last = at
	if want == v.sealSeq {
		v.seen = append(v.seen[:0], sum[:]...)
	}
	return true
}

// misplaced names an event that was written under another number.
func (v *Verifier) misplaced(want, written int64, form, prev []byte) bool {
	switch {
	case v.doubted != 0:
		return v.blame(false)
	case want > 1 && bytes.Equal(form, v.form):
		return v.broken(want, "Event %d was inserted: it is a copy of event %d.", want, want-1)
	case written == want-1 && bytes.Equal(prev, v.before[:]):
		return v.broken(written, "Event %d was inserted after the others were written.", written)
	}
	return v.broken(want, "Event %d is not in its place: event %d stands there.", want, written)
}

// blame settles a doubt: it names the event before the doubted one, or the
// doubted one itself.
func (v *Verifier) blame(before bool) bool {
	n := v.doubted
	if before {
		n--
	}
	return v.broken(n, "Event %d was changed after it was written, and its hash with it.", n)
}

// Broken lets the store name an event whose columns beside the form do not say
// what the form says.
func (v *Verifier) Broken(seq int64, what string) {
	if v.report.BrokenAt == 0 {
		v.broken(seq, "Event %d was changed after it was written: its %s is not the one in its form.", seq, what)
	}
}

func (v *Verifier) broken(seq int64, format string, args ...any) bool {
	v.report.BrokenAt = seq
	v.report.Problem = fmt.Sprintf(format, args...)
	return false
}

// SealState says what a holder of the keys found about the seal's MAC.
type SealState int

// The states of a seal.
const (
	SealUnchecked SealState = iota // no key is open, so the MAC could not be checked
	SealRight
	SealWrong
)

// Finish returns the report. Checked is left to the caller.
func (v *Verifier) Finish(s SealState) app.AuditReport {
	if v.report.BrokenAt == 0 {
		v.finish(s)
	}
	r := v.report
	r.Last = r.Last.UTC()
	r.Whole = r.BrokenAt == 0
	r.HeadChecked = s != SealUnchecked
	r.Unsealed = max(r.Events-v.sealSeq, 0)
	r.Head = app.Head{Seq: r.Events}
	if r.Events > 0 {
		r.Head.Hash = bytes.Clone(v.head[:])
	}
	return r
}

// finish looks for what the events alone do not show.
func (v *Verifier) finish(s SealState) {
	n := v.report.Events
	sealed := v.sealSeq > 0 && bytes.Equal(v.seen, v.sealHash)
	switch {
	case v.doubted != 0:
		// The doubted event is the last one; only the seal can tell.
		v.blame(v.sealSeq == n && sealed)
	case s == SealWrong:
		v.broken(max(v.sealSeq, 1), "The sealed record of the newest event was changed: it names event %d.", v.sealSeq)
	case v.sealSeq == n+1:
		v.broken(n+1, "Event %d is missing: it was the newest.", n+1)
	case v.sealSeq > n:
		v.broken(n+1, "The newest %d events are missing: events %d to %d.", v.sealSeq-n, n+1, v.sealSeq)
	case v.sealSeq > 0 && !sealed:
		v.broken(v.sealSeq, "Event %d is not the one that was sealed: it was written anew.", v.sealSeq)
	case v.sealSeq <= 0 && n > 0:
		v.broken(1, "The sealed record of the newest event is missing.")
	}
}
