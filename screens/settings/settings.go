// Package settings is the screen of what this computer remembers about how the
// window should be: look, text size, idle lock and countdowns.
package settings

import (
	"context"
	"fmt"
	"time"

	"fyne.io/fyne/v2"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/kit"
)

// Values are the settings. They belong to this computer, not to a store.
type Values struct {
	Mode          kit.Mode
	TextSize      int           // percent of the designed size
	IdleLock      time.Duration // the screen locks after so long without a hand on it
	HideQR        time.Duration // a QR code and its key are hidden after so long
	ClearClipping time.Duration // a copied key leaves the clipboard after so long
}

// Service keeps the settings.
type Service interface {
	Settings() (Values, error)
	SaveSettings(v Values) error
}

// Actions go up to the shell.
type Actions struct {
	Changed     func(v Values) // apply them now
	SetPassword func()         // of the operator's own account
	BackUp      func()         // of the open store, where it is a local one
	SignOut     func()
}

// About is what the screen says about program and operator.
type About struct {
	Version  string
	Operator app.User
	Store    app.StoreInfo
	Desk     Desk // of the open store; nil: nothing is shown of it
}

// The choices. A value from the file that is none of them is shown as well.
var (
	sizes   = []int{80, 90, 100, 115, 130, 150, 175, 200}
	idle    = []time.Duration{time.Minute, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute, 15 * time.Minute, 30 * time.Minute, time.Hour}
	hide    = []time.Duration{30 * time.Second, time.Minute, 2 * time.Minute, 5 * time.Minute}
	clearIn = []time.Duration{10 * time.Second, 15 * time.Second, 30 * time.Second, time.Minute, 2 * time.Minute}
)

// Screen is the settings screen.
type Screen struct {
	service Service
	kit     *kit.Kit
	window  *kit.Kit // whose work goes on when the screen is left
	desk    *desk    // nil: there is none
	on      Actions
	about   About
	values  Values

	content fyne.CanvasObject
	trouble *kit.Note
	mode    *kit.Segmented
	selects []*kit.Select
}

// New makes the screen.
func New(service Service, k *kit.Kit, about About, v Values, on Actions) *Screen {
	s := &Screen{service: service, kit: k.Enter("Settings"), on: on, about: about, values: v, trouble: kit.ErrorBox("", "")}
	s.trouble.Hide()
	s.window = k
	if about.Desk != nil {
		s.desk = newDesk(s, about.Desk)
		s.kit.OnChange(s.desk.load)
	}
	s.content = s.page()
	return s
}

// Content implements the shell's Screen.
func (s *Screen) Content() fyne.CanvasObject { return s.content }

// Show puts the focus on the first setting.
func (s *Screen) Show() {
	s.kit.Focus(s.mode)
	s.desk.load()
}

// RotateAtOnce begins to rotate the key, from new keys even where a rotation is to
// be gone on with: somebody who had its keys is gone.
func (s *Screen) RotateAtOnce() {
	if s.desk != nil {
		s.desk.keys.rotate(true)
	}
}

// Refresh implements the shell's Screen: the file may have been changed.
func (s *Screen) Refresh() {
	s.desk.load()
	kit.Go(s.kit, func(context.Context) (Values, error) { return s.service.Settings() }, func(v Values, err error) {
		if err != nil {
			s.fail(err)
			return
		}
		s.trouble.Hide()
		s.values = v
		s.show()
		s.on.Changed(v)
	})
}

// Close ends the screen.
func (s *Screen) Close() { s.kit.Leave() }

func (s *Screen) page() fyne.CanvasObject {
	s.mode = kit.NewSegmented(func(i int) { s.change(func(v *Values) { v.Mode = kit.Mode(i) }) },
		kit.Segment{Icon: kit.IconMonitor, Text: "As the desktop"}, kit.Segment{Text: "Light"}, kit.Segment{Text: "Dark"})
	size := s.choose(len(sizes), func(i int) string { return fmt.Sprintf("%d %%", sizes[i]) },
		func(v *Values, i int) { v.TextSize = sizes[i] })
	idleLock := s.choose(len(idle), func(i int) string { return words(idle[i]) }, func(v *Values, i int) { v.IdleLock = idle[i] })
	hideQR := s.choose(len(hide), func(i int) string { return words(hide[i]) }, func(v *Values, i int) { v.HideQR = hide[i] })
	clip := s.choose(len(clearIn), func(i int) string { return words(clearIn[i]) }, func(v *Values, i int) { v.ClearClipping = clearIn[i] })
	s.show()
	account := row("Signed in as "+s.about.Operator.Name(), s.about.Operator.Role.Name+" at "+s.about.Store.Name,
		kit.Row(kit.Space8, kit.Secondary("Set password…", s.on.SetPassword), kit.Secondary("Sign out", s.on.SignOut).Icon(kit.IconLogout)))
	if s.about.Store.Kind == app.SampleStore {
		account = row("Signed in as "+s.about.Operator.Name(), "Sample data: forgotten on exit",
			kit.Secondary("Leave the sample", s.on.SignOut).Icon(kit.IconLogout))
	}
	all := []fyne.CanvasObject{
		group("Look",
			row("Colors", "The QR code stays black on white in both", s.mode),
			row("Text size", "Everything grows with it", kit.Fix(kit.Scaled(132), 0, size))),
		group("Lock and countdowns",
			row("Lock the screen after", "Without a key or a pointer moving; your place is kept", kit.Fix(kit.Scaled(132), 0, idleLock)),
			row("Hide a QR code after", "The key H shows it again", kit.Fix(kit.Scaled(132), 0, hideQR)),
			row("Clear a copied key after", "Also when the screen locks, and on exit", kit.Fix(kit.Scaled(132), 0, clip))),
	}
	all = append(all, s.desk.groups()...)
	if s.about.Store.Kind == app.LocalStore {
		all = append(all, s.backups())
	}
	all = append(all, group("You", account),
		group("About", row("Factordesk "+s.about.Version, "The help desk for second factors. Apache-2.0", kit.Spacer())))
	cards := kit.Column(kit.Space16, all...)
	head := kit.AtLeast(0, kit.Scaled(kit.HeightTitleRow), kit.Row(kit.Space12,
		kit.Title("Settings"), kit.Second("Kept on this computer, for you")))
	return kit.Scroll(kit.Pad(kit.Space18, kit.Space24, kit.Space18, kit.Space24,
		kit.Column(kit.Space14, head, s.trouble, kit.AtMost(820, cards))))
}

// backups is the card of a local store's backups.
func (s *Screen) backups() fyne.CanvasObject {
	make := kit.Secondary("Back up now…", s.on.BackUp).Icon(kit.IconExport)
	if !s.about.Operator.Role.Administers() {
		make.DisableFor("Only an Administrator backs the store up.")
	}
	return group("Backup", row("Back "+s.about.Store.Name+" up", "One encrypted file with users, factors and the activity", make))
}

// choose makes a select whose choices are numbered.
func (s *Screen) choose(n int, say func(int) string, set func(*Values, int)) *kit.Select {
	texts := make([]string, n)
	for i := range texts {
		texts[i] = say(i)
	}
	sel := kit.NewSelect(kit.IconNone, "", func(i int) { s.change(func(v *Values) { set(v, i) }) }, kit.Texts(texts...)...)
	s.selects = append(s.selects, sel)
	return sel
}

// show puts the values into the controls. A value that is no choice, from a
// file changed by hand, is shown in words.
func (s *Screen) show() {
	v := s.values
	s.mode.Set(int(v.Mode))
	for i, c := range []struct {
		at    int
		words string
	}{
		{index(sizes, v.TextSize), fmt.Sprintf("%d %%", v.TextSize)},
		{index(idle, v.IdleLock), words(v.IdleLock)},
		{index(hide, v.HideQR), words(v.HideQR)},
		{index(clearIn, v.ClearClipping), words(v.ClearClipping)},
	} {
		s.selects[i].Empty(c.words).Set(c.at)
	}
}

func index[T comparable](all []T, v T) int {
	for i, a := range all {
		if a == v {
			return i
		}
	}
	return -1
}

// change applies a setting at once and keeps it; when it cannot be kept, the
// old one comes back and a sentence says why.
func (s *Screen) change(set func(*Values)) {
	old := s.values
	set(&s.values)
	if s.values == old {
		return
	}
	next := s.values
	s.on.Changed(next)
	kit.Go(s.kit, func(context.Context) (struct{}, error) { return struct{}{}, s.service.SaveSettings(next) },
		func(_ struct{}, err error) {
			if err == nil {
				s.trouble.Hide()
				return
			}
			s.values = old
			s.show()
			s.on.Changed(old)
			s.fail(err)
		})
}

func (s *Screen) fail(err error) {
	what, then := s.kit.Explain(err)
	s.trouble.Set(kit.StatusBad, what, then)
	s.trouble.Show()
	s.content.Refresh()
}

// group is a card of rows under a title.
func group(title string, all ...fyne.CanvasObject) fyne.CanvasObject {
	return open(title, rows(all...))
}

// row is one setting: what it is, what it means, and the control.
func row(what, means string, control fyne.CanvasObject) fyne.CanvasObject {
	return kit.Row(kit.Space16, kit.Grow(kit.Column(1, kit.NewText(what).Strong().Wrapped(),
		kit.NewText(means).At(kit.Size12).In(kit.ColorInk2).Wrapped())), control)
}

// words spells a duration: "30 seconds", "1 minute", "1 hour".
func words(d time.Duration) string {
	switch {
	case d >= time.Hour && d%time.Hour == 0:
		return kit.CountOf(int(d/time.Hour), "hour", "hours")
	case d >= time.Minute && d%time.Minute == 0:
		return kit.CountOf(int(d/time.Minute), "minute", "minutes")
	}
	return kit.CountOf(int(d/time.Second), "second", "seconds")
}
