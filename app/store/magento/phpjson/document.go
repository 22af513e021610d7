package phpjson

import (
	"iter"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Document is an object or the empty list. It is not safe for many goroutines
// at once.
type Document struct {
	source  string // as it was parsed
	changed bool
	members []member

	// White space around the document.
	lead, tail string
}

// member is what stands between two commas of an object.
type member struct {
	before string // white space, the name and the colon
	name   string
	value  Value
	after  string // white space
}

// New returns the empty document, [].
func New() *Document { return &Document{source: "[]"} }

// Parse reads a document. It fails with the errors of this package, and then
// says at which byte; the error quotes nothing.
func Parse(text string) (*Document, error) {
	if len(text) > MaxSize {
		return nil, ErrTooLong
	}
	s, d := scanner{text: text}, &Document{source: text}
	s.space()
	from, list := s.at, false
	var err error
	switch s.peek() {
	case '{':
		err = s.object(func(m member) { d.members = append(d.members, m) })
	case '[':
		list = true
		err = s.list(nil)
	default:
		err = s.value()
		list = true
	}
	if err != nil {
		return nil, err
	}
	end := s.at
	if s.space(); s.at < len(text) {
		return nil, s.wrong()
	}
	if list && !(Value{text[from:end]}).Empty() {
		return nil, ErrNotObject
	}
	d.lead, d.tail = text[:from], text[end:]
	return d, nil
}

// Text returns the document: as it was parsed if nothing was changed.
func (d *Document) Text() string {
	switch {
	case !d.changed:
		return d.source
	case len(d.members) == 0:
		return "[]"
	}
	var b strings.Builder
	b.WriteString(d.lead)
	for i, m := range d.members {
		b.WriteByte("{,"[min(i, 1)])
		b.WriteString(m.before)
		b.WriteString(m.value.Raw())
		b.WriteString(m.after)
	}
	b.WriteByte('}')
	b.WriteString(d.tail)
	return b.String()
}

// Value returns the document as a value for [Document.Set].
func (d *Document) Value() Value { return Value{strings.Trim(d.Text(), " \t\n\r")} }

// All goes through the keys in PHP's order, each once: a name that comes twice
// has its first place and its last value.
func (d *Document) All() iter.Seq2[string, Value] {
	return func(yield func(string, Value) bool) {
		last := make(map[string]Value, len(d.members))
		for _, m := range d.members {
			last[m.name] = m.value
		}
		for _, m := range d.members {
			v, ok := last[m.name]
			if !ok {
				continue
			}
			delete(last, m.name)
			if !yield(m.name, v) {
				return
			}
		}
	}
}

// Names returns the names of the keys, as All goes through them.
func (d *Document) Names() []string {
	names := make([]string, 0, len(d.members))
	for name := range d.All() {
		names = append(names, name)
	}
	return names
}

// Get returns the value of a key: the last one, as in PHP, if the name comes
// twice.
func (d *Document) Get(name string) (v Value, ok bool) {
	for i := len(d.members) - 1; i >= 0; i-- {
		if d.members[i].name == name {
			return d.members[i].value, true
		}
	}
	return Value{}, false
}

// Set gives a key a value: in its place, or at the end if there is no such
// key. It fails, and changes nothing, with [ErrUTF8] or [ErrName] for a name
// that PHP could not write or would not keep as text, and with [ErrDepth] or
// [ErrTooLong] where PHP or Parse could not read the document any more.
func (d *Document) Set(name string, v Value) error {
	if !utf8.ValidString(name) {
		return ErrUTF8
	}
	if isNumber(name) {
		return ErrName
	}
	s := scanner{text: v.Raw(), nesting: 1}
	if err := s.value(); err != nil {
		return ErrDepth // everything else about a value was checked when it was made
	}
	changed := &Document{changed: true, lead: d.lead, tail: d.tail, members: make([]member, 0, len(d.members)+1)}
	set := false
	for _, m := range d.members {
		if m.name == name {
			if set {
				continue
			}
			m.value, set = v, true
		}
		changed.members = append(changed.members, m)
	}
	if !set {
		changed.members = append(changed.members, member{before: quote(name) + ":", name: name, value: v})
	}
	if len(changed.Text()) > MaxSize {
		return ErrTooLong
	}
	*d = *changed
	return nil
}

// isNumber reports whether PHP makes an integer of a key: of one that reads as
// PHP would write the integer.
func isNumber(name string) bool {
	n, err := strconv.ParseInt(name, 10, 64)
	return err == nil && strconv.FormatInt(n, 10) == name
}

// Delete forgets a key, and reports whether it was there.
func (d *Document) Delete(name string) bool {
	kept := make([]member, 0, len(d.members))
	for _, m := range d.members {
		if m.name != name {
			kept = append(kept, m)
		}
	}
	if len(kept) == len(d.members) {
		return false
	}
	d.members, d.changed = kept, true
	return true
}

// SetIn is Set for a key of the object under another key, which is made where
// there is none or null. It fails with [ErrNotObject] too.
func (d *Document) SetIn(outer, name string, v Value) error {
	inner := New()
	if current, ok := d.Get(outer); ok && current.Kind() != Null {
		var err error
		if inner, err = current.Document(); err != nil {
			return err
		}
	}
	if err := inner.Set(name, v); err != nil {
		return err
	}
	return d.Set(outer, inner.Value())
}

// DeleteIn is Delete for a key of the object under another key, which stays,
// as [] when nothing else is in it. It fails with [ErrNotObject].
func (d *Document) DeleteIn(outer, name string) (deleted bool, err error) {
	current, ok := d.Get(outer)
	if !ok || current.Kind() == Null {
		return false, nil
	}
	inner, err := current.Document()
	if err != nil {
		return false, err
	}
	if !inner.Delete(name) {
		return false, nil
	}
	return true, d.Set(outer, inner.Value())
}
