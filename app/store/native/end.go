package native

import (
	"bytes"
	"strconv"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/seal"
)

// headUse and headParts are what the MAC of the newest event is about.
const headUse = "audit head"

func headParts(store string, seq int64, hash []byte) []string {
	return []string{store, strconv.FormatInt(seq, 10), string(hash)}
}

// sealEnd returns the MAC of an end of the chain.
func (s *Store) sealEnd(keys *seal.Keyset, end app.Head) ([]byte, error) {
	return keys.MAC(headUse, headParts(s.info.ID, end.Seq, end.Hash)...)
}

// sealed reports whether the stored seal fits the chain that ends there. A
// seal that does not is what tells that events were cut off or written anew, so
// it must stay as it is: whoever looks has signed in just before, and would have
// sealed over it.
func (t *tx) sealed(keys *seal.Keyset, end chainEnd) (bool, error) {
	s := end.seal
	if s == nil {
		s = &endSeal{}
		if err := t.row(endSealQuery, nil, &s.Seq, &s.Hash, &s.mac); err != nil {
			return false, err
		}
	}
	if !keys.CheckMAC(s.mac, headUse, headParts(t.s.info.ID, s.Seq, s.Hash)...) {
		return false, nil
	}
	hash := end.last.Hash
	if s.Seq != end.last.Seq {
		err := t.row("SELECT hash FROM events WHERE seq = $1", []any{s.Seq}, &hash)
		if none(err) {
			return false, nil
		}
		if err != nil {
			return false, err
		}
	}
	return bytes.Equal(hash, s.Hash), nil
}
