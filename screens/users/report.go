package users

import (
	"context"
	"os"
	"path/filepath"
	"strings"

	"fyne.io/fyne/v2"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/kit"
)

// listed is how many rejected lines the window lists; the report has all.
const listed = 1000

// report is the dialog after an import.
type report struct {
	s      *Screen
	dialog *kit.Dialog
	name   string // of the file
	result app.ImportResult
	said   *kit.Text // what became of Copy and Save
}

// showReport says what an import did.
func (s *Screen) showReport(name string, result app.ImportResult) {
	r := &report{s: s, name: name, result: result, said: kit.Caption("").Wrapped()}
	tile := func(n int, word string, ink fyne.ThemeColorName) fyne.CanvasObject {
		return kit.Grow(kit.NewFrame(kit.ColorHead, kit.ColorLine, kit.PadXY(kit.Space12, 10, kit.Column(0,
			kit.NewText(kit.Count(n)).At(kit.Size16).In(ink).Strong(), kit.Caption(word)))))
	}
	bad := kit.ColorInk
	if len(result.Rejected) > 0 {
		bad = kit.ColorBad
	}
	parts := []fyne.CanvasObject{kit.RowFill(kit.Space8,
		tile(result.Added, "added", kit.ColorInk), tile(result.Updated, "updated", kit.ColorInk),
		tile(result.Same, "unchanged", kit.ColorInk), tile(len(result.Rejected), "rejected", bad))}
	if len(result.Rejected) > 0 {
		parts = append(parts, r.lines())
	}
	done := kit.Primary("Done", nil)
	r.dialog = s.k.Dialog(kit.DialogSpec{
		Store: s.head(), Title: reportTitle(name, result), Width: 640,
		Body:    kit.Pad(kit.Space8, 0, 0, 0, kit.Column(kit.Space16, parts...)),
		Hint:    "[Esc] closes",
		Buttons: []*kit.Button{done},
	})
}

// reportTitle says what is so.
func reportTitle(name string, r app.ImportResult) string {
	switch {
	case r.Added+r.Updated == 0 && len(r.Rejected) > 0 && r.Same == 0:
		return "No line of " + name + " could be used"
	case len(r.Rejected) == 0:
		return "All of " + name + " is in"
	}
	return "The good lines of " + name + " are in"
}

// lines lists what was rejected, and offers to take the list away.
func (r *report) lines() fyne.CanvasObject {
	grid := kit.NewGrid(func(x app.Rejected) string { return kit.Count(x.Line) + x.Reason },
		kit.Col[app.Rejected]{Title: "Line", Min: 84, Cell: func(x app.Rejected) kit.Cell {
			return kit.Cell{Text: kit.Count(x.Line), Mono: true}
		}},
		kit.Col[app.Rejected]{Title: "Reason", Min: 200, Grow: 1, Cell: func(x app.Rejected) kit.Cell {
			return kit.Cell{Text: x.Reason, Ink: kit.ColorInk}
		}},
	).NoTicks()
	rows := r.result.Rejected
	if len(rows) > listed {
		rows = rows[:listed]
		r.said.SetText("The first " + kit.Count(listed) + " lines are listed; the report has all.")
	}
	grid.SetRows(rows)
	height := kit.Scaled(kit.HeightRow) * float32(min(len(rows), 6)+1)
	return kit.Column(kit.Space12,
		kit.Fix(0, height+kit.RadiusCard, grid),
		kit.Row(kit.Space8, kit.Secondary("Copy as text", r.copyText).Icon(kit.IconCopy).Small(),
			kit.Secondary("Save report…", r.askSave).Icon(kit.IconExport).Small(), kit.Grow(r.said)))
}

func (r *report) say(words string) {
	r.said.SetText(words)
	r.dialog.Refresh()
}

func (r *report) copyText() {
	var b strings.Builder
	_ = writeReport(&b, r.name, r.result) // a Builder does not fail
	r.s.k.Clip.Copy(b.String())
	r.say("Copied.")
}

// askSave asks where to save the report.
func (r *report) askSave() {
	folder, err := os.UserHomeDir()
	if err != nil {
		folder = ""
	}
	base := strings.TrimSuffix(r.name, filepath.Ext(r.name))
	path := kit.NewField("File").Icon(kit.IconFile)
	path.SetText(filepath.Join(folder, base+"-import-report.txt"))
	path.Help("Only you can read the file.")
	save := kit.Primary("Save", nil).Key("Enter")
	var d *kit.Dialog
	submit := func() {
		if save.Busy() {
			return
		}
		to := strings.TrimSpace(path.Text())
		save.SetBusy(true, "Saving…")
		d.Runner().Go(func(context.Context) error { return saveReport(to, r.name, r.result) }, func(err error) {
			save.SetBusy(false, "")
			if err != nil {
				path.SetError(app.Explain(err))
				d.Refresh()
				path.Focus()
				return
			}
			d.Close()
			r.say("Saved as " + filepath.Base(to) + ".")
		})
	}
	save.OnTapped = submit
	d = r.s.k.Dialog(kit.DialogSpec{
		Title: "Save the report", Width: 520,
		Body:    kit.Pad(kit.Space8, 0, 0, 0, path),
		Hint:    "[Esc] cancels",
		Buttons: []*kit.Button{kit.Secondary("Cancel", nil), save},
		Focus:   path.Input(),
		OnEnter: submit,
	})
}
