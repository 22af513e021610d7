package activity

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/kit"
)

// newGrid is the table of events, grouped by day; one opens in place.
func newGrid(s *Screen) *kit.Grid[app.Event] {
	plain := func(text string) kit.Cell { return kit.Cell{Text: text} }
	g := kit.NewGrid(func(e app.Event) string { return strconv.FormatInt(e.Seq, 10) },
		kit.Col[app.Event]{Title: "Time", Min: 104, Cell: func(e app.Event) kit.Cell {
			return kit.Cell{Text: kit.ClockTime(e.At), Ink: kit.ColorInk}
		}},
		kit.Col[app.Event]{Title: "Operator", Min: 120, Grow: 0.8, Cell: func(e app.Event) kit.Cell { return plain(orDash(e.Operator)) }},
		kit.Col[app.Event]{Title: "Action", Min: 190, Grow: 1.4, Cell: func(e app.Event) kit.Cell {
			return kit.Cell{Text: e.Title(s.service.Providers()), Bold: true, Ink: kit.ColorInk}
		}},
		kit.Col[app.Event]{Title: "User", Min: 110, Grow: 1, Cell: func(e app.Event) kit.Cell { return plain(e.Target) }},
		kit.Col[app.Event]{Title: "Reason", Min: 160, Grow: 1.4, Drop: 1, Cell: func(e app.Event) kit.Cell { return plain(e.Reason) }},
		kit.Col[app.Event]{Title: "Result", Min: result(s.service.Store()), Cell: outcome},
	).NoTicks()
	g.Detail = func(e app.Event) fyne.CanvasObject { return s.detail(e) }
	g.Group = s.group
	return g
}

// result is the width of the column of outcomes: where a store and its audit are
// two things, there are intents, and their pill is long.
func result(store app.StoreInfo) float32 {
	if store.AuditHere {
		return 214
	}
	return 120
}

// outcome shows how a deed ended, or that this is not known.
func outcome(e app.Event) kit.Cell {
	if e.Outcome == app.Intent {
		return kit.Cell{Badges: []kit.Badge{{Status: kit.StatusWarn, Text: "Intended · outcome not known"}}}
	}
	return kit.OutcomeCell(e.Outcome)
}

func orDash(s string) string {
	if s == "" {
		return "–"
	}
	return s
}

// group is the band of a day: "Today", with the date and the time zone.
func (s *Screen) group(e app.Event) (title, caption string) {
	at, now := e.At.Local(), s.kit.Now().Local()
	date := at.Format("Mon, Jan 2, 2006")
	zone := " · times are local, UTC" + offset(at)
	switch day := func(t time.Time) string { return t.Format(time.DateOnly) }; day(at) {
	case day(now):
		return "Today", date + zone
	case day(now.AddDate(0, 0, -1)):
		return "Yesterday", date + zone
	}
	return at.Format("Jan 2, 2006"), at.Format("Monday") + zone
}

// offset is a zone's distance from UTC: "+2", "−3:30", and nothing for UTC.
func offset(t time.Time) string {
	_, seconds := t.Zone()
	if seconds == 0 {
		return ""
	}
	sign := "+"
	if seconds < 0 {
		sign, seconds = "−", -seconds
	}
	out := sign + strconv.Itoa(seconds/3600)
	if m := seconds % 3600 / 60; m != 0 {
		out += fmt.Sprintf(":%02d", m)
	}
	return out
}

// detail is what opens under an event.
func (s *Screen) detail(e app.Event) fyne.CanvasObject {
	when := e.At.Local().Format("Mon, Jan 2, 2006 15:04:05") + " (" + e.At.UTC().Format("15:04:05") + " UTC)"
	left := []kit.Fact{
		{Label: "Event", Value: app.Thousands(e.Seq)},
		{Label: "When", Value: when},
		{Label: "From", Value: orDash(e.Console)},
	}
	if e.Reason != "" {
		left = append(left, kit.Fact{Label: "Reason", Value: e.Reason})
	}
	right := make([]kit.Fact, 0, len(e.Details)+3)
	for _, d := range e.Details {
		switch d.Name {
		case "password":
			left = append(left, kit.Fact{Label: "Password", Value: retyped(d.Value)})
		case "before", "after":
			right = append(right, kit.Fact{Label: capital(d.Name), Value: s.status(e, d.Value)})
		default:
			right = append(right, fact(d))
		}
	}
	link := "Link to start"
	if e.Seq > 1 {
		link = "Link to " + app.Thousands(e.Seq-1)
	}
	right = append(right, kit.Fact{Label: link, Value: fingerprint(e.Prev), Mono: true},
		kit.Fact{Label: "This event", Value: fingerprint(e.Hash), Mono: true})
	if s.chain.holds(e) {
		right = append(right, kit.Fact{Label: "Check", Value: "Fits the chain", Ink: kit.ColorOK})
	}
	buttons := []fyne.CanvasObject{}
	if e.TargetID != "" && s.on.OpenUser != nil {
		buttons = append(buttons, kit.Secondary("Open "+e.Target, func() { s.on.OpenUser(e.TargetID) }).Small())
	}
	buttons = append(buttons,
		kit.Secondary("Copy as text", func() { s.copy(e) }).Small().Icon(kit.IconCopy),
		kit.Secondary("More like this", func() { s.filters.like(e) }).Small().Icon(kit.IconSearch))
	parts := []fyne.CanvasObject{
		kit.RowTop(kit.Space24, kit.Grow(kit.KeyValues(104, left...)), kit.Grow(kit.KeyValues(104, right...))),
		kit.Row(kit.Space8, buttons...),
	}
	if e.Outcome == app.Intent {
		parts = append([]fyne.CanvasObject{kit.Unsettled()}, parts...)
	}
	return kit.Pad(kit.Space16, kit.Space16, kit.Space16, kit.Space16, kit.Column(kit.Space14, parts...))
}

// retyped says when the operator typed the own password for the deed, by the
// clock of this place.
func retyped(value string) string {
	text, rest, _ := strings.Cut(strings.TrimPrefix(value, "re-typed "), ",")
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return capital(value)
	}
	return "Re-typed " + kit.ClockTime(at) + "," + rest
}

// status is the status of a factor before or after a deed: "Google
// Authenticator active", "Not enrolled".
func (s *Screen) status(e app.Event, status string) string {
	if status == "" || status == string(app.StatusNotEnrolled) {
		return "Not enrolled"
	}
	for _, p := range s.service.Providers() {
		if p.Code == e.Provider {
			return p.Name + " " + status
		}
	}
	return capital(status)
}

// fact is a detail of an event. A hash is shown as the event's own are.
func fact(d app.Detail) kit.Fact {
	label := capital(d.Name)
	switch d.Name { // what a store notes to find out later whether a deed was done
	case "intent":
		label = "Intended as"
	case "writes":
		label = "Would write"
	case "over":
		label = "In place of"
	}
	if hash, err := hex.DecodeString(d.Value); err == nil && len(hash) == sha256.Size {
		return kit.Fact{Label: label, Value: fingerprint(hash), Mono: true}
	}
	if seq, err := strconv.ParseInt(d.Value, 10, 64); err == nil && d.Name == "intent" {
		return kit.Fact{Label: label, Value: "Event " + app.Thousands(seq)}
	}
	return kit.Fact{Label: label, Value: d.Value}
}

func capital(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// fingerprint shows both ends of a hash, as people compare it.
func fingerprint(hash []byte) string {
	h := hex.EncodeToString(hash)
	if len(h) < 28 {
		return orDash(h)
	}
	return h[:4] + " " + h[4:8] + " " + h[8:12] + " " + h[12:16] + " … " + h[len(h)-8:len(h)-4] + " " + h[len(h)-4:]
}

// copy puts an event into the clipboard, for a ticket.
func (s *Screen) copy(e app.Event) {
	lines := []string{
		"Event " + app.Thousands(e.Seq) + ": " + e.Title(s.service.Providers()) + ", " + ended(e.Outcome),
		"When: " + e.At.UTC().Format("2006-01-02 15:04:05") + " UTC",
		"Operator: " + orDash(e.Operator),
		"User: " + orDash(e.Target),
		"From: " + orDash(e.Console),
	}
	if e.Reason != "" {
		lines = append(lines, "Reason: "+e.Reason)
	}
	for _, d := range e.Details {
		lines = append(lines, capital(d.Name)+": "+d.Value)
	}
	lines = append(lines, "Hash: "+hex.EncodeToString(e.Hash))
	s.kit.Clip.Copy(strings.Join(lines, "\n"))
	s.kit.Toast(kit.StatusOK, "Event "+app.Thousands(e.Seq)+" is in the clipboard.")
}

// ended is an outcome in a ticket.
func ended(o app.Outcome) string {
	if o == app.Intent {
		return "intended, outcome not known"
	}
	return string(o)
}

// foot is the table's footer: a promise, and the pages.
type foot struct {
	screen   *Screen
	content  fyne.CanvasObject
	place    *kit.Text
	previous *kit.Button
	next     *kit.Button
}

func newFoot(s *Screen) *foot {
	f := &foot{screen: s, place: kit.NewText("").At(kit.Size12).In(kit.ColorInk2)}
	f.previous = kit.IconButton(kit.IconLeft, "Newer events", s.newer).Small()
	f.next = kit.IconButton(kit.IconRight, "Older events", s.older).Small()
	f.content = kit.PadXY(kit.Space14, 0, kit.Row(kit.Space12,
		kit.NewText("Secrets, codes and passwords are never written here.").At(kit.Size12).In(kit.ColorInk2),
		kit.Spacer(), f.place, kit.Row(kit.Space8, f.previous, f.next)))
	return f
}

func (f *foot) show() {
	s := f.screen
	n := len(s.page.Events)
	total := kit.Count(s.page.Total)
	if s.page.Total >= app.CountLimit {
		total += "+"
	}
	f.place.SetText(kit.Count(s.first+1) + "–" + kit.Count(s.first+n) + " of " + total)
	newest, oldest := "These are the newest events.", "These are the oldest events."
	if s.cut {
		newest, oldest = "The store does not answer.", "The store does not answer."
	}
	f.previous.DisableFor(unless(s.page.Newer && !s.cut, newest))
	f.next.DisableFor(unless(s.page.Older && !s.cut, oldest))
	f.content.Refresh()
}

func unless(ok bool, reason string) string {
	if ok {
		return ""
	}
	return reason
}
