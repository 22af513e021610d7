package kit

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// fileRow is an entry of a folder.
type fileRow struct {
	name    string
	folder  bool
	size    int64
	changed time.Time
}

// chooser is the dialog that picks a file.
type chooser struct {
	kit        *Kit
	dialog     *Dialog
	extensions []string
	folder     string
	where      *Text
	trouble    *Text
	grid       *Grid[fileRow]
	up         *Button
	choose     *Button
	done       func(path string)
}

// ChooseFile lets a person pick a file with one of the extensions (none: any)
// and calls done with its path. It begins in the folder of start, or at home.
// Enter opens a folder or takes a file. Fyne's own file dialog has neither keys
// nor our look.
func (k *Kit) ChooseFile(start string, extensions []string, done func(path string)) *Dialog {
	c := &chooser{
		kit: k, extensions: extensions, done: done,
		where: NewText("").At(Size12).In(ColorInk2).Mono().Ellipsis(), trouble: NewText("").In(ColorBad).Wrapped(),
	}
	c.grid = c.newGrid()
	c.up = Secondary("Up", c.goUp).Icon(IconArrowUp).Small()
	c.choose = Primary("Choose", c.take).Key("Enter")
	c.trouble.Hide()
	c.dialog = k.Dialog(DialogSpec{
		Title: "Choose a file", Width: 680,
		Body: Column(Space12,
			Row(Space12, c.up, Grow(c.where)),
			Fix(0, Scaled(HeightRow)*9, c.grid), c.trouble),
		Hint:    "[Enter] opens [Esc] cancels",
		Buttons: []*Button{Secondary("Cancel", nil), c.choose},
		Focus:   c.grid.Input(),
		OnEnter: c.take,
	})
	c.open(startFolder(start))
	return c.dialog
}

func startFolder(start string) string {
	if start = strings.TrimSpace(start); start != "" {
		if folder, err := filepath.Abs(filepath.Dir(start)); err == nil {
			return folder
		}
	}
	if home, err := os.UserHomeDir(); err == nil {
		return home
	}
	return string(filepath.Separator)
}

func (c *chooser) newGrid() *Grid[fileRow] {
	g := NewGrid(func(r fileRow) string { return r.name },
		Col[fileRow]{Title: "Name", Min: 260, Grow: 1, Cell: func(r fileRow) Cell {
			if r.folder {
				return Cell{Text: r.name, Bold: true, Ink: ColorInk, Icon: IconFolder, IconInk: ColorAccent}
			}
			return Cell{Text: r.name, Ink: ColorInk, Icon: IconFile, IconInk: ColorInk2}
		}},
		Col[fileRow]{Title: "Size", Min: 96, Cell: func(r fileRow) Cell {
			if r.folder {
				return Cell{}
			}
			return Cell{Text: Count(int((r.size+999)/1000)) + " KB"}
		}},
		Col[fileRow]{Title: "Changed", Min: 130, Cell: func(r fileRow) Cell {
			return Cell{Text: When(r.changed, c.kit.Now())}
		}},
	).NoTicks()
	g.OnOpen = func(fileRow) { c.take() }
	return g
}

// open lists another folder, off the UI goroutine: it may be on a slow drive.
func (c *chooser) open(folder string) {
	Go(c.dialog.Runner(), func(context.Context) ([]fileRow, error) { return listFolder(folder, c.extensions) },
		func(rows []fileRow, err error) {
			c.trouble.Hidden = err == nil
			if err != nil {
				c.trouble.SetText("This folder cannot be read.")
				c.dialog.Refresh()
				return
			}
			came := filepath.Base(c.folder)
			c.folder = folder
			c.where.SetText(folder)
			if filepath.Dir(folder) == folder {
				c.up.DisableFor("This is the topmost folder.")
			} else {
				c.up.DisableFor("")
			}
			c.grid.SetRows(rows)
			if len(rows) == 0 {
				c.grid.ShowEmpty(Center(0, Second("No file of this kind is here.")))
			}
			c.grid.SetCurrent(max(slices.IndexFunc(rows, func(r fileRow) bool { return r.name == came }), 0))
			c.dialog.Refresh()
		})
}

func (c *chooser) goUp() {
	if parent := filepath.Dir(c.folder); parent != c.folder {
		c.open(parent)
	}
}

// take opens the current folder, or chooses the current file.
func (c *chooser) take() {
	row, ok := c.grid.Current()
	if !ok {
		return
	}
	path := filepath.Join(c.folder, row.name)
	if row.folder {
		c.open(path)
		return
	}
	c.dialog.Close()
	c.done(path)
}

// listFolder lists folders, then files with one of the extensions, by name.
// Hidden ones are left out.
func listFolder(folder string, extensions []string) ([]fileRow, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	var rows []fileRow
	for _, e := range entries {
		info, err := os.Stat(filepath.Join(folder, e.Name())) // follows a link, unlike e.Info
		if err != nil || strings.HasPrefix(e.Name(), ".") {
			continue
		}
		r := fileRow{name: e.Name(), folder: info.IsDir(), size: info.Size(), changed: info.ModTime()}
		if r.folder || len(extensions) == 0 || slices.Contains(extensions, strings.ToLower(filepath.Ext(r.name))) {
			rows = append(rows, r)
		}
	}
	slices.SortStableFunc(rows, func(a, b fileRow) int {
		if a.folder != b.folder {
			if a.folder {
				return -1
			}
			return 1
		}
		return strings.Compare(strings.ToLower(a.name), strings.ToLower(b.name))
	})
	return rows, nil
}
