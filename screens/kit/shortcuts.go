package kit

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

// shortcut is one key of the window and what it does.
type shortcut struct {
	keys  string
	does  string
	do    func()
	owner *Kit
	held  int         // how many Holds it sleeps under
	while func() bool // nil: always
}

// works tells whether the key means something now.
func (s shortcut) works() bool { return s.held == 0 && (s.while == nil || s.while()) }

// Shortcut gives a meaning to a key: "Ctrl+F", "Alt+Left", "F5", "?", "Esc", "H", "1". Words
// say what it does, for the list that ? shows; empty words keep it out of there.
// The one added last wins. While a dialog is open none applies; while a text
// field has the focus, a plain character goes to the field.
func (k *Kit) Shortcut(keys, does string, do func()) { k.ShortcutWhile(nil, keys, does, do) }

// ShortcutWhile is Shortcut for a key that means something at times only; at
// others it is not on the list.
func (k *Kit) ShortcutWhile(while func() bool, keys, does string, do func()) {
	k.core.keys = append(k.core.keys, shortcut{keys: keys, does: does, do: do, owner: k, while: while})
	modifier := fyne.KeyModifierShortcutDefault
	combo, ok := strings.CutPrefix(keys, "Ctrl+")
	if !ok {
		modifier = fyne.KeyModifierAlt
		combo, ok = strings.CutPrefix(keys, "Alt+")
	}
	if !ok || k.core.combos[keys] {
		return
	}
	k.core.combos[keys] = true
	k.Window.Canvas().AddShortcut(&desktop.CustomShortcut{
		KeyName:  fyne.KeyName(combo),
		Modifier: modifier,
	}, func(fyne.Shortcut) { k.core.press(keys) })
}

// Hold puts the shortcuts of the screens that are there now to sleep until
// release: they are covered by another screen, or by the lock. Those of the
// window's own kit go on.
func (k *Kit) Hold() (release func()) {
	owners := map[*Kit]bool{}
	for i, s := range k.core.keys {
		if s.owner != k.core.first {
			k.core.keys[i].held++
			owners[s.owner] = true
		}
	}
	return func() {
		for i, s := range k.core.keys {
			if owners[s.owner] && s.held > 0 {
				k.core.keys[i].held--
			}
		}
	}
}

// Press does what a key means now, as Shortcut names it, and tells whether it
// means anything; for tests, whose canvas keeps no shortcuts.
func (k *Kit) Press(keys string) bool { return k.core.press(keys) }

func (c *core) forget(owner *Kit) {
	kept := c.keys[:0]
	for _, s := range c.keys {
		if s.owner != owner {
			kept = append(kept, s)
		}
	}
	clear(c.keys[len(kept):])
	c.keys = kept
}

// press does what a key means, and tells whether it means anything.
func (c *core) press(keys string) bool {
	if len(c.window.Canvas().Overlays().List()) > 0 {
		return false
	}
	for i := len(c.keys) - 1; i >= 0; i-- {
		if c.keys[i].works() && strings.EqualFold(c.keys[i].keys, keys) {
			c.keys[i].do()
			return true
		}
	}
	return false
}

// keyWords are the names of keys as people know them.
var keyWords = map[fyne.KeyName]string{
	fyne.KeyEscape: "Esc", fyne.KeyReturn: "Enter", fyne.KeyEnter: "Enter",
	fyne.KeyF1: "F1", fyne.KeyF2: "F2", fyne.KeyF5: "F5",
	fyne.KeyUp: "Up", fyne.KeyDown: "Down", fyne.KeyLeft: "Left", fyne.KeyRight: "Right",
	fyne.KeyPageUp: "PageUp", fyne.KeyPageDown: "PageDown", fyne.KeyDelete: "Delete",
}

// typedKey gets the keys that the focused widget had no use for.
func (c *core) typedKey(event *fyne.KeyEvent) {
	if d := c.top(); d != nil {
		d.typedKey(event)
		return
	}
	if word := keyWords[event.Name]; word != "" {
		c.press(word)
	}
}

// typedRune gets the characters that the focused widget had no use for.
func (c *core) typedRune(r rune) {
	if d := c.top(); d != nil {
		d.typedRune(r)
		return
	}
	c.press(string(r))
}

// ShowShortcuts lists the keys that apply, by the titles of their kits.
func (k *Kit) ShowShortcuts() *Dialog {
	var groups []string
	rows := map[string][]fyne.CanvasObject{}
	for _, s := range k.core.keys {
		if s.does == "" || !s.works() {
			continue
		}
		group := s.owner.group
		if rows[group] == nil {
			groups = append(groups, group)
		}
		rows[group] = append(rows[group], Row(Space12,
			Sized(84, 0, Row(0, NewKeycap(s.keys))), Grow(Second(s.does).Wrapped())))
	}
	var parts []fyne.CanvasObject
	for _, group := range groups {
		parts = append(parts, Column(Space8, append([]fyne.CanvasObject{Label(group)}, rows[group]...)...))
	}
	return k.Dialog(DialogSpec{
		Title:   "Shortcuts",
		Body:    Column(Space16, parts...),
		Hint:    "[Esc] closes",
		Buttons: []*Button{Secondary("Close", nil)},
	})
}
