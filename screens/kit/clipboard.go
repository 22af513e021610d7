package kit

import (
	"crypto/sha256"
	"time"

	"fyne.io/fyne/v2"
)

// ClipboardLife is how long a copied secret stays in the clipboard, unless
// Life says otherwise.
const ClipboardLife = 30 * time.Second

// Clipboard copies secrets and takes them away again: after Life, on lock, and
// at the end of the program; only while the clipboard still holds what we put
// there.
type Clipboard struct {
	Life time.Duration

	board fyne.Clipboard
	clock Clock
	mark  [sha256.Size]byte // of what we put; the secret itself is not kept
	ours  bool
	stop  func()
}

// NewClipboard returns the helper for a clipboard.
func NewClipboard(board fyne.Clipboard, clock Clock) *Clipboard {
	return &Clipboard{Life: ClipboardLife, board: board, clock: clock}
}

// CopySecret puts a secret into the clipboard for as long as Life.
func (c *Clipboard) CopySecret(secret string) {
	c.halt()
	c.board.SetContent(secret)
	c.mark, c.ours = sha256.Sum256([]byte(secret)), true
	c.stop = c.clock.After(c.Life, func() { c.Clear() })
}

// Copy puts a text that is no secret; it stays.
func (c *Clipboard) Copy(text string) {
	c.halt()
	c.ours = false
	c.board.SetContent(text)
}

// Clear empties the clipboard if it still holds a secret of ours, and tells
// whether it did.
func (c *Clipboard) Clear() bool {
	c.halt()
	if !c.ours {
		return false
	}
	c.ours = false
	if sha256.Sum256([]byte(c.board.Content())) != c.mark {
		return false
	}
	c.board.SetContent("")
	return true
}

func (c *Clipboard) halt() {
	if c.stop != nil {
		c.stop()
		c.stop = nil
	}
}
