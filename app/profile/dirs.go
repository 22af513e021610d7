package profile

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/adrg/xdg"
	"github.com/gofrs/flock"

	"github.com/factordesk/factordesk/app"
)

// folder is the name of our folder below each of the person's folders.
const folder = "factordesk"

// Dirs are the folders of one person on one computer. Tests give their own.
type Dirs struct {
	Config  string // connections and settings
	Data    string // the default local store
	State   string // the log, and the newest event seen of each store
	Runtime string // kept sign-ins of the terminal; gone after a restart where the system has such a folder
}

var reload sync.Mutex

// UserDirs returns the person's folders by the XDG rules, as the environment
// says at this moment: below $XDG_CONFIG_HOME, $XDG_DATA_HOME, $XDG_STATE_HOME
// and $XDG_RUNTIME_DIR, or where the system has them. Without a runtime folder
// that exists, Runtime lies in the state folder. No folder is made.
func UserDirs() Dirs {
	reload.Lock()
	defer reload.Unlock()
	xdg.Reload()
	d := Dirs{
		Config:  filepath.Join(xdg.ConfigHome, folder),
		Data:    filepath.Join(xdg.DataHome, folder),
		State:   filepath.Join(xdg.StateHome, folder),
		Runtime: filepath.Join(xdg.RuntimeDir, folder),
	}
	if info, err := os.Stat(xdg.RuntimeDir); err != nil || !info.IsDir() {
		d.Runtime = filepath.Join(d.State, "sessions")
	}
	return d
}

// DefaultStore returns the path of the local store that is used where none is
// named: desk.db in the data folder.
func (d Dirs) DefaultStore() string { return filepath.Join(d.Data, "desk.db") }

// LogFile returns the path of the log.
func (d Dirs) LogFile() string { return filepath.Join(d.State, "factordesk.log") }

// Logbook returns the path of the activity of a shop, which has no place for it
// itself. The ID comes out of the shop, so it is hashed before it becomes a
// file's name.
func (d Dirs) Logbook(store string) string {
	return filepath.Join(d.State, "logbooks", fileName(store)+".db")
}

// lockWait is how long a change waits for another console's.
const lockWait = 5 * time.Second

// locked runs change while no other console changes the file.
func locked(file string, change func() error) error {
	if err := makeFolder(filepath.Dir(file)); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), lockWait)
	defer cancel()
	lock := flock.New(file+".lock", flock.SetPermissions(0o600))
	if ok, err := lock.TryLockContext(ctx, 10*time.Millisecond); err != nil || !ok {
		return app.Errorf(app.Unreachable, "The file %s is in use by another console.", file).
			WithHint("Try again.").Because(err)
	}
	defer func() { _ = lock.Unlock() }()
	return change()
}

// makeFolder makes a folder that only the person can read.
func makeFolder(path string) error {
	if err := os.MkdirAll(path, 0o700); err != nil {
		return app.Errorf(app.Unreachable, "The folder %s cannot be made.", path).
			WithHint("Look at who owns the folder above it.").Because(err)
	}
	return nil
}
