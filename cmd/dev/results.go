package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// tally counts tests, subtests included.
type tally struct {
	passed, failed, skipped int
}

// String is the closing line of a test run.
func (t tally) String() string {
	return fmt.Sprintf("%d passed, %d failed, %d skipped", t.passed, t.failed, t.skipped)
}

// verdict is nil when at least one test passed and none failed.
func (t tally) verdict() error {
	switch {
	case t.failed > 0:
		return fmt.Errorf("%d tests failed", t.failed)
	case t.passed == 0:
		return errors.New("no test ran")
	default:
		return nil
	}
}

// goTest runs go test with args, prints one line a package and every failure in full, and adds
// what happened to the tally. The error is for a run that could not be carried out; a test that
// failed is in the tally.
func (j job) goTest(ctx context.Context, t *tally, env []string, args ...string) error {
	args = append([]string{"test", "-json"}, args...)
	j.echo(env, "go", args)
	c := j.command(ctx, env, "go", args...)
	c.Stdout = nil
	stdout, err := c.StdoutPipe()
	if err != nil {
		return fmt.Errorf("go test: %w", err)
	}
	if err := c.Start(); err != nil {
		return fmt.Errorf("go test: %w", err)
	}
	r := newResults(j.out)
	readErr := r.read(stdout)
	waitErr := c.Wait()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if readErr != nil {
		return fmt.Errorf("read the results of go test: %w", readErr)
	}
	if waitErr != nil && r.failed == 0 {
		r.failed++ // go test itself gave up, for example on a pattern that matches nothing
	}
	t.passed += r.passed
	t.failed += r.failed
	t.skipped += r.skipped
	return nil
}

// event is one line of go test -json.
type event struct {
	Action  string
	Package string
	Test    string
	Output  string
}

// results turns the events of go test -json into what a person reads: the output of a test is
// held back until it is known whether it failed, and that of a package until it is done, so that
// packages that run side by side do not mix.
type results struct {
	tally
	out  io.Writer
	held map[string]map[string]*strings.Builder // by package, by test; "" is the package itself
	lost map[string]bool                        // packages with a failed test
}

func newResults(out io.Writer) *results {
	return &results{out: out, held: map[string]map[string]*strings.Builder{}, lost: map[string]bool{}}
}

// read takes events until the stream ends. A line that is no event is printed as it is.
func (r *results) read(in io.Reader) error {
	lines := bufio.NewReader(in)
	for {
		line, err := lines.ReadBytes('\n')
		if len(line) > 0 {
			r.line(line)
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func (r *results) line(line []byte) {
	var e event
	if json.Unmarshal(line, &e) != nil || e.Action == "" {
		_, _ = r.out.Write(line)
		return
	}
	r.take(e)
}

func (r *results) take(e event) {
	switch e.Action {
	case "output":
		if !noise(e) {
			r.text(e.Package, e.Test).WriteString(e.Output)
		}
	case "build-output":
		fmt.Fprint(r.out, e.Output)
	case "pass", "fail", "skip":
		if e.Test == "" {
			r.packageDone(e)
		} else {
			r.testDone(e)
		}
	}
}

func (r *results) testDone(e event) {
	switch e.Action {
	case "pass":
		r.passed++
	case "fail":
		r.failed++
		r.lost[e.Package] = true
	case "skip":
		r.skipped++
	}
	if e.Action != "pass" {
		r.text(e.Package, "").WriteString(r.text(e.Package, e.Test).String())
	}
	delete(r.held[e.Package], e.Test)
}

// packageDone prints what a package has to say. One that failed without a failed test did not
// build, panicked, ran out of time or called os.Exit: that counts as a failure, and the output of
// the tests that never ended is shown, since the reason is in it.
func (r *results) packageDone(e event) {
	if e.Action == "fail" {
		if !r.lost[e.Package] {
			r.failed++
		}
		for test, text := range r.held[e.Package] {
			if test != "" {
				fmt.Fprint(r.out, text.String())
			}
		}
	}
	fmt.Fprint(r.out, r.text(e.Package, "").String())
	delete(r.held, e.Package)
}

func (r *results) text(pkg, test string) *strings.Builder {
	if r.held[pkg] == nil {
		r.held[pkg] = map[string]*strings.Builder{}
	}
	if r.held[pkg][test] == nil {
		r.held[pkg][test] = &strings.Builder{}
	}
	return r.held[pkg][test]
}

// noise says whether a line of output tells a person nothing.
func noise(e event) bool {
	if e.Test == "" {
		return e.Output == "PASS\n" || e.Output == "testing: warning: no tests to run\n" || e.Output == "FAIL\n" || strings.HasSuffix(e.Output, "[no test files]\n")
	}
	for _, prefix := range []string{"=== RUN", "=== PAUSE", "=== CONT", "=== NAME"} {
		if strings.HasPrefix(e.Output, prefix) {
			return true
		}
	}
	return false
}
