package phpjson

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// Bounds of a document.
const (
	// MaxSize is the longest document in bytes: sixteen times what fits into
	// the columns that hold one.
	MaxSize = 1 << 20

	// maxNesting is how many lists and objects may lie within each other:
	// json_decode's depth of 512 counts what is in the innermost one as well.
	maxNesting = 511
)

// What can be wrong with a document. The errors of [Parse] wrap one of these
// and say at which byte.
var (
	ErrSyntax    = errors.New("it is not JSON")
	ErrControl   = errors.New("it holds a control character that is not escaped")
	ErrUTF8      = errors.New("it holds text that is not UTF-8")
	ErrSurrogate = errors.New("it holds half of a surrogate pair")
	ErrDepth     = errors.New("it is nested more than 511 deep")
	ErrTooLong   = errors.New("it is longer than 1,048,576 bytes")
	ErrNotObject = errors.New("it is neither an object nor the empty list")
	ErrName      = errors.New("the name of a key would be a number in PHP")
)

// scanner reads JSON by the grammar of PHP's json_decode, which is that of
// RFC 8259, in UTF-8 and without a byte order mark.
type scanner struct {
	text    string
	at      int
	nesting int
}

// fail says where it went wrong, and quotes nothing.
func (s *scanner) fail(err error) error { return fmt.Errorf("byte %d: %w", s.at, err) }

// wrong is the error about what comes next.
func (s *scanner) wrong() error { return s.fail(ErrSyntax) }

// peek returns the next byte, or 0 at the end.
func (s *scanner) peek() byte {
	if s.at < len(s.text) {
		return s.text[s.at]
	}
	return 0
}

// take passes over one byte if it is c.
func (s *scanner) take(c byte) bool {
	if s.peek() != c {
		return false
	}
	s.at++
	return true
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func (s *scanner) space() {
	for s.at < len(s.text) && isSpace(s.text[s.at]) {
		s.at++
	}
}

// value passes over one value.
func (s *scanner) value() error {
	switch c := s.peek(); {
	case c == '"':
		_, err := s.str()
		return err
	case c == '{':
		return s.object(nil)
	case c == '[':
		return s.list(nil)
	case c == '-' || isDigit(c):
		return s.number()
	}
	for _, word := range []string{"true", "false", "null"} {
		if strings.HasPrefix(s.text[s.at:], word) {
			s.at += len(word)
			return nil
		}
	}
	return s.wrong()
}

// number passes over a number. That it ends where it should is for the caller
// to find.
func (s *scanner) number() error {
	s.take('-')
	if !s.take('0') && !s.digits() {
		return s.wrong()
	}
	if s.take('.') && !s.digits() {
		return s.wrong()
	}
	if s.take('e') || s.take('E') {
		if !s.take('+') {
			s.take('-')
		}
		if !s.digits() {
			return s.wrong()
		}
	}
	return nil
}

// digits passes over digits and reports whether there were any.
func (s *scanner) digits() bool {
	from := s.at
	for isDigit(s.peek()) {
		s.at++
	}
	return s.at > from
}

// str passes over a string, and says whether there are escapes in it.
func (s *scanner) str() (escaped bool, err error) {
	s.at++ // the quotation mark
	for s.at < len(s.text) {
		switch c := s.text[s.at]; {
		case c == '"':
			s.at++
			return escaped, nil
		case c == '\\':
			escaped = true
			if err := s.escape(); err != nil {
				return escaped, err
			}
		case c < ' ':
			return escaped, s.fail(ErrControl)
		case c < utf8.RuneSelf:
			s.at++
		default:
			r, size := utf8.DecodeRuneInString(s.text[s.at:])
			if r == utf8.RuneError && size == 1 {
				return escaped, s.fail(ErrUTF8)
			}
			s.at += size
		}
	}
	return escaped, s.wrong()
}

// escape passes over one escape sequence, a surrogate pair in whole.
func (s *scanner) escape() error {
	rest := s.text[s.at:]
	if len(rest) < 2 {
		return s.wrong()
	}
	if rest[1] != 'u' {
		if strings.IndexByte(`"\/bfnrt`, rest[1]) < 0 {
			return s.wrong()
		}
		s.at += 2
		return nil
	}
	unit, ok := hexUnit(rest)
	if !ok {
		return s.wrong()
	}
	if unit&0xf800 == 0xd800 {
		second, ok := hexUnit(rest[6:])
		if unit >= 0xdc00 || !ok || second&0xfc00 != 0xdc00 {
			return s.fail(ErrSurrogate)
		}
		s.at += 6
	}
	s.at += 6
	return nil
}

// hexUnit reads \uXXXX at the beginning of a text.
func hexUnit(text string) (unit rune, ok bool) {
	if len(text) < 6 || text[0] != '\\' || text[1] != 'u' {
		return 0, false
	}
	for _, c := range []byte(text[2:6]) {
		unit <<= 4
		switch {
		case isDigit(c):
			unit |= rune(c - '0')
		case c >= 'a' && c <= 'f':
			unit |= rune(c - 'a' + 10)
		case c >= 'A' && c <= 'F':
			unit |= rune(c - 'A' + 10)
		default:
			return 0, false
		}
	}
	return unit, true
}

// enter passes over an opening bracket.
func (s *scanner) enter() error {
	if s.nesting++; s.nesting > maxNesting {
		return s.fail(ErrDepth)
	}
	s.at++
	return nil
}

// object passes over an object, and hands each member to each.
func (s *scanner) object(each func(member)) error {
	if err := s.enter(); err != nil {
		return err
	}
	from := s.at
	if s.space(); s.take('}') {
		s.nesting--
		return nil
	}
	for {
		m, err := s.member(from)
		if err != nil {
			return err
		}
		if each != nil {
			each(m)
		}
		if s.take('}') {
			s.nesting--
			return nil
		}
		if !s.take(',') {
			return s.wrong()
		}
		from = s.at
		s.space()
	}
}

// member passes over a name and a value, with the white space between from and
// the name, and that behind the value.
func (s *scanner) member(from int) (member, error) {
	if s.peek() != '"' {
		return member{}, s.wrong()
	}
	nameAt := s.at
	escaped, err := s.str()
	if err != nil {
		return member{}, err
	}
	name := s.text[nameAt+1 : s.at-1]
	if escaped {
		name = unescape(name)
	}
	s.space()
	if !s.take(':') {
		return member{}, s.wrong()
	}
	s.space()
	valueAt := s.at
	if err := s.value(); err != nil {
		return member{}, err
	}
	end := s.at
	s.space()
	return member{
		before: s.text[from:valueAt], name: name, value: Value{s.text[valueAt:end]}, after: s.text[end:s.at],
	}, nil
}

// list passes over a list, and hands each element to each.
func (s *scanner) list(each func(Value)) error {
	if err := s.enter(); err != nil {
		return err
	}
	if s.space(); s.take(']') {
		s.nesting--
		return nil
	}
	for {
		s.space()
		from := s.at
		if err := s.value(); err != nil {
			return err
		}
		if each != nil {
			each(Value{s.text[from:s.at]})
		}
		if s.space(); s.take(']') {
			s.nesting--
			return nil
		}
		if !s.take(',') {
			return s.wrong()
		}
	}
}
