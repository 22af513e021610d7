package app

import "strings"

// AuthenticatorsChecked is when the facts about apps were last looked up.
const AuthenticatorsChecked = "2026-11-24"

// Authenticator is an app that shows codes, and what a person does in it. The
// texts are read out on the phone. An empty Sync means that the app has no time
// of its own: it counts by the clock of the device.
type Authenticator struct {
	Name string
	Sync string // how to correct the time that the app counts by
	Read string // where the next code is
	Scan string // how to add an entry by scanning
}

// Authenticators returns the apps that people use most, by name.
//
// Google's own help describes Time correction for codes on Android; the other
// apps have nothing of the kind, and count by the clock of the device.
func Authenticators() []Authenticator {
	return []Authenticator{
		{
			Name: "Google Authenticator",
			Sync: "On Android: menu, Settings, Time correction for codes, Sync now. On an iPhone the app counts by the clock of the phone.",
			Read: "Each entry shows its code; the circle beside it runs down to the next one.",
			Scan: "Press + at the bottom right, then Scan a QR code.",
		},
		{
			Name: "Microsoft Authenticator",
			Read: "Open the entry; the code is under One-time password code, with the seconds that are left.",
			Scan: "Press +, choose Other account, and point the camera at the QR code.",
		},
		{
			Name: "Authy",
			Read: "Open the entry; the code is large, with the seconds that are left below it.",
			Scan: "Choose Add account, then Scan QR code.",
		},
		{
			Name: "Duo Mobile",
			Read: "Open the entry and press Show passcode. Entries of other services renew the code every 30 seconds; Duo’s own count on with each press.",
			Scan: "Press Add, then Use QR code.",
		},
		{
			Name: "Aegis",
			Read: "Each entry shows its code; the bar at the top runs down to the next one. Press the entry if the code is hidden.",
			Scan: "Press +, then Scan QR code.",
		},
		{
			Name: "2FAS",
			Read: "Each entry shows its code and the seconds that are left. Press the eye if the code is hidden.",
			Scan: "Press +, and point the camera at the QR code.",
		},
		{
			Name: "1Password",
			Read: "Open the item; the field one-time password shows the code with the seconds that are left.",
			Scan: "Edit the item, add a field One-Time Password, and press the QR code symbol.",
		},
		{
			Name: "Bitwarden",
			Read: "Open the item; the verification code stands with the seconds that are left.",
			Scan: "Edit the item, and press the camera at Authenticator key.",
		},
		{
			Name: "iOS Passwords",
			Read: "In the app Passwords, open Codes and the entry; the ring runs down to the next code.",
			Scan: "Open the entry in Passwords, choose Set Up Code, then Scan QR Code.",
		},
	}
}

// PhoneClock is how the clock of a device is set right, for who uses no app
// with a time of its own.
const PhoneClock = "Set the clock to automatic. iPhone: Settings, General, Date & Time, Set Automatically. " +
	"Android: Settings, Date and time, Automatic date and time, the time zone as well."

// Browser is what helps where a code is accepted here but refused in the shop:
// the domain is the shop's own, as it is configured.
func Browser(domain string) []string {
	return []string{
		"Open the shop at " + domain + " and no other name of it.",
		"Allow cookies for " + domain + ", and delete the ones that are there.",
		"Close every other tab of the shop, and sign in anew.",
	}
}

// PersonSteps is all that a person is told on the phone, one step a line, for an
// app and, where the store is a shop, for its domain. Steps choose what helps
// with a diagnosis; none choose everything.
func PersonSteps(a Authenticator, domain string, helps ...Help) []string {
	want := func(h Help) bool {
		if len(helps) == 0 {
			return true
		}
		for _, x := range helps {
			if x == h {
				return true
			}
		}
		return false
	}
	var all []string
	if want(HelpSetClock) {
		all = append(all, PhoneClock)
	}
	if a.Sync != "" && want(HelpSyncApp) {
		all = append(all, a.Name+": "+a.Sync)
	}
	if want(HelpNextCode) || want(HelpWait) || want(HelpTypeAgain) {
		all = append(all, "Read the code: "+a.Read)
	}
	if want(HelpScanAgain) || want(HelpReset) {
		all = append(all, "Scan again, when the help desk shows a new QR code: "+a.Scan)
	}
	if domain != "" && want(HelpCookies) {
		all = append(all, Browser(domain)...)
	}
	return all
}

// StepsText is PersonSteps as one text, with a number before each line.
func StepsText(title string, steps []string) string {
	var b strings.Builder
	b.WriteString(title + "\n\n")
	for i, s := range steps {
		b.WriteString(Thousands(int64(i+1)) + ". " + s + "\n")
	}
	return b.String()
}
