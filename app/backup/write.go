package backup

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"filippo.io/age"

	"github.com/factordesk/factordesk/app"
)

// Suffix is how the names of backups end.
const Suffix = ".factordesk.age"

// usualWork is what one try of a passphrase costs: 2^18 is 256 MiB of memory and
// about a second.
const usualWork = 18

// CheckPassphrase returns nil, or why nobody should rely on such a passphrase: who
// has the file can try as many as he likes.
func CheckPassphrase(passphrase app.Secret) error {
	if len([]rune(passphrase.Reveal())) < app.MinPassword {
		return app.Errorf(app.Invalid, "The passphrase needs at least %d characters.", app.MinPassword).
			WithHint("A few words do well.")
	}
	return nil
}

// Making is how a backup is written.
type Making struct {
	Path       string
	Passphrase app.Secret
	Work       int // log2 of the cost of a try; 0: 18
	Report     func(app.MoveProgress)
}

// Write makes a backup of the snapshot in a file; it adds to the manifest what it
// knows of that. The backup is read again before it gets its name. It fails with
// Conflict where there is a file already, and leaves nothing behind then.
func (k Making) Write(ctx context.Context, m Manifest, snapshot string) (made Manifest, err error) {
	if err := CheckPassphrase(k.Passphrase); err != nil {
		return m, err
	}
	if err := Vacant(k.Path); err != nil {
		return m, err
	}
	in, err := os.Open(snapshot)
	if err != nil {
		return m, explainFile(snapshot, err)
	}
	defer func() { _ = in.Close() }() // it was only read
	sum := sha256.New()
	if m.Size, err = carry(ctx, sum, in, 0, app.MoveCheck, nil); err != nil {
		return m, err
	}
	m.SHA256 = hex.EncodeToString(sum.Sum(nil))
	if _, err := in.Seek(0, io.SeekStart); err != nil {
		return m, explainFile(snapshot, err)
	}
	draft, err := os.CreateTemp(filepath.Dir(k.Path), "."+filepath.Base(k.Path)+".draft-*")
	if err != nil {
		return m, explainFile(k.Path, err)
	}
	defer func() { _ = os.Remove(draft.Name()) }() // after a success it has gone
	err = errors.Join(draft.Chmod(0o600), k.seal(ctx, draft, m, in))
	if err = errors.Join(err, draft.Sync(), draft.Close()); err != nil {
		return m, explainFile(k.Path, err)
	}
	if err := k.readAgain(ctx, draft.Name()); err != nil {
		return m, err
	}
	return m, explainFile(k.Path, publish(draft.Name(), k.Path))
}

// seal writes all of the file.
func (k Making) seal(ctx context.Context, draft io.Writer, m Manifest, in io.Reader) error {
	recipient, err := age.NewScryptRecipient(k.Passphrase.Reveal())
	if err != nil {
		return fmt.Errorf("write backup: %w", err)
	}
	work := k.Work
	if work == 0 {
		work = usualWork
	}
	recipient.SetWorkFactor(work)
	out := bufio.NewWriterSize(draft, 1<<20)
	sealed, err := age.Encrypt(out, recipient)
	if err != nil {
		return err
	}
	head, err := m.head()
	if err != nil {
		return err
	}
	if _, err := sealed.Write(head); err != nil {
		return err
	}
	if _, err := carry(ctx, sealed, in, m.Size, app.MoveSealing, k.Report); err != nil {
		return err
	}
	if err := sealed.Close(); err != nil {
		return err
	}
	return out.Flush()
}

// readAgain opens what was written.
func (k Making) readAgain(ctx context.Context, draft string) error {
	f, err := Open(draft, k.Passphrase)
	if err != nil {
		return err
	}
	return errors.Join(f.Copy(ctx, io.Discard, app.MoveCheck, k.Report), f.Close())
}

// Vacant returns nil where there is nothing, else Conflict.
func Vacant(path string) error {
	_, err := os.Lstat(path)
	switch {
	case err == nil:
		return explainFile(path, fs.ErrExist)
	case errors.Is(err, fs.ErrNotExist):
		return nil
	}
	return explainFile(path, err)
}

// publish gives a finished file its name, unless that is taken meanwhile.
func publish(draft, path string) error {
	err := os.Link(draft, path)
	if err != nil && !errors.Is(err, fs.ErrExist) { // some file systems have no links
		if _, serr := os.Lstat(path); serr == nil {
			return fs.ErrExist
		}
		err = os.Rename(draft, path)
	}
	return err
}

// explainFile says why a file cannot be read or written.
func explainFile(path string, err error) error {
	name := filepath.Base(path)
	var e *app.Error
	switch {
	case err == nil || errors.As(err, &e):
		return err
	case errors.Is(err, context.Canceled):
		return app.Errorf(app.Canceled, "Stopped. There is no backup.").Because(err)
	case errors.Is(err, fs.ErrExist):
		return app.Errorf(app.Conflict, "There is a file at %s already.", path).
			WithHint("It stays as it is. Choose another name.").Because(err)
	case errors.Is(err, syscall.ENOSPC):
		return app.Errorf(app.Unreachable, "The disk is full, so there is no backup.").
			WithHint("Make room on the disk, or choose another one.").Because(err)
	case errors.Is(err, fs.ErrNotExist):
		return app.Errorf(app.NotFound, "There is no file or folder at %s.", path).Because(err)
	case errors.Is(err, fs.ErrPermission):
		return app.Errorf(app.Unreachable, "You may not read or write %s.", name).
			WithHint("Its owner or an administrator of this computer can permit it.").Because(err)
	}
	return app.Errorf(app.Unreachable, "%s cannot be read or written.", name).
		WithHint("Check the disk and the permissions of the file and its folder.").Because(err)
}
