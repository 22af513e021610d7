// Command factorctl is Factordesk in a terminal: everything that the window
// does to a store, without a window system and without cgo.
//
// Use: "factorctl --help". It promises: a secret comes from the terminal or
// from an environment variable, never from an argument and never from standard
// input by accident (a person's one-time code is an argument: it is old a moment
// later); with --json, standard output has JSON and nothing else;
// the exit code says how a command ended (see code.go).
//
// Each command is one file, with one line in commands (root.go). Its work is a
// function of a context, a Console and a desk, which is where it asks and
// writes.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

func main() { os.Exit(start()) }

// start runs the command line of this process.
func start() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the process at once
	return newDesk(os.Stdout, os.Stderr, os.LookupEnv).run(ctx, os.Args[1:])
}
