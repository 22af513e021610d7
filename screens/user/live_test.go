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

func TestWhatAnotherDeskDoesComesOntoThePage(t *testing.T) {
	d := atTab(t, "amarigold", user.TabInfo)
	d.Field("Email").Focus()
	d.change("amarigold", func(c *app.UserChange) { c.LastName = "Fern" })
	assert.NotContains(t, d.Text(), "Ann Fern")
	d.Clock.Advance(5 * time.Second)
	assert.Contains(t, d.Text(), "Ann Fern")
	assert.Equal(t, "Fern", d.Field("Last Name").Text())
	assert.Equal(t, "Email", d.FocusLabel(), "the cursor stays")
}

// The cursor stays on its button and the page where it is scrolled to, although
// both were made anew; and what concerns somebody else makes nothing anew.
func TestNewsLeaveTheCursorWhereItIs(t *testing.T) {
	d := at(t, "amarigold")
	d.Resize(kittest.Small)
	d.press("Reset Duo Security")
	d.Key(fyne.KeyEscape)
	require.Equal(t, "Reset Duo Security", d.FocusLabel())
	view := kittest.Get[*kit.ScrollView](d.Desk, "")
	offset := view.Offset()
	require.Positive(t, offset)
	was := d.Button("Reset Duo Security")
	d.change("aquill", func(c *app.UserChange) { c.LastName = "Fern" })
	d.Clock.Advance(5 * time.Second)
	require.Same(t, was, d.Button("Reset Duo Security"))

	u := d.user("amarigold")
	u.LastName = "Fern"
	d.store.Place(memory.Person{User: u})
	d.elsewhere()
	d.Clock.Advance(5 * time.Second)
	require.Contains(t, d.Text(), "Ann Fern")
	require.NotSame(t, was, d.Button("Reset Duo Security"))
	assert.Equal(t, "Reset Duo Security", d.FocusLabel())
	assert.InDelta(t, offset, view.Offset(), 1)

	// What can be pressed no more gives the cursor to the tabs.
	d.store.Fail(memory.Unreachable())
	d.Clock.Advance(5 * time.Second)
	assert.Equal(t, "2FA, chosen", d.FocusLabel())
}

// elsewhere lets another desk do something, so that there is another event.
func (d *desk) elsewhere() {
	d.T.Helper()
	other := d.another()
	_, err := other.SignIn(d.T.Context(), app.Credentials{Username: memory.SampleOperator, Password: app.NewSecret(password)})
	require.NoError(d.T, err)
}

// A dialog that is open when the store falls silent leaves the cursor somewhere.
func TestAnOutageUnderADialog(t *testing.T) {
	d := at(t, "amarigold")
	d.press("Reset Google Authenticator")
	d.store.Fail(memory.Unreachable())
	d.Clock.Advance(5 * time.Second)
	d.Key(fyne.KeyEscape)
	d.Clock.Advance(time.Second)
	assert.Equal(t, "2FA, chosen", d.FocusLabel())
}

// Under a dialog the page waits: what the dialog is about does not change.
func TestNewsWaitUnderADialog(t *testing.T) {
	d := at(t, "amarigold")
	d.press("Reset Google Authenticator")
	d.change("amarigold", func(c *app.UserChange) { c.LastName = "Fern" })
	d.Clock.Advance(10 * time.Second)
	d.Key(fyne.KeyEscape)
	assert.NotContains(t, d.Text(), "Ann Fern")
	d.Clock.Advance(time.Second)
	assert.Contains(t, d.Text(), "Ann Fern")
	assert.Equal(t, "Reset Google Authenticator", d.FocusLabel())
}

// What somebody types in is not changed under the hands.
func TestNewsOfWhatIsTypedAreSaidFirst(t *testing.T) {
	d := atTab(t, "amarigold", user.TabInfo)
	d.replace("Email", "ann@here.example")
	d.change("amarigold", func(c *app.UserChange) { c.Email, c.LastName = "ann@there.example", "Fern" })
	d.Clock.Advance(5 * time.Second)
	assert.Contains(t, d.Text(), "other changed this user just now")
	assert.Contains(t, d.Text(), "What you typed is kept.")
	assert.False(t, d.DialogOpen())
	assert.Equal(t, "Marigold", d.Field("Last Name").Text())
	assert.Equal(t, "Email", d.FocusLabel())

	d.Tap("Show")
	assert.Contains(t, d.Text(), "Email\nann@here.example\nann@there.example")
	d.press("Take theirs")
	assert.Equal(t, "ann@there.example", d.Field("Email").Text())
	assert.Equal(t, "Fern", d.Field("Last Name").Text())
	assert.NotContains(t, d.Text(), "just now")

	// Of anything else the page is brought up to date, and what is typed stays.
	d.replace("Email", "ann@again.example")
	g, err := d.console.Reverify(t.Context(), app.NewSecret(password), app.Deed{Action: app.DoReset, Target: d.user("amarigold").ID, Provider: app.Google})
	require.NoError(t, err)
	require.NoError(t, d.console.Reset(t.Context(), g, app.ResetRequest{User: d.user("amarigold").ID, Provider: app.Google}))
	d.Clock.Advance(5 * time.Second)
	assert.Equal(t, "ann@again.example", d.Field("Email").Text())
	assert.NotContains(t, d.Text(), "changed this user")
	d.Fill("Your Password", password)
	d.Key(fyne.KeyReturn)
	assert.Equal(t, "ann@again.example", d.user("amarigold").Email, "and can be saved, since nobody else touched it")
}

func TestWhoIsRemovedWhileSomebodyTypes(t *testing.T) {
	d := atTab(t, "amarigold", user.TabInfo)
	d.replace("Email", "ann@here.example")
	u := d.user("amarigold")
	g, err := d.console.Reverify(t.Context(), app.NewSecret(password), app.Deed{Action: app.DoRemoveUser, Target: u.ID})
	require.NoError(t, err)
	require.NoError(t, d.console.RemoveUser(t.Context(), g, u.ID, u.Version, ""))
	d.Clock.Advance(5 * time.Second)
	assert.Contains(t, d.Text(), "There is no such user")
	assert.Equal(t, "ann@here.example", d.Field("Email").Text(), "nothing typed is lost")
}

func TestWhatIsTypedInAnOutageStays(t *testing.T) {
	d := atTab(t, "amarigold", user.TabInfo)
	d.replace("Email", "ann@he")
	d.store.Fail(memory.Unreachable())
	d.Clock.Advance(5 * time.Second)
	assert.Contains(t, d.Text(), "Nothing can be changed until it answers. Trying again in 2 s.")
	assert.Equal(t, "Email", d.FocusLabel(), "the cursor stays")
	d.Type("re.example")
	assert.Equal(t, "ann@here.example", d.Field("Email").Text())
	assert.True(t, d.Button("Save User").Disabled())
	assert.Contains(t, d.Text(), "The store does not answer, so nothing can be changed now.")
	d.Fill("Your Password", "half of")
	d.Key(fyne.KeyReturn)
	assert.Equal(t, "half of", d.Field("Your Password").Text(), "no password is taken")
	d.screen.Open(user.TabRole)
	d.screen.Open(user.TabTwoFactor)
	assert.True(t, d.Button("Reset Google Authenticator").Disabled())
	d.screen.Open(user.TabInfo)
	d.Clock.Advance(3 * time.Minute)
	assert.Contains(t, d.Text(), "3 minutes ago")

	d.store.Fail(nil)
	d.Clock.Advance(30 * time.Second)
	assert.Equal(t, "ann@here.example", d.Field("Email").Text())
	assert.False(t, d.Button("Save User").Disabled())
	d.replace("Your Password", password)
	d.Key(fyne.KeyReturn)
	assert.Equal(t, "ann@here.example", d.user("amarigold").Email)
}

// Whose page could not be read at all is read when the store is back.
func TestAPageThatWasNeverReadComesByItself(t *testing.T) {
	d := furnish(t, nil)
	d.signIn(memory.SampleOperator, password)
	id := d.user("amarigold").ID
	d.store.Fail(memory.Unreachable())
	d.Watch(d.console.Stamp)
	d.screen = user.New(d.console, d.Kit, id, user.Actions{})
	d.Show(framed(d.screen))
	d.screen.Show()
	assert.Contains(t, d.Text(), "Trying again in 2 s.")
	assert.NotContains(t, d.Text(), "Nothing can be changed", "the page itself says it")
	d.store.Fail(nil)
	d.Clock.Advance(2 * time.Second)
	assert.Contains(t, d.Text(), "Configuration reset")
	d.screen.Close()
}

// Behind the lock nothing is read, and nothing is said.
func TestNewsWaitBehindTheLock(t *testing.T) {
	d := atTab(t, "amarigold", user.TabInfo)
	d.replace("Email", "ann@here.example")
	d.console.Lock()
	d.Link().Pause()
	d.change("amarigold", func(c *app.UserChange) { c.LastName = "Fern" })
	d.Clock.Advance(time.Hour)
	assert.NotContains(t, d.Text(), "Fern")
	require.NoError(t, d.console.Reopen(t.Context(), app.NewSecret(password)))
	d.Link().Resume()
	assert.Contains(t, d.Text(), "other changed this user 1 hour ago")
}

// A deed that somebody else has overtaken says who it was.
func TestADeedThatWasOvertakenNamesThePerson(t *testing.T) {
	d := at(t, "amarigold")
	d.press("Reset Google Authenticator")
	d.verify()
	d.change("amarigold", func(c *app.UserChange) { c.LastName = "Fern" })
	d.press("OK, reset")
	assert.Contains(t, d.Text(), "The last change was made by other, today 14:09 (12:09 UTC).")
	d.press("Reload")
	assert.Contains(t, d.Text(), "Ann Fern")
}

// The second who changes a role sees what the first made of it.
func TestSomebodyElseSavedTheRoleFirst(t *testing.T) {
	d := atTab(t, "amarigold", user.TabRole)
	d.press("New role…")
	d.Fill("Name", "Night shift")
	d.Field("Name").Focus()
	d.Key(fyne.KeyReturn)
	d.verify()
	night := d.role("Night shift")
	edit := kittest.Find[*kit.Button](d.Desk, "Edit…")
	d.Focus(edit[5])
	d.Key(fyne.KeyReturn)
	kittest.Get[*kit.Checkbox](d.Desk, "See users").Toggle()
	theirs := night
	theirs.Name, theirs.Permissions = "Late shift", []app.Permission{app.CanUnlock}
	d.saveRole(theirs)
	d.Field("Name").Focus()
	d.Key(fyne.KeyReturn)
	d.verify()
	for _, words := range []string{
		"The role Late shift was changed meanwhile", "Saved by Olive Bellwether, today 14:09 (12:09 UTC).",
		"Name\nNight shift\nLate shift", "See users\nTicked\nNot ticked", "Unlock a user\nNot ticked\nTicked",
	} {
		assert.Contains(t, d.Text(), words)
	}
	d.Pictures("user", "role-conflict")
	d.press("Keep what you typed")
	assert.Equal(t, "Night shift", d.Field("Name").Text(), "nothing typed is lost")
	d.Field("Name").Focus()
	d.Key(fyne.KeyReturn)
	d.verify()
	assert.Equal(t, []app.Permission{app.SeeUsers}, d.role("Night shift").Permissions)
}

// A name that is taken is no such conflict.
func TestTheNameOfARoleThatIsTaken(t *testing.T) {
	d := atTab(t, "amarigold", user.TabRole)
	edit := kittest.Find[*kit.Button](d.Desk, "Edit…")
	d.Focus(edit[0])
	d.Key(fyne.KeyReturn)
	d.replace("Name", "Administrators")
	d.Key(fyne.KeyReturn)
	d.verify()
	assert.Contains(t, d.Field("Name").Trouble(), "Administrators")
	assert.NotContains(t, d.Text(), "was changed meanwhile")
}

func (d *desk) role(name string) app.Role {
	d.T.Helper()
	roles, err := d.store.Roles(d.T.Context())
	require.NoError(d.T, err)
	for _, r := range roles {
		if r.Name == name {
			return r
		}
	}
	require.Fail(d.T, "there is no role", name)
	return app.Role{}
}

// saveRole saves a role at another desk.
func (d *desk) saveRole(r app.Role) {
	d.T.Helper()
	other := d.another()
	_, err := other.SignIn(d.T.Context(), app.Credentials{Username: memory.SampleOperator, Password: app.NewSecret(password)})
	require.NoError(d.T, err)
	g, err := other.Reverify(d.T.Context(), app.NewSecret(password), app.Deed{Action: app.DoSaveRole})
	require.NoError(d.T, err)
	_, err = other.SaveRole(d.T.Context(), g, r)
	require.NoError(d.T, err)
}
