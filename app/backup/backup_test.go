package backup

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
)

var (
	passphrase = app.NewSecret("nine geese in a rowing boat")
	another    = app.NewSecret("ten geese in a rowing boat")
)

// cheap is the work of a passphrase that tests can afford.
const cheap = 4

// snapshotFile is a file of some size.
func snapshotFile(t *testing.T, size int) (path string, text []byte) {
	t.Helper()
	text = make([]byte, size)
	_, err := rand.Read(text)
	require.NoError(t, err)
	path = filepath.Join(t.TempDir(), "snapshot")
	require.NoError(t, os.WriteFile(path, text, 0o600))
	return path, text
}

func manifest() Manifest {
	return Manifest{Name: "Olive", StoreID: "4711", Made: time.Date(2026, 6, 9, 12, 0, 0, 0, time.UTC), Users: 3, HeadSeq: 7}
}

// made makes a backup of a snapshot.
func made(t *testing.T, snapshot string) (path string, m Manifest) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "desk"+Suffix)
	m, err := Making{Path: path, Passphrase: passphrase, Work: cheap}.Write(context.Background(), manifest(), snapshot)
	require.NoError(t, err)
	return path, m
}

func TestWhatGoesInComesOut(t *testing.T) {
	for _, size := range []int{0, 1, 64<<10 - 200, 1 << 20, 3<<20 + 17} {
		snapshot, text := snapshotFile(t, size)
		path, m := made(t, snapshot)
		require.EqualValues(t, size, m.Size)
		info, err := os.Stat(path)
		require.NoError(t, err)
		require.Equal(t, fs.FileMode(0o600), info.Mode().Perm())

		f, err := Open(path, passphrase)
		require.NoError(t, err)
		require.Equal(t, m, f.Manifest)
		var out bytes.Buffer
		var last app.MoveProgress
		require.NoError(t, f.Copy(context.Background(), &out, app.MoveOpening, func(p app.MoveProgress) { last = p }))
		require.NoError(t, f.Close())
		require.True(t, bytes.Equal(text, out.Bytes()))
		require.EqualValues(t, size, last.Done)
	}
}

func TestABackupTellsNothingWithoutThePassphrase(t *testing.T) {
	snapshot, _ := snapshotFile(t, 100)
	path, _ := made(t, snapshot)
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	require.NotContains(t, string(text), "Olive")
	require.NotContains(t, string(text), "4711")
	for _, p := range []app.Secret{another, {}} {
		_, err = Open(path, p)
		require.EqualError(t, err, "The passphrase does not open this backup. It is the one that was typed when the backup was made.")
		require.Equal(t, app.Denied, app.KindOf(err))
	}
}

func TestEachCutAndEachChangedByteIsNoticed(t *testing.T) {
	snapshot, _ := snapshotFile(t, 150<<10)
	path, _ := made(t, snapshot)
	whole, err := os.ReadFile(path)
	require.NoError(t, err)
	try := func(text []byte) error {
		require.NoError(t, os.WriteFile(path, text, 0o600))
		f, err := Open(path, passphrase)
		if err != nil {
			return err
		}
		return errors.Join(f.Copy(context.Background(), io.Discard, app.MoveCheck, nil), f.Close())
	}
	require.NoError(t, try(whole))
	for n := 0; n < len(whole); n += 1 + n/7 {
		err := try(whole[:n])
		require.Contains(t, []app.Kind{app.Unreadable, app.Invalid}, app.KindOf(err), "cut at %d: %v", n, err)
		changed := bytes.Clone(whole)
		changed[n] ^= 0x20
		err = try(changed)
		require.Contains(t, []app.Kind{app.Unreadable, app.Invalid, app.Denied}, app.KindOf(err), "changed at %d: %v", n, err)
	}
	require.Equal(t, app.Unreadable, app.KindOf(try(whole[:len(whole)-1])))
	require.Equal(t, app.Unreadable, app.KindOf(try(append(bytes.Clone(whole), 0))))
}

// sealed writes any text as a file of age.
func sealed(t *testing.T, text string) string {
	t.Helper()
	r, err := age.NewScryptRecipient(passphrase.Reveal())
	require.NoError(t, err)
	r.SetWorkFactor(cheap)
	var out bytes.Buffer
	w, err := age.Encrypt(&out, r)
	require.NoError(t, err)
	_, err = io.WriteString(w, text)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	path := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(path, out.Bytes(), 0o600))
	return path
}

func TestOtherFilesAreNoBackups(t *testing.T) {
	plain := filepath.Join(t.TempDir(), "notes.txt")
	require.NoError(t, os.WriteFile(plain, []byte("my notes"), 0o600))
	empty := filepath.Join(t.TempDir(), "empty")
	require.NoError(t, os.WriteFile(empty, nil, 0o600))
	long := make([]byte, 200<<10)
	for what, c := range map[string]struct {
		path string
		says string
	}{
		"a text":               {plain, "This file is no backup of Factordesk."},
		"nothing":              {empty, "This file is no backup of Factordesk."},
		"nothing, encrypted":   {sealed(t, ""), "This file is no backup of Factordesk."},
		"a text, encrypted":    {sealed(t, "my notes\nand more\n"), "This file is no backup of Factordesk."},
		"a long one":           {sealed(t, string(long)), "This file is no backup of Factordesk."},
		"of the future":        {sealed(t, "factordesk backup 2\n{}\n"), "This backup was made by a newer Factordesk. Install the newer Factordesk."},
		"without its manifest": {sealed(t, "factordesk backup 1\nnone\n"), "The backup is damaged, or a part of it is missing. Use another one."},
		"not there":            {filepath.Join(t.TempDir(), "none"), ""},
	} {
		_, err := Open(c.path, passphrase)
		require.Error(t, err, what)
		if c.says != "" {
			require.EqualError(t, err, c.says, what)
		} else {
			require.Equal(t, app.NotFound, app.KindOf(err), what)
		}
	}
}

func TestAFileMayNotAskForAllTheMemory(t *testing.T) {
	path := filepath.Join(t.TempDir(), "greedy")
	header := "age-encryption.org/v1\n-> scrypt bBjlhJVYZeE4aqUdmtRHfw 30\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n--- " +
		"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"
	require.NoError(t, os.WriteFile(path, []byte(header), 0o600))
	_, err := Open(path, passphrase)
	require.Equal(t, app.Unreadable, app.KindOf(err), "%v", err)
}

func TestWriteLeavesNothingHalf(t *testing.T) {
	snapshot, _ := snapshotFile(t, 3<<20)
	folder := t.TempDir()
	k := Making{Path: filepath.Join(folder, "desk"+Suffix), Passphrase: passphrase, Work: cheap}
	for _, at := range []app.MoveStage{app.MoveSealing, app.MoveCheck} {
		ctx, stop := context.WithCancel(context.Background())
		k.Report = func(p app.MoveProgress) {
			if p.Stage == at {
				stop()
			}
		}
		_, err := k.Write(ctx, manifest(), snapshot)
		require.Equal(t, app.Canceled, app.KindOf(err), at)
		left, err := os.ReadDir(folder)
		require.NoError(t, err)
		require.Empty(t, left)
	}
	k.Report = nil
	require.NoError(t, os.WriteFile(k.Path, []byte("mine"), 0o600))
	_, err := k.Write(context.Background(), manifest(), snapshot)
	require.Equal(t, app.Conflict, app.KindOf(err))
	text, err := os.ReadFile(k.Path)
	require.NoError(t, err)
	require.Equal(t, "mine", string(text))

	k.Path = filepath.Join(folder, "short"+Suffix)
	k.Passphrase = app.NewSecret("short")
	_, err = k.Write(context.Background(), manifest(), snapshot)
	require.Equal(t, app.Invalid, app.KindOf(err))
	require.NoFileExists(t, k.Path)
}

// fullDisk takes nothing.
type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) {
	return 0, &fs.PathError{Op: "write", Path: "desk", Err: syscall.ENOSPC}
}

func TestAFullDiskIsSaidInASentence(t *testing.T) {
	in := bytes.NewReader(make([]byte, 2<<20))
	k := Making{Path: "desk" + Suffix, Passphrase: passphrase, Work: cheap}
	err := explainFile(k.Path, k.seal(context.Background(), fullDisk{}, manifest(), in))
	require.EqualError(t, err, "The disk is full, so there is no backup. Make room on the disk, or choose another one.")
}

func TestASnapshotThatTheManifestDoesNotTellOfIsRefused(t *testing.T) {
	const sum = "88d4266fd4e6338d13b845fcf289579d209c897823b9217da3e161936f031589" // SHA-256 of abcd
	for what, c := range map[string]struct {
		manifest string
		whole    bool
	}{
		"as it is":         {`{"size":4,"sha256":"` + sum + `"}`, true},
		"of another size":  {`{"size":5,"sha256":"` + sum + `"}`, false},
		"with another sum": {`{"size":4,"sha256":"` + sum[2:] + `00"}`, false},
		"without a sum":    {`{"size":4}`, false},
	} {
		f, err := Open(sealed(t, "factordesk backup 1\n"+c.manifest+"\nabcd"), passphrase)
		require.NoError(t, err, what)
		err = f.Copy(context.Background(), io.Discard, app.MoveCheck, nil)
		require.NoError(t, f.Close())
		if c.whole {
			require.NoError(t, err, what)
		} else {
			require.Equal(t, app.Unreadable, app.KindOf(err), what)
		}
	}
}
