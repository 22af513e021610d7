package kit

import "fyne.io/fyne/v2"

// Command shows a command to run elsewhere, in the monospace, on a ground of its
// own with a button that copies it; the button is returned as well, for the
// focus. Words are the button's; empty makes it an icon. A command is no secret:
// it stays in the clipboard.
func Command(k *Kit, command, words string, ground, line fyne.ThemeColorName) (fyne.CanvasObject, *Button) {
	put := func() {
		k.Clip.Copy(command)
		k.Toast(StatusOK, "The command is in the clipboard.")
	}
	button := IconButton(IconCopy, "Copy the command", put).Small()
	if words != "" {
		button = Secondary(words, put).Icon(IconCopy).Small()
	}
	text := NewText(command).At(Size12).Mono().Wrapped()
	return NewFrame(ground, line, Pad(Space8, Space8, Space8, Space12, Row(Space12, Grow(text), button))), button
}
