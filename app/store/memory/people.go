package memory

import (
	"time"

	"github.com/factordesk/factordesk/app"
)

// active is a working factor.
func active(p app.ProviderCode, since, used time.Duration) sampleFactor {
	return sampleFactor{provider: p, status: app.StatusActive, since: since, used: used}
}

// keys is n working security keys.
func keys(n int, since, used time.Duration) sampleFactor {
	return sampleFactor{provider: app.U2F, status: app.StatusActive, since: since, used: used, devices: n}
}

// pending is a factor whose first code never came.
func pending(since time.Duration) []sampleFactor {
	return []sampleFactor{{provider: app.Google, status: app.StatusPending, since: since}}
}

// unreadable is a factor that no key opens.
func unreadable(p app.ProviderCode, since time.Duration, note string) sampleFactor {
	return sampleFactor{provider: p, status: app.StatusUnreadable, since: since, note: note}
}

const (
	otherKey  = "Sealed with crypt key 1; this store’s key list holds only key 0."
	otherCopy = "Sealed for another copy of this store; no key here opens it."
)

var samplePeople = []samplePerson{
	{
		name: "Abel Thistle", username: "athistle", role: "Customer care", signIn: 10 * time.Minute,
		factors: []sampleFactor{active(app.Google, 88*day, 10*time.Minute)},
	},
	{
		name: "Ada Lantern", username: "alantern", role: "Merchandising", signIn: 28 * time.Minute,
		factors: []sampleFactor{active(app.Google, 48*time.Minute, 28*time.Minute), keys(1, 60*day, 3*day)},
	},
	{name: "Ada Quill", username: "aquill", role: "Catalog editors", signIn: 7 * day, factors: pending(5 * day)},
	{name: "Adrian Pebble", username: "apebble", role: "Warehouse"},
	{
		name: "Agnes Harbor", username: "aharbor", role: "Administrators", operator: true, signIn: 4*time.Hour + 56*time.Minute,
		factors: []sampleFactor{keys(2, 120*day, 5*time.Hour), active(app.Google, 120*day, 5*time.Hour)},
	},
	{
		name: "Aiko Saffron", username: "asaffron", role: "Customer care", signIn: 20*time.Hour + 6*time.Minute,
		failures: app.MaxFailures, locked: 18 * time.Minute,
		factors: []sampleFactor{active(app.Google, 75*day, 20*time.Hour)},
	},
	{
		name: "Alba Inkwell", username: "ainkwell", role: "Marketing", signIn: 20*time.Hour + 42*time.Minute,
		factors: []sampleFactor{active(app.Google, 90*day, 21*time.Hour), active(app.Authy, 90*day, 30*day)},
	},
	{
		name: "Amir Drift", username: "adrift", role: "Merchandising", signIn: 22 * day,
		factors: []sampleFactor{unreadable(app.Google, 130*day, otherCopy)},
	},
	{
		name: "Ann Marigold", username: "amarigold", role: "Merchandising", signIn: 4*time.Hour + 27*time.Minute,
		factors: []sampleFactor{
			active(app.Google, 98*day, 4*time.Hour+27*time.Minute),
			keys(2, 151*day, 4*time.Hour+27*time.Minute), unreadable(app.Duo, 155*day, otherKey),
		},
	},
	{
		name: "Anders Kindle", username: "akindle", role: "Finance", signIn: 22*time.Hour + 5*time.Minute,
		factors: []sampleFactor{active(app.Google, 80*day, 22*time.Hour), active(app.Duo, 80*day, 40*day)},
	},
	{name: "Anouk Teasel", username: "ateasel", role: "Catalog editors", signIn: 191 * day, inactive: true},
	{
		name: "Arlo Bramble", username: "abramble", role: "Warehouse", signIn: 7*time.Hour + 38*time.Minute,
		factors: []sampleFactor{active(app.Google, 70*day, 7*time.Hour)},
	},
	{name: "Asha Clement", username: "aclement", role: "Customer care", factors: pending(2 * day)},
	{
		name: "Astrid Fjord", username: "afjord", role: "Administrators", operator: true, signIn: 2*time.Hour + 51*time.Minute,
		factors: []sampleFactor{keys(1, 110*day, 2*time.Hour+51*time.Minute), active(app.Google, 110*day, 9*day)},
	},
	{
		name: "Avi Wick", username: "awick", role: "Marketing", signIn: 4 * day,
		factors: []sampleFactor{active(app.Authy, 100*day, 4*day)},
	},
	{
		name: "Bela Copper", username: "bcopper", role: "Help desk", operator: true, signIn: 6 * time.Hour,
		factors: []sampleFactor{active(app.Google, 66*day, 6*time.Hour)},
	},
	{name: "Bruno Tansy", username: "btansy", role: "Auditor", operator: true, signIn: 12 * day},
	{name: "Carla Fennel", username: "cfennel", role: "Finance", signIn: 26 * time.Hour, mustEnroll: true},
	{
		name: "Dora Whistle", username: "dwhistle", role: "Warehouse", signIn: 45 * day, inactive: true,
		factors: []sampleFactor{active(app.Google, 140*day, 45*day)},
	},
	{
		name: "Elio Marsh", username: "emarsh", role: "Marketing", signIn: 3 * day,
		factors: []sampleFactor{active(app.Google, 52*day, 3*day)}, failures: 3,
	},
	{
		name: "Fern Gallow", username: "fgallow", role: "Catalog editors",
		factors: []sampleFactor{active(app.Duo, 33*day, 0)},
	},
	{
		name: "Greta Loom", username: "gloom", role: "Finance", signIn: 9 * day,
		factors: []sampleFactor{unreadable(app.Google, 148*day, otherCopy), keys(1, 30*day, 9*day)},
	},
	{name: "Łukasz Borage", username: "lborage"},
	{name: SampleOperatorName, username: SampleOperator, role: "Administrators", operator: true, signIn: 18 * time.Hour},
	{
		name: "Zoë Quince", username: "zquince", role: "Customer care", signIn: 15 * time.Hour,
		factors: []sampleFactor{active(app.Google, 21*day, 15*time.Hour)},
	},
}

// SampleOperatorName is the full name of SampleOperator.
const SampleOperatorName = "Olive Bellwether"

var sampleEvents = []sampleEvent{
	{156 * day, SampleOperator, app.DoCreateStore, SampleOperator, "", app.Done, ""},
	{151 * day, "aharbor", app.DoEnroll, "amarigold", app.U2F, app.Done, "Two keys handed out"},
	{98*day + 2*time.Minute, "aharbor", app.DoEnroll, "amarigold", app.Google, app.Done, "First phone"},
	{98 * day, "aharbor", app.DoConfirm, "amarigold", app.Google, app.Done, ""},
	{40 * day, "bcopper", app.DoReset, "emarsh", app.Google, app.Done, "Phone fell into the harbor, ticket 4102"},
	{22 * day, "afjord", app.DoVerify, "adrift", app.Google, app.Failed, "The factor cannot be read"},
	{9 * day, "afjord", app.DoVerify, "gloom", app.Google, app.Failed, "The factor cannot be read"},
	{7 * day, SampleOperator, app.DoTestCode, "amarigold", app.Google, app.Done, "Ann asked whether the phone is right"},
	{5 * day, "afjord", app.DoEnroll, "aquill", app.Google, app.Done, "New starter, ticket 4460"},
	{2 * day, "afjord", app.DoEnroll, "aclement", app.Google, app.Done, "New starter, ticket 4463"},
	{25*time.Hour + 4*time.Minute, "bcopper", app.DoPassword, "cfennel", app.Google, app.Refused, "Wrong password, 1 of 6"},
	{25 * time.Hour, "bcopper", app.DoReset, "cfennel", app.Google, app.Done, "New phone, ticket 4468"},
	{18 * time.Hour, SampleOperator, app.DoSignIn, "", "", app.Done, ""},
	{17*time.Hour + 30*time.Minute, SampleOperator, app.DoSignOut, "", "", app.Done, ""},
	{6 * time.Hour, "bcopper", app.DoSignIn, "", "", app.Done, ""},
	{
		5*time.Hour + 40*time.Minute, "bcopper", app.DoReset, "aharbor", app.U2F, app.Refused,
		"Agnes Harbor is an Administrator; only an Administrator may act on that account.",
	},
	{4*time.Hour + 56*time.Minute, "aharbor", app.DoSignIn, "", "", app.Done, ""},
	{2*time.Hour + 51*time.Minute, "afjord", app.DoSignIn, "", "", app.Done, ""},
	{2*time.Hour + 20*time.Minute, "aharbor", app.DoSaveUser, "ateasel", "", app.Done, "Left the company"},
	{50 * time.Minute, "afjord", app.DoEnroll, "alantern", app.Google, app.Done, ""},
	{48 * time.Minute, "afjord", app.DoConfirm, "alantern", app.Google, app.Done, "Enrolled at the desk"},
	{35 * time.Minute, "afjord", app.DoUnlock, "abramble", "", app.Done, "Called from the shop floor"},
	{14*time.Minute + 10*time.Second, "bcopper", app.DoVerify, "asaffron", app.Google, app.Refused, "Wrong code, 1 of 6"},
	{14 * time.Minute, "bcopper", app.DoVerify, "asaffron", app.Google, app.Refused, "Wrong code, 2 of 6"},
	{13*time.Minute + 30*time.Second, "bcopper", app.DoVerify, "asaffron", app.Google, app.Refused, "The code was used before, 3 of 6"},
	{13 * time.Minute, "bcopper", app.DoVerify, "asaffron", app.Google, app.Refused, "Wrong code, 4 of 6"},
	{12*time.Minute + 30*time.Second, "bcopper", app.DoVerify, "asaffron", app.Google, app.Refused, "Wrong code, 5 of 6"},
	{12 * time.Minute, "bcopper", app.DoVerify, "asaffron", app.Google, app.Refused, "Wrong code, 6 of 6"},
}
