package main

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"
)

// TestHelp holds every command to a help that a stranger can work from: what it
// does, an example, and nothing wider than a terminal.
func TestHelp(t *testing.T) {
	var out bytes.Buffer
	d := newDesk(&out, &out, func(string) (string, bool) { return "", false })
	var walk func(*cobra.Command)
	seen := 0
	walk = func(c *cobra.Command) {
		for _, below := range c.Commands() {
			walk(below)
		}
		seen++
		require.NotEmpty(t, c.Short, c.CommandPath())
		require.NotEmpty(t, c.Long, c.CommandPath())
		if !c.HasSubCommands() {
			require.Contains(t, c.Example, c.CommandPath(), c.CommandPath())
		}
		for _, line := range strings.Split(c.Long+"\n"+c.Example, "\n") {
			require.LessOrEqual(t, len([]rune(line)), 84, "%s: %s", c.CommandPath(), line)
		}
	}
	walk(d.root())
	require.Greater(t, seen, 20)
	require.Equal(t, exitDone, d.run(context.Background(), []string{"reset", "--help"}))
	require.Contains(t, out.String(), "Exit codes:")
}
