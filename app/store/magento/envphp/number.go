package envphp

import (
	"regexp"
	"strconv"
	"strings"
)

// How PHP writes numbers. An underscore may stand between digits.
var (
	basedForm    = regexp.MustCompile(`^0(?:[xX][0-9a-fA-F]+(?:_[0-9a-fA-F]+)*|[bB][01]+(?:_[01]+)*|[oO][0-7]+(?:_[0-7]+)*)`)
	wholeForm    = regexp.MustCompile(`^` + digits)
	fractionForm = regexp.MustCompile(`^(?:(?:` + digits + `)?\.` + digits + `|` + digits + `\.?)(?:[eE][+-]?` + digits + `)?`)
)

const digits = `[0-9]+(?:_[0-9]+)*`

// number reads a number. Digits behind it, or letters, are the next token, as
// in PHP, and wrong there.
func (s *scanner) number() (token, error) {
	rest := s.src[s.at:]
	t := token{kind: whole, line: s.line}
	form := basedForm.Find(rest)
	if form == nil {
		form = fractionForm.Find(rest)
	}
	s.at += len(form)
	written := strings.ReplaceAll(string(form), "_", "")
	base := 10
	switch whole := wholeForm.Find(rest); {
	case len(whole) < len(form) && len(written) > 1 && strings.ContainsRune("xXbBoO", rune(written[1])):
		base = 0
	case len(whole) < len(form): // a point or an exponent
		return t.fraction(written), nil
	case written[0] == '0':
		base = 8
		written = "0" + written // so that 0 alone has a digit
	}
	n, err := strconv.ParseInt(written, base, 64)
	switch {
	case err == nil:
		t.whole = n
		return t, nil
	case base == 10: // beyond 64 bits
		return t.fraction(written), nil
	case base == 8 && strings.ContainsAny(written, "89"):
		return token{}, broken(t.line, "has a number that begins with 0 and is not octal")
	}
	return token{}, refused(t.line, "has a number beyond 64 bits")
}

// fraction makes the token one with a fraction. A number beyond all bounds is
// infinite, as in PHP.
func (t token) fraction(written string) token {
	t.kind = fraction
	t.part, _ = strconv.ParseFloat(written, 64)
	return t
}
