package backup

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/kit"
)

// restoring is the dialog that makes a new store of a backup: first it asks for
// the file and its passphrase, then it shows what is in it and asks where to.
type restoring struct {
	restorer Restorer
	kit      *kit.Kit
	done     func(path string, signIn bool)
	dialog   *kit.Dialog

	file, passphrase, store *kit.Field
	page                    *fyne.Container
	trouble                 *kit.Note
	next                    *kit.Button
	holds                   Holds
	open                    bool // the backup was opened
}

// Restore opens the dialog that makes a new store of a backup. done gets the path
// of the store, and whether the person wants to sign in to it.
func Restore(restorer Restorer, k *kit.Kit, done func(path string, signIn bool)) {
	r := &restoring{restorer: restorer, kit: k, done: done, trouble: kit.ErrorBox("", "")}
	r.trouble.Hide()
	r.file = kit.NewField("Backup").Icon(kit.IconFile).Placeholder("Full path of a " + Suffix + " file")
	r.passphrase = kit.NewPassword("Passphrase").Help("The one that was typed when the backup was made.")
	r.store = kit.NewField("New store").Icon(kit.IconFile).Caption("a new file; the present store stays as it is")
	r.next = kit.Primary("Open the backup", r.submit).Key("Enter")
	r.file.OnSubmit = func(string) { r.passphrase.Focus() }
	r.passphrase.OnSubmit = func(string) { r.submit() }
	r.store.OnSubmit = func(string) { r.submit() }
	browse := kit.Secondary("Browse…", func() {
		k.ChooseFile(r.file.Text(), []string{".age"}, func(path string) {
			r.file.SetText(path)
			r.passphrase.Focus()
		})
	}).Icon(kit.IconFolder)
	r.page = kit.Column(kit.Space16,
		kit.Second("A backup becomes a new store beside those that there are. Operators sign in to it with the passwords of that time.").Wrapped(),
		kit.RowTop(kit.Space8, kit.Grow(r.file), kit.Pad(kit.Scaled(17)+6, 0, 0, 0, browse)),
		r.passphrase)
	r.dialog = k.Dialog(kit.DialogSpec{
		Title: "Restore a backup", Width: 560,
		Body:    kit.Pad(kit.Space8, 0, 0, 0, kit.Column(kit.Space16, r.page, r.trouble)),
		Hint:    "[Esc] cancels",
		Buttons: []*kit.Button{kit.Secondary("Cancel", nil), r.next},
		Focus:   r.file.Input(), OnEnter: r.submit,
	})
}

func (r *restoring) submit() {
	if r.next.Busy() {
		return
	}
	r.trouble.Hide()
	if r.open {
		r.begin()
		return
	}
	r.look()
}

// fail marks a field.
func (r *restoring) fail(field *kit.Field, err error) {
	field.SetError(r.kit.Explain(err))
	r.dialog.Refresh()
	field.Focus()
}

// look opens the backup. A wrong passphrase belongs to its field, anything else to
// the file.
func (r *restoring) look() {
	path, passphrase := kit.FullPath(strings.TrimSpace(r.file.Text())), app.NewSecret(r.passphrase.Text())
	r.file.SetError("", "")
	r.passphrase.SetError("", "")
	if err := kit.CheckPath(path); err != nil {
		r.fail(r.file, err)
		return
	}
	r.next.SetBusy(true, "Opening…")
	type found struct {
		holds Holds
		free  string
	}
	kit.Go(r.dialog.Runner(), func(ctx context.Context) (f found, err error) {
		f.holds, f.free, err = r.restorer.ShowBackup(ctx, path, passphrase)
		return f, err
	}, func(f found, err error) {
		r.next.SetBusy(false, "")
		switch {
		case err == nil:
			r.opened(f.holds, f.free)
		case app.KindOf(err) == app.Denied:
			r.fail(r.passphrase, err)
		default:
			r.fail(r.file, err)
		}
	})
}

// opened shows what is in the backup.
func (r *restoring) opened(h Holds, free string) {
	r.open, r.holds = true, h
	r.store.SetText(free)
	facts := []kit.Fact{
		{Label: "Store", Runs: []kit.Run{kit.Strong(h.Name)}},
		{Label: "As it was", Value: kit.When(h.Made, r.kit.Now())},
		{Label: "Made at", Value: h.Console},
		{Label: "Holds", Value: kit.CountOf(int(h.Users), "user", "users") + ", " + kit.CountOf(int(h.Factors), "factor", "factors") +
			", " + kit.CountOf(int(h.Events), "event", "events")},
	}
	if h.Problem != "" {
		facts = append(facts, kit.Fact{Label: "Activity", Value: "Not whole: " + h.Problem, Ink: kit.ColorBad})
	}
	r.page.Objects = []fyne.CanvasObject{
		kit.NewFrame(kit.ColorHead, kit.ColorLine, kit.PadXY(kit.Space16, kit.Space12, kit.KeyValues(0, facts...))),
		r.store,
	}
	r.next.SetText("Restore")
	r.dialog.Refresh()
	r.store.Focus()
}

// begin makes the store. When it fails the dialog is there still.
func (r *restoring) begin() {
	store := kit.FullPath(strings.TrimSpace(r.store.Text()))
	r.store.SetError("", "")
	if err := kit.CheckPath(store); err != nil {
		r.fail(r.store, err)
		return
	}
	file, passphrase := kit.FullPath(strings.TrimSpace(r.file.Text())), app.NewSecret(r.passphrase.Text())
	run(r.kit, kit.Store{}, "Restoring "+r.holds.Name, "Stopping…",
		func(ctx context.Context, report func(app.MoveProgress)) (Restored, error) {
			return r.restorer.RestoreBackup(ctx, file, passphrase, store, report)
		}, func(made Restored, err error) {
			switch {
			case err == nil:
				r.passphrase.Clear()
				r.dialog.Close()
				r.told(made)
			case app.KindOf(err) == app.Canceled:
				r.passphrase.Clear()
				r.dialog.Close()
				r.kit.Toast(kit.StatusOK, "Stopped. No store was made.")
			case app.KindOf(err) == app.Conflict:
				r.fail(r.store, err)
			default:
				what, then := r.kit.Explain(err)
				r.trouble.Set(kit.StatusBad, what, then)
				r.trouble.Show()
				r.dialog.Refresh()
			}
		})
}

// told says what the person has to know of the new store, and leads to it.
func (r *restoring) told(made Restored) {
	parts := []fyne.CanvasObject{kit.NewRich(kit.Strong(made.Name), kit.Plain(" is a store of its own now, as it was: "+kit.When(made.Made, r.kit.Now())+".")).Wrapped(), kit.NewText(made.Path).At(kit.Size12).Mono().Wrapped()}
	for _, notice := range made.Notices {
		parts = append(parts, kit.NewNote(kit.StatusWarn, "", notice))
	}
	var d *kit.Dialog
	end := func(signIn bool) func() {
		return func() {
			d.Close()
			r.done(made.Path, signIn)
		}
	}
	signIn := kit.Primary("Sign in to it", end(true)).Key("Enter")
	d = r.kit.Dialog(kit.DialogSpec{
		Title: "The backup is restored", Width: 540,
		Body:    kit.Pad(kit.Space8, 0, 0, 0, kit.Column(kit.Space12, parts...)),
		Hint:    "[Esc] closes",
		Buttons: []*kit.Button{kit.Secondary("Close", end(false)), signIn},
		Focus:   signIn, OnEnter: signIn.Press,
		OnCancel: func() { r.done(made.Path, false) },
	})
}
