package backup_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/backup"
	"github.com/factordesk/factordesk/screens/kit"
	"github.com/factordesk/factordesk/screens/kit/kittest"
)

const words = "nine geese in a rowing boat"

// program makes and restores backups that are not there.
type program struct {
	err      error // of the work itself
	place    error
	password error
	shown    error
	holds    backup.Holds
	notices  []string

	made    []string
	began   func(ctx context.Context, report func(app.MoveProgress)) error
	deed    app.Deed
	phrases []string
}

func (p *program) Store() app.StoreInfo {
	return app.StoreInfo{Name: "Olive’s Desk", Kind: app.LocalStore, Tag: app.TagLocal}
}

func (p *program) Operator() (app.Operator, bool) {
	return app.Operator{User: app.User{FirstName: "Olive", LastName: "Bellwether"}}, true
}

func (p *program) Reverify(_ context.Context, _ app.Secret, d app.Deed) (*app.Grant, error) {
	p.deed = d
	return &app.Grant{}, p.password
}

func (p *program) PlaceBackup(path string) (string, error) { return path, p.place }

func (p *program) BackUp(
	ctx context.Context, g *app.Grant, path string, passphrase app.Secret, report func(app.MoveProgress),
) (backup.Holds, error) {
	if g == nil {
		return backup.Holds{}, errors.New("no grant")
	}
	p.made, p.phrases = append(p.made, path), append(p.phrases, passphrase.Reveal())
	if p.began != nil {
		return p.holds, p.began(ctx, report)
	}
	return p.holds, p.err
}

func (p *program) ShowBackup(_ context.Context, path string, passphrase app.Secret) (backup.Holds, string, error) {
	p.made, p.phrases = append(p.made, path), append(p.phrases, passphrase.Reveal())
	return p.holds, "/home/olive/.local/share/factordesk/restored-2026-06-09-1200.db", p.shown
}

func (p *program) RestoreBackup(
	ctx context.Context, _ string, _ app.Secret, store string, report func(app.MoveProgress),
) (backup.Restored, error) {
	if p.began != nil {
		if err := p.began(ctx, report); err != nil {
			return backup.Restored{}, err
		}
	}
	return backup.Restored{Holds: p.holds, Path: store, Notices: p.notices}, p.err
}

type desk struct {
	*kittest.Desk
	program *program
	done    []string
}

func newDesk(t *testing.T, runner kit.Runner) *desk {
	t.Helper()
	d := &desk{Desk: kittest.New(t, kittest.Wide, runner), program: &program{holds: backup.Holds{
		Name: "Olive’s Desk", Made: kittest.Start.Add(-26 * time.Hour), Console: "desk-olive, Factordesk 1.0.0", Program: "Factordesk 1.0.0",
		Users: 25, Factors: 31, Events: 1204, Newest: 1204,
	}}}
	t.Setenv("HOME", "/home/olive")
	d.Show(kit.Plate(kit.ColorBg))
	return d
}

// phrase types a passphrase twice.
func (d *desk) phrase(first, second string) {
	d.Type(first)
	d.Key(fyne.KeyReturn)
	d.Type(second)
	d.Key(fyne.KeyReturn)
}

func (d *desk) make() {
	backup.Make(d.program, d.Kit)
	d.phrase(words, words)
	d.Type("my password")
	d.Key(fyne.KeyReturn)
}

func TestABackupIsMadeByKeyboard(t *testing.T) {
	d := newDesk(t, nil)
	d.make()
	require.Equal(t, []string{"/home/olive/olive-s-desk-" + kittest.Start.Format("2006-01-02") + ".factordesk.age"}, d.program.made)
	require.Equal(t, []string{words}, d.program.phrases)
	require.Equal(t, app.Deed{Action: app.DoBackUp, Place: d.program.made[0]}, d.program.deed)
	require.Contains(t, d.Text(), "25 users, 31 factors and 1,204 events are in olive-s-desk-")
	require.NotContains(t, d.Text(), "The same again", "the dialog has gone")
}

func TestAPassphraseThatCannotBeUsedIsToldAtOnce(t *testing.T) {
	d := newDesk(t, nil)
	backup.Make(d.program, d.Kit)
	d.phrase("short", "short")
	require.Equal(t, "The passphrase needs at least 10 characters. A few words do well.", d.Field("Passphrase").Trouble())
	require.True(t, d.Field("Passphrase").Focused())
	d.Field("Passphrase").SetText("")
	d.phrase(words, words)
	require.Equal(t, "The two passphrases are not the same.", d.Field("The same again").Trouble(), "short was there already")
	d.Field("File").SetText("")
	d.Key(fyne.KeyReturn)
	require.NotEmpty(t, d.Field("File").Trouble())
	require.Empty(t, d.program.made)
	require.Empty(t, d.program.deed, "no password was asked for")
}

func TestAFileThatExistsIsToldBeforeThePassword(t *testing.T) {
	d := newDesk(t, nil)
	d.program.place = app.Errorf(app.Conflict, "There is a file at /home/olive/x already.").WithHint("It stays as it is. Choose another name.")
	backup.Make(d.program, d.Kit)
	d.phrase(words, words)
	require.Contains(t, d.Field("File").Trouble(), "There is a file at /home/olive/x already.")
	require.NotContains(t, d.Text(), "Current User Identity Verification")
}

func TestABackupThatFailsLeavesWhatWasTyped(t *testing.T) {
	d := newDesk(t, nil)
	d.program.err = app.Errorf(app.Unreachable, "The disk is full, so there is no backup.").WithHint("Make room on the disk, or choose another one.")
	d.make()
	require.Contains(t, d.Text(), "The disk is full, so there is no backup.")
	require.Equal(t, words, d.Field("Passphrase").Text())
	d.program.err = nil
	d.Tap("Continue")
	d.Type("my password")
	d.Key(fyne.KeyReturn)
	require.Contains(t, d.Text(), "25 users")
}

func TestProgressShowsAndEscapeStops(t *testing.T) {
	apart := kittest.NewApart(t)
	d := newDesk(t, apart)
	halfway, ended := make(chan struct{}), make(chan error, 1)
	d.program.began = func(ctx context.Context, report func(app.MoveProgress)) error {
		report(app.MoveProgress{Stage: app.MoveSealing, Done: 1 << 20, Total: 2 << 20})
		close(halfway)
		<-ctx.Done()
		ended <- ctx.Err()
		return app.Errorf(app.Canceled, "Stopped. There is no backup.").Because(ctx.Err())
	}
	backup.Make(d.program, d.Kit)
	d.phrase(words, words)
	apart.Next(t)
	d.Type("my password")
	d.Key(fyne.KeyReturn)
	apart.Next(t)
	<-halfway
	d.Clock.Advance(time.Second)
	require.Contains(t, d.Text(), "Backing up Olive’s Desk")
	require.Contains(t, d.Text(), "Encrypting, 50 %")
	d.Pictures("backup", "progress")
	d.Key(fyne.KeyEscape)
	require.ErrorIs(t, <-ended, context.Canceled)
	apart.Next(t)
	require.Contains(t, d.Text(), "Stopped. There is no backup.")
}

// open types file and passphrase of a backup.
func (d *desk) open() {
	backup.Restore(d.program, d.Kit, func(path string, signIn bool) {
		where := path
		if signIn {
			where += ", sign in"
		}
		d.done = append(d.done, where)
	})
	d.Type("/home/olive/olive.factordesk.age")
	d.Key(fyne.KeyReturn)
	d.Type(words)
	d.Key(fyne.KeyReturn)
}

func TestABackupIsShownBeforeItIsRestored(t *testing.T) {
	d := newDesk(t, nil)
	d.program.notices = []string{"This computer has seen event 1,300 of this store, and the backup ends with event 1,204: what was done after that is not in it, and the next sign-in warns of it."}
	d.open()
	require.Equal(t, []string{words}, d.program.phrases)
	text := d.Text()
	for _, want := range []string{"Olive’s Desk", "desk-olive, Factordesk 1.0.0", "25 users, 31 factors, 1,204 events"} {
		require.Contains(t, text, want)
	}
	require.Equal(t, "/home/olive/.local/share/factordesk/restored-2026-06-09-1200.db", d.Field("New store").Text())
	d.Key(fyne.KeyReturn)
	require.Contains(t, d.Text(), "what was done after that is not in it")
	d.Key(fyne.KeyReturn)
	require.Equal(t, []string{"/home/olive/.local/share/factordesk/restored-2026-06-09-1200.db, sign in"}, d.done)
}

func TestAWrongPassphraseBelongsToItsField(t *testing.T) {
	d := newDesk(t, nil)
	d.program.shown = app.Errorf(app.Denied, "The passphrase does not open this backup.").WithHint("It is the one that was typed when the backup was made.")
	d.open()
	require.Contains(t, d.Field("Passphrase").Trouble(), "does not open this backup")
	require.True(t, d.Field("Passphrase").Focused())
	d.program.shown = app.Errorf(app.Invalid, "This file is no backup of Factordesk.")
	d.Key(fyne.KeyReturn)
	require.Contains(t, d.Field("Backup").Trouble(), "is no backup")
	d.program.shown = nil
	d.Tap("Open the backup")
	d.program.err = app.Errorf(app.Conflict, "There is something at /srv/x already.")
	d.Tap("Restore")
	require.Contains(t, d.Field("New store").Trouble(), "There is something at /srv/x already.")
	d.program.err = app.Errorf(app.Unreadable, "The backup is damaged, or a part of it is missing.")
	d.Tap("Restore")
	require.Contains(t, d.Text(), "The backup is damaged")
	require.Empty(t, d.done)
}

func TestGalleryBackup(t *testing.T) {
	d := newDesk(t, nil)
	backup.Make(d.program, d.Kit)
	d.Pictures("backup", "make")
	d.phrase("short", "short")
	d.Pictures("backup", "make-error")
	d = newDesk(t, nil)
	d.program.err = app.Errorf(app.Unreachable, "The disk is full, so there is no backup.").WithHint("Make room on the disk, or choose another one.")
	d.make()
	d.Pictures("backup", "make-failed")
	d = newDesk(t, nil)
	backup.Restore(d.program, d.Kit, func(string, bool) {})
	d.Pictures("backup", "restore-empty")
	d = newDesk(t, nil)
	d.open()
	d.Pictures("backup", "restore-open")
	d.program.notices = []string{"This computer has seen event 1,300 of this store, and the backup ends with event 1,204: what was done after that is not in it, and the next sign-in warns of it."}
	d.Key(fyne.KeyReturn)
	d.Pictures("backup", "restored")
}
