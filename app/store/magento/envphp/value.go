package envphp

import (
	"strconv"
	"strings"
)

// value is a literal of the file.
type value struct {
	kind    kind
	text    string
	whole   int64
	part    float64
	truth   bool
	entries []entry // of a list, in order
}

// entry is one of an array. The key is a text, or a number in decimal: in PHP
// the key '1' is the key 1.
type entry struct {
	key   string
	value value
}

// key returns the value as the key of an entry.
func (v value) key() (key string, ok bool) {
	switch v.kind {
	case text:
		return v.text, true
	case whole:
		return strconv.FormatInt(v.whole, 10), true
	}
	return "", false
}

// at returns the value at a path of keys, or nothing.
func (v value) at(path ...string) value {
	for _, key := range path {
		found := value{kind: nothing}
		for _, e := range v.entries {
			if e.key == key {
				found = e.value
				break
			}
		}
		v = found
	}
	return v
}

// word returns the value as PHP makes a text of it. A list has none.
func (v value) word() (word string, ok bool) {
	switch v.kind {
	case text:
		return v.text, true
	case whole:
		return strconv.FormatInt(v.whole, 10), true
	case fraction:
		return fractionWord(v.part), true
	case truth:
		if v.truth {
			return "1", true
		}
		return "", true
	case nothing:
		return "", true
	}
	return "", false
}

// fractionWord writes a number with 14 digits, as PHP does by default: 1.5,
// 1.0E+25.
func fractionWord(f float64) string {
	const precision = 14
	word := strconv.FormatFloat(f, 'G', precision, 64)
	mantissa, exponent, found := strings.Cut(word, "E")
	if !found {
		return strings.TrimPrefix(word, "+") // +Inf
	}
	if !strings.Contains(mantissa, ".") {
		mantissa += ".0"
	}
	sign, size := exponent[:1], strings.TrimLeft(exponent[1:], "0")
	return mantissa + "E" + sign + size
}
