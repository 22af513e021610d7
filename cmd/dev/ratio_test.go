package main

import (
	"strings"
	"testing"
)

func sampled(t *testing.T, lines string) *samples {
	t.Helper()
	s := newSamples()
	for line := range strings.Lines(lines) {
		if !s.add("m/app/otp", strings.TrimSuffix(line, "\n")) {
			t.Fatalf("not taken for a measurement: %q", line)
		}
	}
	return s
}

func TestCompare(t *testing.T) {
	s := sampled(t, `BenchmarkCode/floor-2         	 1000	 100 ns/op
BenchmarkCode/ours-2          	 1000	 160 ns/op	 1.5 target-ratio
BenchmarkCode/floor-2         	 1000	 120 ns/op
BenchmarkCode/ours-2          	 1000	 1000 ns/op	 1.5 target-ratio
BenchmarkCode/floor-2         	 1000	 90 ns/op
BenchmarkCode/ours-2          	 1000	 140 ns/op	 1.5 target-ratio
BenchmarkPage/deep/floor      	 10	 2000000 ns/op	 5.5 MiB
BenchmarkPage/deep/ours       	 10	 9000000 ns/op	 6.6 MiB	 1.4 target-ratio/MiB
BenchmarkFree/floor-2         	 10	 10 ns/op
BenchmarkFree/ours-2          	 10	 20 ns/op
BenchmarkAlone-2              	 10	 2500 ns/op	 16 B/op	 1 allocs/op
`)
	ratios, alone, err := s.compare()
	if err != nil {
		t.Fatal(err)
	}
	want := []ratio{
		{what: "otp: Code", unit: "ns/op", floor: 100, ours: 160, target: 1.5},
		{what: "otp: Page/deep", unit: "MiB", floor: 5.5, ours: 6.6, target: 1.4},
		{what: "otp: Free", unit: "ns/op", floor: 10, ours: 20},
	}
	if len(ratios) != len(want) {
		t.Fatalf("got %+v", ratios)
	}
	for i := range want {
		if ratios[i] != want[i] {
			t.Errorf("got %+v, want %+v", ratios[i], want[i])
		}
	}
	if !ratios[0].over() || ratios[1].over() || ratios[2].over() {
		t.Error("only the first is over its target")
	}
	if len(alone) != 1 || alone[0] != (single{what: "otp: Alone", time: 2500}) {
		t.Errorf("alone: %+v", alone)
	}
	var out strings.Builder
	if err := conclude(&out, s, false); err == nil || !strings.Contains(out.String(), "OVER") {
		t.Errorf("over its target, yet %v\n%s", err, out.String())
	}
	if err := conclude(&out, s, true); err != nil {
		t.Errorf("soft: %v", err)
	}
	if err := conclude(&out, newSamples(), true); err == nil {
		t.Error("a run without a benchmark concluded well")
	}
}

func TestHalfAPairIsAnError(t *testing.T) {
	for name, lines := range map[string]string{
		"no floor": "BenchmarkCode/ours-2 10 160 ns/op 1.5 target-ratio",
		"no ours":  "BenchmarkCode/floor-2 10 160 ns/op",
		"no unit":  "BenchmarkCode/floor-2 10 160 ns/op\nBenchmarkCode/ours-2 10 160 ns/op 1.5 target-ratio/MiB",
	} {
		if _, _, err := sampled(t, lines).compare(); err == nil {
			t.Errorf("%s: compared all the same", name)
		}
	}
}

func TestOtherLinesAreNoMeasurements(t *testing.T) {
	for _, line := range []string{"", "PASS", "goos: linux", "BenchmarkCode/ours-2", "--- FAIL: BenchmarkCode", "Benchmark of the day: 3 4", "ok m 1s"} {
		if newSamples().add("m", line) {
			t.Errorf("%q was taken for a measurement", line)
		}
	}
}

func TestMedianAndAmount(t *testing.T) {
	if m := median([]float64{9, 1, 5}); m != 5 {
		t.Errorf("median of three: %v", m)
	}
	if m := median([]float64{1, 2, 3, 10}); m != 2.5 {
		t.Errorf("median of four: %v", m)
	}
	for v, want := range map[float64]string{175: "175 ns", 4_600_000: "4.6ms", 1_234_567_890: "1.23s", 26_000: "26µs"} {
		if got := amount(v, timeUnit); got != want {
			t.Errorf("%v ns is written %q, want %q", v, got, want)
		}
	}
	if got := amount(14.8, "MB"); got != "14.8 MB" {
		t.Errorf("got %q", got)
	}
}
