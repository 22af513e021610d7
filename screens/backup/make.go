package backup

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"unicode"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/kit"
)

// making is the dialog that asks for what a backup needs.
type making struct {
	maker  Maker
	kit    *kit.Kit
	dialog *kit.Dialog

	file, passphrase, again *kit.Field
	trouble                 *kit.Note
	next                    *kit.Button
}

// Make opens the dialog that makes a backup of the open store.
func Make(maker Maker, k *kit.Kit) {
	m := &making{maker: maker, kit: k, trouble: kit.ErrorBox("", "")}
	m.trouble.Hide()
	m.file = kit.NewField("File").Icon(kit.IconFile).Caption("new; only you can read it")
	m.file.SetText(m.usualFile())
	m.passphrase = kit.NewPassword("Passphrase").Help("At least " + kit.Count(app.MinPassword) + " characters; a few words do well.")
	m.again = kit.NewPassword("The same again")
	m.next = kit.Primary("Continue", m.submit).Key("Enter")
	m.file.OnSubmit = func(string) { m.passphrase.Focus() }
	m.passphrase.OnSubmit = func(string) { m.again.Focus() }
	m.again.OnSubmit = func(string) { m.submit() }
	m.dialog = k.Dialog(kit.DialogSpec{
		Store: kit.StoreOf(maker.Store()), Title: "Back this store up", Width: 560,
		Body: kit.Pad(kit.Space8, 0, 0, 0, kit.Column(kit.Space16,
			kit.Second("One encrypted file with everything: users, factors, operators and the activity. "+
				"Keep it away from this computer.").Wrapped(),
			m.file,
			kit.RowTop(kit.Space16, kit.Grow(m.passphrase), kit.Grow(m.again)),
			kit.NewNote(kit.StatusInfo, "", "Without the passphrase nobody can open the file, and nobody can help. "+
				"Keep the passphrase elsewhere."),
			m.trouble)),
		Hint:    "[Esc] cancels",
		Buttons: []*kit.Button{kit.Secondary("Cancel", nil), m.next},
		Focus:   m.passphrase.Input(), OnEnter: m.submit,
	})
}

// usualFile is in the person's home, with the store's name and the day.
func (m *making) usualFile() string {
	home, err := os.UserHomeDir()
	if err != nil {
		home = os.TempDir()
	}
	name := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return '-'
	}, m.maker.Store().Name)
	return filepath.Join(home, strings.Trim(name, "-")+"-"+m.kit.Now().Format("2006-01-02")+Suffix)
}

// check marks the first field that cannot be used.
func (m *making) check(path string) bool {
	m.trouble.Hide()
	var same error
	if m.again.Text() != m.passphrase.Text() {
		same = app.Errorf(app.Invalid, "The two passphrases are not the same.")
	}
	ok := true
	for _, c := range []struct {
		field *kit.Field
		err   error
	}{{m.file, kit.CheckPath(path)}, {m.passphrase, checkPassphrase(m.passphrase.Text())}, {m.again, same}} {
		c.field.SetError("", "")
		if ok && c.err != nil {
			c.field.SetError(app.Explain(c.err))
			c.field.Focus()
			ok = false
		}
	}
	m.dialog.Refresh()
	return ok
}

// submit looks at the place before it asks for the password.
func (m *making) submit() {
	path := kit.FullPath(strings.TrimSpace(m.file.Text()))
	if m.next.Busy() || !m.check(path) {
		return
	}
	m.next.SetBusy(true, "Looking…")
	kit.Go(m.dialog.Runner(), func(context.Context) (string, error) { return m.maker.PlaceBackup(path) },
		func(place string, err error) {
			m.next.SetBusy(false, "")
			if err != nil {
				m.file.SetError(m.kit.Explain(err))
				m.dialog.Refresh()
				m.file.Focus()
				return
			}
			m.askPassword(place)
		})
}

func (m *making) askPassword(place string) {
	o, _ := m.maker.Operator()
	kit.Password(m.kit, kit.PasswordSpec[*app.Grant]{
		Store: kit.StoreOf(m.maker.Store()), Action: "back up " + m.maker.Store().Name, Operator: o.User.Name(),
		Check: func(ctx context.Context, password string) (*app.Grant, error) {
			return m.maker.Reverify(ctx, app.NewSecret(password), app.Deed{Action: app.DoBackUp, Place: place})
		},
		Done: func(g *app.Grant) { m.make(g, place) },
	})
}

// make makes the backup. When it fails the dialog is there still, with what was
// typed.
func (m *making) make(g *app.Grant, place string) {
	passphrase := app.NewSecret(m.passphrase.Text())
	run(m.kit, kit.StoreOf(m.maker.Store()), "Backing up "+m.maker.Store().Name, "Stopping the backup…",
		func(ctx context.Context, report func(app.MoveProgress)) (Holds, error) {
			return m.maker.BackUp(ctx, g, place, passphrase, report)
		}, func(h Holds, err error) {
			switch {
			case app.KindOf(err) == app.Canceled && err != nil:
				m.close()
				m.kit.Toast(kit.StatusOK, "Stopped. There is no backup.")
			case err != nil:
				what, then := m.kit.Explain(err)
				m.trouble.Set(kit.StatusBad, what, then)
				m.trouble.Show()
				m.dialog.Refresh()
			default:
				m.close()
				m.told(h, place)
			}
		})
}

// told says what the backup holds, once it was read again.
func (m *making) told(h Holds, place string) {
	words := kit.CountOf(int(h.Users), "user", "users") + ", " + kit.CountOf(int(h.Factors), "factor", "factors") + " and " +
		kit.CountOf(int(h.Events), "event", "events") + " are in " + filepath.Base(place) + "."
	if h.Problem != "" {
		m.kit.Toast(kit.StatusWarn, words+" The activity is not whole, there and here.")
		return
	}
	m.kit.Toast(kit.StatusOK, words)
}

// close forgets the passphrase.
func (m *making) close() {
	m.passphrase.Clear()
	m.again.Clear()
	m.dialog.Close()
}
