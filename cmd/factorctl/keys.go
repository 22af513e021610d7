package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/factordesk/factordesk/app"
)

func keysCommand(d *desk) *cobra.Command {
	return group("keys", "Rotate the keys that secrets are sealed with",
		`Looks after the keys that the secrets of a store are sealed with. Each operator
whose role opens secrets has them behind the own password, and the recovery key
opens them. A Magento shop has its crypt key instead, which Magento rotates.`,
		keysShowCommand(d), keysRotateCommand(d))
}

func keysShowCommand(d *desk) *cobra.Command {
	return &cobra.Command{
		Use:   "show",
		Short: "Say which key seals, and whether secrets wait to be sealed anew",
		Long: `Says which key seals the secrets of the store, since when, and how many secrets
are still sealed with an older one, because a rotation was stopped.

With --json: {"key","since","running","left","secrets"}; since is null where the
key is as old as the store.`,
		Example: `  factorctl keys show`,
		Args:    arguments(),
		RunE: d.signedIn(func(ctx context.Context, c *app.Console, _ []string) error {
			return d.showKeys(ctx, c)
		}),
	}
}

func (d *desk) showKeys(ctx context.Context, c *app.Console) error {
	r, err := c.Rotation(ctx)
	if err != nil {
		return err
	}
	if d.json {
		return d.print(keysJSON{Key: r.Key, Since: rfc3339(r.Since), Running: r.Running, Left: r.Left, Secrets: r.Values})
	}
	since := "since the store was made"
	if !r.Since.IsZero() {
		since = "since " + clock(r.Since)
	}
	d.tell("Key %s seals, %s.", r.Key, since)
	if r.Running {
		d.tell(`%s of %s secrets are sealed with an older key; "factorctl keys rotate" goes on with them.`,
			app.Thousands(int64(r.Left)), app.Thousands(int64(r.Values)))
		return nil
	}
	d.tell("All %s secrets are sealed with it.", app.Thousands(int64(r.Values)))
	return nil
}

// rotateOptions are the flags of "keys rotate".
type rotateOptions struct {
	anew, recovery, yes bool
	reason              string
}

func keysRotateCommand(d *desk) *cobra.Command {
	var o rotateOptions
	cmd := &cobra.Command{
		Use:   "rotate",
		Short: "Make new keys, and seal every secret anew",
		Long: `Makes new keys and seals every secret with them, so that nobody who had the old
ones opens anything that is written from now on: do it after somebody left who
could open secrets. The operators who are there get the new keys behind the
passwords that they have; nobody is asked for one. Other consoles go on working.

The printed recovery key stays as it is. If it may be known to who left,
--new-recovery-key makes a new one, which is shown once; the old one ends.

It asks for your password (FACTORDESK_PASSWORD), then says what will happen and
asks for your OK; --yes skips that question, never the password. Ctrl-C stops it
between two secrets: the new key seals already, nothing is lost, and the same
command goes on with the rest. --anew begins from new keys instead, if somebody
left after the rotation had begun.

With --json: {"key","resumed","resealed","unreadable","recovery_key"}; the last
one is empty unless there is a new one. It is printed as well where the rotation
stopped after it had begun to make a new recovery key.

Exit codes: 0 rotated, 1 refused or stopped, 2 no terminal to ask on and no --yes,
or the store has no keys of its own, 4 other consoles were in the way.`,
		Example: `  factorctl keys rotate --reason "mallory left"
  factorctl keys rotate --new-recovery-key`,
		Args: arguments(),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := d.mayAsk(o.yes); err != nil {
				return err
			}
			return d.signedIn(func(ctx context.Context, c *app.Console, _ []string) error {
				return d.rotateKeys(ctx, c, o)
			})(cmd, args)
		},
	}
	f := cmd.Flags()
	f.BoolVar(&o.anew, "anew", false, "begin from new keys, also where a rotation is to be gone on with")
	f.BoolVar(&o.recovery, "new-recovery-key", false, "make a new recovery key, too; the old one ends")
	f.BoolVar(&o.yes, "yes", false, "do not ask for an OK")
	f.StringVar(&o.reason, "reason", "", "why, in your `WORDS`, for the audit")
	return cmd
}

func (d *desk) rotateKeys(ctx context.Context, c *app.Console, o rotateOptions) error {
	if err := c.CanRotate(); err != nil {
		return err
	}
	g, err := d.grant(ctx, c, app.EditOperators, app.User{}, app.Deed{Action: app.DoRotate}, "rotate the key")
	if err != nil {
		return err
	}
	if g != nil {
		now, err := c.Rotation(ctx)
		if err != nil {
			return err
		}
		if now.Running && !o.anew && o.recovery {
			return app.Errorf(app.Invalid, "A rotation is to be gone on with, and it makes no new recovery key.").
				WithHint("Leave --new-recovery-key out, or say --anew to begin from new keys.")
		}
		if err := d.confirmed(ctx, o.yes, whatRotates(c, now, o)); err != nil {
			return err
		}
	}
	return d.rotate(ctx, c, g, o)
}

// whatRotates says what a rotation will do.
func whatRotates(c *app.Console, now app.Rotation, o rotateOptions) string {
	if now.Running && !o.anew {
		return fmt.Sprintf("Go on with the rotation in %s: seal the %s secrets that are left with key %s.",
			c.Store().Name, app.Thousands(int64(now.Left)), now.Key)
	}
	text := fmt.Sprintf("Make new keys for %s, and seal %s secrets anew.", c.Store().Name, app.Thousands(int64(now.Values)))
	switch {
	case o.recovery:
		text += "\n  The recovery key that was printed ends, and a new one is shown."
	case now.NewRecovery:
		text += "\n  The recovery key that was printed was made by an older Factordesk and ends; a new one is shown."
	}
	return text
}

func (d *desk) rotate(ctx context.Context, c *app.Console, g *app.Grant, o rotateOptions) error {
	var recovery app.Secret
	progress, end := d.counting("secrets sealed anew")
	r, err := c.Rotate(ctx, g, app.RotateRequest{
		Anew: o.anew, NewRecovery: o.recovery, Reason: o.reason, Progress: progress,
		ShowRecovery: func(key app.Secret) error {
			recovery = key
			if !d.json {
				d.tell("New recovery key, shown this once and kept nowhere:\n\n    %s\n", key.Reveal())
				d.tell("It takes the place of the one before as soon as the rotation begins.\n")
			}
			return nil
		},
	})
	end()
	if d.json && (err == nil || !recovery.Empty()) {
		j := rotatedJSON{Key: r.Key, Resumed: r.Resumed, Resealed: r.Resealed, Unreadable: r.Unreadable, RecoveryKey: recovery.Reveal()}
		if perr := d.print(j); err == nil {
			err = perr
		}
	}
	if err != nil {
		return err
	}
	d.tell("Key %s seals now. %s secrets were sealed anew.", r.Key, app.Thousands(int64(r.Resealed)))
	if r.Unreadable > 0 {
		d.say(`factorctl: no key opens %s secrets; "factorctl users list --filter unreadable" shows whose they are.`, app.Thousands(int64(r.Unreadable)))
	}
	return nil
}

// counting shows how many of all are done, on a terminal only.
func (d *desk) counting(what string) (progress func(done, total int), end func()) {
	if !isTerminal(d.err) {
		return nil, func() {}
	}
	var last time.Time
	shown := false
	return func(done, total int) {
			if time.Since(last) < progressEach && done < total {
				return
			}
			last, shown = time.Now(), true
			fmt.Fprintf(d.err, "\r%s of %s %s \x1b[K", app.Thousands(int64(done)), app.Thousands(int64(total)), what)
		}, func() {
			if shown {
				fmt.Fprint(d.err, "\r\x1b[K")
			}
		}
}

// offerRotation says after the deed that somebody had keys to copy.
func (d *desk) offerRotation(c *app.Console, was app.User) {
	if !c.HadKeys(was) {
		return
	}
	d.say(`factorctl: %s could open secrets. "factorctl keys rotate" makes new keys, so that a copy of the old ones opens nothing new.`,
		plain(was.Short()))
}
