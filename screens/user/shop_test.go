package user_test

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/store/memory"
	"github.com/factordesk/factordesk/screens/kit"
	"github.com/factordesk/factordesk/screens/kit/kittest"
	"github.com/factordesk/factordesk/screens/user"
)

// What the store of the tests says of accounts and of its factors.
const (
	elsewhere  = "Accounts, passwords and roles of a shop are changed in its own admin."
	oneKeyOnly = "Sealed with crypt key 1; this store’s key list holds only key 0."
	outerLayer = "The whole configuration is sealed with crypt key 1; this store’s key list holds only key 0."
	leftOver   = "An enrollment was begun and given up; nothing of it works."
	twice      = "The user has two rows of configuration; the shop reads the older one."
)

// shop is a desk before a store that is like a Magento shop, in which nobody is
// signed in yet.
func shop(t *testing.T) *desk {
	t.Helper()
	d := &desk{Desk: kittest.New(t, kittest.Wide, nil)}
	d.store = memory.New(memory.Options{
		Name: "Juniper Outfitters", Tag: app.TagProduction, Kind: app.MagentoStore,
		Engine: "Magento 2.4.6 · MariaDB through SSH", Now: d.Clock.Now,
	})
	d.store.PlaceRole("merchandising", "Merchandising")
	refusal := app.Errorf(app.Invalid, elsewhere).WithHint("There it is System > Permissions.")
	d.store.Disable(app.AbleEditUsers, refusal)
	d.store.Disable(app.AbleRoles, refusal)
	for _, p := range shopPeople(d.Clock.Now()) {
		d.store.Place(p)
	}
	d.console = d.another()
	return d
}

// atShop opens the screen of a user of the shop for its Administrator.
func atShop(t *testing.T, username string) *desk {
	t.Helper()
	d := shop(t)
	d.signIn(memory.SampleOperator, password)
	d.open(username)
	return d
}

// shopPeople have every state that a factor of a shop can be in.
func shopPeople(now time.Time) []memory.Person {
	ago := func(days int) time.Time { return now.AddDate(0, 0, -days) }
	secret := app.NewSecret(password)
	merchandising := app.Role{ID: "merchandising"}
	whole := func(p app.ProviderCode) app.Factor {
		return app.Factor{Provider: p, Status: app.StatusUnreadable, Note: outerLayer, Whole: true}
	}
	return []memory.Person{
		{User: app.User{
			Username: memory.SampleOperator, Email: "olive@juniper.example", FirstName: "Olive", LastName: "Bellwether",
			Role: app.Role{ID: app.Administrators}, Active: true, LastSignIn: now, Sessions: 1,
		}, Password: secret},
		{User: app.User{
			Username: "amarigold", Email: "ann.marigold@juniper.example", FirstName: "Ann", LastName: "Marigold",
			Role: merchandising, Active: true, Created: ago(240), LastSignIn: now.Add(-4 * time.Hour), Sessions: 1,
			Factors: []app.Factor{
				{Provider: app.Google, Status: app.StatusActive, LastUsed: now.Add(-4 * time.Hour)},
				{Provider: app.U2F, Status: app.StatusActive, Devices: 2},
				{Provider: app.Duo, Status: app.StatusUnreadable, Note: oneKeyOnly},
			},
		}, Password: secret},
		{User: app.User{
			Username: "wquince", Email: "wim.quince@juniper.example", FirstName: "Wim", LastName: "Quince",
			Role: merchandising, Active: true, Created: ago(90), LastSignIn: ago(3),
			Factors: []app.Factor{whole(app.Google), whole(app.U2F), whole(app.Duo), whole(app.Authy)},
		}, Password: secret},
		{User: app.User{
			Username: "asaffron", Email: "aiko.saffron@juniper.example", FirstName: "Aiko", LastName: "Saffron",
			Role: merchandising, Active: true, Created: ago(90), LastSignIn: ago(1), Sessions: 3,
			Failures: 6, LockedUntil: now.Add(18 * time.Minute),
			Factors: []app.Factor{{Provider: app.Google, Status: app.StatusActive, Note: twice}},
		}, Password: secret},
		{User: app.User{
			Username: "lborage", Email: "lukasz.borage@juniper.example", FirstName: "Łukasz", LastName: "Borage",
			Role: merchandising, Active: true, MustEnroll: true, Created: ago(12),
			Factors: []app.Factor{{Provider: app.Duo, Status: app.StatusNotEnrolled, Note: leftOver}},
		}, Password: secret},
	}
}

func TestWhatAShopDoesNotKeepIsNotKnown(t *testing.T) {
	d := atShop(t, "amarigold")
	text := d.Text()
	assert.Contains(t, text, "Google Authenticator\nActive\nActive since\nNot known\nLast used\nToday 10:09 (08:09 UTC)\nEnrolled by\nNot known")
	assert.Contains(t, text, "U2F (Yubikey and others)\nActive · 2 keys\nActive since\nNot known\nLast used\nNot known")
	assert.Contains(t, text, "Duo Security\nUnreadable\nStored since\nNot known\nLast used\nNot known\n "+oneKeyOnly)
	assert.Contains(t, text, "Or reset Duo Security below.")
	for _, label := range []string{"Reset Google Authenticator", "Reset U2F (Yubikey and others)", "Reset Duo Security"} {
		assert.False(t, d.Button(label).Disabled(), label)
	}
	assert.Contains(t, text, "Authy: nothing to reset")
	assert.NotContains(t, text, "Reset Authy")
}

func TestResetInAShop(t *testing.T) {
	d := atShop(t, "amarigold")
	d.press("Reset Google Authenticator")
	d.verify()
	text := d.Text()
	assert.Contains(t, text, "At the next sign-in Ann gets a mail with a link and must enroll again.")
	assert.Contains(t, text, "U2F with both keys, Duo Security and the password stay as they are.")
	assert.NotContains(t, text, "One open admin session")
	assert.NotContains(t, text, "Clear the lock-out too")
	box := kittest.Get[*kit.Checkbox](d.Desk, "End this user’s admin sessions too (1 open)")
	assert.False(t, box.On(), "off at first")
	d.Focus(box)
	d.Key(fyne.KeySpace)
	assert.Contains(t, d.Text(), "One open admin session and the API tokens of Ann end; unsaved work is lost.")
	d.press("OK, reset")

	u := d.user("amarigold")
	assert.Equal(t, app.StatusNotEnrolled, u.Factor(app.Google).Status)
	assert.Equal(t, app.StatusUnreadable, u.Factor(app.Duo).Status)
	assert.Zero(t, u.Sessions)
	assert.Equal(t, "Ann must enroll again.", d.ToastText())
	assert.Contains(t, d.Text(), "Ann must enroll at the next sign-in: the shop asks for it.")
	assert.Contains(t, d.events("amarigold")[0].Details, app.Detail{Name: "sessions", Value: "ended"})
}

func TestAResetAloneLeavesSessionsAndLock(t *testing.T) {
	d := atShop(t, "asaffron")
	assert.Contains(t, d.Text(), twice)
	d.press("Reset Google Authenticator")
	d.verify()
	assert.Contains(t, d.Text(), "Without this, Aiko stays locked until 14:27 (12:27 UTC).")
	d.press("OK, reset")
	u := d.user("asaffron")
	assert.Equal(t, 3, u.Sessions)
	assert.False(t, u.LockedUntil.IsZero())
}

func TestAResetClearsTheLockOutToo(t *testing.T) {
	d := atShop(t, "asaffron")
	d.press("Reset Google Authenticator")
	d.verify()
	d.Focus(kittest.Get[*kit.Checkbox](d.Desk, "Clear the lock-out too"))
	d.Key(fyne.KeySpace)
	assert.Contains(t, d.Text(), "The lock-out ends, and the failed attempts are forgotten.")
	d.Clock.Advance(3 * time.Minute)
	d.press("Continue")
	d.verify()
	assert.True(t, kittest.Get[*kit.Checkbox](d.Desk, "Clear the lock-out too").On(), "what was ticked stays")
	assert.False(t, kittest.Get[*kit.Checkbox](d.Desk, "End this user’s").On())
	d.press("OK, reset")
	u := d.user("asaffron")
	assert.True(t, u.LockedUntil.IsZero())
	assert.Zero(t, u.Failures)
	assert.Equal(t, 3, u.Sessions)
}

func TestAWholeResetSaysSo(t *testing.T) {
	d := atShop(t, "wquince")
	text := d.Text()
	assert.Contains(t, text, outerLayer+" A reset forgets every factor of Wim.")
	assert.Contains(t, text, "The store cannot take the factors of Wim apart: a reset of one forgets all.")
	d.press("Reset Duo Security")
	d.verify()
	text = d.Text()
	assert.Contains(t, text, "Every factor of Wim is forgotten with it: the store cannot take them apart.")
	assert.Contains(t, text, "The password stays as it is.")
	d.press("OK, reset")
	assert.Empty(t, d.user("wquince").Factors)
}

func TestWhatAnEnrollmentLeftBehindCanBeReset(t *testing.T) {
	d := atShop(t, "lborage")
	assert.Contains(t, d.Text(), leftOver)
	assert.Contains(t, d.Text(), "Łukasz must enroll at the next sign-in: the shop asks for it.")
	d.press("Reset Duo Security")
	d.verify()
	assert.Contains(t, d.Text(), "What is left of an enrollment that never ended is forgotten.")
	d.press("OK, reset")
	assert.NotContains(t, d.Text(), leftOver)
}

func TestARoleThatKeepsItsMembersFrom2FAIsSaid(t *testing.T) {
	d := atShop(t, "lborage")
	require.True(t, d.store.Alter(d.user("lborage").ID, func(u *app.User) { u.Barred = true }))
	d.open("lborage")
	assert.Contains(t, d.Text(), "Łukasz must enroll, but cannot: the role ")
	assert.Contains(t, d.Text(), " lacks Two Factor Auth, without which nobody uses 2FA in the shop.")
}

func TestEndSessionsByKeyboard(t *testing.T) {
	d := atShop(t, "asaffron")
	d.press("End sessions…")
	assert.Contains(t, d.Text(), "To end the admin sessions of Aiko Saffron, type your own password.")
	d.Type("not the one")
	d.Key(fyne.KeyReturn)
	assert.Contains(t, d.Field("Your Password").Trouble(), "That is not your password. 5 attempts left")
	d.verify()
	assert.Contains(t, d.Text(), "3 open admin sessions and the API tokens of Aiko end; unsaved work is lost.")
	assert.Equal(t, "Cancel", d.FocusLabel())
	assert.Equal(t, 3, d.user("asaffron").Sessions, "nothing happens before OK")
	d.Key(fyne.KeyReturn)
	assert.False(t, d.DialogOpen())
	assert.Equal(t, "End sessions…", d.FocusLabel(), "the focus comes back")

	d.press("End sessions…")
	d.verify()
	d.Fill("Reason", "Lost laptop")
	d.press("OK, end sessions")
	assert.Zero(t, d.user("asaffron").Sessions)
	assert.Equal(t, "3 sessions of Aiko ended.", d.ToastText())
	e := d.events("asaffron")[0]
	assert.Equal(t, app.DoEndSessions, e.Action)
	assert.Equal(t, "Lost laptop", e.Reason)

	d.press("End sessions…")
	d.verify()
	assert.Contains(t, d.Text(), "No admin session of Aiko is open now; API tokens end.")
	d.press("OK, end sessions")
	assert.Equal(t, "No session of Aiko was open.", d.ToastText())
}

func TestTokensThatStayAreSaid(t *testing.T) {
	d := atShop(t, "asaffron")
	d.store.Disable(app.AbleTokens, app.Errorf(app.Denied, "The database account may not read jwt_auth_revoked."))
	d.open("asaffron")
	const stay = "API tokens may stay: The database account may not read jwt_auth_revoked. Doctor says what to do."
	d.press("End sessions…")
	d.verify()
	assert.Contains(t, d.Text(), "3 open admin sessions of Aiko end; unsaved work is lost.")
	assert.Contains(t, d.Text(), stay)
	d.press("OK, end sessions")
	assert.Zero(t, d.user("asaffron").Sessions)
	d.press("End sessions…")
	d.verify()
	assert.Contains(t, d.Text(), "No admin session of Aiko is open now.")
	d.press("Cancel")
	d.press("Reset Google Authenticator")
	d.verify()
	assert.Contains(t, d.Text(), "Without this, a browser that is signed in stays signed in. "+stay)
}

func TestEndSessionsThatFail(t *testing.T) {
	d := atShop(t, "asaffron")
	d.press("End sessions…")
	d.verify()
	d.store.Fail(memory.Unreachable())
	d.press("OK, end sessions")
	assert.Contains(t, d.Text(), "The sessions of Aiko were not ended")
	assert.Contains(t, d.Text(), "The store cannot be reached.")
	d.store.Fail(nil)
	assert.Equal(t, 3, d.user("asaffron").Sessions)
}

func TestOwnStoresEndNoSessionsAndHaveNoOlderKeys(t *testing.T) {
	d := at(t, "amarigold")
	for _, label := range []string{"End sessions…", "Add a key…"} {
		assert.Empty(t, kittest.Find[*kit.Button](d.Desk, label), label)
	}
	d.press("Reset Google Authenticator")
	d.verify()
	assert.NotContains(t, d.Text(), "End this user’s admin sessions too")
	assert.Contains(t, d.Text(), "Shows the new QR code on this screen. It asks for your password once more.")
}

func TestWhatOthersMayNotDoInAShopIsSaid(t *testing.T) {
	d := shop(t)
	d.helpDesk()
	d.open(memory.SampleOperator)
	b := d.Button("End sessions…")
	assert.True(t, b.Disabled())
	b.Press()
	assert.False(t, d.DialogOpen())
}

func TestAccountsOfAShopAreOnlyShown(t *testing.T) {
	d := atShop(t, "amarigold")
	d.screen.Open(user.TabInfo)
	text := d.Text()
	assert.Contains(t, text, elsewhere)
	for _, label := range []string{"First Name", "Last Name", "Username", "Email"} {
		assert.True(t, d.Field(label).Disabled(), label)
	}
	assert.Empty(t, kittest.Find[*kit.Button](d.Desk, "Save User"))
	assert.Empty(t, kittest.Find[*kit.Field](d.Desk, "Your Password"))

	d.screen.Open(user.TabRole)
	text = d.Text()
	assert.Contains(t, text, "These are the roles of the shop.")
	assert.Contains(t, text, elsewhere)
	assert.True(t, d.Button("New role…").Disabled())
	d.press("More to do with this account")
	d.Key(fyne.KeyReturn)
	assert.NotContains(t, d.Text(), "Set the password")
}

func TestFailuresByThePolicyOfTheStore(t *testing.T) {
	for name, c := range map[string]struct {
		policy app.LockPolicy
		says   string
	}{
		"the shop's own": {app.LockPolicy{Failures: 4, For: time.Hour}, "2 of 4"},
		"never":          {app.LockPolicy{}, "2, and no number of them locks an account here"},
	} {
		t.Run(name, func(t *testing.T) {
			d := shop(t)
			d.store.Place(memory.Person{User: app.User{Username: "fail", Email: "f@juniper.example", Active: true, Failures: 2}})
			d.console = d.another()
			d.signIn(memory.SampleOperator, password)
			d.service = strictly{Console: d.console, lock: c.policy}
			d.open("fail")
			d.screen.Open(user.TabInfo)
			assert.Contains(t, d.Text(), c.says)
		})
	}
}

// strictly is a console whose store has a lock-out policy of its own.
type strictly struct {
	*app.Console
	lock app.LockPolicy
}

func (s strictly) Store() app.StoreInfo {
	info := s.Console.Store()
	info.Lock, info.AuditHere = s.lock, true
	return info
}

func TestOneResetsOneselfAfterBreakGlassOnly(t *testing.T) {
	d := shop(t)
	d.placeOwn()
	d.open("mmirror")
	assert.True(t, d.Button("Reset U2F (Yubikey and others)").Disabled())
	d.screen.Close()

	ctx := t.Context()
	d.console = d.another()
	_, err := d.console.SignIn(ctx, app.Credentials{
		Username: "mmirror", Password: app.NewSecret(password), Recovery: d.store.RecoveryKey(),
	})
	require.NoError(t, err)
	o, ok := d.console.Operator()
	require.True(t, ok)
	require.True(t, o.BreakGlass)
	d.open("mmirror")
	d.press("Reset U2F (Yubikey and others)")
	d.verify()
	d.press("OK, reset")
	assert.Empty(t, d.user("mmirror").Factors)
}
