package main

import (
	"bufio"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// stream is what go test -json prints for a package that passes, one that fails, one that skips, one
// that panics and one that does not build.
const stream = `{"Action":"start","Package":"m/good"}
{"Action":"run","Package":"m/good","Test":"TestA"}
{"Action":"output","Package":"m/good","Test":"TestA","Output":"=== RUN   TestA\n"}
{"Action":"output","Package":"m/good","Test":"TestA","Output":"    a_test.go:3: chatter\n"}
{"Action":"pass","Package":"m/good","Test":"TestA/sub","Elapsed":0}
{"Action":"pass","Package":"m/good","Test":"TestA","Elapsed":0}
{"Action":"output","Package":"m/bad","Test":"TestB","Output":"=== RUN   TestB\n"}
{"Action":"output","Package":"m/bad","Test":"TestB","Output":"    b_test.go:4: got 1, want 2\n"}
{"Action":"output","Package":"m/bad","Test":"TestB","Output":"--- FAIL: TestB (0.00s)\n"}
{"Action":"fail","Package":"m/bad","Test":"TestB","Elapsed":0}
{"Action":"output","Package":"m/good","Output":"PASS\n"}
{"Action":"output","Package":"m/good","Output":"ok  \tm/good\t0.01s\n"}
{"Action":"pass","Package":"m/good","Elapsed":0.01}
{"Action":"output","Package":"m/bad","Output":"FAIL\n"}
{"Action":"output","Package":"m/bad","Output":"FAIL\tm/bad\t0.01s\n"}
{"Action":"fail","Package":"m/bad","Elapsed":0.01}
{"Action":"output","Package":"m/none","Output":"?   \tm/none\t[no test files]\n"}
{"Action":"skip","Package":"m/none","Elapsed":0}
{"Action":"output","Package":"m/skips","Test":"TestC","Output":"    c_test.go:5: needs a server\n"}
{"Action":"skip","Package":"m/skips","Test":"TestC","Elapsed":0}
{"Action":"output","Package":"m/skips","Output":"ok  \tm/skips\t0.01s\n"}
{"Action":"pass","Package":"m/skips","Elapsed":0.01}
{"Action":"output","Package":"m/panics","Test":"TestD","Output":"panic: oh no\n"}
{"Action":"output","Package":"m/panics","Output":"FAIL\tm/panics\t0.01s\n"}
{"Action":"fail","Package":"m/panics","Elapsed":0.01}
{"ImportPath":"m/broken","Action":"build-output","Output":"broken.go:1:1: expected package\n"}
{"ImportPath":"m/broken","Action":"build-fail"}
{"Action":"output","Package":"m/broken","Output":"FAIL\tm/broken [build failed]\n"}
{"Action":"fail","Package":"m/broken","Elapsed":0,"FailedBuild":"m/broken"}
go: some word of warning
`

func TestResults(t *testing.T) {
	var out strings.Builder
	r := newResults(&out)
	if err := r.read(strings.NewReader(stream)); err != nil {
		t.Fatal(err)
	}
	if got := r.String(); got != "2 passed, 3 failed, 1 skipped" {
		t.Errorf("counted %s", got)
	}
	for _, want := range []string{
		"ok  \tm/good\t0.01s\n", "got 1, want 2\n--- FAIL: TestB", "FAIL\tm/bad", "needs a server",
		"panic: oh no", "broken.go:1:1: expected package", "[build failed]", "go: some word of warning",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("lost %q", want)
		}
	}
	for _, noise := range []string{"=== RUN", "chatter", "no test files", "PASS"} {
		if strings.Contains(out.String(), noise) {
			t.Errorf("printed %q", noise)
		}
	}
}

func TestVerdict(t *testing.T) {
	for _, c := range []struct {
		t    tally
		good bool
	}{
		{tally{passed: 3}, true},
		{tally{passed: 3, skipped: 1}, true},
		{tally{passed: 3, failed: 1}, false},
		{tally{skipped: 2}, false},
		{tally{}, false},
	} {
		if err := c.t.verdict(); (err == nil) != c.good {
			t.Errorf("%s: %v", c.t, err)
		}
	}
}

// TestGoTest runs the real go test on a module made for it, since its stream is not ours to define.
func TestGoTest(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod":           "module m\n\ngo 1.26\n",
		"good/a_test.go":   "package good\n\nimport \"testing\"\n\nfunc TestA(t *testing.T) { t.Run(\"x\", func(*testing.T) {}) }\n",
		"bad/b_test.go":    "package bad\n\nimport \"testing\"\n\nfunc TestB(t *testing.T) { t.Error(\"sorry\") }\n",
		"broken/c_test.go": "package broken\n\nvar x int = \"\"\n",
		"exits/d_test.go":  "package exits\n\nimport (\n\t\"os\"\n\t\"testing\"\n)\n\nfunc TestMain(*testing.M) { os.Exit(3) }\n",
	} {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var out strings.Builder
	j := job{root: dir, out: &out}
	env := []string{"CGO_ENABLED=0", "GOFLAGS=-mod=mod", "GOWORK=off"}
	var got tally
	if err := j.goTest(t.Context(), &got, env, "./..."); err != nil {
		t.Fatal(err)
	}
	if got != (tally{passed: 2, failed: 3}) {
		t.Errorf("counted %s\n%s", got, out.String())
	}
	if !strings.Contains(out.String(), "sorry") {
		t.Errorf("the failure is not shown:\n%s", out.String())
	}
	var none tally
	if err := j.goTest(t.Context(), &none, env, "-run=Nothing", "./good"); err != nil {
		t.Fatal(err)
	}
	if none.verdict() == nil {
		t.Errorf("a run of no test passed: %s", none)
	}
}

// TestInterrupt ends a child that has a child of its own: both must be gone.
func TestInterrupt(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	j := job{root: t.TempDir(), out: io.Discard}
	c := j.command(ctx, nil, "sh", "-c", "sleep 60 & echo started; wait")
	c.Stdout = nil
	stdout, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	lines := bufio.NewReader(stdout)
	if _, err := lines.ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	cancel()
	// The grandchild holds the other end of the pipe, so that the pipe ends when both are gone.
	if _, err := io.ReadAll(lines); err != nil {
		t.Error(err)
	}
	if err := c.Wait(); err == nil {
		t.Error("an interrupted command ended well")
	}
	if took := time.Since(began); took > 30*time.Second {
		t.Errorf("the grandchild lived on for %s", took)
	}
}
