package main

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/factordesk/factordesk/app"
)

// helpCommand stands in for cobra's own, which takes a command that is not
// there for a success.
func helpCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "help [COMMAND]",
		Short:   "Tell what a command does",
		Long:    `Tells what a command does, as "factorctl COMMAND --help" does.`,
		Example: `  factorctl help users list`,
		ValidArgsFunction: func(cmd *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
			var names []cobra.Completion
			if about, rest, err := cmd.Root().Find(args); err == nil && len(rest) == 0 {
				for _, below := range about.Commands() {
					if below.IsAvailableCommand() {
						names = append(names, cobra.CompletionWithDesc(below.Name(), below.Short))
					}
				}
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			about, rest, err := cmd.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return app.Errorf(app.Invalid, "There is no command %q.", strings.Join(args, " ")).
					WithHint(`"factorctl --help" lists them.`)
			}
			about.InitDefaultHelpFlag() // or the help does not list it
			return about.Help()
		},
	}
}
