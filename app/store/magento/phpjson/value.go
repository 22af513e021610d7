package phpjson

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Kind says what a value is.
type Kind int

// The kinds of values.
const (
	Null Kind = iota
	Bool
	Number
	String
	List
	Object
)

// Value is a value of a document, as its text. The zero value is null.
type Value struct{ text string }

// OfBool is true or false.
func OfBool(b bool) Value { return Value{strconv.FormatBool(b)} }

// OfString is a string. It fails with [ErrUTF8], as json_encode does.
func OfString(s string) (Value, error) {
	if !utf8.ValidString(s) {
		return Value{}, ErrUTF8
	}
	return Value{quote(s)}, nil
}

// quote writes valid UTF-8 as json_encode does without flags. All that it
// escapes besides ASCII's control characters, quotation mark, slash and
// backslash is what is not ASCII; that DEL stays as it is, is PHP's way.
func quote(s string) string {
	const hex = "0123456789abcdef"
	b := make([]byte, 0, len(s)+2)
	unit := func(u rune) {
		b = append(b, '\\', 'u', hex[u>>12&15], hex[u>>8&15], hex[u>>4&15], hex[u&15])
	}
	b = append(b, '"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\' || r == '/':
			b = append(b, '\\', byte(r))
		case r >= ' ' && r < utf8.RuneSelf:
			b = append(b, byte(r))
		case r < ' ' && strings.IndexByte("\b\t\n\f\r", byte(r)) >= 0:
			b = append(b, '\\', "btn.fr"[r-'\b'])
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			unit(high)
			unit(low)
		default:
			unit(r)
		}
	}
	return string(append(b, '"'))
}

// Raw returns the text of the value.
func (v Value) Raw() string {
	if v.text == "" {
		return "null"
	}
	return v.text
}

// Kind says what the value is.
func (v Value) Kind() Kind {
	switch v.Raw()[0] {
	case '"':
		return String
	case '{':
		return Object
	case '[':
		return List
	case 't', 'f':
		return Bool
	case 'n':
		return Null
	}
	return Number
}

// Truthy reports whether PHP takes the decoded value for true. It does not for
// false, null, a zero in any notation (a number too small for a float is one),
// the strings "" and "0", and what has no elements.
func (v Value) Truthy() bool {
	switch v.Kind() {
	case Bool:
		return v.text == "true"
	case Number:
		f, err := strconv.ParseFloat(v.text, 64)
		return err != nil || f != 0 // the only error is one that is too large
	case String:
		s, _ := v.Text()
		return s != "" && s != "0"
	case List, Object:
		return !v.Empty()
	case Null:
	}
	return false
}

// Empty reports whether the value is a list or an object without elements,
// which are the same empty array to PHP.
func (v Value) Empty() bool {
	switch v.Kind() {
	case List, Object:
		return strings.Trim(v.text[1:len(v.text)-1], " \t\n\r") == ""
	default:
		return false
	}
}

// Text returns what a string says; ok is false for any other value.
func (v Value) Text() (text string, ok bool) {
	if v.Kind() != String {
		return "", false
	}
	return unescape(v.text[1 : len(v.text)-1]), true
}

// Int returns a number that PHP decodes to an integer; ok is false for any
// other value, for fractions and exponents, and beyond 64 bits.
func (v Value) Int() (n int64, ok bool) {
	n, err := strconv.ParseInt(v.text, 10, 64)
	return n, err == nil
}

// Elements returns what is in a list; ok is false for any other value.
func (v Value) Elements() (elements []Value, ok bool) {
	if v.Kind() != List {
		return nil, false
	}
	s := scanner{text: v.text}
	err := s.list(func(e Value) { elements = append(elements, e) })
	return elements, err == nil
}

// Document returns the value as a document of its own, which fails with
// [ErrNotObject]. Its changes reach where it came from by [Document.Set] only.
func (v Value) Document() (*Document, error) { return Parse(v.Raw()) }

// unescape resolves the escapes of a string that was scanned, without its
// quotation marks.
func unescape(s string) string {
	i := strings.IndexByte(s, '\\')
	if i < 0 {
		return s
	}
	b := append(make([]byte, 0, len(s)), s[:i]...)
	for i < len(s) {
		c := s[i]
		switch {
		case c != '\\':
			b = append(b, c)
			i++
			continue
		case s[i+1] != 'u':
			b = append(b, plain(s[i+1]))
			i += 2
			continue
		}
		r, _ := hexUnit(s[i:])
		i += 6
		if utf16.IsSurrogate(r) {
			low, _ := hexUnit(s[i:])
			r = utf16.DecodeRune(r, low)
			i += 6
		}
		b = utf8.AppendRune(b, r)
	}
	return string(b)
}

// plain is what a backslash and a letter stand for.
func plain(c byte) byte {
	if i := strings.IndexByte("bfnrt", c); i >= 0 {
		return "\b\f\n\r\t"[i]
	}
	return c
}
