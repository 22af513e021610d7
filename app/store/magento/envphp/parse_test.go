package envphp

import (
	"encoding/binary"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
)

// dump writes a value so that values differ exactly if their dumps do. The
// script testdata/dump.php writes the same of what PHP reads.
func dump(v value) string {
	switch v.kind {
	case text:
		return fmt.Sprintf("t%x", v.text)
	case whole:
		return fmt.Sprintf("i%d", v.whole)
	case fraction:
		return fmt.Sprintf("f%x", binary.BigEndian.AppendUint64(nil, math.Float64bits(v.part)))
	case truth:
		return fmt.Sprintf("b%t", v.truth)
	case nothing:
		return "n"
	}
	var out strings.Builder
	for _, e := range v.entries {
		fmt.Fprintf(&out, "%x=%s,", e.key, dump(e.value))
	}
	return "[" + out.String() + "]"
}

func texts(s string) value         { return value{kind: text, text: s} }
func wholes(n int64) value         { return value{kind: whole, whole: n} }
func fractions(f float64) value    { return value{kind: fraction, part: f} }
func truths(b bool) value          { return value{kind: truth, truth: b} }
func lists(entries ...entry) value { return value{kind: list, entries: entries} }
func numbered(values ...value) value {
	v := lists()
	for i, one := range values {
		v.entries = append(v.entries, entry{fmt.Sprint(i), one})
	}
	return v
}

// literals are values as PHP writes them, each with what it is.
var literals = []struct {
	src  string
	want value
}{
	{`[]`, lists()},
	{`array()`, lists()},
	{"ARRAY \n (/* nothing */)", lists()},
	{`[1, 2, 3,]`, numbered(wholes(1), wholes(2), wholes(3))},
	{`array(array('a'), ['b',],)`, numbered(numbered(texts("a")), numbered(texts("b")))},
	{`['a' => ['b' => ['c' => null]]]`, lists(entry{"a", lists(entry{"b", lists(entry{"c", value{kind: nothing}})})})},

	// Numbers.
	{`[0, 00, 7, 1_000_000, -1, - 2, +3, -/* x */4]`, numbered(wholes(0), wholes(0), wholes(7), wholes(1_000_000), wholes(-1), wholes(-2), wholes(3), wholes(-4))},
	{`[0x1F, 0X1f, 0b101, 0B1_1, 017, 0o17, 0O1_7, 0_17]`, numbered(wholes(31), wholes(31), wholes(5), wholes(3), wholes(15), wholes(15), wholes(15), wholes(15))},
	{`[9223372036854775807, -9223372036854775807, 0x7fffffffffffffff]`, numbered(wholes(math.MaxInt64), wholes(-math.MaxInt64), wholes(math.MaxInt64))},
	{`[9223372036854775808, -9223372036854775808]`, numbered(fractions(1<<63), fractions(-1<<63))},
	{`[1.5, -1.5, .5, 1., 1e3, 1E+3, 1.e3, 1e-3, 0.0, 09.5, 1_0.2_5, 08e1]`, numbered(fractions(1.5), fractions(-1.5), fractions(0.5), fractions(1),
		fractions(1000), fractions(1000), fractions(1000), fractions(0.001), fractions(0), fractions(9.5), fractions(10.25), fractions(80))},
	{`[1e999, -0.0]`, numbered(fractions(math.Inf(1)), fractions(math.Copysign(0, -1)))},

	// Words.
	{`[true, True, TRUE, false, FALSE, null, NULL, Null]`, numbered(truths(true), truths(true), truths(true), truths(false), truths(false),
		value{kind: nothing}, value{kind: nothing}, value{kind: nothing})},

	// Texts in single quotes.
	{`['', 'a', 'it\'s', 'back\\slash', 'back\slash', '\n', '\\\'', 'end\\']`, numbered(texts(""), texts("a"), texts("it's"), texts(`back\slash`),
		texts(`back\slash`), texts(`\n`), texts(`\'`), texts(`end\`))},
	{"['two\nlines', 'CR\r\nLF', '\"', '$a {$b}', '//', '?>', '#[', '/*']", numbered(texts("two\nlines"), texts("CR\r\nLF"), texts(`"`),
		texts("$a {$b}"), texts("//"), texts("?>"), texts("#["), texts("/*"))},
	{"['\xff\x00\xfe']", numbered(texts("\xff\x00\xfe"))},

	// Texts in double quotes.
	{`["", "a", "it's", "\"", "\\", "\$", "\n\t\r\v\e\f"]`, numbered(texts(""), texts("a"), texts("it's"), texts(`"`), texts(`\`), texts(`$`), texts("\n\t\r\v\x1b\f"))},
	{`["\0", "\7", "\08", "\101", "\1011", "\377", "\400", "\8", "\9"]`, numbered(texts("\x00"), texts("\a"), texts("\x008"), texts("A"), texts("A1"),
		texts("\xff"), texts("\x00"), texts(`\8`), texts(`\9`))},
	{`["\x41", "\X41", "\x4", "\x4g", "\xg", "\x", "\xABC"]`, numbered(texts("A"), texts("A"), texts("\x04"), texts("\x04g"), texts(`\xg`), texts(`\x`), texts("\xabC"))},
	{`["\u{41}", "\u{e9}", "\u{20AC}", "\u{1F600}", "\u{000041}", "\u{d800}", "\u0041", "\u", "\U{41}"]`, numbered(texts("A"), texts("é"), texts("€"), texts("😀"),
		texts("A"), texts("\xed\xa0\x80"), texts(`\u0041`), texts(`\u`), texts(`\U{41}`))},
	{`["\a\b\c\'\?\{", "a$", "$ a", "$1", "$$", "{ $", "{a}", "$\x41", "\\\\", "\$a", "{\$a}", "\{a}"]`, numbered(texts(`\a\b\c\'\?\{`), texts("a$"), texts("$ a"),
		texts("$1"), texts("$$"), texts("{ $"), texts("{a}"), texts("$A"), texts(`\\`), texts("$a"), texts("{$a}"), texts(`\{a}`))},
	{"[\"two\nlines\", \"?>\", \"/*\", \"\\\nx\"]", numbered(texts("two\nlines"), texts("?>"), texts("/*"), texts("\\\nx"))},

	// Keys.
	{`['1' => 'a', 1 => 'b', "01" => 'c', '-0' => 'd', -5 => 'e', '-5' => 'f', '1.5' => 'g', ' 1' => 'h']`, lists(entry{"1", texts("b")}, entry{"01", texts("c")},
		entry{"-0", texts("d")}, entry{"-5", texts("f")}, entry{"1.5", texts("g")}, entry{" 1", texts("h")})},
	{`['a', 5 => 'b', 'c', '9' => 'd', 'e', 3 => 'f', 'g', 'x' => 'h', 'i']`, lists(entry{"0", texts("a")}, entry{"5", texts("b")}, entry{"6", texts("c")},
		entry{"9", texts("d")}, entry{"10", texts("e")}, entry{"3", texts("f")}, entry{"11", texts("g")}, entry{"x", texts("h")}, entry{"12", texts("i")})},
	{`['a' => 1, 'b' => 2, 'a' => 3]`, lists(entry{"a", wholes(3)}, entry{"b", wholes(2)})},
	{`['9223372036854775808' => 'a', 'b', 0x10 => 'c', "" => 'd', '-' => 'e', -1 => 'f']`, lists(entry{"9223372036854775808", texts("a")}, entry{"0", texts("b")},
		entry{"16", texts("c")}, entry{"", texts("d")}, entry{"-", texts("e")}, entry{"-1", texts("f")})},
	{`['-9223372036854775808' => 'a', '9223372036854775807' => 'b']`, lists(entry{"-9223372036854775808", texts("a")}, entry{"9223372036854775807", texts("b")})},

	// Comments and white space.
	{"[ // one ] ;\n 1 # two '\n , /* three\n ' */ 2 /** four **/ , //\n 3 #\n /***/ ]", numbered(wholes(1), wholes(2), wholes(3))},
	{"[\r1,\r\n2,\t3 // CR ends it\r, 4]", numbered(wholes(1), wholes(2), wholes(3), wholes(4))},
}

func TestLiterals(t *testing.T) {
	for _, c := range literals {
		got, err := parse([]byte("<?php return " + c.src + ";"))
		require.NoError(t, err, c.src)
		require.Equal(t, dump(c.want), dump(got), c.src)
	}
}

// frames are files around a literal that all mean the same.
var frames = []string{
	"<?php return %s;",
	"<?php\nreturn %s;\n",
	"<?php return/**/%s;",
	"<?PHP\r\nRETURN %s ;\r\n",
	"<?php\n/**\n * Copyright\n */\nreturn %s;\n\n// end",
	"<?php\ndeclare(strict_types=1);\n\nreturn %s;\n",
	"<?php declare ( STRICT_TYPES = 0 ) ; Return %s;",
	"<?php return %s ?>",
	"<?php return %s; ?>\n",
	"<?php return %s; // end ?>\n",
	"<?php return %s; /* end */ ?>\n \n",
	"<?php return %s # end\n;",
	"\ufeff<?php return %s;",
	"\n<?php return %s;",
}

func TestFrames(t *testing.T) {
	for _, frame := range append(frames, "<?php return%s;") {
		got, err := parse([]byte(strings.ReplaceAll(frame, "%s", "['a' => 1]")))
		require.NoError(t, err, frame)
		require.Equal(t, dump(lists(entry{"a", wholes(1)})), dump(got), frame)
	}
}

func TestDepth(t *testing.T) {
	deep := func(n int) error {
		_, err := parse([]byte("<?php return " + strings.Repeat("[", n) + strings.Repeat("]", n) + ";"))
		return err
	}
	require.NoError(t, deep(64))
	require.EqualError(t, deep(65), refused(1, "is more than 64 arrays deep").Error())
	require.Error(t, deep(maxSize/2-20), "and far deeper, without a stack that overflows")
}

func TestALargeArrayIsReadQuickly(t *testing.T) {
	var src strings.Builder
	src.WriteString("<?php return [")
	for i := 0; src.Len() < maxSize-20; i++ {
		fmt.Fprintf(&src, "'%x'=>1,", i)
	}
	src.WriteString("];")
	v, err := parse([]byte(src.String()))
	require.NoError(t, err)
	require.Greater(t, len(v.entries), 80_000)
	_, err = parse([]byte(src.String() + strings.Repeat(" ", 40)))
	require.Error(t, err)
	require.Equal(t, app.Invalid, app.KindOf(err))
	require.ErrorContains(t, err, "larger than 1 MiB")
}
