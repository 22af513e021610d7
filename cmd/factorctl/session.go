package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/natefinch/atomic"

	"github.com/factordesk/factordesk/app"
)

// kept is a sign-in that outlives the process: the file that "signin" leaves
// for the commands after it. The store has only a hash of the token, and ends
// the session by itself after ten idle minutes.
type kept struct {
	Store    string `json:"store"` // the store's ID
	Operator string `json:"operator"`
	Token    string `json:"token"`
}

// sessionFile is where the sign-in to a store is kept. The ID comes out of the
// store, so it is hashed before it becomes a file's name.
func (d *desk) sessionFile(store string) string {
	sum := sha256.Sum256([]byte(store))
	return filepath.Join(d.dirs.Runtime, "session-"+hex.EncodeToString(sum[:8]))
}

// keptSession returns the kept sign-in to a store; ok is false when there is
// none that can be trusted.
func (d *desk) keptSession(store string) (k kept, ok bool) {
	path := d.sessionFile(store)
	info, err := os.Lstat(path)
	if err != nil || !info.Mode().IsRegular() {
		return kept{}, false
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		d.say("factorctl: the kept sign-in is not used, because others can read its file %s. Sign in again.", path)
		return kept{}, false
	}
	text, err := os.ReadFile(path)
	if err != nil || json.Unmarshal(text, &k) != nil {
		return kept{}, false
	}
	return k, k.Store == store && k.Operator != "" && k.Token != ""
}

// keepSession writes the kept sign-in, for this person's eyes only.
func (d *desk) keepSession(k kept) error {
	path := d.sessionFile(k.Store)
	fail := func(err error) error {
		return app.Errorf(app.Unreachable, "The sign-in cannot be kept in %s.", d.dirs.Runtime).
			WithHint("Look at who may write there.").Because(err)
	}
	if err := os.MkdirAll(d.dirs.Runtime, 0o700); err != nil {
		return fail(err)
	}
	text, err := json.Marshal(k)
	if err != nil {
		return fail(err)
	}
	// The new file takes over the mode of the one that it replaces, which
	// somebody may have opened to others.
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fail(err)
	}
	if err := atomic.WriteFile(path, strings.NewReader(string(text))); err != nil {
		return fail(err)
	}
	return nil
}

// dropSession forgets the kept sign-in to a store.
func (d *desk) dropSession(store string) {
	// A file that stays holds the token of a session that has ended.
	_ = os.Remove(d.sessionFile(store))
}
