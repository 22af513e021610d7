package kit

import (
	"os"
	"path/filepath"
	"strings"

	"fyne.io/fyne/v2"

	"github.com/factordesk/factordesk/app"
)

// PathField is a field for the path of a file on this computer, with a button
// that browses for it.
type PathField struct {
	*Field
	Browse *Button
	Row    *fyne.Container // both, to be laid out
}

// NewPath returns such a field. Extensions are those of the files to browse for,
// none meaning any; browsing begins in the folder start while the field is empty.
func NewPath(k *Kit, label, start string, extensions ...string) *PathField {
	p := &PathField{Field: NewField(label).Icon(IconFile)}
	p.Browse = IconButton(IconFolder, "Browse for the file", func() {
		from := FullPath(strings.TrimSpace(p.Text()))
		if from == "" && start != "" {
			from = filepath.Join(FullPath(start), "x") // its folder counts
		}
		k.ChooseFile(from, extensions, func(path string) {
			p.SetText(path)
			p.Focus()
		})
	})
	p.Row = RowTop(Space8, Grow(p.Field), contain(&besideFrame{p.Field}, p.Browse))
	return p
}

// Path is the full path that was typed, without blanks around.
func (p *PathField) Path() string { return FullPath(strings.TrimSpace(p.Text())) }

// besideFrame puts a button beside the frame of a field, under its label.
type besideFrame struct{ field *Field }

func (l *besideFrame) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return largest(objects).AddWidthHeight(0, l.field.head())
}

func (l *besideFrame) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		least := o.MinSize()
		o.Move(fyne.NewPos(0, l.field.head()))
		o.Resize(fyne.NewSize(size.Width, least.Height))
	}
}

// FullPath puts the home folder in place of a leading "~".
func FullPath(path string) string {
	if rest, ok := strings.CutPrefix(path, "~"); ok && (rest == "" || os.IsPathSeparator(rest[0])) {
		if home, err := os.UserHomeDir(); err == nil {
			return filepath.Join(home, rest)
		}
	}
	return path
}

// CheckPath returns a sentence when a path cannot be that of a file here.
func CheckPath(path string) error {
	switch {
	case path == "":
		return app.Errorf(app.Invalid, "The file is missing.")
	case !filepath.IsAbs(path):
		return app.Errorf(app.Invalid, "This is not a full path.").WithHint("Begin with the topmost folder, or with ~ for your own.")
	}
	return nil
}
