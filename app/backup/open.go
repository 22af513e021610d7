package backup

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"filippo.io/age"

	"github.com/factordesk/factordesk/app"
)

// maxWork bounds what a file may ask for: 2^20 is 1 GiB of memory.
const maxWork = 20

// File is an open backup.
type File struct {
	Manifest Manifest
	file     *os.File
	plain    *bufio.Reader
}

// Open opens a backup and reads its manifest. It fails with NotFound, Denied (the
// passphrase), Invalid (no backup, or a newer one) or Unreadable (damaged).
func Open(path string, passphrase app.Secret) (*File, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, explainFile(path, err)
	}
	f := &File{file: file}
	if err := f.open(passphrase); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return f, nil
}

// intro is how each file of age begins.
const intro = "age-encryption.org/v1\n"

func (f *File) open(passphrase app.Secret) error {
	in := bufio.NewReaderSize(f.file, 64<<10)
	if head, err := in.Peek(len(intro)); string(head) != intro {
		if err != nil && !errors.Is(err, io.EOF) {
			return explainFile(f.file.Name(), err)
		}
		return errNone()
	}
	if passphrase.Empty() {
		return errPassphrase()
	}
	identity, err := age.NewScryptIdentity(passphrase.Reveal())
	if err != nil {
		return fmt.Errorf("open backup: %w", err)
	}
	identity.SetMaxWorkFactor(maxWork)
	plain, err := age.Decrypt(in, identity)
	var none *age.NoIdentityMatchError
	switch {
	case errors.As(err, &none):
		return errPassphrase().Because(err)
	case err != nil:
		return errDamaged(err)
	}
	f.plain = bufio.NewReaderSize(plain, maxManifest)
	f.Manifest, err = readHead(f.plain)
	return err
}

func errPassphrase() *app.Error {
	return app.Errorf(app.Denied, "The passphrase does not open this backup.").
		WithHint("It is the one that was typed when the backup was made.")
}

// Copy writes the snapshot to w, and fails with Unreadable unless it is the one
// that the manifest tells of.
func (f *File) Copy(ctx context.Context, w io.Writer, stage app.MoveStage, report func(app.MoveProgress)) error {
	sum := sha256.New()
	n, err := carry(ctx, io.MultiWriter(w, sum), f.plain, f.Manifest.Size, stage, report)
	var reading *readError
	switch {
	case errors.As(err, &reading):
		return errDamaged(err)
	case err != nil:
		return err
	case n != f.Manifest.Size || !strings.EqualFold(hex.EncodeToString(sum.Sum(nil)), f.Manifest.SHA256):
		return errDamaged(fmt.Errorf("the snapshot is another: %d bytes", n))
	}
	return nil
}

// Close closes the file.
func (f *File) Close() error { return f.file.Close() }

// readError tells what came in from what goes out.
type readError struct{ error }

// Unwrap returns what was wrong with reading.
func (e *readError) Unwrap() error { return e.error }

// carry copies until the end, or until ctx ends, and tells how far it is.
func carry(
	ctx context.Context, w io.Writer, r io.Reader, total int64, stage app.MoveStage, report func(app.MoveProgress),
) (done int64, err error) {
	buffer := make([]byte, 1<<20)
	for {
		if err := ctx.Err(); err != nil {
			return done, err
		}
		n, err := io.ReadFull(r, buffer)
		if n > 0 {
			if _, err := w.Write(buffer[:n]); err != nil {
				return done, err
			}
			done += int64(n)
			if report != nil {
				report(app.MoveProgress{Stage: stage, Done: done, Total: max(total, done)})
			}
		}
		switch {
		case errors.Is(err, io.EOF):
			return done, nil
		case errors.Is(err, io.ErrUnexpectedEOF) && n > 0:
			// Fewer bytes than the buffer has: the end, or the file is cut. The next
			// read knows.
		case err != nil:
			return done, &readError{err}
		}
	}
}
