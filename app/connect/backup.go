package connect

import (
	"context"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/backup"
	"github.com/factordesk/factordesk/app/profile"
	"github.com/factordesk/factordesk/app/store/native"
)

// Backup is a backup to be made, or one to be restored.
type Backup struct {
	File       string
	Passphrase app.Secret
	Report     func(app.MoveProgress) // nil: nobody looks
}

// NewBackup returns the full path of a backup that is to be made, which the grant
// is for; Conflict when there is a file already.
func NewBackup(file string) (string, error) {
	full, err := filepath.Abs(file)
	if err != nil {
		return "", app.Errorf(app.Unreachable, "The current folder is gone.").WithHint("Give the full path.").Because(err)
	}
	return full, backup.Vacant(full)
}

// BackUp makes an encrypted backup of the console's local store. The grant is for
// app.DoBackUp with the place that NewBackup returned.
func BackUp(ctx context.Context, c *app.Console, g *app.Grant, b Backup, o Options) (backup.Manifest, error) {
	if err := backup.CheckPassphrase(b.Passphrase); err != nil {
		return backup.Manifest{}, err
	}
	info := c.Store()
	if info.Kind != app.LocalStore { // the console says why
		_, err := c.BackUp(ctx, g, b.File, "", nil, nil)
		return backup.Manifest{}, err
	}
	draft, err := draftBeside(info.Location)
	if err != nil {
		return backup.Manifest{}, err
	}
	defer func() { _ = os.Remove(draft) }() // nobody needs it any more
	var made backup.Manifest
	_, err = c.BackUp(ctx, g, b.File, draft, b.Report, func(holds app.Contents) (err error) {
		making := backup.Making{Path: b.File, Passphrase: b.Passphrase, Work: o.Work, Report: b.Report}
		made, err = making.Write(ctx, backup.Manifest{
			Name: info.Name, StoreID: info.ID, Made: o.now().UTC().Truncate(time.Second), Program: program(), Console: Desk(),
			Schema: holds.Schema, Users: holds.Users, Factors: holds.Factors, Events: holds.Events,
			Head: hex.EncodeToString(holds.Head.Hash), HeadSeq: holds.Head.Seq, Problem: holds.Problem,
		}, draft)
		return err
	})
	return made, err
}

func program() string { return "Factordesk " + Version }

// oldDraft is when a draft belongs to a program that has ended.
const oldDraft = 24 * time.Hour

// draftBeside makes an empty file beside a store, which protects a snapshot as
// well as the store itself is, and clears away those that killed programs left.
func draftBeside(store string) (string, error) {
	pattern := "." + filepath.Base(store) + ".snapshot-*"
	left, _ := filepath.Glob(filepath.Join(filepath.Dir(store), pattern)) // the pattern is well-formed
	for _, path := range left {
		if info, err := os.Lstat(path); err == nil && time.Since(info.ModTime()) > oldDraft {
			_ = os.Remove(path)
		}
	}
	f, err := os.CreateTemp(filepath.Dir(store), pattern)
	if err == nil {
		err = errors.Join(f.Chmod(0o600), f.Close())
	}
	if err != nil {
		return "", app.Errorf(app.Unreachable, "The folder of the store cannot be written to.").
			WithHint("A backup needs room for the store beside it.").Because(err)
	}
	return f.Name(), nil
}

// ShowBackup reads a backup to its end and returns what it says of itself.
func ShowBackup(ctx context.Context, b Backup) (backup.Manifest, error) {
	f, err := backup.Open(b.File, b.Passphrase)
	if err != nil {
		return backup.Manifest{}, err
	}
	return f.Manifest, errors.Join(f.Copy(ctx, io.Discard, app.MoveCheck, b.Report), f.Close())
}

// Restored is a store that was made of a backup.
type Restored struct {
	Manifest backup.Manifest
	Path     string
	Notices  []string // what its people have to know, each in a sentence
}

// Restore makes a new local store of a backup, notes it among the saved
// connections, and leaves whatever else there is as it is: Conflict when there is
// something at the path. Nobody is signed in.
func Restore(ctx context.Context, b Backup, target string, o Options) (r Restored, err error) {
	place, err := o.newPlace(target)
	if err != nil {
		return r, err
	}
	if place.Kind != app.LocalStore {
		return r, app.Errorf(app.Invalid, "A backup is restored to a file on this computer.").
			WithHint(`Then "factorctl store copy" takes it to a team's database.`)
	}
	f, err := backup.Open(b.File, b.Passphrase)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	m := f.Manifest
	at := o.now().UTC().Truncate(time.Microsecond)
	holds, err := native.Restore(ctx, place.Location, o.native(profile.Connection{Name: m.Name, Tag: app.TagLocal}), app.Event{
		At: at, Console: Desk(), Action: app.DoRestore, Details: []app.Detail{{Name: "backup of", Value: m.Made.Format(time.RFC3339)}},
	}, func(w io.Writer) error { return f.Copy(ctx, w, app.MoveOpening, b.Report) }, b.Report)
	if err != nil {
		return r, err
	}
	r = Restored{Manifest: m, Path: place.Location}
	if holds.Problem != "" {
		r.Notices = append(r.Notices, "The activity in the backup is not whole: "+lowerFirst(holds.Problem))
	}
	if seen := o.seen(m.StoreID); seen > holds.Head.Seq {
		r.Notices = append(r.Notices, "This computer has seen event "+app.Thousands(seen)+" of this store, and the backup ends with event "+
			app.Thousands(holds.Head.Seq)+": what was done after that is not in it, and the next sign-in warns of it.")
	}
	_ = o.dirs().SignedIn(profile.Connection{Name: m.Name, Kind: app.LocalStore, Location: place.Location, Tag: app.TagLocal, Opened: at})
	return r, nil
}

// seen is the newest event that this computer knows of a store and its copies.
func (o Options) seen(store string) (newest int64) {
	for _, h := range o.dirs().Heads().Branches(store) {
		newest = max(newest, h.Seq)
	}
	return newest
}

func lowerFirst(s string) string { return strings.ToLower(s[:1]) + s[1:] }
