// Command dev is what people who work on Factordesk use: it sets up the machine, runs the
// program, tests it, lints it, measures it and takes its pictures. It imports the standard
// library only, so that it builds before anything else has been fetched.
//
//	go run ./cmd/dev            lists what it can do
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
)

// deed is one thing that dev can do.
type deed struct {
	name    string
	args    string
	summary string
	do      func(ctx context.Context, j job, args []string) error
}

// deeds is the list of everything that dev can do. A new one is one line here and one file.
func deeds() []deed {
	return []deed{
		{"run", "[--store STORE]", "start the window; without a display, do the main job in a virtual one and photograph it", run},
		{"test", "[--fast]", "run every test; --fast: those that need no cgo, no display and no server", test},
		{"lint", "", "check format, correctness, dead code and licenses", lint},
		{"bench", "[--users N] [--soft] [--count N] [--only REGEXP] [PACKAGE...]", "measure floors and ours side by side and print the ratios with their targets", bench},
		{"pictures", "", "draw every screen in every state, and photograph the real window", pictures},
	}
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := dispatch(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// dispatch does the deed that args name and returns the exit code: 0 done, 1 failed, 2 usage,
// 130 interrupted.
func dispatch(ctx context.Context, args []string, out, errs io.Writer) int {
	if len(args) == 0 {
		usage(errs)
		return 2
	}
	for _, d := range deeds() {
		if d.name != args[0] {
			continue
		}
		err := atRoot(func(root string) error {
			return d.do(ctx, job{root: root, out: out}, args[1:])
		})
		return report(ctx, errs, d, err)
	}
	usage(errs)
	return 2
}

// report says how a deed went wrong, if it did, and returns its exit code.
func report(ctx context.Context, errs io.Writer, d deed, err error) int {
	var bad usageError
	switch {
	case err == nil:
		return 0
	case ctx.Err() != nil:
		fmt.Fprintln(errs, "dev: interrupted")
		return 130
	case errors.As(err, &bad):
		fmt.Fprintf(errs, "dev %s: %v\nusage: go run ./cmd/dev %s %s\n", d.name, err, d.name, d.args)
		return 2
	default:
		fmt.Fprintf(errs, "dev %s: %v\n", d.name, err)
		return 1
	}
}

func usage(w io.Writer) {
	fmt.Fprintln(w, "usage: go run ./cmd/dev DEED")
	fmt.Fprintln(w)
	for _, d := range deeds() {
		fmt.Fprintf(w, "  %-9s %s\n", d.name, d.summary)
	}
}

// usageError is a mistake in the arguments.
type usageError string

func (e usageError) Error() string { return string(e) }

// atRoot calls do with the repository's root, wherever below it dev was started.
func atRoot(do func(root string) error) error {
	dir, err := os.Getwd()
	if err != nil {
		return fmt.Errorf("find the repository: %w", err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "FyneApp.toml")); err == nil {
			return do(dir)
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return errors.New("find the repository: no FyneApp.toml here or above; start dev inside the repository")
		}
		dir = parent
	}
}
