package user

import (
	"time"

	"fyne.io/fyne/v2"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/kit"
)

// notAgain is why a QR code has no second showing.
const notAgain = "A secret is shown once, when it is made. Reset to make a new one."

// onlyApps is why a factor of a service has no desk test.
const onlyApps = "Factordesk checks codes of authenticator apps only."

// providerIcons are what stands in the well of a card.
var providerIcons = map[app.ProviderCode]kit.IconName{
	app.Google: kit.IconPhone, app.U2F: kit.IconUSBKey, app.Duo: kit.IconDuo, app.Authy: kit.IconMessage,
}

// card shows one provider: how far the user's factor is, what is known of it,
// what is wrong in one sentence, and what can be done.
func (s *Screen) card(p *page, provider app.Provider) fyne.CanvasObject {
	f := p.user.Factor(provider.Code)
	icon := providerIcons[provider.Code]
	if icon == kit.IconNone {
		icon = kit.IconShield
	}
	head := kit.Row(kit.Space12,
		kit.Well(icon, kit.ColorSunken, kit.ColorInk2, kit.Scaled(36)),
		kit.Grow(kit.NewText(provider.Name).At(kit.Size14).Strong().Ellipsis()),
		kit.BadgePill(statusBadge(f)))
	rows := []fyne.CanvasObject{head}
	if f.Status == app.StatusNotEnrolled {
		rows = append(rows, kit.NewText(notEnrolled(p.user, provider)).In(kit.ColorInk2).Wrapped())
		if mustEnrollHere(p.user, provider) {
			rows = append(rows, kit.NewNote(kit.StatusWarn, "", mustEnroll(p)))
		}
	} else {
		rows = append(rows, kit.KeyValues(96, s.factorFacts(p, f)...))
	}
	rows = append(rows, trouble(p.user, f)...)
	foot := kit.AtLeast(0, kit.Scaled(48), kit.PadXY(kit.Space16, 9, s.foot(p, provider, f)))
	return kit.NewCard(kit.Pad(kit.Space12, kit.Space16, 22, kit.Space16, kit.Column(kit.Space12, rows...))).Room(0).Foot(foot)
}

// mustEnrollHere tells whether the card says that the person is to enroll: on
// what can be enrolled at this desk.
func mustEnrollHere(u app.User, provider app.Provider) bool {
	return u.MustEnroll && provider.Enroller != nil
}

// mustEnroll says why: in a store of our own somebody reset a factor, while a
// shop asks everybody for one.
func mustEnroll(p *page) string {
	if p.user.Barred {
		return p.user.Short() + " must enroll, but cannot: the role " + p.user.Role.Name + " lacks Two Factor Auth, without which nobody uses 2FA in the shop."
	}
	if p.shop() {
		return p.user.Short() + " must enroll at the next sign-in: the shop asks for it."
	}
	return p.user.Short() + " must enroll again: a factor was reset."
}

// statusBadge is the pill of a factor on its card.
func statusBadge(f app.Factor) kit.Badge {
	switch f.Status {
	case app.StatusActive:
		text := "Active"
		if f.Devices > 0 {
			text += " · " + kit.CountOf(f.Devices, "key", "keys")
		}
		return kit.Badge{Status: kit.StatusOK, Text: text}
	case app.StatusPending:
		return kit.Badge{Status: kit.StatusWarn, Text: "Pending"}
	case app.StatusUnreadable:
		return kit.Badge{Status: kit.StatusOdd, Text: "Unreadable"}
	case app.StatusNotEnrolled:
	}
	return kit.Badge{Status: kit.StatusMute, Text: "Not enrolled"}
}

func notEnrolled(u app.User, p app.Provider) string {
	return u.Short() + " has not enrolled " + p.Name + ". " + p.About
}

// factorFacts are the lines of a card. What a store does not keep is not
// known, which is not the same as never.
func (s *Screen) factorFacts(p *page, f app.Factor) []kit.Fact {
	now := s.kit.Now()
	by := kit.Fact{Label: "Enrolled by", Value: enrolledBy(p.user, f)}
	if f.Status == app.StatusPending {
		return []kit.Fact{by} // since when is in the note
	}
	since := "Active since"
	if f.Status == app.StatusUnreadable {
		since = "Stored since"
	}
	facts := []kit.Fact{
		{Label: since, Value: known(f.Since, kit.Day)},
		{Label: "Last used", Value: known(f.LastUsed, func(t time.Time) string { return kit.WhenUTC(t, now) })},
	}
	if f.Status == app.StatusUnreadable {
		return facts
	}
	facts = append(facts, by)
	if e, ok := p.tests[f.Provider]; ok && f.Status == app.StatusActive {
		facts = append(facts, kit.Fact{Label: "Last test", Value: kit.When(e.At, now) + ": " + tested(e)})
	}
	return facts
}

func enrolledBy(u app.User, f app.Factor) string {
	switch f.EnrolledBy {
	case "":
		return "Not known"
	case u.Username:
		return u.Short() + ", at the sign-in page"
	}
	return f.EnrolledBy
}

func tested(e app.Event) string {
	if e.Outcome == app.Done {
		return "accepted"
	}
	return "not accepted"
}

// trouble is what is wrong with a factor, a sentence a note; none when nothing
// is.
func trouble(u app.User, f app.Factor) []fyne.CanvasObject {
	switch f.Status {
	case app.StatusUnreadable:
		sentence := f.Note
		if sentence == "" {
			sentence = "The factor is stored, and no key here opens it."
		}
		if f.Whole {
			sentence += " A reset forgets every factor of " + u.Short() + "."
		}
		return []fyne.CanvasObject{kit.NewNote(kit.StatusOdd, "", sentence)}
	case app.StatusPending:
		sentence := "The first code was never confirmed."
		if !f.Since.IsZero() {
			sentence = "Pending since " + kit.Day(f.Since) + ": the first code was never confirmed."
		}
		notes := []fyne.CanvasObject{kit.NewNote(kit.StatusWarn, "", sentence).Icon(kit.IconHourglass)}
		return append(notes, remarks(f)...)
	case app.StatusActive, app.StatusNotEnrolled:
	}
	return remarks(f)
}

// remarks is what a store has to say of a factor that is no trouble by itself:
// rows that are there twice, what an enrollment that was given up left behind.
func remarks(f app.Factor) []fyne.CanvasObject {
	if f.Note == "" {
		return nil
	}
	return []fyne.CanvasObject{kit.NewNote(kit.StatusWarn, "", f.Note)}
}

// foot is what can be done with a factor, and beside a disabled button why not.
func (s *Screen) foot(p *page, provider app.Provider, f app.Factor) fyne.CanvasObject {
	say := func(sentence string) fyne.CanvasObject {
		return kit.Grow(kit.Caption(sentence).Wrapped())
	}
	switch f.Status {
	case app.StatusActive:
		return s.activeFoot(p, f, say)
	case app.StatusPending:
		confirm := kit.Secondary("Confirm code…", func() { s.confirmCode(provider) }).Small()
		again := kit.Secondary("Enroll again", func() { s.enroll(provider) }).Small()
		reason := first(s.cannotEnroll(p, provider), p.may.secrets)
		confirm.DisableFor(why(reason))
		again.DisableFor(why(reason))
		if reason != nil {
			return kit.Row(kit.Space8, confirm, again, say(why(reason)))
		}
		return kit.Row(kit.Space8, confirm, again, kit.Grow(kit.Caption("A QR code is shown once, when it is made.").At(kit.Size11).Wrapped()))
	case app.StatusUnreadable:
		return s.unreadableFoot(p, provider, say)
	case app.StatusNotEnrolled:
	}
	enroll := kit.Secondary("Enroll", func() { s.enroll(provider) })
	if len(p.user.Factors) == 0 || mustEnrollHere(p.user, provider) {
		enroll = kit.Primary("Enroll", func() { s.enroll(provider) })
	}
	enroll.Small()
	reason := s.cannotEnroll(p, provider)
	enroll.DisableFor(why(reason))
	if reason == nil {
		return kit.Row(kit.Space8, enroll, say("Makes a QR code and shows it once."))
	}
	return kit.Row(kit.Space8, enroll, say(why(reason)))
}

// unreadableFoot offers to try an older key, where the store has those.
func (s *Screen) unreadableFoot(p *page, provider app.Provider, say func(string) fyne.CanvasObject) fyne.CanvasObject {
	words := "Reset " + provider.Name + " below"
	if provider.Enroller != nil {
		words += ", then enroll it again"
	}
	if !p.can.repair {
		return kit.Row(0, say(words+"."))
	}
	add := kit.Secondary("Add a key…", func() { s.repair(provider) }).Small()
	if reason := why(p.may.repair); reason != "" {
		return kit.Row(kit.Space8, add.DisableFor(reason), say(reason))
	}
	return kit.Row(kit.Space8, add, say("Or r"+words[1:]+"."))
}

func (s *Screen) activeFoot(p *page, f app.Factor, say func(string) fyne.CanvasObject) fyne.CanvasObject {
	if f.Devices > 0 {
		if err := s.service.Able(app.AbleDevices); err != nil {
			return kit.Row(0, say(why(err)))
		}
		return kit.Row(0, say("Reset below forgets every key."))
	}
	test := kit.Secondary("Test a code", func() { s.testCode() }).Small()
	if f.Params.Kind == "" {
		return kit.Row(kit.Space8, test.DisableFor(onlyApps), say(onlyApps))
	}
	reason := first(p.may.verify, p.may.secrets)
	test.DisableFor(why(reason))
	again := kit.Secondary("Show QR again", nil).Small().DisableFor(notAgain)
	if reason != nil {
		return kit.Row(kit.Space8, test, again, say(why(reason)))
	}
	says := kit.Grow(kit.Caption(notAgain).At(kit.Size11).Wrapped())
	if s.on.Diagnose != nil {
		refused := kit.IconButton(kit.IconTroubleshoot, "Why is the code refused?", func() { s.on.Diagnose(s.page.user) }).Small()
		return kit.Row(kit.Space8, test, refused, again, says)
	}
	return kit.Row(kit.Space8, test, again, says)
}

// cannotEnroll is why a provider cannot be enrolled for the user; nil when it
// can.
func (s *Screen) cannotEnroll(p *page, provider app.Provider) error {
	if provider.Enroller == nil {
		return app.Errorf(app.Invalid, "%s", provider.WhyNot)
	}
	return p.may.enroll
}
