package envphp

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/factordesk/factordesk/app"
)

// written is a file in some notation, and the value that it stands for.
type written struct {
	src  string
	want value
}

// files draws files in every notation that is read.
func files() *rapid.Generator[written] {
	return rapid.Custom(func(t *rapid.T) written {
		w := writer{t}
		src, want := w.array(3)
		frame := rapid.SampledFrom(frames).Draw(t, "frame")
		return written{strings.ReplaceAll(frame, "%s", src), want}
	})
}

type writer struct{ t *rapid.T }

func (w writer) pick(options ...string) string { return rapid.SampledFrom(options).Draw(w.t, "pick") }
func (w writer) yes() bool                     { return rapid.Bool().Draw(w.t, "yes") }

// gap is what may stand between two tokens.
func (w writer) gap() string {
	return w.pick("", "", "", " ", "\n", "\t", "\r\n", "\r", "/* a ' ] */", "/**/", "// b ' ]\n", "# c \" )\r", "//\n", "#\n", " // d /*\n")
}

// value writes some value.
func (w writer) value(depth int) (string, value) {
	kinds := []string{"text", "text", "text", "whole", "fraction", "word"}
	if depth > 0 {
		kinds = append(kinds, "array", "array")
	}
	switch w.pick(kinds...) {
	case "text":
		s := w.bytes()
		return w.text(s), texts(s)
	case "whole":
		n := rapid.Int64Min(math.MinInt64+1).Draw(w.t, "whole")
		return w.whole(n), wholes(n)
	case "fraction":
		f := rapid.Float64().Draw(w.t, "fraction")
		return w.fraction(f), fractions(f)
	case "array":
		return w.array(depth - 1)
	}
	word := w.pick("true", "FALSE", "Null", "True", "false", "null")
	switch strings.ToLower(word) {
	case "null":
		return word, value{kind: nothing}
	case "true":
		return word, truths(true)
	}
	return word, truths(false)
}

// array writes an array, and keeps account of keys as PHP does.
func (w writer) array(depth int) (string, value) {
	open, closer := "[", "]"
	if w.yes() {
		open, closer = w.pick("array", "Array")+w.gap()+"(", ")"
	}
	var src strings.Builder
	src.WriteString(open)
	want, highest, numbers := lists(), int64(math.MinInt64), false
	n := rapid.IntRange(0, 4).Draw(w.t, "entries")
	for i := range n {
		key := w.pick("none", "text", "text", "number", "number")
		if key == "none" && numbers && (highest < 0 || highest == math.MaxInt64) {
			key = "text"
		}
		var name string
		switch key {
		case "none":
			highest = max(highest, -1) + 1
			name, numbers = strconv.FormatInt(highest, 10), true
		case "number":
			k := rapid.OneOf(rapid.Int64Range(-9, 20), rapid.Int64Min(math.MinInt64+1)).Draw(w.t, "key")
			name = strconv.FormatInt(k, 10)
			highest, numbers = max(highest, k), true
			src.WriteString(w.gap() + w.whole(k) + w.gap() + "=>")
		case "text":
			name = rapid.OneOf(rapid.StringMatching(`-?[0-9]{1,2}`), rapid.Just(w.bytes())).Draw(w.t, "name")
			if k, err := strconv.ParseInt(name, 10, 64); err == nil && strconv.FormatInt(k, 10) == name {
				highest, numbers = max(highest, k), true
			}
			src.WriteString(w.gap() + w.text(name) + w.gap() + "=>")
		}
		text, v := w.value(depth)
		src.WriteString(w.gap() + text + w.gap())
		replaced := false
		for j, e := range want.entries {
			if e.key == name {
				want.entries[j].value, replaced = v, true
			}
		}
		if !replaced {
			want.entries = append(want.entries, entry{name, v})
		}
		if i < n-1 || w.yes() {
			src.WriteString(",")
		}
	}
	return src.String() + w.gap() + closer, want
}

// bytes draws a text; what means something in quotes comes often.
func (w writer) bytes() string {
	parts := rapid.SliceOfN(rapid.OneOf(
		rapid.SampledFrom([]string{"\\", "'", "\"", "$", "{", "}", "\n", "\r", "0", "7", "x", "u", "{$", "?>", "//", "#env(A)", "é", "😀", "\x00", "\x80", "\xff"}),
		rapid.StringN(0, 4, -1),
	), 0, 8).Draw(w.t, "bytes")
	return strings.Join(parts, "")
}

func (w writer) text(s string) string {
	if w.yes() {
		return w.single(s)
	}
	return w.double(s)
}

func (w writer) single(s string) string {
	var out strings.Builder
	for i := range len(s) {
		switch c := s[i]; {
		case c == '\'', c == '\\' && (i+1 == len(s) || s[i+1] == '\'' || s[i+1] == '\\' || w.yes()):
			out.WriteByte('\\')
		}
		out.WriteByte(s[i])
	}
	return "'" + out.String() + "'"
}

func (w writer) double(s string) string {
	letters := map[byte]string{'\n': "n", '\t': "t", '\r': "r", '\v': "v", 0x1b: "e", '\f': "f", '\\': "\\", '$': "$", '"': `"`}
	var out strings.Builder
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		c := s[i]
		switch form := w.pick("raw", "raw", "letter", "octal", "hex", "point"); {
		case form == "letter" && letters[c] != "":
			out.WriteString(`\` + letters[c])
		case form == "octal":
			fmt.Fprintf(&out, `\%03o`, c)
		case form == "hex":
			fmt.Fprintf(&out, `\%s%02x`, w.pick("x", "X"), c)
		case form == "point" && (r != utf8.RuneError || size > 1):
			fmt.Fprintf(&out, `\u{%x}`, r)
			i += size
			continue
		case c == '"' || c == '$' || c == '\\':
			out.WriteString(`\` + string(c))
		default:
			out.WriteByte(c)
		}
		i++
	}
	return `"` + out.String() + `"`
}

func (w writer) whole(n int64) string {
	sign, size := w.pick("", "", "+"), uint64(n)
	if n < 0 {
		sign, size = "-", uint64(-n)
	}
	sign += w.gap()
	switch w.pick("decimal", "decimal", "hex", "octal", "old octal", "binary") {
	case "hex":
		return sign + w.pick("0x", "0X") + w.cut(strconv.FormatUint(size, 16))
	case "octal":
		return sign + w.pick("0o", "0O") + w.cut(strconv.FormatUint(size, 8))
	case "old octal":
		return sign + "0" + w.cut(strconv.FormatUint(size, 8))
	case "binary":
		return sign + w.pick("0b", "0B") + w.cut(strconv.FormatUint(size, 2))
	}
	return sign + w.cut(strconv.FormatUint(size, 10))
}

// cut puts an underscore between digits.
func (w writer) cut(digits string) string {
	if at := rapid.IntRange(0, len(digits)).Draw(w.t, "cut"); at > 0 && at < len(digits) {
		return digits[:at] + "_" + digits[at:]
	}
	return digits
}

func (w writer) fraction(f float64) string {
	s := strconv.FormatFloat(f, w.pick("e", "E", "g", "f")[0], -1, 64)
	if !strings.ContainsAny(s, ".eE") {
		s += w.pick(".", ".0", "e0")
	}
	if unsigned, negative := strings.CutPrefix(s, "-"); negative {
		return "-" + w.gap() + unsigned
	}
	return s
}

// What is written in any notation is read back.
func TestWhatIsWrittenIsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := files().Draw(t, "file")
		got, err := parse([]byte(w.src))
		require.NoError(t, err, w.src)
		require.Equal(t, dump(w.want), dump(got), w.src)
	})
}

// A file that is cut off anywhere is refused: no half of a password is taken.
func TestACutFileIsRefused(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := files().Draw(t, "file")
		end := strings.LastIndexAny(w.src, ")]")
		_, err := parse([]byte(w.src[:rapid.IntRange(0, end).Draw(t, "length")]))
		require.Equal(t, app.Invalid, app.KindOf(err), w.src)
	})
}

// Whatever the file is, it is read or refused in one sentence that quotes
// nothing of it.
func FuzzParse(f *testing.F) {
	for _, c := range literals {
		f.Add([]byte("<?php return " + c.src + ";"))
	}
	for _, frame := range frames {
		f.Add([]byte(strings.ReplaceAll(frame, "%s", "['db' => ['connection' => ['default' => ['host' => '#env(A, \"b:1\")']]], 'crypt' => []]")))
	}
	for _, src := range []string{"<?php", "<?php return [PDO::A => <<<X", "<?php return [\"{$a", "<?php return [`", "<?php return [#[", "<?php return [0x", "<?php return [\\"} {
		f.Add([]byte(src))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		s, err := Parse(src)
		if err == nil {
			if _, err := parse(src); err != nil {
				t.Fatal("a shop without an array")
			}
			return
		}
		message, hint := app.Explain(err)
		if app.KindOf(err) != app.Invalid || !strings.HasSuffix(message, ".") || len(message) > 200 || len(hint) > 300 {
			t.Fatalf("%q: %s %s", src, message, hint)
		}
		if s.Host != "" || !s.Password.Empty() || s.Gaps != nil {
			t.Fatal("a shop beside an error")
		}
	})
}
