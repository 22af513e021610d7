package kit

import "fyne.io/fyne/v2"

// PassKey hands a key that a screen's own widget has no use for to the dialog
// or the screen: Fyne gives it to the focused widget only.
func PassKey(from fyne.CanvasObject, event *fyne.KeyEvent) { passKey(from, event) }

// PassRune does the same with a typed character.
func PassRune(from fyne.CanvasObject, r rune) { passRune(from, r) }
