package welcome

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/kit"
)

// ways asks what kind of store is to be opened. A shop is the commoner one.
func (w *Screen) ways() {
	var d *kit.Dialog
	shop := kit.Primary("Connect a shop", func() {
		d.Close()
		w.on.Shop()
	})
	team := kit.Secondary("Connect a team’s store", func() {
		d.Close()
		w.on.Team()
	})
	file := kit.Secondary("Choose a file…", func() {
		d.Close()
		w.open("")
	})
	backup := kit.Secondary("Restore a backup…", func() {
		d.Close()
		w.on.Backup()
	})
	way := func(icon kit.IconName, title, words string, b *kit.Button) fyne.CanvasObject {
		return kit.Row(kit.Space16, kit.Well(icon, kit.ColorSoft, kit.ColorAccent, 36),
			kit.Grow(kit.Column(2, kit.NewText(title).At(kit.Size14).Strong(), kit.Second(words).Wrapped())), b)
	}
	d = w.kit.Dialog(kit.DialogSpec{
		Title: "Open a store", Width: 640,
		Body: kit.Pad(kit.Space12, 0, 0, 0, kit.Column(kit.Space16,
			way(kit.IconServer, "A Magento shop", "Its own database, directly or through SSH. You need its env.php.", shop),
			kit.Separator(),
			way(kit.IconPeople, "A team’s store", "On PostgreSQL: one that is there, or a new one in an empty database.", team),
			kit.Separator(),
			way(kit.IconFile, "A local store", "One file that Factordesk made, here or on another computer.", file),
			kit.Separator(),
			way(kit.IconImport, "A backup", "An encrypted file, which becomes a new local store.", backup))),
		Hint:    "[Esc] cancels",
		Buttons: []*kit.Button{kit.Secondary("Cancel", nil)},
		Focus:   shop, OnEnter: shop.Press,
	})
}

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
		Title: "Open a local store", Width: 540,
		Body: kit.Pad(kit.Space8, 0, 0, 0, kit.Column(kit.Space16,
			kit.Second("A store in one file, made by Factordesk. You sign in to it next.").Wrapped(),
			kit.RowTop(kit.Space8, kit.Grow(field), kit.Pad(kit.Scaled(17)+6, 0, 0, 0, browse)))),
		Hint:    "[Esc] cancels",
		Buttons: []*kit.Button{kit.Secondary("Cancel", nil), open},
		Focus:   field.Input(),
		OnEnter: try,
	})
}
