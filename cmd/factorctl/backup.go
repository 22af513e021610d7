package main

import (
	"context"
	"errors"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/backup"
	"github.com/factordesk/factordesk/app/connect"
)

func backupCommand(d *desk) *cobra.Command {
	return group("backup", "Make an encrypted backup of a local store, and restore one",
		`Makes an encrypted backup of a local store in one file, tells what is in one, and
makes a store of it again. The file is of age, with a passphrase; without this
program, "age -d FILE | tail -n +3" has the store's file.

A team's store is backed up on its server; "factorctl store copy" makes a local
store of it.`,
		backupMakeCommand(d), backupShowCommand(d), backupRestoreCommand(d))
}

func backupMakeCommand(d *desk) *cobra.Command {
	return &cobra.Command{
		Use:   "make FILE",
		Short: "Back a local store up to a new encrypted file",
		Long: `Writes the store as it is at one moment to a new file that only you can read,
encrypted with a passphrase of at least 10 characters: it is asked for twice, or
taken from FACTORDESK_BACKUP_PASSPHRASE. The file is read again before it gets its
name; one that exists is not written over. Its name should end with
` + backup.Suffix + `.

Without the passphrase nothing of the backup can be read, not even what it is of,
and nobody can help; with it and without an operator's password, what a store's file
shows: names and the activity, and no TOTP secret.

Only an Administrator may, and it asks for your password (FACTORDESK_PASSWORD). That
a backup was made is an event. It needs room for the store beside it meanwhile.

With --json: what "factorctl backup show" prints.

Exit codes: 0 made, 1 refused or stopped, 2 the passphrase cannot be used, or the
store is no local one, 4 FILE exists, 5 it cannot be written, or a disk is full.`,
		Example: `  factorctl backup make desk-2026-06-05.factordesk.age`,
		Args:    arguments("FILE"),
		RunE:    d.signedIn(d.makeBackup),
	}
}

func (d *desk) makeBackup(ctx context.Context, c *app.Console, args []string) error {
	file, err := connect.NewBackup(args[0])
	if err != nil {
		return err
	}
	b := connect.Backup{File: file}
	if c.Permits(app.EditOperators) == nil && c.Store().Kind == app.LocalStore {
		if b.Passphrase, err = d.newPassphrase(ctx); err != nil {
			return err
		}
	}
	g, err := d.grant(ctx, c, app.EditOperators, app.User{}, app.Deed{Action: app.DoBackUp, Place: file}, "back up "+c.Store().Name)
	if err != nil {
		return err
	}
	if g == nil { // refuses, and writes it down
		_, err := c.BackUp(ctx, nil, file, "", nil, nil)
		return err
	}
	report, end := d.moving()
	b.Report = report
	m, err := connect.BackUp(ctx, c, g, b, d.options)
	end()
	if err != nil {
		return err
	}
	if d.json {
		return d.print(m)
	}
	d.tell("Backed up %s to %s: %s.", plain(m.Name), plain(file), contentsOf(m))
	if m.Problem != "" {
		d.say("factorctl: warning: the activity is not whole: %s", lowerOpening(m.Problem))
	}
	return nil
}

// newPassphrase asks for a passphrase twice, unless a script gives it.
func (d *desk) newPassphrase(ctx context.Context) (app.Secret, error) {
	p, err := d.secret(ctx, envBackup, "the passphrase", "New passphrase of the backup: ")
	if err != nil {
		return p, err
	}
	if err := backup.CheckPassphrase(p); err != nil || d.getenv(envBackup) != "" {
		return p, err
	}
	again, err := d.asker.Secret(ctx, "The same passphrase again: ")
	if err == nil && again.Reveal() != p.Reveal() {
		err = app.Errorf(app.Invalid, "The two passphrases are not the same.").WithHint("Nothing was done.")
	}
	return p, err
}

// passphrase asks for the one of a backup.
func (d *desk) passphrase(ctx context.Context, file string) (app.Secret, error) {
	return d.secret(ctx, envBackup, "the passphrase", "Passphrase of "+filepath.Base(file)+": ")
}

// contentsOf is what a backup has, in a few words.
func contentsOf(m backup.Manifest) string {
	return app.CountUsers(int(m.Users)) + ", " + app.Thousands(m.Factors) + " factors, " + app.Thousands(m.Events) + " events"
}

func backupShowCommand(d *desk) *cobra.Command {
	return &cobra.Command{
		Use:   "show FILE",
		Short: "Tell what is in a backup, and whether it is whole",
		Long: `Tells what store a backup is of, when and by what it was made, and what is in it,
after it has read it to its end. It asks for the passphrase
(FACTORDESK_BACKUP_PASSPHRASE). Nobody signs in.

With --json: {"name","store_id","made","program","console","schema","users",
"factors","events","head","head_seq","problem","size","sha256"}; problem is there
only if the activity was not whole.

Exit codes: 0 whole, 1 the passphrase is another, 2 no backup, or of a newer
Factordesk, 3 there is no such file, 5 it cannot be read, 6 it is damaged.`,
		Example: `  factorctl backup show desk-2026-06-05.factordesk.age`,
		Args:    arguments("FILE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			p, err := d.passphrase(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			report, end := d.moving()
			m, err := connect.ShowBackup(cmd.Context(), connect.Backup{File: args[0], Passphrase: p, Report: report})
			end()
			if err != nil {
				return err
			}
			if d.json {
				return d.print(m)
			}
			d.tell("%s, as it was on %s.", plain(m.Name), clock(m.Made))
			d.tell("  %s.", contentsOf(m))
			d.tell("  Made at %s, by %s; schema %d.", plain(m.Console), plain(m.Program), m.Schema)
			d.tell("  Newest event %s, %s.", app.Thousands(m.HeadSeq), plain(m.Head))
			if m.Problem != "" {
				d.tell("  Its activity was not whole: %s", plain(lowerOpening(m.Problem)))
			}
			return nil
		},
	}
}

func backupRestoreCommand(d *desk) *cobra.Command {
	return &cobra.Command{
		Use:   "restore FILE STORE",
		Short: "Make a new local store of a backup",
		Long: `Makes a new local store of a backup, at the path STORE; a file that exists stays
as it is. It asks for the passphrase (FACTORDESK_BACKUP_PASSPHRASE). Operators sign
in to it with the passwords of that time, and it is saved among the connections.

It says where this computer has already seen newer events of the store than the
backup has. Then the next sign-in warns of it, too, until "factorctl audit verify
--accept" takes the history as it is. That it was restored is an event of the new
store.

With --json: {"store","made","users","factors","events","notices":[]}.

Exit codes: 0 restored, 1 the passphrase is another, or stopped; 2 no backup, or of
a newer Factordesk; 3 there is no such file, 4 STORE exists, 5 it cannot be written,
or the disk is full; 6 the backup is damaged.`,
		Example: `  factorctl backup restore desk-2026-06-05.factordesk.age restored.db`,
		Args:    arguments("FILE", "STORE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if d.store != "" {
				return usageError{errors.New("STORE names the store, so --store has no use here")}
			}
			if _, err := connect.NewPath(args[1], d.options); err != nil {
				return err // before anybody types a passphrase
			}
			p, err := d.passphrase(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			report, end := d.moving()
			r, err := connect.Restore(cmd.Context(), connect.Backup{File: args[0], Passphrase: p, Report: report}, args[1], d.options)
			end()
			if err != nil {
				return err
			}
			return d.showRestored(r)
		},
	}
}

func (d *desk) showRestored(r connect.Restored) error {
	for _, notice := range r.Notices {
		d.say("factorctl: notice: %s", lowerOpening(notice))
	}
	m := r.Manifest
	if d.json {
		return d.print(restoredJSON{
			Store: r.Path, Made: rfc3339(m.Made), Users: m.Users, Factors: m.Factors, Events: m.Events, Notices: append([]string{}, r.Notices...),
		})
	}
	d.tell("Restored %s, as it was on %s, to %s: %s.", plain(m.Name), clock(m.Made), plain(r.Path), contentsOf(m))
	return nil
}
