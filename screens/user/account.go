package user

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/kit"
)

// fields are the account fields of a user as texts, so that what was read,
// what is typed and what somebody else saved can be laid side by side.
type fields [6]string

// What stands where in fields.
const (
	firstName = iota
	lastName
	username
	email
	active
	role
)

// fieldNames are the fields' labels.
var fieldNames = [...]string{"First Name", "Last Name", "Username", "Email", "This account is", "Role"}

func fieldsOf(u app.User) fields {
	return fields{u.FirstName, u.LastName, u.Username, u.Email, activeWord(u.Active), string(u.Role.ID)}
}

func activeWord(on bool) string {
	if on {
		return "Active"
	}
	return "Inactive"
}

// differing are the indexes in which two sets of fields differ.
func differing(a, b fields) []int {
	var found []int
	for i := range a {
		if a[i] != b[i] {
			found = append(found, i)
		}
	}
	return found
}

// account is the form over the account fields, on the tabs User Info and User
// Role. It outlives a change of the tab and a refresh: nothing typed is lost
// before the person decides.
type account struct {
	s     *Screen
	base  app.User // as it was read when the typing began
	roles []app.Role

	texts    [4]*kit.Field
	active   *kit.Select
	list     *kit.RadioList
	password *kit.Field
	save     *kit.Button
	unsaved  *kit.Text
	note     *fyne.Container // a conflict, or why it was not saved
	asking   bool            // a conflict waits for a decision
}

func newAccount(s *Screen) *account {
	a := &account{
		s:        s,
		password: kit.NewPassword("Your Password"),
		unsaved:  kit.Caption("").In(kit.ColorInk2).Wrapped(),
		note:     kit.Column(0),
	}
	most := [...]int{app.MaxName, app.MaxName, app.MaxUsername, app.MaxEmail}
	for i := range a.texts {
		a.texts[i] = kit.NewField(fieldNames[i]).MaxLen(most[i])
		a.texts[i].OnChange = func(string) { a.typed() }
		a.texts[i].OnSubmit = func(string) { a.password.Focus() }
	}
	a.active = kit.NewSelect(kit.IconNone, "", func(int) { a.typed() }, kit.Texts("Active", "Inactive")...)
	a.password.OnSubmit = func(string) { a.submit() }
	a.save = kit.Primary("Save User", a.submit)
	return a
}

// values is what the form holds now.
func (a *account) values() fields {
	v := fieldsOf(a.base)
	for i, f := range a.texts {
		v[i] = strings.TrimSpace(f.Text())
	}
	v[active] = activeWord(a.active.Chosen() == 0)
	if i := a.list.Chosen(); i >= 0 {
		v[role] = string(a.roles[i].ID)
	}
	return v
}

// dirty tells whether something was changed and not saved.
func (a *account) dirty() bool {
	return a.list != nil && len(differing(fieldsOf(a.base), a.values())) > 0
}

// set shows values in the form.
func (a *account) set(v fields) {
	for i, f := range a.texts {
		if f.Text() != v[i] {
			f.SetText(v[i])
		}
	}
	a.active.Set(slices.Index([]string{"Active", "Inactive"}, v[active]))
	a.list.Set(slices.IndexFunc(a.roles, func(r app.Role) bool { return string(r.ID) == v[role] }))
	a.typed()
}

// take shows a user as read and forgets what was typed.
func (a *account) take(u app.User) {
	a.base, a.asking = u, false
	a.note.Objects = nil
	a.set(fieldsOf(u))
	for _, f := range a.texts {
		f.SetError("", "")
	}
}

// arrive brings a page that was just read together with what is typed.
func (a *account) arrive(p *page, by hand) {
	if a.list == nil {
		a.setRoles(p)
		a.take(p.user)
		a.allow(p)
		return
	}
	typed := a.values()
	wasDirty := a.dirty()
	a.setRoles(p)
	a.allow(p)
	if !wasDirty {
		a.take(p.user)
		return
	}
	a.merge(p.user, typed, by)
}

// merge takes over what somebody else changed and asks about what both did.
func (a *account) merge(theirs app.User, typed fields, by hand) {
	was, now := fieldsOf(a.base), fieldsOf(theirs)
	changed := differing(was, now)
	a.base = theirs
	merged := typed
	var both []int
	for _, i := range changed {
		switch {
		case typed[i] == was[i]:
			merged[i] = now[i]
		case typed[i] != now[i]:
			both = append(both, i)
		}
	}
	a.set(merged)
	if len(changed) > 0 {
		a.conflict(now, typed, both, changed, by)
	}
}

// conflict says who changed what, with both values, and lets the person choose.
// Until then nothing can be saved.
func (a *account) conflict(theirs, typed fields, both, changed []int, by hand) {
	now := a.s.kit.Now()
	title := by.name + " changed " + list(a.names(changed)) + " of " + a.base.Short() + " meanwhile"
	if len(both) == 0 {
		a.show(kit.NewNote(kit.StatusInfo, title, "What you typed is kept. Look at it and save again."))
		return
	}
	a.asking = true
	c := comparison{
		title: a.base.Name() + " was changed meanwhile",
		lead:  "Saved by " + by.said(now) + ". You changed the same.",
		keep:  func() { a.keep(both, by) },
		take:  func() { a.takeBoth(theirs, both) },
	}
	for _, i := range both {
		c.both = append(c.both, difference{fieldNames[i], a.say(i, typed[i]), a.say(i, theirs[i])})
	}
	if by.desk != "" {
		c.lead = "Saved by " + by.said(now) + ", at " + by.desk + ". You changed the same."
	}
	if rest := slices.DeleteFunc(slices.Clone(changed), func(i int) bool { return slices.Contains(both, i) }); len(rest) > 0 {
		c.more = "What you had not touched is taken over: " + list(a.names(rest)) + "."
	}
	a.show(kit.NewNote(kit.StatusWarn, title, "You changed the same. Nothing of yours is lost: choose which values count.").
		Action(kit.Secondary("Compare…", func() { a.s.compare(c) }).Small()))
	a.typed()
	a.s.compare(c)
}

// keep lets what is typed count: the next save replaces the other's values, and
// is made for the version that has them.
func (a *account) keep(both []int, by hand) {
	a.asking = false
	a.show(kit.NewNote(kit.StatusInfo, "Saving replaces "+list(a.names(both))+" that "+by.name+" saved",
		"Type your password to do so."))
	a.typed()
	a.password.Focus()
}

// takeBoth lets the other's values count where both have changed something; what
// else is typed stays.
func (a *account) takeBoth(theirs fields, both []int) {
	v := a.values()
	for _, i := range both {
		v[i] = theirs[i]
	}
	a.asking = false
	a.show(nil)
	a.set(v)
}

// show puts a note above the form; nil takes it away.
func (a *account) show(note *kit.Note) {
	a.note.Objects = nil
	if note != nil {
		a.note.Objects = []fyne.CanvasObject{kit.Pad(0, 0, kit.Space16, 0, note)}
	}
	a.s.relayout()
}

func (a *account) names(indexes []int) []string {
	names := make([]string, len(indexes))
	for n, i := range indexes {
		names[n] = fieldNames[i]
		if i == active {
			names[n] = "Active"
		}
	}
	return names
}

// say shows a value in words.
func (a *account) say(i int, value string) string {
	if i == role {
		for _, r := range a.roles {
			if string(r.ID) == value {
				return roleName(r)
			}
		}
	}
	if value == "" {
		return "nothing"
	}
	return value
}

// typed brings the foot of the form up to date.
func (a *account) typed() {
	if a.list == nil || a.s.page == nil {
		return
	}
	changed := a.names(differing(fieldsOf(a.base), a.values()))
	reason := why(first(a.s.page.may.edit, a.s.kit.Link().Refusal()))
	switch {
	case reason != "":
		a.unsaved.SetText(reason)
		a.save.DisableFor(reason)
	case a.asking:
		a.unsaved.SetText("Choose above which values count.")
		a.save.DisableFor("Choose above which values count.")
	case len(changed) == 0:
		a.unsaved.SetText("Nothing is changed.")
		a.save.DisableFor("Nothing is changed.")
	default:
		a.unsaved.SetText("Changed and not saved: " + list(changed) + ".")
		a.save.DisableFor("")
	}
}

// allow switches fields off that this operator may not change.
func (a *account) allow(p *page) {
	off := p.may.edit != nil
	for _, f := range append(a.texts[:], a.password) {
		if off != f.Disabled() {
			if off {
				f.Disable()
			} else {
				f.Enable()
			}
		}
	}
	if off || p.own() {
		a.active.Disable()
	} else {
		a.active.Enable()
	}
	if off || (p.may.appoint != nil && len(p.user.Role.Permissions) > 0) {
		a.list.Disable()
	} else {
		a.list.Enable()
	}
}
