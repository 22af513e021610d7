package kit

import (
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"github.com/factordesk/factordesk/app"
)

// OutageSpec is what the band over a page says besides.
type OutageSpec struct {
	Store func() app.StoreInfo
	// AsOf is when what the page shows was read; zero, or nil, where it was not. It
	// is as old as the last answer that nothing had changed.
	AsOf func() time.Time
	// Needless tells that the page says it by itself; nil: it never does.
	Needless func() bool
	// Test leads to a test of the way to the store; nil: there is none.
	Test func()
	// Changed is called when the band comes, goes, or needs another height.
	Changed func()
}

// Outage is the band over a page whose store does not answer: why, how old what
// is shown has become, and when the store is tried again. Without an outage it
// takes no room.
type Outage struct {
	Content *fyne.Container

	kit  *Kit
	spec OutageSpec
	note *Note
	try  *Button
	test *Button
}

// NewOutage returns the band of a page, with some room under it. It follows the
// link of the window by itself.
func NewOutage(k *Kit, room float32, spec OutageSpec) *Outage {
	o := &Outage{kit: k, spec: spec}
	o.try = Secondary("Try now", func() { k.Link().TryNow() }).Small()
	o.note = NewNote(StatusBad, " ", " ").Icon(IconUnplugged).Action(o.try)
	o.test = Secondary("Test the connection", spec.Test).Small()
	o.Content = Pad(0, 0, room, 0, o.note)
	o.Content.Hide()
	k.OnLink(o.follow)
	o.follow()
	return o
}

// Shown tells whether the band is there.
func (o *Outage) Shown() bool { return !o.Content.Hidden }

// follow shows how the link is now.
func (o *Outage) follow() {
	l := o.kit.Link()
	was, height := o.Shown(), o.note.MinSize().Height
	o.Content.Hidden = !l.Lost() || o.spec.Needless != nil && o.spec.Needless()
	if o.Shown() {
		o.try.SetBusy(l.Trying(), "Trying…")
		o.note.Second(nil)
		if o.spec.Test != nil && o.spec.Store().Kind != app.LocalStore {
			o.note.Second(o.test)
		}
		o.note.Set(StatusBad, OutageTitle(o.spec.Store()), o.words())
	}
	if o.spec.Changed != nil && (was != o.Shown() || height != o.note.MinSize().Height) {
		o.spec.Changed()
	}
}

func (o *Outage) words() string {
	l := o.kit.Link()
	words := []string{}
	// The trouble itself is worth a sentence where it says more than the title.
	if what, _ := o.kit.Explain(l.Trouble()); what != OutageTitle(o.spec.Store())+"." {
		words = append(words, strings.TrimSpace(strings.ReplaceAll(what, "Nothing was changed.", "")))
	}
	if o.spec.AsOf != nil && !o.spec.AsOf().IsZero() {
		at, now := l.AsOf(o.spec.AsOf()), o.kit.Now()
		words = append(words, "What you see is as of "+Within(When(at, now))+", "+Ago(at, now)+".")
	}
	return strings.Join(append(words, "Nothing can be changed until it answers.", Tries(l)), " ")
}

// OutageTitle says what is so while a store does not answer.
func OutageTitle(info app.StoreInfo) string {
	if info.Kind == app.LocalStore {
		return "The store’s file cannot be used"
	}
	return "The store cannot be reached"
}

// Tries says when a store that does not answer is tried again.
func Tries(l *Link) string {
	if l.Trying() {
		return "Trying again now."
	}
	return "Trying again in " + Left(l.Next()) + "."
}

// NewTries is a caption that says when the store is tried again, for a page that
// has nothing to show meanwhile. It is empty while the store answers.
func NewTries(k *Kit) *Text {
	t := Caption("").Centered()
	follow := func() {
		words := ""
		if l := k.Link(); l.Lost() {
			words = Tries(l)
		}
		t.SetText(words)
	}
	k.OnLink(follow)
	follow()
	return t
}
