package main

import (
	"github.com/spf13/cobra"

	"github.com/factordesk/factordesk/app/provider"
)

func providersCommand(d *desk) *cobra.Command {
	return &cobra.Command{
		Use:   "providers",
		Short: "List every provider: code and name",
		Long: `Lists the two-factor methods that a user can have. The code is what other
commands take as PROVIDER. It needs no store and no sign-in.

With --json, one a line: {"code","name"}.`,
		Example: `  factorctl providers`,
		Args:    arguments(),
		RunE:    func(*cobra.Command, []string) error { return d.listProviders() },
	}
}

func (d *desk) listProviders() error {
	var rows [][]string
	for _, p := range provider.All() {
		if d.json {
			if err := d.print(providerJSON{Code: p.Code, Name: p.Name}); err != nil {
				return err
			}
			continue
		}
		can := "enroll, reset"
		if p.Enroller == nil {
			can = "reset"
		}
		rows = append(rows, []string{string(p.Code), p.Name, can})
	}
	if !d.json {
		table(d.out, []string{"CODE", "NAME", "HERE"}, rows)
	}
	return nil
}

// providerCompletions returns the codes with their names, for the shell.
func providerCompletions() []cobra.Completion {
	var all []cobra.Completion
	for _, p := range provider.All() {
		all = append(all, cobra.CompletionWithDesc(string(p.Code), p.Name))
	}
	return all
}
