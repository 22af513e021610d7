package activity

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/kit"
)

// askExport asks for a file and writes the events that the filters choose.
func (s *Screen) askExport() {
	home, err := os.UserHomeDir()
	if err != nil {
		home = os.TempDir()
	}
	field := kit.NewField("File").Mono()
	field.SetText(filepath.Join(home, "factordesk-activity-"+s.kit.Now().Format("2006-01-02")+".jsonl"))
	save := kit.Primary("Export", nil)
	var d *kit.Dialog
	save.OnTapped = func() {
		path := strings.TrimSpace(field.Text())
		if path == "" {
			field.SetError("The file has no name.", "")
			return
		}
		save.SetBusy(true, "Writing…")
		q := s.filters.query(s.kit.Now())
		kit.Go(d.Runner(), func(ctx context.Context) (int, error) {
			return exportTo(path, func(w io.Writer) (int, error) { return s.service.Export(ctx, w, q) })
		}, func(n int, err error) {
			save.SetBusy(false, "")
			if err != nil {
				field.SetError(s.kit.Explain(err))
				d.Refresh()
				return
			}
			d.Close()
			s.kit.Toast(kit.StatusOK, app.Thousands(int64(n))+" "+plural(n)+" are in "+filepath.Base(path)+".")
			s.load()
		})
	}
	field.OnSubmit = func(string) { save.Press() }
	d = s.kit.Dialog(kit.DialogSpec{
		Store: kit.StoreOf(s.service.Store()), Title: "Export the activity",
		Body: kit.Column(kit.Space16,
			kit.Second("Writes the events that the filters choose, newest first, one JSON object a line, with their hashes. Only you can read the file.").Wrapped(), field),
		Hint: "[Esc] cancels", Buttons: []*kit.Button{kit.Secondary("Cancel", nil), save}, Focus: field.Input(),
	})
}

func plural(n int) string {
	if n == 1 {
		return "event"
	}
	return "events"
}

// exportTo writes a new file that only its owner can read, and leaves none
// behind when writing fails.
func exportTo(path string, write func(io.Writer) (int, error)) (n int, err error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	switch {
	case os.IsExist(err):
		return 0, app.Errorf(app.Conflict, "There is a file of that name already.").WithHint("Choose another name.")
	case err != nil:
		return 0, app.Errorf(app.Unreachable, "The file cannot be written there.").
			WithHint("Look at the folder's name and permissions.").Because(err)
	}
	n, err = write(f)
	if cerr := f.Close(); err == nil && cerr != nil {
		err = app.Errorf(app.Unreachable, "The file could not be written to its end.").Because(cerr)
	}
	if err != nil {
		_ = os.Remove(path)
		return n, err
	}
	return n, nil
}
