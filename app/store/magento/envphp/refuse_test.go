package envphp

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
)

func TestRefused(t *testing.T) {
	for _, c := range []struct{ src, deed string }{
		{`getenv('X')`, "calls a function"},
		{`\getenv ( 'X' )`, "calls a function"},
		{`env /* x */ ('X')`, "calls a function"},
		{`list('a')`, "calls a function"},
		{`PHP_EOL`, "uses a constant"},
		{`__DIR__ . '/x'`, "uses a constant"},
		{`\true`, "uses a constant"},
		{`hunter2`, "uses a constant"},
		{`b'x'`, "uses a constant"},
		{`array`, "uses a constant"},
		{`Some\Class::NAME`, "uses a class constant"},
		{`\PDO::MYSQL_ATTR_INIT_COMMAND`, "uses a class constant"},
		{`Some::$name`, "uses a class constant"},
		{`$key`, "uses a variable"},
		{`&$key`, "uses a reference"},
		{`"$key"`, "puts a variable into a text"},
		{`"a ${key}"`, "puts a variable into a text"},
		{`"a {$key}"`, "puts a variable into a text"},
		{`"{$}"`, "puts a variable into a text"},
		{`"\{$key}"`, "puts a variable into a text"},
		{"\"$\x80\"", "puts a variable into a text"},
		{"<<<X\nhunter2\nX", "writes a text in heredoc form"},
		{"<<<\"X\"\nhunter2\nX", "writes a text in heredoc form"},
		{"<<< 'X'\nhunter2\nX", "writes a text in nowdoc form"},
		{"`id`", "runs a command"},
		{`'hunter' . '2'`, "joins texts with a dot"},
		{`1 + 2`, "calculates a value"},
		{`1 - 2`, "calculates a value"},
		{`-'1'`, "calculates a value"},
		{`- -1`, "calculates a value"},
		{`2 ** 3`, "calculates a value"},
		{`!true`, "calculates a value"},
		{`1 ?: 2`, "calculates a value"},
		{`null ?? 2`, "calculates a value"},
		{`1 == 2`, "compares values"},
		{`@$x`, "calculates a value"},
		{`('a')`, "puts a value in parentheses"},
		{`(string) 5`, "puts a value in parentheses"},
		{`'a'('b')`, "puts a value in parentheses"},
		{`...$other`, "takes in another array"},
		{`include 'other.php'`, "includes another file"},
		{`require_once('other.php')`, "includes another file"},
		{`new ArrayObject([])`, "makes an object"},
		{`fn() => 1`, "holds a function"},
		{`static function () { return 1; }`, "holds a function"},
		{`#[Attribute] fn() => 1`, "has an attribute in #[ ]"},
		{`{1}`, "has a block in braces"},
		{`\ 'a'`, "has a backslash outside of quotes"},
		{`0x8000000000000000`, "has a number beyond 64 bits"},
		{`0777777777777777777777777`, "has a number beyond 64 bits"},
		{`1.5 => 'a'`, "has a key that is neither a text nor a whole number"},
		{`true => 'a'`, "has a key that is neither a text nor a whole number"},
		{`null => 'a'`, "has a key that is neither a text nor a whole number"},
		{`[] => 'a'`, "has a key that is neither a text nor a whole number"},
		{`-5 => 'a', 'b'`, "has a value without a key behind a negative key, which each PHP numbers in its own way"},
	} {
		for _, frame := range []string{
			"<?php\nreturn [\n    'password' => %s\n];\n", "<?php\nreturn array(\n%s\n);", "<?php return [['x',\n\n%s, 'y']];",
			"<?php return ['x' => /*\n */ 'y', // ?\n%s",
		} {
			if strings.Contains(c.src, "=>") && !strings.HasPrefix(c.src, "fn") && strings.Contains(frame, "=> %s") {
				continue // a key cannot stand there
			}
			if c.deed == "has a value without a key behind a negative key, which each PHP numbers in its own way" && strings.Contains(frame, "'x'") {
				continue // there the key before is not negative
			}
			src := strings.ReplaceAll(frame, "%s", c.src)
			for _, ending := range []string{"\n", "\r\n", "\r"} {
				_, err := parse([]byte(strings.ReplaceAll(src, "\n", ending)))
				require.Equal(t, refused(3, c.deed), err, "%q %s", ending, src)
			}
		}
	}
}

// A word that is no text may be a password without its quotes.
func TestNoErrorQuotesTheFile(t *testing.T) {
	for _, src := range []string{
		"hunter2", "'a' hunter2", "hunter2('x')", "Hunter2::hunter2", "'hunter2", `"hunter2`, `"hunter2 $x"`, "<<<hunter2\nhunter2", "/* hunter2",
		"$hunter2", "'x' . 'hunter2'", "0hunter2", "#[hunter2]",
	} {
		_, err := parse([]byte("<?php return ['password' => " + src + "];"))
		require.Error(t, err, src)
		message, hint := app.Explain(err)
		require.NotContains(t, strings.ToLower(message+hint), "hunter2", src)
		require.True(t, strings.HasSuffix(message, ".") && strings.HasSuffix(hint, "."), message)
	}
}

// The names that people write for TLS are told by number.
func TestConstantsOfTLS(t *testing.T) {
	for constant, number := range map[string]string{
		"PDO::MYSQL_ATTR_SSL_CA": "1009", `\PDO::MYSQL_ATTR_SSL_KEY`: "1007", `Pdo\Mysql :: ATTR_SSL_CERT`: "1008",
		"PDO::MYSQL_ATTR_SSL_CAPATH": "1010", "PDO::MYSQL_ATTR_SSL_CIPHER": "1011", "PDO::MYSQL_ATTR_SSL_VERIFY_SERVER_CERT": "1014",
	} {
		_, err := parse([]byte("<?php return [\n" + constant + " => 'x'];"))
		message, hint := app.Explain(err)
		require.Equal(t, "Line 2 of env.php uses a class constant.", message)
		require.Contains(t, hint, "Write "+number+" there", constant)
	}
}

func TestBroken(t *testing.T) {
	for _, c := range []struct {
		src  string
		line int
		deed string
	}{
		{"<?php", 1, "is the last one, and nothing was returned"},
		{"<?php\n", 2, "is the last one, and nothing was returned"},
		{"\n<?php declare(strict_types=1); return [];", 2, "declares something, which must not be done with a blank or a byte order mark before <?php"},
		{"\ufeff<?php\ndeclare(strict_types=1); return [];", 2, "declares something, which must not be done with a blank or a byte order mark before <?php"},
		{"<?php // return [];", 1, "is the last one, and nothing was returned"},
		{"<?php // ?> return [];", 1, "is the last one, and nothing was returned"},
		{"<?php return 'a';", 1, "returns something that is no array"},
		{"<?php\n\nreturn\n5;", 4, "returns something that is no array"},
		{"<?php return;", 1, "lacks a comma or has something too much"},
		{"<?php return [];\n[", 2, ""},
		{"<?php return []", 1, "is the last one, and lacks a semicolon"},
		{"<?php return [\n'a'\n'b'];", 3, "lacks a comma or has something too much"},
		{"<?php return [\n'a' => 'b' => 'c'];", 2, "lacks a comma or has something too much"},
		{"<?php return [,];", 1, "lacks a comma or has something too much"},
		{"<?php return ['a',,];", 1, "lacks a comma or has something too much"},
		{"<?php return ['a' => ,];", 1, "lacks a comma or has something too much"},
		{"<?php return ['a');", 1, "lacks a comma or has something too much"},
		{"<?php return array('a'];", 1, "lacks a comma or has something too much"},
		{"<?php return ['a' => 1_];", 1, ""},
		{"<?php return ['a' => 0x];", 1, ""},
		{"<?php return ['a' => 12abc];", 1, ""},
		{"<?php return [\n'a' => 08];", 2, "has a number that begins with 0 and is not octal"},
		{"<?php return [\n'a", 2, "begins a text in quotes that does not end"},
		{"<?php return [\n\"a\n\n\\\"", 2, "begins a text in quotes that does not end"},
		{"<?php return ['\\'];", 1, "begins a text in quotes that does not end"},
		{"<?php return [\"\\", 1, "begins a text in quotes that does not end"},
		{"<?php return [\n/* ];", 2, "begins a comment that does not end"},
		{"<?php return [\n1 // ?>\n];", 2, "ends the PHP part with ?> before the array ends"},
		{"<?php return [\n1,\n", 3, "is the last one, and something on it or above is not closed"},
		{"<?php return ['a' =>", 1, "is the last one, and something on it or above is not closed"},
		{"<?php return [9223372036854775807 => 'a',\n'b'];", 2, "has a value without a key behind the highest key there is"},
		{`<?php return ["\u{110000}"];`, 1, `has a text with a wrong \u{ } in it`},
		{`<?php return ["\u{}"];`, 1, `has a text with a wrong \u{ } in it`},
		{`<?php return ["\u{4 1}"];`, 1, `has a text with a wrong \u{ } in it`},
		{`<?php return ["\u{41", '}'];`, 1, `has a text with a wrong \u{ } in it`},
		{`<?php return ["\u{fffffffffffffffff}"];`, 1, `has a text with a wrong \u{ } in it`},
		{"<?php return [\n\x01];", 2, "has a character that PHP does not know outside of quotes"},
		{"<?php return [\n\x00];", 2, "has a character that PHP does not know outside of quotes"},
		{"<?php return [1\v];", 1, "has a character that PHP does not know outside of quotes"},
	} {
		_, err := parse([]byte(c.src))
		if c.deed == "" { // said one way or the other
			require.Error(t, err, c.src)
			require.Equal(t, app.Invalid, app.KindOf(err))
			continue
		}
		require.Equal(t, broken(c.line, c.deed), err, c.src)
	}
}

func TestWhatStandsAroundTheArray(t *testing.T) {
	for _, c := range []struct {
		src  string
		line int
		deed string
	}{
		{"<?php\n$a = [];\nreturn $a;", 2, "uses a variable"},
		{"<?php\nnamespace A;\nreturn [];", 2, "does something else than returning an array"},
		{"<?php\nif (true) { return []; }", 2, "does something else than returning an array"},
		{"<?php\n[];", 2, "does something else than returning an array"},
		{"<?php\n'x';", 2, "does something else than returning an array"},
		{"<?php\ndeclare(ticks=1);\nreturn [];", 2, "declares something else than strict_types"},
		{"<?php\ndeclare(strict_types=2);\nreturn [];", 2, "declares something else than strict_types"},
		{"<?php\ndeclare(strict_types=1) { return []; }", 2, "declares something else than strict_types"},
		{"<?php return [] + [];", 1, "calculates a value"},
		{"<?php return [] ?: [];", 1, "calculates a value"},
		{"<?php return [1][0];", 1, ""},
		{"<?php return []->x;", 1, ""},
		{"<?php return ([]);", 1, "puts a value in parentheses"},
		{"<?php\nreturn [];\nevil();", 3, "has more behind the array"},
		{"<?php return [];\n;", 2, "has more behind the array"},
		{"<?php return []; ?>\n<p>", 1, "has more behind the array"},
		{"<?php return [] ?> <?php evil();", 1, "has more behind the array"},
		{"<?php return []; __halt_compiler(); x", 1, "has more behind the array"},
	} {
		_, err := parse([]byte(c.src))
		if c.deed == "" {
			require.Error(t, err, c.src)
			continue
		}
		require.Equal(t, refused(c.line, c.deed), err, c.src)
	}
}

func TestNoPHP(t *testing.T) {
	for _, src := range []string{
		"", " \n", "return [];", "{\"db\":{}}", "<?", "<?ph", "<?= []", "<? return [];", "<?phpx return [];", "<?php/**/return [];",
		"x<?php return [];", "\xff\xfe<\x00?\x00", "<html><?php return [];", "#!/usr/bin/php\n<?php return [];",
	} {
		_, err := parse([]byte(src))
		require.Error(t, err, src)
		message, hint := app.Explain(err)
		require.Equal(t, "The file does not begin with <?php, so it is no env.php.", message)
		require.NotEmpty(t, hint)
	}
}
