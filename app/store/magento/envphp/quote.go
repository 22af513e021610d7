package envphp

import (
	"bytes"
	"strconv"
)

// single reads a text in single quotes, in which a backslash only means
// something before another one and before the quote.
func (s *scanner) single() (token, error) {
	t := token{kind: text, line: s.line}
	var out []byte
	for i := s.at + 1; i < len(s.src); i++ {
		switch c := s.src[i]; {
		case c == '\'':
			s.advance(i + 1 - s.at)
			t.text = string(out)
			return t, nil
		case c == '\\' && i+1 < len(s.src) && (s.src[i+1] == '\\' || s.src[i+1] == '\''):
			i++
			out = append(out, s.src[i])
		default:
			out = append(out, c)
		}
	}
	return token{}, broken(t.line, "begins a text in quotes that does not end")
}

// double reads a text in double quotes, and refuses variables in it.
func (s *scanner) double() (token, error) {
	t := token{kind: text, line: s.line}
	var out []byte
	for i := s.at + 1; i < len(s.src); {
		c, rest := s.src[i], s.src[i+1:]
		switch {
		case c == '"':
			s.advance(i + 1 - s.at)
			t.text = string(out)
			return t, nil
		case c == '\\' && len(rest) > 0:
			made, n, ok := escape(rest)
			if !ok {
				return token{}, broken(t.line, `has a text with a wrong \u{ } in it`)
			}
			out = append(out, made...)
			i += 1 + n
		case c == '$' && len(rest) > 0 && (rest[0] == '{' || inName(rest[0]) && !isDigit(rest[0])),
			c == '{' && len(rest) > 0 && rest[0] == '$':
			return token{}, refused(t.line, "puts a variable into a text")
		default:
			out = append(out, c)
			i++
		}
	}
	return token{}, broken(t.line, "begins a text in quotes that does not end")
}

// simple are the escapes of one letter.
var simple = map[byte]byte{
	'n': '\n', 't': '\t', 'r': '\r', 'v': '\v', 'e': 0x1b, 'f': '\f', '\\': '\\', '$': '$', '"': '"',
}

// escape returns what a backslash makes of what follows it, and the length of
// that. What it does not know it leaves as it is, with the backslash; only a
// wrong code point fails.
func escape(rest []byte) (made []byte, n int, ok bool) {
	c := rest[0]
	if s, found := simple[c]; found {
		return []byte{s}, 1, true
	}
	switch {
	case c == 'x' || c == 'X':
		if n := span(rest[1:], 2, "0123456789abcdefABCDEF"); n > 0 {
			v, _ := strconv.ParseUint(string(rest[1:1+n]), 16, 8)
			return []byte{byte(v)}, 1 + n, true
		}
	case c == 'u' && len(rest) > 1 && rest[1] == '{':
		return codePoint(rest)
	case c >= '0' && c <= '7':
		n := span(rest, 3, "01234567")
		v, _ := strconv.ParseUint(string(rest[:n]), 8, 16)
		return []byte{byte(v)}, n, true // PHP cuts \400 and above, too
	}
	return []byte{'\\', c}, 1, true
}

// span counts the bytes at the front that are among those, up to most.
func span(rest []byte, most int, among string) int {
	n := 0
	for n < most && n < len(rest) && bytes.IndexByte([]byte(among), rest[n]) >= 0 {
		n++
	}
	return n
}

// codePoint encodes u{…} as UTF-8; unlike Go, PHP encodes surrogates too.
func codePoint(rest []byte) (made []byte, n int, ok bool) {
	stop := bytes.IndexByte(rest, '}')
	if stop < 0 {
		return nil, 0, false
	}
	written := string(rest[2:stop])
	if span([]byte(written), len(written), "0123456789abcdefABCDEF") != len(written) {
		return nil, 0, false
	}
	v, err := strconv.ParseUint(written, 16, 64)
	if err != nil || v > 0x10ffff {
		return nil, 0, false
	}
	const follow = 0x80
	tail := func(shift uint) byte { return follow | byte(v>>shift)&0x3f }
	switch {
	case v < 0x80:
		made = []byte{byte(v)}
	case v < 0x800:
		made = []byte{0xc0 | byte(v>>6), tail(0)}
	case v < 0x10000:
		made = []byte{0xe0 | byte(v>>12), tail(6), tail(0)}
	default:
		made = []byte{0xf0 | byte(v>>18), tail(12), tail(6), tail(0)}
	}
	return made, stop + 1, true
}
