package user_test

import (
	"context"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/store/memory"
	"github.com/factordesk/factordesk/screens/kit"
	"github.com/factordesk/factordesk/screens/kit/kittest"
)

// press gives a button the focus with Tab, as a person would, and presses it.
func (d *desk) press(label string) {
	d.T.Helper()
	for range 60 {
		if d.FocusLabel() == label {
			d.Key(fyne.KeyReturn)
			return
		}
		d.Key(fyne.KeyTab)
	}
	d.T.Fatalf("Tab never comes to %q", label)
}

// verify types the operator's password into the dialog that asks for it.
func (d *desk) verify() {
	d.T.Helper()
	require.Contains(d.T, d.Text(), "Current User Identity Verification")
	d.Type(password)
	d.Key(fyne.KeyReturn)
}

func TestResetByKeyboard(t *testing.T) {
	d := at(t, "amarigold")
	assert.Equal(t, "2FA, chosen", d.FocusLabel())

	d.press("Reset Google Authenticator")
	text := d.Text()
	assert.Contains(t, text, "Current User Identity Verification")
	assert.Contains(t, text, "To reset Google Authenticator for Ann Marigold, type your own password. You are signed in as Olive Bellwether.")
	assert.Equal(t, "Your Password", d.FocusLabel())

	d.Type("not the one")
	d.Key(fyne.KeyReturn)
	field := d.Field("Your Password")
	assert.Equal(t, "That is not your password. 5 attempts left, then your own account is locked for 30 minutes.", field.Trouble())
	assert.Empty(t, field.Text())
	assert.True(t, field.Focused())
	assert.Equal(t, 1, d.user(memory.SampleOperator).Failures, "a wrong password counts")

	d.verify()
	text = d.Text()
	assert.Contains(t, text, "Reset Google Authenticator for Ann Marigold?")
	assert.Contains(t, text, "Ann’s authenticator app stops working for this store at once.")
	assert.Contains(t, text, "U2F with both keys, Duo Security and the account stay as they are.")
	assert.Contains(t, text, "Activity records that you reset google for amarigold, when, and why.")
	assert.Contains(t, text, "Confirm within 2:00.")
	assert.Equal(t, "Cancel", d.FocusLabel())
	assert.Equal(t, app.StatusActive, d.user("amarigold").Factor(app.Google).Status, "nothing happens before OK")

	d.Field("Reason").Focus()
	d.Type("New phone, ticket 4471")
	d.press("OK, reset")

	u := d.user("amarigold")
	assert.Equal(t, app.StatusNotEnrolled, u.Factor(app.Google).Status)
	assert.True(t, u.MustEnroll)
	assert.Equal(t, app.StatusActive, u.Factor(app.U2F).Status)
	assert.Equal(t, "Ann must enroll again.", d.ToastText())
	assert.False(t, d.DialogOpen())
	assert.Contains(t, d.Text(), "U2F (Yubikey and others)\nActive · 2 keys")
	assert.Empty(t, kittest.Find[*kit.Button](d.Desk, "Reset Google Authenticator"))
	assert.Contains(t, d.Text(), "Ann must enroll again: a factor was reset.")
	assert.Equal(t, "2FA, chosen", d.FocusLabel(), "the button is gone, the keyboard goes on from the tabs")

	done := d.events("amarigold")
	assert.Equal(t, app.DoReset, done[0].Action)
	assert.Equal(t, app.Done, done[0].Outcome)
	assert.Equal(t, "New phone, ticket 4471", done[0].Reason)
	assert.Equal(t, app.DoPassword, done[1].Action)
	assert.Equal(t, app.Refused, done[1].Outcome)
	assert.Empty(t, d.enrolled)
}

func TestTheSafeAnswerHasEnterAndEsc(t *testing.T) {
	d := at(t, "amarigold")
	for _, key := range []fyne.KeyName{fyne.KeyReturn, fyne.KeyEscape} {
		d.press("Reset Google Authenticator")
		d.verify()
		d.Key(key)
		assert.False(t, d.DialogOpen())
	}
	d.press("Reset Google Authenticator")
	d.Key(fyne.KeyEscape)
	assert.False(t, d.DialogOpen())
	assert.Equal(t, "Reset Google Authenticator", d.FocusLabel(), "the focus comes back")
	assert.Len(t, d.user("amarigold").Factors, 3)
	assert.Zero(t, d.backs, "Esc of a dialog does not leave the screen")
	d.Key(fyne.KeyEscape)
	assert.Equal(t, 1, d.backs)
}

func TestAnExpiredGrantGoesBackToThePassword(t *testing.T) {
	d := at(t, "amarigold")
	d.press("Reset Google Authenticator")
	d.verify()
	d.Field("Reason").Focus()
	d.Type("Lost")
	kittest.Get[*kit.Checkbox](d.Desk, "Enroll Ann").Toggle()
	d.Clock.Advance(119 * time.Second)
	assert.Contains(t, d.Text(), "Confirm within 0:01.")
	d.Clock.Advance(2 * time.Second)
	assert.Contains(t, d.Text(), "The two minutes are over. Type your password again to go on.")
	assert.Empty(t, kittest.Find[*kit.Button](d.Desk, "OK, reset"))

	d.press("Continue")
	d.verify()
	assert.Equal(t, "Lost", d.Field("Reason").Text(), "what was typed stays")
	assert.True(t, kittest.Get[*kit.Checkbox](d.Desk, "Enroll Ann").On())
	d.press("OK, reset")
	assert.Equal(t, app.StatusNotEnrolled, d.user("amarigold").Factor(app.Google).Status)
}

func TestAConflictIsSaidAndReloads(t *testing.T) {
	d := at(t, "amarigold")
	d.press("Reset Duo Security")
	d.verify()
	d.change("amarigold", func(c *app.UserChange) { c.Email = "ann@new.example" })
	d.press("OK, reset")
	text := d.Text()
	assert.Contains(t, text, "Duo Security was not reset")
	assert.Contains(t, text, "Somebody else has changed Ann Marigold meanwhile.")
	assert.Len(t, d.user("amarigold").Factors, 3)
	assert.Equal(t, "Reload", d.FocusLabel())
	d.Key(fyne.KeyReturn)
	assert.Contains(t, d.Text(), "ann@new.example")

	d.press("Reset Duo Security")
	d.verify()
	assert.Contains(t, d.Text(), "No key here opens it.")
	d.press("OK, reset")
	assert.Len(t, d.user("amarigold").Factors, 2)
}

func TestEnrollRightAfter(t *testing.T) {
	d := at(t, "amarigold")
	d.press("Reset Google Authenticator")
	d.verify()
	box := kittest.Get[*kit.Checkbox](d.Desk, "Enroll Ann here right after")
	assert.False(t, box.On(), "off at first")
	d.Focus(box)
	d.Key(fyne.KeySpace)
	assert.Contains(t, d.Text(), "Right after it, you enroll Ann here with a new QR code.")
	d.press("OK, reset")

	assert.Contains(t, d.Text(), "To enroll Google Authenticator for Ann Marigold, type your own password.")
	assert.Empty(t, d.enrolled, "one password, one deed")
	d.verify()
	require.Len(t, d.enrolled, 1)
	assert.Equal(t, app.Google, d.enrolled[0].Factor.Provider)
	assert.False(t, d.enrolled[0].Factor.Key.Empty())
	assert.Equal(t, app.StatusPending, d.user("amarigold").Factor(app.Google).Status)
}

func TestOneDoesNotResetOneself(t *testing.T) {
	d := furnish(t, nil)
	d.placeOwn()
	d.open("mmirror")
	b := d.Button("Reset U2F (Yubikey and others)")
	assert.True(t, b.Disabled())
	assert.Contains(t, d.Text(),
		"Your own factor is not reset at the desk. Sign out, and use “Your own factor is lost?” on the sign-in screen.")
	b.Press()
	assert.False(t, d.DialogOpen())
}

// placeOwn signs in an Administrator who has a factor.
func (d *desk) placeOwn() {
	d.T.Helper()
	d.store.Place(memory.Person{User: app.User{
		Username: "mmirror", Email: "m@juniper.example", FirstName: "Mara", LastName: "Mirror", Active: true,
		Role: app.Role{ID: app.Administrators}, Created: kittest.Start.AddDate(0, -2, 0),
		Factors: []app.Factor{{Provider: app.U2F, Status: app.StatusActive, Since: kittest.Start.AddDate(0, -1, 0), Devices: 1}},
	}, Password: app.NewSecret(password)})
	d.signIn("mmirror", password)
}

func TestHelpDeskAndAdministrators(t *testing.T) {
	d := furnish(t, nil)
	d.helpDesk()
	d.open("aharbor")
	assert.True(t, d.Button("Reset Google Authenticator").Disabled())
	assert.True(t, d.Button("Test a code").Disabled())
	assert.Contains(t, d.Text(), "Agnes Harbor is an Administrator; only an Administrator may act on that account.")

	d.screen.Close()
	d.open("amarigold")
	d.press("Reset Google Authenticator")
	d.Type(deskPassword)
	d.Key(fyne.KeyReturn)
	d.press("OK, reset")
	assert.Equal(t, app.StatusNotEnrolled, d.user("amarigold").Factor(app.Google).Status)
}

func TestAnAuditorOnlyLooks(t *testing.T) {
	d := furnish(t, nil)
	d.store.Place(memory.Person{User: app.User{
		Username: "aud", Email: "a@juniper.example", Role: app.Role{ID: app.Auditor}, Active: true,
	}, Password: app.NewSecret(password)})
	d.signIn("aud", password)
	d.open("amarigold")
	for _, label := range []string{"Reset Google Authenticator", "Reset Duo Security", "Test a code"} {
		assert.True(t, d.Button(label).Disabled(), label)
	}
	assert.Contains(t, d.Text(), "Not permitted for Auditor: reset a factor.")
}

func TestWhatAResetSays(t *testing.T) {
	for name, c := range map[string]struct {
		username, provider, sentence string
	}{
		"pending":  {"aquill", "Google Authenticator", "The QR code that was made for Ada stops working at once."},
		"one key":  {"gloom", "U2F (Yubikey and others)", "Greta’s security key stops working for this store at once."},
		"two keys": {"amarigold", "U2F (Yubikey and others)", "Both security keys of Ann stop working for this store at once."},
		"service":  {"fgallow", "Duo Security", "Duo Security stops working for Fern in this store at once."},
		"alone":    {"fgallow", "Duo Security", "The account stays as it is."},
		"nobody":   {"fgallow", "Duo Security", "Fern must enroll again. Without a password for this desk, Fern does so here."},
		"operator": {"bcopper", "Google Authenticator", "At the next sign-in Bela must enroll again."},
		"proof":    {"afjord", "U2F (Yubikey and others)", "At the next sign-in Astrid proves it with Google Authenticator, as before."},
		"others":   {"afjord", "U2F (Yubikey and others)", "Google Authenticator and the password stay as they are."},
	} {
		t.Run(name, func(t *testing.T) {
			d := at(t, c.username)
			d.Tap("Reset " + c.provider)
			d.verify()
			assert.Contains(t, d.Text(), c.sentence)
		})
	}
}

func TestTheStoreFailsInTheMiddle(t *testing.T) {
	d := at(t, "amarigold")
	d.press("Reset Google Authenticator")
	d.verify()
	d.store.Fail(memory.Unreachable())
	d.press("OK, reset")
	assert.Contains(t, d.Text(), "Google Authenticator was not reset")
	assert.Contains(t, d.Text(), "The store cannot be reached.")
	d.Key(fyne.KeyReturn)
	d.store.Fail(nil)
	assert.Len(t, d.user("amarigold").Factors, 3)
}

func TestTabLeadsIntoSight(t *testing.T) {
	d := at(t, "amarigold")
	d.Resize(kittest.Small)
	b := d.Button("Reset Duo Security")
	bottom := func() float32 {
		return d.App.Driver().AbsolutePositionForObject(b).Y + b.Size().Height
	}
	require.Greater(t, bottom(), kittest.Small.Height, "the page is longer than a small window")
	d.Focus(b)
	assert.Less(t, bottom(), kittest.Small.Height)
	d.Focus(d.Button("Users"))
	assert.Greater(t, d.App.Driver().AbsolutePositionForObject(d.Button("Users")).Y, float32(56))
}

// change saves account fields of a user at another console.
func (d *desk) change(username string, edit func(c *app.UserChange)) {
	d.T.Helper()
	ctx, other, u := context.Background(), d.another(), d.user(username)
	d.store.Place(memory.Person{User: app.User{
		Username: "other", Email: "o@juniper.example", Role: app.Role{ID: app.Administrators}, Active: true,
	}, Password: app.NewSecret(password)})
	_, err := other.SignIn(ctx, app.Credentials{Username: "other", Password: app.NewSecret(password)})
	require.NoError(d.T, err)
	g, err := other.Reverify(ctx, app.NewSecret(password), app.Deed{Action: app.DoSaveUser, Target: u.ID})
	require.NoError(d.T, err)
	c := app.UserChange{
		ID: u.ID, Version: u.Version, Username: u.Username, Email: u.Email, FirstName: u.FirstName,
		LastName: u.LastName, Role: u.Role.ID, Active: u.Active,
	}
	edit(&c)
	_, err = other.SaveUser(ctx, g, c)
	require.NoError(d.T, err)
}
