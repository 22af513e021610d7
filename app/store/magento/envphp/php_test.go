//go:build full

package envphp

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// php returns what PHP reads out of files.
func php(t *testing.T, files [][]byte) []string {
	t.Helper()
	folder := t.TempDir()
	var input strings.Builder
	for i, src := range files {
		path := filepath.Join(folder, fmt.Sprintf("%06d.php", i))
		require.NoError(t, os.WriteFile(path, src, 0o600))
		input.WriteString(path + "\n")
	}
	run := exec.CommandContext(t.Context(), "php", "testdata/dump.php")
	run.Stdin = strings.NewReader(input.String())
	out, err := run.Output()
	if lines := strings.SplitAfter(string(out), "\n"); err != nil && len(out) > 0 {
		require.NoError(t, err, "PHP stopped at %s", files[len(lines)-1])
	}
	require.NoError(t, err, "PHP must be installed (package php-cli)")
	lines := strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
	require.Len(t, lines, len(files))
	return lines
}

// agree fails where PHP reads a file in another way than parse, which must be
// able to read it.
func agree(t *testing.T, files [][]byte) {
	t.Helper()
	for i, want := range php(t, files) {
		got, err := parse(files[i])
		require.NoError(t, err, "%s", files[i])
		require.Equal(t, want, dump(got), "%s", files[i])
	}
}

func TestPHPReadsTheSame(t *testing.T) {
	var files [][]byte
	for _, c := range literals {
		files = append(files, []byte("<?php return "+c.src+";"))
	}
	for _, frame := range frames {
		files = append(files, []byte(strings.ReplaceAll(frame, "%s", "['a' => 1]")))
	}
	fixture, err := os.ReadFile("../testdata/env.php")
	require.NoError(t, err)
	agree(t, append(files, fixture))
}

// TestPHPReadsWrittenFiles has PHP read files in every notation.
func TestPHPReadsWrittenFiles(t *testing.T) {
	var all [][]byte
	for seed := range 1000 {
		all = append(all, []byte(files().Example(seed).src))
	}
	agree(t, all)
}

// TestPHPReadsDamagedFiles has PHP read files in which something was changed,
// where they are still taken for literal arrays: PHP takes them too, and for
// the same.
func TestPHPReadsDamagedFiles(t *testing.T) {
	const seed = 20260303
	random := rand.New(rand.NewPCG(seed, seed))
	pieces := []string{
		"[", "]", "(", ")", ",", "=>", ";", "'", "\"", "\\", "$", "{", "}", "?>", "//", "#", "/*", "*/", "\n", "\r", " ", "0", "1", "8", "_", ".", "e", "x", "-", "+",
		"true", "null", "array", "\\u{", "\\x", "\xff", "\x00", "'a'", "\"b\"", "5",
	}
	var taken [][]byte
	tried := 0
	for n := range 4000 {
		src := []byte(files().Example(n % 400).src)
		for range 1 + random.IntN(2) {
			at := random.IntN(len(src) + 1)
			cut := min(len(src), at+random.IntN(3))
			src = bytes.Join([][]byte{src[:at], src[cut:]}, []byte(pieces[random.IntN(len(pieces))]))
		}
		tried++
		if _, err := parse(src); err == nil {
			taken = append(taken, src)
		}
	}
	require.Greater(t, len(taken), tried/20)
	require.Less(t, len(taken), tried*19/20)
	agree(t, taken)
}

// TestPHPWritesNumbersTheSame compares fractionWord with PHP's own texts.
func TestPHPWritesNumbersTheSame(t *testing.T) {
	numbers := []float64{
		0, 1, 1.5, -1.5, 8.25, 0.1 + 0.2, 1e13, 99999999999999.9, 1e14, 1e15, 123456789012345678, 1e25, 1e100, 0.001, 0.0001, 0.00001, 1.5e-7,
		123456789.12345678, -1e25, 1.25e25, 5e-324, math.MaxFloat64, math.Copysign(0, -1), math.Inf(1), math.Inf(-1),
	}
	var input, want strings.Builder
	for _, f := range numbers {
		fmt.Fprintf(&input, "%x\n", math.Float64bits(f))
		want.WriteString(fractionWord(f) + "\n")
	}
	run := exec.CommandContext(t.Context(), "php", "-r",
		`while (($line = fgets(STDIN)) !== false) echo unpack('E', hex2bin(str_pad(trim($line), 16, '0', STR_PAD_LEFT)))[1], "\n";`)
	run.Stdin = strings.NewReader(input.String())
	out, err := run.CombinedOutput()
	require.NoError(t, err, "PHP must be installed (package php-cli): %s", out)
	require.Equal(t, strings.ToUpper(string(out)), strings.ToUpper(want.String()))
}
