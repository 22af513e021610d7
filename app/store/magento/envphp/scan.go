package envphp

import (
	"bytes"
	"strings"
)

// token is the smallest part of the file.
type token struct {
	kind  kind
	line  int
	text  string  // of a name, text and mark; of a strange token, what it does
	whole int64   // of a whole number
	part  float64 // of a fraction
}

// kind says what a token, and what a value, is.
type kind int

const (
	end      kind = iota // of the file
	name                 // array, true, PHP_EOL, \Some\Class
	text                 // in quotes
	whole                // a number
	fraction             // a number with a fraction or beyond 64 bits
	mark                 // one of [ ] ( ) , ; => = + -
	closing              // ?>
	strange              // something that a literal array never has
	truth                // true or false; values only
	nothing              // null; values only
	list                 // an array; values only
)

// is reports whether the token is a mark.
func (t token) is(m string) bool { return t.kind == mark && t.text == m }

// isWord reports whether the token is a word of PHP, in any case.
func (t token) isWord(word string) bool { return t.kind == name && strings.EqualFold(t.text, word) }

// scanner cuts the file into tokens.
type scanner struct {
	src  []byte
	at   int
	line int
}

// doubleColon is what the token of :: says.
const doubleColon = "names a part of a class"

// strangers are the tokens that no literal array has, the longer ones before
// those that they begin with.
var strangers = []struct{ begins, deed string }{
	{"$", "uses a variable"},
	{"<<<", "writes a text in heredoc form"},
	{"...", "takes in another array"},
	{".", "joins texts with a dot"},
	{"`", "runs a command"},
	{"::", doubleColon},
	{"&", "uses a reference"},
	{"==", "compares values"},
	{"{", "has a block in braces"},
	{"}", "has a block in braces"},
	{"<?", "opens another PHP part"},
	{`\`, "has a backslash outside of quotes"},
}

// marks are the characters that a literal array is made of, besides =>.
const marks = "[](),;=+-"

// operators are the characters that calculate with values, and nothing else.
const operators = "*/%^|~<>!?:@"

// next returns the next token that is no comment.
func (s *scanner) next() (token, error) {
	if err := s.skip(); err != nil {
		return token{}, err
	}
	if s.at == len(s.src) {
		return token{kind: end, line: s.line}, nil
	}
	rest, line := s.src[s.at:], s.line
	switch c := rest[0]; {
	case c == '\'':
		return s.single()
	case c == '"':
		return s.double()
	case bytes.HasPrefix(rest, []byte("?>")):
		s.at += len("?>")
		return token{kind: closing, line: line}, nil
	case isDigit(c) || c == '.' && len(rest) > 1 && isDigit(rest[1]):
		return s.number()
	case startsName(rest):
		return s.name(), nil
	case bytes.HasPrefix(rest, []byte("=>")):
		s.at += len("=>")
		return token{kind: mark, line: line, text: "=>"}, nil
	}
	for _, k := range strangers {
		if bytes.HasPrefix(rest, []byte(k.begins)) {
			s.at += len(k.begins)
			return token{kind: strange, line: line, text: s.named(k.begins, k.deed)}, nil
		}
	}
	s.at++
	switch c := string(rest[:1]); {
	case strings.Contains(marks, c):
		return token{kind: mark, line: line, text: c}, nil
	case strings.Contains(operators, c):
		return token{kind: strange, line: line, text: "calculates a value"}, nil
	}
	return token{}, broken(line, "has a character that PHP does not know outside of quotes")
}

// named tells a nowdoc from a heredoc.
func (s *scanner) named(begins, deed string) string {
	if begins == "<<<" && bytes.HasPrefix(bytes.TrimLeft(s.src[s.at:], " \t"), []byte("'")) {
		return "writes a text in nowdoc form"
	}
	return deed
}

// skip passes over white space and comments.
func (s *scanner) skip() error {
	for s.at < len(s.src) {
		rest := s.src[s.at:]
		switch {
		case rest[0] == ' ' || rest[0] == '\t' || rest[0] == '\n' || rest[0] == '\r':
			s.advance(1)
		case bytes.HasPrefix(rest, []byte("#[")):
			return refused(s.line, "has an attribute in #[ ]")
		case rest[0] == '#' || bytes.HasPrefix(rest, []byte("//")):
			s.advance(lineComment(rest))
		case bytes.HasPrefix(rest, []byte("/*")):
			n := bytes.Index(rest[2:], []byte("*/"))
			if n < 0 {
				return broken(s.line, "begins a comment that does not end")
			}
			s.advance(2 + n + 2)
		default:
			return nil
		}
	}
	return nil
}

// lineComment returns the length of a comment that ends with its line, or
// before a ?>, which PHP obeys even there.
func lineComment(rest []byte) int {
	n := bytes.IndexAny(rest, "\r\n")
	if n < 0 {
		n = len(rest)
	}
	if c := bytes.Index(rest[:n], []byte("?>")); c >= 0 {
		n = c
	}
	return n
}

// advance passes over n bytes and counts lines, which end with \n, \r\n or \r.
func (s *scanner) advance(n int) {
	for to := s.at + n; s.at < to; s.at++ {
		c := s.src[s.at]
		if c == '\n' || c == '\r' && (s.at+1 == len(s.src) || s.src[s.at+1] != '\n') {
			s.line++
		}
	}
}

// name reads a word, with its namespace.
func (s *scanner) name() token {
	begin := s.at
	for s.at < len(s.src) && (inName(s.src[s.at]) || startsName(s.src[s.at:])) {
		s.at++
	}
	return token{kind: name, line: s.line, text: string(s.src[begin:s.at])}
}

// startsName reports whether a word begins here, maybe after a backslash.
func startsName(rest []byte) bool {
	if rest[0] == '\\' && len(rest) > 1 {
		rest = rest[1:]
	}
	return inName(rest[0]) && !isDigit(rest[0])
}

func inName(c byte) bool {
	return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || isDigit(c) || c >= 0x80
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
