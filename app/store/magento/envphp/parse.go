package envphp

import (
	"bytes"
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/factordesk/factordesk/app"
)

// Bounds of a file, far above those of a shop.
const (
	maxSize  = 1 << 20
	maxDepth = 64
)

// parser reads the array that a file returns.
type parser struct{ scanner }

// parse reads a whole file: white space, <?php, declare, return, the array.
func parse(src []byte) (value, error) {
	p := &parser{scanner{src: src, line: 1}}
	if err := p.open(); err != nil {
		return value{}, err
	}
	t, err := p.next()
	for ; err == nil && t.isWord("declare"); t, err = p.next() {
		if src[0] != '<' {
			return value{}, broken(t.line, "declares something, which must not be done with a blank or a byte order mark before <?php")
		}
		if err := p.declare(t.line); err != nil {
			return value{}, err
		}
	}
	switch {
	case err != nil:
		return value{}, err
	case t.kind == end || t.kind == closing:
		return value{}, broken(t.line, "is the last one, and nothing was returned")
	case t.kind == strange:
		return value{}, p.refuse(t)
	case !t.isWord("return"):
		return value{}, refused(t.line, "does something else than returning an array")
	}
	if t, err = p.next(); err != nil {
		return value{}, err
	}
	v, err := p.value(t, 1)
	if err != nil {
		return value{}, err
	}
	if v.kind != list {
		return value{}, broken(t.line, "returns something that is no array")
	}
	return v, p.close()
}

// open passes over what begins PHP. Editors put a byte order mark before it.
func (p *parser) open() error {
	if len(p.src) > maxSize {
		return app.Errorf(app.Invalid, "The file is larger than 1 MiB, so it is no env.php.")
	}
	rest := bytes.TrimPrefix(p.src, []byte("\ufeff"))
	rest = bytes.TrimLeft(rest, " \t\r\n")
	const tag = "<?php"
	if len(rest) < len(tag) || !strings.EqualFold(string(rest[:len(tag)]), tag) ||
		len(rest) > len(tag) && bytes.IndexByte([]byte(" \t\r\n"), rest[len(tag)]) < 0 {
		return app.Errorf(app.Invalid, "The file does not begin with <?php, so it is no env.php.").
			WithHint(where)
	}
	p.advance(len(p.src) - len(rest) + len(tag))
	return nil
}

// declare passes over (strict_types=1); behind its word.
func (p *parser) declare(line int) error {
	for _, want := range []func(token) bool{
		func(t token) bool { return t.is("(") },
		func(t token) bool { return t.isWord("strict_types") },
		func(t token) bool { return t.is("=") },
		func(t token) bool { return t.kind == whole && (t.whole == 0 || t.whole == 1) },
		func(t token) bool { return t.is(")") },
		func(t token) bool { return t.is(";") },
	} {
		t, err := p.next()
		if err != nil {
			return err
		}
		if !want(t) {
			return refused(line, "declares something else than strict_types")
		}
	}
	return nil
}

// close passes over what ends the file behind the array. PHP takes ?> for a
// semicolon, and the end of a line behind it for a part of it.
func (p *parser) close() error {
	t, err := p.next()
	if err == nil && t.is(";") {
		if t, err = p.next(); err == nil && t.kind == end {
			return nil
		}
	} else if err == nil && t.kind != closing {
		if t.kind == end {
			return broken(t.line, "is the last one, and lacks a semicolon")
		}
		return p.refuse(t)
	}
	switch {
	case err != nil:
		return err
	case t.kind != closing || len(bytes.TrimLeft(p.src[p.at:], " \t\r\n")) > 0:
		return refused(t.line, "has more behind the array")
	}
	return nil
}

// value reads the value that begins with a token. An array at depth levels
// holds it.
func (p *parser) value(t token, depth int) (value, error) {
	switch {
	case t.kind == text:
		return value{kind: text, text: t.text}, nil
	case t.kind == whole:
		return value{kind: whole, whole: t.whole}, nil
	case t.kind == fraction:
		return value{kind: fraction, part: t.part}, nil
	case t.is("-"), t.is("+"):
		return p.signed(t)
	case t.is("["):
		return p.array("]", depth)
	case t.isWord("true"), t.isWord("false"):
		return value{kind: truth, truth: t.isWord("true")}, nil
	case t.isWord("null"):
		return value{kind: nothing}, nil
	case t.isWord("array"):
		open, err := p.next()
		switch {
		case err != nil:
			return value{}, err
		case !open.is("("):
			return value{}, refused(t.line, "uses a constant")
		}
		return p.array(")", depth)
	}
	return value{}, p.refuse(t)
}

// signed reads the number behind a sign.
func (p *parser) signed(sign token) (value, error) {
	t, err := p.next()
	if err != nil {
		return value{}, err
	}
	if t.kind != whole && t.kind != fraction {
		return value{}, p.refuse(sign)
	}
	if sign.is("-") {
		t.whole, t.part = -t.whole, -t.part
	}
	return p.value(t, 0)
}

// array reads what stands behind an opening bracket, up to the closing one.
func (p *parser) array(closer string, depth int) (value, error) {
	if depth > maxDepth {
		return value{}, refused(p.line, "is more than "+strconv.Itoa(maxDepth)+" arrays deep")
	}
	a := array{value: value{kind: list}, index: map[string]int{}}
	for {
		t, err := p.next()
		if err != nil {
			return value{}, err
		}
		if t.is(closer) {
			return a.value, nil
		}
		if t, err = p.entry(&a, t, depth); err != nil {
			return value{}, err
		}
		switch {
		case t.is(closer):
			return a.value, nil
		case !t.is(","):
			return value{}, p.refuse(t)
		}
	}
}

// entry reads one entry, which begins with a token, and returns the token
// behind it.
func (p *parser) entry(a *array, first token, depth int) (behind token, err error) {
	v, err := p.value(first, depth+1)
	if err != nil {
		return token{}, err
	}
	if behind, err = p.next(); err != nil {
		return token{}, err
	}
	if !behind.is("=>") {
		return behind, a.append(v, first.line)
	}
	key, ok := v.key()
	if !ok {
		return token{}, refused(first.line, "has a key that is neither a text nor a whole number")
	}
	if first, err = p.next(); err != nil {
		return token{}, err
	}
	if v, err = p.value(first, depth+1); err != nil {
		return token{}, err
	}
	a.put(key, v)
	return p.next()
}

// array is one that is being read.
type array struct {
	value
	index   map[string]int // key → place in entries
	numbers bool           // there is a key that is a number
	highest int64          // the highest of them
}

// put gives a key its value; a later one replaces an earlier one in its place,
// as in PHP.
func (a *array) put(key string, v value) {
	if n, ok := number(key); ok && (!a.numbers || n > a.highest) {
		a.numbers, a.highest = true, n
	}
	if i, found := a.index[key]; found {
		a.entries[i].value = v
		return
	}
	a.index[key] = len(a.entries)
	a.entries = append(a.entries, entry{key, v})
}

// append adds a value without a key, which gets the number after the highest.
func (a *array) append(v value, line int) error {
	switch {
	case !a.numbers:
		a.put("0", v)
	case a.highest < 0:
		return refused(line, "has a value without a key behind a negative key, which each PHP numbers in its own way")
	case a.highest == math.MaxInt64:
		return broken(line, "has a value without a key behind the highest key there is")
	default:
		a.put(strconv.FormatInt(a.highest+1, 10), v)
	}
	return nil
}

// numeric is the form of a text that PHP takes for a number when it is a key.
var numeric = regexp.MustCompile(`^(?:0|-?[1-9][0-9]*)$`)

// number returns a key that is a number.
func number(key string) (n int64, ok bool) {
	if !numeric.MatchString(key) {
		return 0, false
	}
	n, err := strconv.ParseInt(key, 10, 64)
	return n, err == nil
}
