package diagnosis

import (
	"slices"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/otp"
)

// helps says what helps for each verdict. The order in it is not that of the
// advice: [gentlest] is.
var helps = map[app.Verdict][]app.Help{
	app.CodeAccepted:  {app.HelpNothing, app.HelpCookies},
	app.CodeReplayed:  {app.HelpWait, app.HelpCookies},
	app.CodeDrift:     {app.HelpSetClock, app.HelpSyncApp, app.HelpResync, app.HelpReset},
	app.CodeZone:      {app.HelpSetClock, app.HelpReset},
	app.CodeAhead:     {app.HelpResync, app.HelpReset},
	app.CodeDigits:    {app.HelpRightEntry, app.HelpScanAgain},
	app.CodeAlgorithm: {app.HelpRightEntry, app.HelpScanAgain},
	app.CodePeriod:    {app.HelpRightEntry, app.HelpScanAgain},
	app.CodeOldSecret: {app.HelpRightEntry, app.HelpScanAgain},
	app.CodeSibling:   {app.HelpRightEntry},
	app.CodeOtherUser: {app.HelpRightEntry, app.HelpScanAgain},
	app.CodeTypo:      {app.HelpTypeAgain, app.HelpWait},
	app.CodeOtherKind: {app.HelpRightEntry, app.HelpTypeAgain},
	app.CodeUndecided: {app.HelpNextCode},
	app.CodeUnknown:   {app.HelpNextCode, app.HelpRightEntry, app.HelpSetClock, app.HelpReset},
}

// gentlest is the order of advice.
var gentlest = []app.Help{
	app.HelpNothing, app.HelpNextCode, app.HelpWait, app.HelpTypeAgain, app.HelpRightEntry, app.HelpSetClock, app.HelpSyncApp,
	app.HelpCookies, app.HelpResync, app.HelpUnlock, app.HelpActivate, app.HelpScanAgain, app.HelpReset,
}

// advise returns what helps, gentlest first: exactly that, and what the account
// needs besides.
func advise(d app.Diagnosis, about app.Patient) []app.Advice {
	want := slices.Clone(helps[d.Verdict])
	shop := about.Store.Kind == app.MagentoStore
	want = slices.DeleteFunc(want, func(h app.Help) bool {
		switch h {
		case app.HelpNextCode:
			return !d.Next && d.Verdict != app.CodeUndecided
		case app.HelpCookies:
			return !shop
		case app.HelpResync:
			// Magento has no place for an offset, and one of hours is no drift.
			return shop || !d.Sure || max(d.Drift.To, -d.Drift.From) > otp.ResyncReach
		}
		return false
	})
	switch u := about.User; {
	case !u.Active:
		want = append(want, app.HelpActivate)
	case u.Locked(about.Now):
		want = append(want, app.HelpUnlock)
	}
	slices.SortFunc(want, func(a, b app.Help) int { return slices.Index(gentlest, a) - slices.Index(gentlest, b) })
	all := make([]app.Advice, len(want))
	for i, h := range want {
		all[i] = advice(h, d, about)
	}
	return all
}

// advice words one help.
func advice(h app.Help, d app.Diagnosis, about app.Patient) app.Advice {
	who, factor := about.User.Short(), about.Provider.Name
	a := app.Advice{Help: h, Person: true}
	switch h {
	case app.HelpNothing:
		a.Title, a.Text = "Sign in with it", "Nothing is wrong with the code. It is good for one sign-in."
	case app.HelpNextCode:
		a.Title, a.Text = "Read out the next code, too", "Two codes in a row are enough to tell."
	case app.HelpWait:
		a.Title, a.Text = "Wait for the next code", "Type it as soon as the app shows it."
	case app.HelpTypeAgain:
		a.Title, a.Text = "Read the code once more", "Digit by digit, with the name of the entry above it."
	case app.HelpRightEntry:
		a.Title, a.Text = "Look for the right entry in the app", "It is named "+entryName(about)+". Delete an older one of the same name."
	case app.HelpSetClock:
		a.Title, a.Text = "Set the phone’s clock to automatic", "Phone settings, Date and time, Automatic, the time zone as well. Then test a fresh code."
	case app.HelpSyncApp:
		a.Title, a.Text = "Sync the authenticator app", "Some apps can correct the time that they count by."
	case app.HelpCookies:
		a.Title = "If accepted here but refused at sign-in: cookies"
		a.Text = "Allow and clear cookies for the shop’s address in " + who + "’s browser, and close other tabs of it."
	case app.HelpResync:
		a.Person = false
		a.Title, a.Text = "Resync with two codes in a row", "The store remembers the difference of this device from now on."
	case app.HelpUnlock:
		a.Person = false
		a.Title, a.Text = "Unlock the account", "The lock-out and the failed attempts are cleared."
	case app.HelpActivate:
		a.Person = false
		a.Title, a.Text = "Switch the account on", "On the tab User Info, if it was switched off by mistake."
	case app.HelpScanAgain:
		a.Person, a.Costs = false, "Ends the enrollment"
		a.Title, a.Text = "Reset "+factor+" and scan again", "Let the app scan the QR code, so that it takes over every setting."
	case app.HelpReset:
		a.Person, a.Costs = false, "Ends the enrollment"
		a.Title, a.Text = "Reset "+factor, resetWhen(d.Verdict)+" "+who+" must enroll again."
	}
	return a
}

// onCourse adds to the advice what the course of the device's clock has to do with
// it: a phone ends it by itself, a token that nobody can set is followed.
func onCourse(all []app.Advice, d app.Diagnosis, own app.Suspect) []app.Advice {
	if !d.Course.Known() {
		return all
	}
	for i := range all {
		switch a := &all[i]; a.Help {
		case app.HelpSetClock:
			a.Text += " A phone that sets its clock by the network does not drift any more."
		case app.HelpResync:
			a.Text = "For a hardware token, whose clock nobody can set: the store remembers the difference from now on."
			if until := holds(d, own); until != "" {
				a.Text += " It goes on drifting, and the codes leave the window again " + until + "."
			}
		default:
		}
	}
	if d.Verdict == app.CodeAccepted && d.Course.Forecast != "" && !d.Course.Leaves.IsZero() {
		all = append(all, app.Advice{
			Help: app.HelpSetClock, Person: true, Title: "Set the phone’s clock to automatic",
			Text: "Before the codes leave the window: that ends the drift of a phone. The clock of a hardware token cannot be set: resync it once its codes are refused.",
		})
		slices.SortStableFunc(all, func(a, b app.Advice) int { return slices.Index(gentlest, a.Help) - slices.Index(gentlest, b.Help) })
	}
	return all
}

// resetWhen says when a reset is right after a verdict.
func resetWhen(v app.Verdict) string {
	switch v {
	case app.CodeDrift, app.CodeZone:
		return "Only if the clock cannot be put right."
	case app.CodeAhead:
		return "Only if resyncing does not help."
	default:
		return "Only if nothing above helps."
	}
}

// entryName is what the app calls the entry.
func entryName(about app.Patient) string {
	issuer := about.Store.Issuer
	if issuer == "" {
		issuer = about.Store.Name
	}
	return issuer + " (" + about.User.Email + ")"
}
