package users

import (
	"context"
	"path/filepath"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/kit"
)

// choosing is the dialog that asks which file to import.
type choosing struct {
	s      *Screen
	dialog *kit.Dialog
	path   *kit.Field
	next   *kit.Button
}

// openImport opens the dialog; path may name a file already, and trouble what
// was wrong with it.
func (s *Screen) openImport(path string, trouble error) {
	if s.addReason() != "" || s.importing {
		return
	}
	c := &choosing{s: s, path: kit.NewField("File").Placeholder("Path of a CSV file").Icon(kit.IconFile)}
	c.path.SetText(path)
	c.next = kit.Primary("Continue", c.submit).Key("Enter")
	browse := kit.Secondary("Browse…", func() {
		s.k.ChooseFile(c.path.Text(), []string{".csv", ".txt"}, c.set)
	}).Icon(kit.IconFolder)
	field := &besideField{field: c.path, button: browse}
	c.dialog = s.k.Dialog(kit.DialogSpec{
		Store: s.head(), Title: "Import users from a CSV file", Width: 560,
		Body: kit.Pad(kit.Space8, 0, 0, 0, kit.Column(kit.Space16,
			kit.Column(kit.Space8,
				kit.Second("The first line names the columns, in any order. The first two are required."),
				kit.NewFrame(kit.ColorSunken, kit.ColorLine, kit.PadXY(kit.Space12, 9, kit.NewText(header).At(kit.Size12).Mono()))),
			field.build(),
			kit.NewNote(kit.StatusInfo, "", "New usernames are added, known ones are updated. Good lines go in together. "+
				"Bad lines are listed with their number and the reason."),
		)),
		Hint:     "[Esc] cancels",
		Buttons:  []*kit.Button{kit.Secondary("Cancel", nil), c.next},
		Focus:    c.path.Input(),
		OnEnter:  c.submit,
		OnCancel: func() { s.choosing = nil },
	})
	s.choosing = c
	if trouble != nil {
		c.refuse(trouble)
	}
}

// set puts the path of a chosen or dropped file into the field.
func (c *choosing) set(path string) {
	c.path.SetError("", "")
	c.path.SetText(path)
	c.dialog.Refresh()
	c.path.Focus()
}

func (c *choosing) refuse(err error) {
	c.path.SetError(app.Explain(err))
	c.dialog.Refresh()
	c.path.Focus()
}

// submit looks whether the file can be read before it asks for the password.
func (c *choosing) submit() {
	if c.next.Busy() {
		return
	}
	path := strings.TrimSpace(c.path.Text())
	c.next.SetBusy(true, "Looking…")
	c.dialog.Runner().Go(func(context.Context) error { return probe(path) }, func(err error) {
		c.next.SetBusy(false, "")
		if err != nil {
			c.refuse(err)
			return
		}
		c.path.SetError("", "")
		name := filepath.Base(path)
		c.s.askPassword("import users from "+name, app.Deed{Action: app.DoImport}, func(g *app.Grant) {
			c.dialog.Close()
			c.s.choosing = nil
			c.s.runImport(g, path)
		})
	})
}

// progressEvery is how often the window looks how far an import is.
const progressEvery = 100 * time.Millisecond

// runImport reads the file in and shows how far it is. Closing the dialog stops
// the import; the store then has nothing of it.
func (s *Screen) runImport(g *app.Grant, path string) {
	ctx, stop := context.WithCancel(context.Background())
	t, name := &tally{}, filepath.Base(path)
	bar, words := kit.NewProgressBar(), kit.Second(progressWords(t))
	var shown *kit.Dialog
	s.importing = true
	s.showHeader()
	kit.Go(s.k, func(outer context.Context) (app.ImportResult, error) {
		defer context.AfterFunc(outer, stop)()
		return importFile(ctx, s.svc, g, path, t)
	}, func(result app.ImportResult, err error) {
		stop()
		s.importing = false
		if shown != nil {
			shown.Close()
		}
		s.tell(func() { s.imported(path, result, err) })
	})
	if !s.importing { // an inline runner has ended already
		return
	}
	shown = s.k.Dialog(kit.DialogSpec{
		Store: s.head(), Title: "Importing " + name, Width: 480,
		Body:    kit.Pad(kit.Space12, 0, kit.Space8, 0, kit.Column(kit.Space12, bar, words)),
		Hint:    "[Esc] stops",
		Buttons: []*kit.Button{kit.Secondary("Cancel", nil)},
		OnCancel: func() {
			stop()
			s.k.Toast(kit.StatusOK, "Stopping the import…")
		},
	})
	shown.UntilClosed(s.k.Every(progressEvery, func() {
		bar.SetValue(t.share())
		words.SetText(progressWords(t))
	}))
}

// progressWords say how far an import is.
func progressWords(t *tally) string {
	rows := kit.CountOf(int(t.rows.Load()), "row", "rows")
	if t.size.Load() <= 0 {
		return "Reading… " + rows
	}
	return rows + " · " + megabytes(t.bytes.Load()) + " of " + megabytes(t.size.Load())
}

// imported shows how an import ended.
func (s *Screen) imported(path string, result app.ImportResult, err error) {
	s.showHeader()
	switch {
	case app.KindOf(err) == app.Canceled:
		what, _ := app.Explain(err)
		s.k.Toast(kit.StatusOK, what)
	case err != nil:
		s.openImport(path, err)
	default:
		s.load(withCounts)
		s.showReport(filepath.Base(path), result)
	}
}

// besideField is a field with a button at the right of its frame: the label is
// above and an error below, so the button is held at the frame's height.
type besideField struct {
	field  *kit.Field
	button *kit.Button
}

func (b *besideField) build() fyne.CanvasObject {
	return kit.RowTop(kit.Space8, kit.Grow(b.field), kit.Pad(kit.Scaled(17)+6, 0, 0, 0, b.button))
}
