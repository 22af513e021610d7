package main

import (
	"fmt"
	"io"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"
)

// targetUnit is the metric in which ours reports the largest allowed ratio of its time to the floor's;
// with a slash and a unit behind it, the ratio in that unit.
const targetUnit = "target-ratio"

// timeUnit is the metric that every benchmark has.
const timeUnit = "ns/op"

// procs is what the testing package puts behind a benchmark's name.
var procs = regexp.MustCompile(`-\d+$`)

// samples are the measurements of all rounds.
type samples struct {
	order  []string // names, as they first came
	values map[string]map[string][]float64
}

func newSamples() *samples {
	return &samples{values: map[string]map[string][]float64{}}
}

// add takes a line of a benchmark's output and says whether it was a measurement.
func (s *samples) add(pkg, line string) bool {
	fields := strings.Fields(line)
	if len(fields) < 4 || len(fields)%2 != 0 || !strings.HasPrefix(fields[0], "Benchmark") {
		return false
	}
	if _, err := strconv.Atoi(fields[1]); err != nil {
		return false
	}
	metrics := map[string]float64{}
	for i := 2; i < len(fields); i += 2 {
		v, err := strconv.ParseFloat(fields[i], 64)
		if err != nil {
			return false
		}
		metrics[fields[i+1]] = v
	}
	name := path.Base(pkg) + ": " + strings.TrimPrefix(procs.ReplaceAllString(fields[0], ""), "Benchmark")
	if s.values[name] == nil {
		s.order = append(s.order, name)
		s.values[name] = map[string][]float64{}
	}
	for unit, v := range metrics {
		s.values[name][unit] = append(s.values[name][unit], v)
	}
	return true
}

// ratio is a floor and ours, in one unit. A target of 0 means that none was set.
type ratio struct {
	what, unit  string
	floor, ours float64
	target      float64
}

func (r ratio) value() float64 { return r.ours / r.floor }

func (r ratio) over() bool { return r.target > 0 && r.value() > r.target }

// single is the time of a benchmark that has no floor.
type single struct {
	what string
	time float64
}

// compare pairs each floor with ours. Half a pair is an error: a ratio that is not measured must not
// look like one that holds.
func (s *samples) compare() ([]ratio, []single, error) {
	var ratios []ratio
	var alone []single
	for _, name := range s.order {
		what, last := path.Split(name)
		what = strings.TrimSuffix(what, "/")
		switch last {
		case "floor":
			if s.values[what+"/ours"] == nil {
				return nil, nil, fmt.Errorf("%s has a floor, but ours was not measured", what)
			}
		case "ours":
			floor := s.values[what+"/floor"]
			if floor == nil {
				return nil, nil, fmt.Errorf("%s has no floor to compare with", what)
			}
			pairs, err := pair(what, floor, s.values[name])
			if err != nil {
				return nil, nil, err
			}
			ratios = append(ratios, pairs...)
		default:
			alone = append(alone, single{what: name, time: median(s.values[name][timeUnit])})
		}
	}
	return ratios, alone, nil
}

// pair compares floor and ours in every unit for which ours has a target, or by time when it has none.
func pair(what string, floor, ours map[string][]float64) ([]ratio, error) {
	targets := map[string]float64{}
	for unit, v := range ours {
		if unit == targetUnit {
			targets[timeUnit] = median(v)
		} else if of, found := strings.CutPrefix(unit, targetUnit+"/"); found {
			targets[of] = median(v)
		}
	}
	if len(targets) == 0 {
		targets[timeUnit] = 0
	}
	var out []ratio
	for unit, target := range targets {
		r := ratio{what: what, unit: unit, floor: median(floor[unit]), ours: median(ours[unit]), target: target}
		if r.floor <= 0 || len(ours[unit]) == 0 {
			return nil, fmt.Errorf("%s has a target in %s, but floor and ours do not both report it", what, unit)
		}
		out = append(out, r)
	}
	slices.SortFunc(out, func(a, b ratio) int { return strings.Compare(a.unit, b.unit) })
	return out, nil
}

// median is the middle value, or the mean of the two in the middle; 0 of nothing.
func median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	mid := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[mid]
	}
	return (sorted[mid-1] + sorted[mid]) / 2
}

func printTables(out io.Writer, ratios []ratio, alone []single) {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	if len(ratios) > 0 {
		fmt.Fprintln(w, "\nwhat\tfloor\tours\tratio\ttarget\t")
	}
	for _, r := range ratios {
		target, verdict := "-", ""
		if r.target > 0 {
			target, verdict = fmt.Sprintf("<= %.3g", r.target), "ok"
		}
		if r.over() {
			verdict = "OVER"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%.3g\t%s\t%s\n", r.what, amount(r.floor, r.unit), amount(r.ours, r.unit), r.value(), target, verdict)
	}
	if len(alone) > 0 {
		fmt.Fprintln(w, "\nwithout a floor\ttime")
	}
	for _, a := range alone {
		fmt.Fprintf(w, "%s\t%s\n", a.what, amount(a.time, timeUnit))
	}
	_ = w.Flush()
}

// amount writes a measure for a person: times in the unit that fits, others as they were reported.
func amount(v float64, unit string) string {
	if unit != timeUnit {
		return fmt.Sprintf("%.4g %s", v, unit)
	}
	if v < 1000 {
		return fmt.Sprintf("%.3g ns", v)
	}
	d := time.Duration(v)
	for _, step := range []time.Duration{time.Minute, time.Second, time.Millisecond, time.Microsecond} {
		if d >= step {
			return d.Round(step / 100).String()
		}
	}
	return d.String()
}
