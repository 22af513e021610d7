package welcome

import (
	"context"
	"strings"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/kit"
)

// open asks for the file of a store and opens it.
func (w *Screen) open(path string) {
	field := kit.NewField("File").Icon(kit.IconFile).Placeholder("Full path of a local store")
	field.SetText(path)
	open := kit.Primary("Open", nil).Key("Enter")
	var d *kit.Dialog
	try := func() {
		full := kit.FullPath(strings.TrimSpace(field.Text()))
		if open.Busy() {
			return
		}
		field.SetError("", "")
		fail := func(err error) {
			field.SetError(app.Explain(err))
			d.Refresh()
			field.Focus()
		}
		if err := kit.CheckPath(full); err != nil {
			fail(err)
			return
		}
		open.SetBusy(true, "Opening…")
		d.Runner().Go(func(ctx context.Context) error { return w.service.Open(ctx, full) }, func(err error) {
			open.SetBusy(false, "")
			if err != nil {
				fail(err)
				return
			}
			d.Close()
			w.on.Opened()
		})
	}
	browse := kit.Secondary("Browse…", func() {
		w.kit.ChooseFile(field.Text(), []string{".db"}, func(path string) {
			field.SetText(path)
			field.Focus()
		})
	}).Icon(kit.IconFolder)
	open.OnTapped = try
	field.OnSubmit = func(string) { try() }
	d = w.kit.Dialog(kit.DialogSpec{
		Title: "Open a store", Width: 540,
		Body: kit.Pad(kit.Space8, 0, 0, 0, kit.Column(kit.Space16,
			kit.Second("This version opens local stores: one file each, made by Factordesk. You sign in to it next.").Wrapped(),
			kit.RowTop(kit.Space8, kit.Grow(field), kit.Pad(kit.Scaled(17)+6, 0, 0, 0, browse)))),
		Hint:    "[Esc] cancels",
		Buttons: []*kit.Button{kit.Secondary("Cancel", nil), open},
		Focus:   field.Input(),
		OnEnter: try,
	})
}
