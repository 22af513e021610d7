package profile

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"

	"github.com/factordesk/factordesk/app"
)

var _ app.HeadMemory = Heads{}

// Heads remembers, in a small file for each store, the newest event that a
// console of this person has seen of it. The file lies in the state folder:
// who takes it away takes away a warning, and nothing else.
type Heads struct{ folder string }

// Heads returns this person's memory of stores.
func (d Dirs) Heads() Heads { return Heads{folder: filepath.Join(d.State, "heads")} }

// path names the file of a store. The ID comes out of the store, so it is
// hashed before it becomes a file's name.
func (h Heads) path(store string) string { return filepath.Join(h.folder, fileName(store)) }

func fileName(id string) string {
	sum := sha256.Sum256([]byte(id))
	return hex.EncodeToString(sum[:16])
}

// Recall returns what was last seen of a store. A file that cannot be read or
// makes no sense counts as nothing seen.
func (h Heads) Recall(store string) (app.Head, bool) {
	text, err := os.ReadFile(h.path(store))
	if err != nil {
		return app.Head{}, false
	}
	var seq int64
	var hash []byte
	if _, err := fmt.Sscanf(string(text), "%d %x\n", &seq, &hash); err != nil || seq < 1 || len(hash) != sha256.Size {
		return app.Head{}, false
	}
	return app.Head{Seq: seq, Hash: hash}, true
}

// Remember keeps the newest event of a store. It writes nothing when it is
// what is remembered already.
func (h Heads) Remember(store string, head app.Head) error {
	line := fmt.Sprintf("%d %x\n", head.Seq, head.Hash)
	if old, err := os.ReadFile(h.path(store)); err == nil && string(old) == line {
		return nil
	}
	return writeFile(h.path(store), line)
}
