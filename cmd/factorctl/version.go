package main

import (
	"runtime"

	"github.com/spf13/cobra"

	"github.com/factordesk/factordesk/app/connect"
)

func versionCommand(d *desk) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Long: `Prints the version. It needs no store and no sign-in.

With --json: {"version","go","platform"}.`,
		Example: `  factorctl version`,
		Args:    arguments(),
		RunE: func(*cobra.Command, []string) error {
			v := versionJSON{Version: connect.Version, Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
			if d.json {
				return d.print(v)
			}
			d.tell("factorctl %s (%s, %s)", v.Version, v.Go, v.Platform)
			return nil
		},
	}
}
