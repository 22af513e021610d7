package logbook

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"

	"github.com/factordesk/factordesk/app"
)

// seal is the second record of the newest event, as the one row of the book has
// it.
type seal struct {
	id   string // of the book
	seq  int64
	hash []byte
	key  []byte // names the key; empty: none ever sealed
	mac  []byte
}

const sealColumns = "book_id, head_seq, head_hash, head_key, head_mac"

func (s *seal) fields() []any { return []any{&s.id, &s.seq, &s.hash, &s.key, &s.mac} }

// keyring is the keys that seal the newest event.
type keyring struct {
	keys  map[string][]byte // by name
	names []string          // the last one seals
}

func newKeyring(keys [][]byte) keyring {
	r := keyring{keys: map[string][]byte{}}
	for _, k := range keys {
		// A name tells nothing of the key, and the same key has the same one.
		name := string(mac(k, "factordesk logbook key")[:8])
		r.keys[name] = k
		r.names = append(r.names, name)
	}
	return r
}

func (r keyring) empty() bool { return len(r.names) == 0 }

// knows reports whether the key of a seal is here.
func (r keyring) knows(s seal) bool { return r.keys[string(s.key)] != nil }

// close seals s with the current key, or leaves it unsealed without one.
func (r keyring) close(s *seal) {
	s.key, s.mac = []byte{}, []byte{}
	if r.empty() {
		return
	}
	name := r.names[len(r.names)-1]
	s.key, s.mac = []byte(name), s.sum(r.keys[name])
}

// right reports whether one of the keys has made the seal.
func (r keyring) right(s seal) bool {
	return r.knows(s) && hmac.Equal(s.mac, s.sum(r.keys[string(s.key)]))
}

// sum is the MAC of a seal.
func (s seal) sum(key []byte) []byte {
	return mac(key, "factordesk logbook head", s.id, string(binary.BigEndian.AppendUint64(nil, uint64(s.seq))), string(s.hash))
}

// mac is HMAC-SHA-256 over some fields, each behind its length.
func mac(key []byte, fields ...string) []byte {
	h := hmac.New(sha256.New, key)
	for _, f := range fields {
		h.Write(binary.BigEndian.AppendUint32(nil, uint32(len(f))))
		h.Write([]byte(f))
	}
	return h.Sum(nil)
}

// sealEnd moves the seal to e, the event after last, if it fits the chain so
// far. A seal that does not is what tells that events were cut off or written
// anew, so it stays as it is. Nor does it move without the key that made it.
func (t *Tx) sealEnd(last app.Head, e app.Event) error {
	s, err := t.seal()
	if err != nil {
		return err
	}
	if len(s.key) > 0 || !t.b.keys.empty() {
		if !t.b.keys.right(s) {
			return nil
		}
	}
	fits, err := t.fits(s, last)
	if err != nil || !fits {
		return err
	}
	return t.moveSeal(s, app.Head{Seq: e.Seq, Hash: e.Hash})
}

func (t *Tx) seal() (s seal, err error) {
	err = t.row("SELECT "+sealColumns+" FROM book WHERE id = 1", nil, s.fields()...)
	return s, err
}

func (t *Tx) moveSeal(s seal, to app.Head) error {
	s.seq, s.hash = to.Seq, blob(to.Hash)
	t.b.keys.close(&s)
	return one(t.exec("UPDATE book SET head_seq = $1, head_hash = $2, head_key = $3, head_mac = $4 WHERE id = 1",
		s.seq, s.hash, s.key, s.mac))
}

// fits reports whether the event that a seal names is in the chain that ends
// with last.
func (t *Tx) fits(s seal, last app.Head) (bool, error) {
	hash := last.Hash
	if s.seq != last.Seq {
		err := t.row("SELECT hash FROM events WHERE seq = $1", []any{s.seq}, &hash)
		if none(err) {
			return s.seq == 0 && len(s.hash) == 0, nil
		}
		if err != nil {
			return false, err
		}
	}
	return bytes.Equal(hash, s.hash), nil
}

// adopt seals what is there with keys that are new here: the logbook was made
// without any, or none of those that sealed it is given. An event says so,
// because who changes the file could bring that about.
func (b *Book) adopt(ctx context.Context) error {
	if b.keys.empty() {
		return nil
	}
	var s seal
	err := b.read.QueryRowContext(ctx, "SELECT "+sealColumns+" FROM book WHERE id = 1").Scan(s.fields()...)
	if err != nil || b.keys.knows(s) {
		return err
	}
	return b.Write(ctx, func(t *Tx) error {
		s, err := t.seal()
		if err != nil || b.keys.knows(s) { // another process was faster
			return err
		}
		var last app.Head
		err = t.row("SELECT seq, hash FROM events ORDER BY seq DESC LIMIT 1", nil, &last.Seq, &last.Hash)
		if err != nil && !none(err) {
			return err
		}
		fits, err := t.fits(s, last)
		if err != nil || !fits {
			return err
		}
		reason := "The events before this one were written where no key was at hand to seal them."
		if len(s.key) > 0 {
			reason = "The events before this one were sealed with a key that is not at hand any more."
		}
		if last.Seq > 0 {
			e, err := t.log(app.Event{Console: b.desk, Action: app.DoSealActivity, Outcome: app.Done, Reason: reason}, nil)
			if err != nil {
				return err
			}
			last = app.Head{Seq: e.Seq, Hash: e.Hash}
		}
		return t.moveSeal(s, last)
	})
}
