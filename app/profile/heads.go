package profile

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/factordesk/factordesk/app"
)

var (
	_ app.HeadMemory   = Heads{}
	_ app.BranchMemory = Heads{}
)

// Heads remembers, in a small file for each store, the newest event that a
// console of this person has seen of it, and of copies of it. The file lies in the state folder:
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
	all := h.Branches(store)
	if len(all) == 0 {
		return app.Head{}, false
	}
	return all[0], true
}

// Branches implements app.BranchMemory. Each line of the file is one of them.
func (h Heads) Branches(store string) []app.Head {
	text, err := os.ReadFile(h.path(store))
	if err != nil {
		return nil
	}
	var all []app.Head
	for line := range strings.Lines(string(text)) {
		var seq int64
		var hash []byte
		if _, err := fmt.Sscanf(line, "%d %x\n", &seq, &hash); err != nil || seq < 1 || len(hash) != sha256.Size {
			break
		}
		all = append(all, app.Head{Seq: seq, Hash: hash})
	}
	return all
}

// Remember keeps the newest event of a store, and forgets its copies.
func (h Heads) Remember(store string, head app.Head) error {
	return h.RememberBranches(store, []app.Head{head})
}

// RememberBranches implements app.BranchMemory. It writes nothing when they are
// what is remembered already.
func (h Heads) RememberBranches(store string, heads []app.Head) error {
	var text strings.Builder
	for _, head := range heads {
		fmt.Fprintf(&text, "%d %x\n", head.Seq, head.Hash)
	}
	if old, err := os.ReadFile(h.path(store)); err == nil && string(old) == text.String() {
		return nil
	}
	return writeFile(h.path(store), text.String())
}
