package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// benchTags builds the benchmarks, which have a tag of their own because some need minutes of preparation.
const benchTags = fyneTag + ",bench"

// bench measures the floors and ours side by side on this machine, in this run, and prints each
// ratio with its target.
//
// A package takes part with pairs of sub-benchmarks named floor and ours:
//
//	func BenchmarkPage(b *testing.B) {
//		b.Run("floor", func(b *testing.B) { … the bare SQL … })
//		b.Run("ours", func(b *testing.B) {
//			for b.Loop() { … }
//			b.ReportMetric(1.5, "target-ratio") // ours may take 1.5 times as long; after the loop, which clears metrics
//		})
//	}
//
// For a measure other than time, both report it in its unit and ours reports its target as
// "target-ratio/UNIT". A benchmark with neither name is printed by itself.
//
// Rounds are interleaved: each runs every benchmark once, so that a slow minute of the machine
// falls on floor and ours alike; the table shows medians. Benchmarks get FACTORDESK_BENCH_USERS,
// the size of the store to measure on, and FACTORDESK_BENCH_DIR, a folder that lives as long as this
// run, in which the first round may keep what is slow to make for the next ones.
func bench(ctx context.Context, j job, args []string) error {
	f := flags("bench")
	users := f.Int("users", 1_000_000, "how many users the stores hold")
	soft := f.Bool("soft", false, "exit 0 even when a ratio is over its target")
	rounds := f.Int("count", 5, "rounds")
	only := f.String("only", ".", "only the benchmarks that match")
	if err := parse(f, args); err != nil {
		return err
	}
	if *users < 1 || *rounds < 1 {
		return usageError("--users and --count must be at least 1")
	}
	dir := j.build("bench")
	if err := fresh(filepath.Join(dir, "data")); err != nil {
		return err
	}
	env := []string{
		"FACTORDESK_BENCH_USERS=" + strconv.Itoa(*users),
		"FACTORDESK_BENCH_DIR=" + filepath.Join(dir, "data"),
	}
	suites, err := j.suites(ctx, dir, f.Args())
	if err != nil {
		return err
	}
	if slices.ContainsFunc(suites, func(s suite) bool { return drivesWindow(s.pkg) }) && !hasDisplay() {
		display, stop, err := j.virtualDisplay(ctx)
		if err != nil {
			return err
		}
		defer stop()
		env = append(env, display...)
	}
	samples := newSamples()
	for round := 1; round <= *rounds; round++ {
		for _, s := range suites {
			j.say("round %d of %d: %s", round, *rounds, s.pkg)
			if err := j.measure(ctx, env, s, *only, samples); err != nil {
				return err
			}
		}
	}
	return conclude(j.out, samples, *soft)
}

// conclude prints the tables and decides.
func conclude(out io.Writer, samples *samples, soft bool) error {
	ratios, alone, err := samples.compare()
	if err != nil {
		return err
	}
	if len(ratios)+len(alone) == 0 {
		return errors.New("no benchmark ran")
	}
	printTables(out, ratios, alone)
	over := 0
	for _, r := range ratios {
		if r.over() {
			over++
		}
	}
	if over > 0 && !soft {
		return fmt.Errorf("%d of %d ratios are over their target", over, len(ratios))
	}
	return nil
}

// suite is the compiled benchmarks of one package.
type suite struct {
	pkg, dir, binary string
}

// suites compiles the benchmarks of every package that has some.
func (j job) suites(ctx context.Context, dir string, patterns []string) ([]suite, error) {
	if len(patterns) == 0 {
		patterns = []string{"./..."}
	}
	text, err := j.read(ctx, []string{"CGO_ENABLED=0"}, "go",
		append([]string{"list", "-find", "-tags", benchTags, "-f", "{{.ImportPath}}\t{{.Dir}}"}, patterns...)...)
	if err != nil {
		return nil, err
	}
	var out []suite
	for line := range strings.Lines(text) {
		pkg, folder, _ := strings.Cut(strings.TrimSpace(line), "\t")
		has, err := inTests(folder, "\nfunc Benchmark")
		if err != nil {
			return nil, err
		}
		if !has {
			// Spare it the compiler.
			continue
		}
		served, err := inTests(folder, "/servertest\"")
		if err != nil {
			return nil, err
		}
		if served {
			if err := j.setup(ctx, forServers); err != nil {
				return nil, err
			}
		}
		cgo := "CGO_ENABLED=0"
		if drivesWindow(pkg) {
			cgo = "CGO_ENABLED=1"
			if err := j.setup(ctx, forBuild, forDisplay); err != nil {
				return nil, err
			}
		}
		binary := filepath.Join(dir, fmt.Sprintf("%d-%s.test", len(out), filepath.Base(pkg)))
		if err := j.do(ctx, []string{cgo}, "go", "test", "-c", "-tags="+benchTags, "-o", binary, pkg); err != nil {
			return nil, err
		}
		out = append(out, suite{pkg: pkg, dir: folder, binary: binary})
	}
	return out, nil
}

// inTests looks for a text in a folder's test files.
func inTests(folder, text string) (bool, error) {
	files, err := filepath.Glob(filepath.Join(folder, "*_test.go"))
	if err != nil {
		return false, fmt.Errorf("look for benchmarks: %w", err)
	}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			return false, fmt.Errorf("look for benchmarks: %w", err)
		}
		if bytes.Contains(content, []byte(text)) {
			return true, nil
		}
	}
	return false, nil
}

// measure runs one round of a suite. What is no measurement is printed, so that a benchmark can say
// what it prepares and why it fails.
func (j job) measure(ctx context.Context, env []string, s suite, only string, samples *samples) error {
	c := j.command(ctx, env, s.binary, "-test.run=^$", "-test.bench="+only, "-test.timeout=60m")
	c.Dir = s.dir
	c.Stdout = nil
	stdout, err := c.StdoutPipe()
	if err != nil {
		return fmt.Errorf("measure %s: %w", s.pkg, err)
	}
	if err := c.Start(); err != nil {
		return fmt.Errorf("measure %s: %w", s.pkg, err)
	}
	lines := bufio.NewScanner(stdout)
	for lines.Scan() {
		if !samples.add(s.pkg, lines.Text()) && !header(lines.Text()) {
			j.say("  %s", lines.Text())
		}
	}
	readErr := lines.Err()
	if err := c.Wait(); err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			return fmt.Errorf("the benchmarks of %s failed", s.pkg)
		}
		return fmt.Errorf("measure %s: %w", s.pkg, err)
	}
	return readErr
}

// header says whether a line is one of those that every benchmark run begins and ends with.
func header(line string) bool {
	for _, prefix := range []string{"goos:", "goarch:", "pkg:", "cpu:"} {
		if strings.HasPrefix(line, prefix) {
			return true
		}
	}
	return line == "PASS"
}
