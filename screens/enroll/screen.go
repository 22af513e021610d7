// Package enroll is the screen that shows a new factor once: the QR code, the
// key to type, the steps for the person, and one field for the first code,
// which makes the factor active.
package enroll

import (
	"context"
	"time"

	"fyne.io/fyne/v2"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/kit"
)

// Service is what the screen asks of the console. For an operator who enrolls
// at sign-in it is ConfirmSelf behind the same name.
type Service interface {
	Store() app.StoreInfo
	Confirm(ctx context.Context, id app.UserID, p app.ProviderCode, code app.Secret) (app.Attempt, error)
}

// Options say how the screen behaves.
type Options struct {
	Provider app.Provider
	// Picture makes the squares of an otpauth URI.
	Picture func(uri app.Secret) (kit.Matrix, error)
	// HideAfter is how long the QR code and the key stay to be seen.
	HideAfter time.Duration
	// Self means that the operator enrolls at sign-in, before anything else.
	Self bool
}

// Actions go up to the shell.
type Actions struct {
	Done  func() // the factor is active
	Leave func() // finish later; at sign-in: sign out
	Users func() // up to the list; nil at sign-in
}

// Screen is the enroll screen. Make it with New, once for each enrollment.
type Screen struct {
	service Service
	kit     *kit.Kit
	options Options
	on      Actions
	shown   app.Enrollment

	content fyne.CanvasObject
	card    *codeCard
	key     *keyBox
	first   *firstCode
	pill    *kit.Pill
	leave   *kit.Button
	outage  *kit.Outage
	done    bool
}

// New makes the screen for a new factor.
func New(service Service, k *kit.Kit, e app.Enrollment, o Options, on Actions) *Screen {
	s := &Screen{service: service, kit: k.Enter("Enroll"), options: o, on: on, shown: e}
	s.card = newCodeCard(s)
	s.key = newKeyBox(s)
	s.first = newFirstCode(s)
	s.pill = kit.NewPill(kit.StatusWarn, "Pending")
	s.leave = kit.Secondary("Finish later", s.askLeave)
	if o.Self {
		s.leave.SetText("Sign out")
	}
	s.outage = kit.NewOutage(s.kit, kit.Space16, kit.OutageSpec{Store: service.Store, Changed: func() {
		if s.content != nil {
			s.content.Refresh()
		}
	}})
	s.content = s.page()
	return s
}

// Content implements the shell's Screen.
func (s *Screen) Content() fyne.CanvasObject { return s.content }

// Show draws the code and puts the focus into First code.
func (s *Screen) Show() {
	s.kit.Shortcut("H", "Show or hide the QR code and the key", s.toggle)
	s.kit.Shortcut("Esc", "Finish later", s.askLeave)
	s.kit.Every(time.Second, s.tick)
	uri := s.shown.Factor.URI
	kit.Go(s.kit, func(context.Context) (kit.Matrix, error) { return s.options.Picture(uri) },
		func(m kit.Matrix, err error) {
			if err != nil {
				s.card.failed(s.kit.Explain(err))
				return
			}
			s.card.show(m)
			s.setHidden(false)
		})
	s.tick()
	s.first.field.Focus()
}

// Refresh implements the shell's Screen; there is nothing to load again.
func (s *Screen) Refresh() {}

// Cover hides the code and the key at once: the window lost the focus, or the
// screen locks.
func (s *Screen) Cover() { s.setHidden(true) }

// Close ends the screen and drops the secret.
func (s *Screen) Close() {
	s.kit.Leave()
	s.card.qr.Forget()
	s.key.forget()
	s.first.field.Clear()
	s.shown.Factor = app.FactorSecret{}
}

func (s *Screen) page() fyne.CanvasObject {
	u, provider := s.shown.User, s.options.Provider
	title := "Enroll " + provider.Name + " for " + u.Name()
	var head fyne.CanvasObject = kit.Breadcrumb(
		kit.Crumb{Text: "Users", Go: s.leaveTo(s.on.Users)},
		kit.Crumb{Text: u.Name(), Go: s.askLeave},
		kit.Crumb{Text: "Enroll"},
	)
	note := "Pending until the first code is accepted. Once you leave, this picture and key cannot be shown again; enrolling again makes new ones."
	if s.options.Self {
		title = "Enroll your " + provider.Name
		head = kit.Caption("Your factor was reset, or you came in by break-glass. Enroll again before you go on.").In(kit.ColorInk2).Wrapped()
		note = "Nothing else is allowed until your first code is accepted. Sign out to do it later."
	}
	heading := kit.AtLeast(0, kit.Scaled(kit.HeightTitleRow), kit.Row(kit.Space12, kit.Title(title), s.pill, kit.Spacer(), s.leave))
	cards := kit.Beside(card, kit.Space16, s.card.content, s.right())
	foot := kit.Row(kit.Space8, kit.Icon(kit.IconInfo, kit.ColorInk2, 16), kit.Grow(kit.NewText(note).At(kit.Size12).In(kit.ColorInk2).Wrapped()))
	return kit.Scroll(kit.Pad(kit.Space18, kit.Space24, kit.Space18, kit.Space24,
		kit.Column(0, head, heading, kit.Pad(kit.Space14, 0, 0, 0, s.outage.Content), kit.Pad(0, 0, kit.Space16, 0, cards), foot)))
}

// right is the card of the person's steps, the key and the first code.
func (s *Screen) right() fyne.CanvasObject {
	who, reads := s.shown.User.Short()+" does", "Read the first code to you"
	digits := numberWord(s.shown.Factor.Params.Digits)
	read := digits + " digits, renewed every " + seconds(s.shown.Factor.Params.Period) + ". Type them into First code."
	if s.options.Self {
		who, reads = "you do", "Type the first code"
		read = digits + " digits, renewed every " + seconds(s.shown.Factor.Params.Period) + "."
	}
	scan := "Or type the key below, on a phone without a camera."
	if scanOnly(s.shown.Factor.Key) {
		scan = "The key below is too long to be typed; it can be copied."
	}
	steps := kit.Column(kit.Space16,
		step("1", false, "Open the authenticator app and tap +", "Google Authenticator, or any app that reads TOTP."),
		step("2", false, "Scan the QR code", scan),
		step("3", true, reads, read),
	)
	body := kit.Column(0, kit.Section("What "+who), kit.Pad(kit.Space14, 0, kit.Space16, 0, steps),
		s.key.content, kit.Pad(kit.Space16, 0, 0, 0, s.facts()))
	return kit.NewCard(body).Room(kit.Space24).Foot(kit.PadXY(kit.Space24, kit.Space16, s.first.content))
}

func step(number string, current bool, what, how string) fyne.CanvasObject {
	return kit.RowTop(kit.Space12, kit.Step(number, current),
		kit.Grow(kit.Column(1, kit.NewText(what).Strong().Wrapped(), kit.NewText(how).At(kit.Size12).In(kit.ColorInk2).Wrapped())))
}

// facts says under which name the app will list the account.
func (s *Screen) facts() fyne.CanvasObject {
	f := s.shown.Factor
	one := func(label, value string) fyne.CanvasObject {
		return kit.Column(2, kit.Caption(label).In(kit.ColorInk2), kit.NewText(value).At(kit.Size12))
	}
	gap := kit.Space40
	if s.key.long { // its box is high: the first code stays in sight of a small window
		gap = kit.Space16
	}
	return kit.Wrap(gap, kit.Space8, one("Account", f.Account), one("Issuer", f.Issuer), one("Kind", kindOf(f.Params)))
}

// toggle shows or hides the code, for the key H.
func (s *Screen) toggle() { s.setHidden(!s.card.qr.IsHidden()) }

func (s *Screen) setHidden(hidden bool) {
	if hidden == s.card.qr.IsHidden() && hidden == s.key.hidden {
		return
	}
	s.card.setHidden(hidden)
	s.key.setHidden(hidden || s.card.qr.IsHidden())
}

// tick moves both countdowns.
func (s *Screen) tick() {
	s.card.tick()
	s.first.tick()
	if s.card.over() {
		s.setHidden(true)
	}
}

func (s *Screen) leaveTo(up func()) func() {
	if up == nil {
		return s.askLeave
	}
	return func() { s.ask(up) }
}

func (s *Screen) askLeave() { s.ask(s.on.Leave) }

// ask warns before the code is gone for good.
func (s *Screen) ask(leave func()) {
	if s.done {
		leave()
		return
	}
	title, words, button := "Leave before the first code?",
		"The factor stays pending, and this picture and key cannot be shown again. To go on later, enroll again: that makes new ones.",
		kit.Primary("Finish later", nil)
	if s.options.Self {
		title, words, button = "Sign out before the first code?",
			"You will be led here again at the next sign-in, with a new picture and key.", kit.Primary("Sign out", nil)
	}
	stay := kit.Secondary("Stay", nil)
	var d *kit.Dialog
	button.OnTapped = func() {
		d.Close()
		leave()
	}
	d = s.kit.Dialog(kit.DialogSpec{
		Store: kit.StoreOf(s.service.Store()), Title: title, Body: kit.Second(words).Wrapped(),
		Hint: "[Enter] or [Esc] stays", Buttons: []*kit.Button{stay, button}, Focus: stay, OnEnter: stay.Press,
	})
}
