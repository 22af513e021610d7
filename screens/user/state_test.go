package user_test

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/otp"
	"github.com/factordesk/factordesk/app/store/memory"
	"github.com/factordesk/factordesk/screens/kit"
	"github.com/factordesk/factordesk/screens/kit/kittest"
	"github.com/factordesk/factordesk/screens/user"
)

// secret is the key of the people whom the tests place.
const secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"

// code is the code of secret some steps from now.
func (d *desk) code(steps int) string {
	d.T.Helper()
	key, err := otp.Decode(secret)
	require.NoError(d.T, err)
	code, err := otp.CodeAt(key, otp.Default(), d.Clock.Now().Add(time.Duration(steps)*30*time.Second))
	require.NoError(d.T, err)
	return code
}

// atPerson opens the screen of somebody with a known key.
func atPerson(t *testing.T, status app.Status) *desk {
	t.Helper()
	d := furnish(t, nil)
	d.store.Place(memory.Person{User: app.User{
		Username: "pkey", Email: "p@juniper.example", FirstName: "Pat", LastName: "Key", Active: true,
		Factors: []app.Factor{{Provider: app.Google, Status: status, Since: kittest.Start.AddDate(0, 0, -3)}},
	}, Keys: map[app.ProviderCode]app.Secret{app.Google: app.NewSecret(secret)}})
	d.signIn(memory.SampleOperator, password)
	d.open("pkey")
	return d
}

func TestADeskTestUsesNothingUp(t *testing.T) {
	d := atPerson(t, app.StatusActive)
	d.press("Test a code")
	assert.Contains(t, d.Text(), "A desk test uses nothing up: Pat can still sign in with this code.")
	d.Type("12")
	d.Key(fyne.KeyReturn)
	assert.Contains(t, d.Field("Code").Trouble(), "The code is not complete.")
	for range 2 {
		d.Field("Code").SetText("")
		d.Type(d.code(0))
		d.Key(fyne.KeyReturn)
		assert.Contains(t, d.Text(), "Accepted now. The phone is in step.")
	}
	d.Type(d.code(-1))
	d.Key(fyne.KeyReturn)
	assert.Contains(t, d.Text(), "It is the code of 1 step before: read out late, or the phone is behind by less than 60 seconds.")
	d.Type(d.code(1))
	d.Key(fyne.KeyReturn)
	assert.Contains(t, d.Text(), "It is the code of 1 step from now: the phone is ahead by less than 60 seconds.")
	d.Type(d.code(9))
	d.Key(fyne.KeyReturn)
	assert.Contains(t, d.Text(), "The code is not right now.")

	a, err := d.console.Verify(t.Context(), d.user("pkey").ID, app.Google, app.NewSecret(d.code(0)))
	require.NoError(t, err)
	require.True(t, a.Accepted(), "the tests used nothing up")
	d.Type(d.code(0))
	d.Key(fyne.KeyReturn)
	assert.Contains(t, d.Text(), "The code is right, but it was used already.")
	d.Key(fyne.KeyEscape)
	assert.Contains(t, d.Text(), "Today 14:09: not accepted", "the card says how the last test went")
}

func TestTestCodeFromElsewhere(t *testing.T) {
	d := furnish(t, nil)
	d.signIn(memory.SampleOperator, password)
	assert.True(t, user.Testable(d.user("amarigold")))
	assert.False(t, user.Testable(d.user("aquill")), "pending")
	assert.False(t, user.Testable(d.user("fgallow")), "no codes")
	user.TestCode(d.Kit, d.console, d.user("fgallow"))
	assert.False(t, d.DialogOpen())
	user.TestCode(d.Kit, d.console, d.user("asaffron"))
	d.Type("000000")
	d.Key(fyne.KeyReturn)
	assert.Contains(t, d.Text(), "Aiko is locked until 14:27 (12:27 UTC).")
}

func TestTheFirstCodeLater(t *testing.T) {
	d := atPerson(t, app.StatusPending)
	assert.Contains(t, d.Text(), "Pending since Jun 6, 2026: the first code was never confirmed.")
	d.press("Confirm code…")
	d.Type(d.code(7))
	d.Key(fyne.KeyReturn)
	assert.Contains(t, d.Text(), "The code is not right now.")
	d.Type(d.code(0))
	d.Key(fyne.KeyReturn)
	assert.False(t, d.DialogOpen())
	assert.Equal(t, "Google Authenticator is active for Pat.", d.ToastText())
	assert.Equal(t, app.StatusActive, d.user("pkey").Factor(app.Google).Status)
	assert.True(t, d.Button("Show QR again").Disabled())
	assert.Contains(t, d.Text(), "A secret is shown once, when it is made. Reset to make a new one.")
}

func TestEnroll(t *testing.T) {
	d := at(t, "lborage")
	enabled := 0
	for _, b := range kittest.Find[*kit.Button](d.Desk, "Enroll") {
		if !b.Disabled() {
			enabled++
		}
	}
	assert.Equal(t, 1, enabled, "only an authenticator app is enrolled here")
	assert.Contains(t, d.Text(), "Factordesk cannot enroll Authy: it needs an Authy API key.")
	assert.Contains(t, d.Text(), "Nothing is enrolled, so there is nothing to reset.")
	d.press("Enroll")
	assert.Contains(t, d.Text(), "To enroll Google Authenticator for Łukasz Borage")
	d.verify()
	require.Len(t, d.enrolled, 1)
	assert.Equal(t, "lborage", d.enrolled[0].User.Username)
}

func TestUnlock(t *testing.T) {
	d := at(t, "asaffron")
	assert.Contains(t, d.Text(), "Locked until 14:27 (12:27 UTC)")
	d.press("Unlock…")
	d.verify()
	assert.Equal(t, "Aiko is unlocked.", d.ToastText())
	assert.True(t, d.user("asaffron").LockedUntil.IsZero())
	assert.Empty(t, kittest.Find[*kit.Button](d.Desk, "Unlock…"))
}

func TestInactive(t *testing.T) {
	d := at(t, "dwhistle")
	assert.NotEmpty(t, kittest.Find[*kit.Pill](d.Desk, "Inactive"))
}

func TestActivity(t *testing.T) {
	d := at(t, "asaffron")
	for range 24 {
		_, err := d.console.TestCode(t.Context(), d.user("asaffron").ID, app.Google, app.NewSecret("1"))
		require.NoError(t, err)
	}
	d.Key(fyne.KeyEnd)
	assert.Contains(t, d.Text(), "1–25 of 31")
	d.press("Older")
	assert.Contains(t, d.Text(), "26–31 of 31")
	d.press("Newer")
	assert.Contains(t, d.Text(), "1–25 of 31")
	assert.True(t, d.Button("These are the newest.").Disabled())

	grid := kittest.Get[*kit.Grid[app.Event]](d.Desk, "")
	d.Focus(grid.Input())
	d.Key(fyne.KeyDown, fyne.KeyReturn)
	assert.Contains(t, d.Text(), "Jun 9, 2026, 14:09:16 (12:09:16 UTC)")
	assert.Contains(t, d.Text(), "olive, at desk-test")
}

func TestAnEventWhoseEndIsNotKnownSaysSo(t *testing.T) {
	d := at(t, "asaffron")
	open := func() string {
		grid := kittest.Get[*kit.Grid[app.Event]](d.Desk, "")
		d.Focus(grid.Input())
		d.Key(fyne.KeyHome, fyne.KeyReturn)
		return d.Text()
	}
	d.Key(fyne.KeyEnd)
	assert.NotContains(t, open(), "It is not known whether this was done.")
	require.NoError(t, d.store.Append(t.Context(), app.Event{
		Console: "desk-test", Operator: "olive", Target: "asaffron", TargetID: d.user("asaffron").ID, At: d.Clock.Now(),
		Action: app.DoReset, Provider: app.Google, Outcome: app.Intent,
	}))
	d.screen.Refresh()
	assert.Contains(t, open(), "It is not known whether this was done.")
	d.Picture("user-activity-unsettled")
}

func TestWhatCannotBeRead(t *testing.T) {
	d := at(t, "amarigold")
	d.store.Fail(memory.Unreachable())
	d.screen.Refresh()
	assert.Contains(t, d.Text(), "The store cannot be reached")
	assert.Contains(t, d.Text(), "What you see is as of today 14:09, just now.")
	assert.Contains(t, d.Text(), "Google Authenticator", "what was read stays")
	assert.True(t, d.Button("Reset Google Authenticator").Disabled())
	d.store.Fail(nil)
	d.Tap("Try now")
	assert.NotContains(t, d.Text(), "cannot be reached")
	assert.False(t, d.Button("Reset Google Authenticator").Disabled())

	// What is no outage stays on the page as well.
	d.store.FailNext(app.Errorf(app.Internal, "Something went wrong inside Factordesk."))
	d.screen.Refresh()
	assert.Contains(t, d.Text(), "What you see was read at 14:09:16.")
	d.Tap("Try again")
	assert.NotContains(t, d.Text(), "Something went wrong")

	d.screen.Close()
	d.store.Fail(memory.Unreachable())
	d.screen = user.New(d.console, d.Kit, "9", user.Actions{Back: func() { d.backs++ }})
	d.Show(framed(d.screen))
	d.screen.Show()
	assert.Contains(t, d.Text(), "This workstation")
	assert.Contains(t, d.Text(), "The store cannot be reached")
	assert.Equal(t, "Try again", d.FocusLabel())
	d.store.Fail(nil)
	d.Key(fyne.KeyReturn)
	assert.Contains(t, d.Text(), "Configuration reset")
}

func TestAUserWhoIsGone(t *testing.T) {
	d := furnish(t, nil)
	d.signIn(memory.SampleOperator, password)
	d.screen = user.New(d.console, d.Kit, "4711", user.Actions{Back: func() { d.backs++ }})
	d.Show(framed(d.screen))
	d.screen.Show()
	assert.Contains(t, d.Text(), "This user is gone")
	d.Key(fyne.KeyReturn)
	assert.Equal(t, 1, d.backs)
}

func TestLoadingAndLateAnswers(t *testing.T) {
	held := &kittest.Held{}
	d := furnish(t, held)
	d.signIn(memory.SampleOperator, password)
	d.open("amarigold")
	assert.NotContains(t, d.Text(), "Configuration reset")
	d.screen.Refresh()
	require.Equal(t, 2, held.Waiting())
	held.Step()
	assert.NotContains(t, d.Text(), "Configuration reset", "an older answer is dropped")
	held.Step()
	assert.Contains(t, d.Text(), "Configuration reset")

	d.screen.Refresh()
	d.screen.Close()
	held.Step()
	d.Link().Close()
	assert.Zero(t, d.Clock.Timers(), "nothing goes on after the end")
}

func TestBack(t *testing.T) {
	d := at(t, "amarigold")
	test.Tap(d.Button("Users"))
	d.Key(fyne.KeyEscape)
	assert.True(t, d.Press("Alt+Left"))
	assert.Equal(t, 3, d.backs)
}

func TestComingWithSomethingInMind(t *testing.T) {
	for name, c := range map[string]struct {
		begin  func(*user.Screen)
		status app.Status
		says   string
	}{
		"enroll":   {(*user.Screen).EnrollAtOnce, app.StatusPending, "To enroll Google Authenticator for Pat Key"},
		"active":   {(*user.Screen).EnrollAtOnce, app.StatusActive, "Reset Google Authenticator"},
		"test":     {(*user.Screen).TestAtOnce, app.StatusActive, "Test a code of Pat Key"},
		"password": {(*user.Screen).SetPasswordAtOnce, app.StatusActive, "Set the password of Pat Key"},
	} {
		t.Run(name, func(t *testing.T) {
			d := atPerson(t, c.status)
			c.begin(d.screen)
			d.screen.Show()
			assert.Contains(t, d.Text(), c.says)
			d.CloseDialogs()
			d.screen.Refresh()
			assert.False(t, d.DialogOpen(), "once only")
		})
	}
	d := furnish(t, nil)
	d.helpDesk()
	d.open("aharbor")
	for _, begin := range []func(*user.Screen){
		(*user.Screen).EnrollAtOnce, (*user.Screen).TestAtOnce, (*user.Screen).SetPasswordAtOnce,
	} {
		begin(d.screen)
		d.screen.Show()
		assert.False(t, d.DialogOpen(), "what is not permitted is not begun")
	}
}

func TestACardLeadsToWhyACodeIsRefused(t *testing.T) {
	d := furnish(t, nil)
	d.signIn(memory.SampleOperator, password)
	u, err := d.store.FindUser(t.Context(), "amarigold")
	require.NoError(t, err)
	var asked app.UserID
	d.screen = user.New(d.console, d.Kit, u.ID, user.Actions{Diagnose: func(u app.User) { asked = u.ID }})
	t.Cleanup(d.screen.Close)
	d.Desk.Show(d.screen.Content())
	d.screen.Show()
	d.Tap("Why is the code refused?")
	require.Equal(t, u.ID, asked)
	require.Contains(t, d.Text(), "A secret is shown once, when it is made.", "why there is no second QR code")
	d.Pictures("user", "2fa-refused")
}
