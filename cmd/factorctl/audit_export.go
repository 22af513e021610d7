package main

import (
	"context"
	"errors"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"github.com/factordesk/factordesk/app"
)

func auditExportCommand(d *desk) *cobra.Command {
	var flags eventFlags
	cmd := &cobra.Command{
		Use:   "export FILE",
		Short: "Write events to a file, one JSON object a line",
		Long: `Writes events, newest first, to a new file that only you can read, one JSON object
a line in the form of "factorctl audit list --json". A file that exists is not
written over. That events were exported is an event.

With --json: {"file","events"}.

Exit codes: 0 written, 1 refused, 2 FILE exists, 5 it cannot be written.`,
		Example: `  factorctl audit export events.jsonl
  factorctl audit export january.jsonl --from 2026-01-01 --until 2026-02-01`,
		Args: arguments("FILE"),
		RunE: d.signedIn(func(ctx context.Context, c *app.Console, args []string) error {
			q, err := flags.query(ctx, c)
			if err != nil {
				return err
			}
			return d.exportEvents(ctx, c, args[0], q)
		}),
	}
	flags.add(cmd)
	return cmd
}

func (d *desk) exportEvents(ctx context.Context, c *app.Console, path string, q app.EventQuery) error {
	if c.Permits(app.SeeActivity) != nil {
		_, err := c.Events(ctx, q) // refuses, and writes it down
		return err
	}
	file, err := newFile(path)
	if err != nil {
		return err
	}
	n, err := c.Export(ctx, file, q)
	if closing := file.Close(); err == nil && closing != nil {
		err = app.Errorf(app.Unreachable, "The file %s could not be written to its end.", path).Because(closing)
	}
	if err != nil {
		_ = os.Remove(path) // half an export looks like a whole one
		return err
	}
	if d.json {
		return d.print(exportJSON{File: path, Events: n})
	}
	d.tell("Wrote %s events to %s.", app.Thousands(int64(n)), plain(path))
	return nil
}

// newFile makes a file that only this person can read.
func newFile(path string) (*os.File, error) {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	switch {
	case errors.Is(err, fs.ErrExist):
		return nil, app.Errorf(app.Invalid, "The file %s exists, and is not written over.", path).WithHint("Choose another name.")
	case err != nil:
		return nil, app.Errorf(app.Unreachable, "The file %s cannot be written.", path).
			WithHint("Look at its folder, and at who may write there.").Because(err)
	}
	return file, nil
}
