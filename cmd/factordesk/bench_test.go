//go:build bench && linux

package main_test

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// BenchmarkWindow measures the window against the least Fyne program, stripped,
// on the same display: time from the start to the first content, proportional
// set size in MiB two seconds later, and size of the binary in MB.
func BenchmarkWindow(b *testing.B) {
	require.NotEmpty(b, os.Getenv("DISPLAY"), "it needs a display: go run ./cmd/dev bench starts one")
	dir := os.Getenv("FACTORDESK_BENCH_DIR")
	if dir == "" {
		dir = b.TempDir()
	}
	for _, p := range []struct{ side, source, title string }{
		{"floor", "./testdata/hello", "^Hello$"}, {"ours", ".", "^Factordesk$"},
	} {
		b.Run(p.side, func(b *testing.B) {
			binary := filepath.Join(dir, "window-"+p.side)
			buildStripped(b, binary, p.source)
			info, err := os.Stat(binary)
			require.NoError(b, err)
			var took, memory float64
			n := 0
			cache := filepath.Join(dir, "cache-"+p.side)
			startOnce(b, binary, p.title, cache)
			b.ResetTimer()
			for b.Loop() {
				t, m := startOnce(b, binary, p.title, cache)
				took, memory = took+t.Seconds(), memory+m
				n++
			}
			b.ReportMetric(0, "ns/op") // the loop waits as well; start-s is the measure
			b.ReportMetric(took/float64(n), "start-s")
			b.ReportMetric(memory/float64(n), "PSS-MiB")
			b.ReportMetric(float64(info.Size())/1e6, "binary-MB")
			if p.side == "ours" {
				b.ReportMetric(1.5, "target-ratio/start-s")
				b.ReportMetric(1.4, "target-ratio/PSS-MiB")
				b.ReportMetric(1.8, "target-ratio/binary-MB")
			}
		})
	}
}

func buildStripped(b *testing.B, binary, source string) {
	b.Helper()
	if _, err := os.Stat(binary); err == nil {
		return
	}
	out, err := exec.Command("go", "build", "-tags", "migrated_fynedo", "-ldflags", "-s -w", "-o", binary, source).CombinedOutput()
	require.NoError(b, err, "%s", out)
}

// startOnce starts a program with folders of its own, waits until its window
// shows something, and ends it. Only the cache outlives it: the graphics
// driver keeps its compiled shaders there, as it does between two mornings.
func startOnce(b *testing.B, binary, title, cache string) (took time.Duration, memory float64) {
	b.Helper()
	home := b.TempDir()
	cmd := exec.Command(binary)
	cmd.Env = append(os.Environ(), "HOME="+home, "XDG_CONFIG_HOME="+home, "XDG_DATA_HOME="+home,
		"XDG_STATE_HOME="+home, "XDG_CACHE_HOME="+cache, "XDG_RUNTIME_DIR="+home)
	began := time.Now()
	require.NoError(b, cmd.Start())
	defer func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}()
	for !shows(title) {
		require.Less(b, time.Since(began), time.Minute, "no window")
		time.Sleep(5 * time.Millisecond)
	}
	took = time.Since(began)
	time.Sleep(2 * time.Second)
	return took, pss(b, cmd.Process.Pid)
}

// shows tells whether a window of the title shows more than one color.
func shows(title string) bool {
	id, err := exec.Command("xdotool", "search", "--onlyvisible", "--name", title).Output()
	if err != nil {
		return false
	}
	window, _, _ := strings.Cut(string(id), "\n")
	pixels, err := exec.Command("import", "-silent", "-window", window, "-depth", "8", "rgb:-").Output()
	if err != nil || len(pixels) < 6 {
		return false
	}
	return !bytes.Equal(pixels[3:], pixels[:len(pixels)-3])
}

// pss is a process's proportional set size in MiB.
func pss(b *testing.B, pid int) float64 {
	b.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", pid))
	require.NoError(b, err)
	for lines := bufio.NewScanner(bytes.NewReader(text)); lines.Scan(); {
		if rest, ok := strings.CutPrefix(lines.Text(), "Pss:"); ok {
			kib, err := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(rest), " kB"))
			require.NoError(b, err)
			return float64(kib) / 1024
		}
	}
	b.Fatal("no Pss line")
	return 0
}
