package user_test

import (
	"testing"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/store/memory"
	"github.com/factordesk/factordesk/screens/kit"
	"github.com/factordesk/factordesk/screens/kit/kittest"
	"github.com/factordesk/factordesk/screens/user"
)

// atTab opens a tab of a user with the keys of the tabs panel.
func atTab(t *testing.T, username string, tab user.Tab) *desk {
	t.Helper()
	d := at(t, username)
	d.Key(fyne.KeyHome)
	for range tab {
		d.Key(fyne.KeyDown)
	}
	return d
}

// replace types a text in place of what a field holds.
func (d *desk) replace(label, text string) {
	d.T.Helper()
	d.Field(label).SetText("")
	d.Fill(label, text)
}

func TestSaveUserByKeyboard(t *testing.T) {
	d := atTab(t, "amarigold", user.TabInfo)
	assert.True(t, d.Button("Save User").Disabled())
	assert.Contains(t, d.Text(), "Nothing is changed.")
	d.replace("Last Name", "Marigold-Fern")
	assert.Contains(t, d.Text(), "Changed and not saved: Last Name.")
	d.Key(fyne.KeyReturn)
	assert.Equal(t, "Your Password", d.FocusLabel())

	d.Key(fyne.KeyReturn)
	assert.Contains(t, d.Field("Your Password").Trouble(), "Your password is missing.")
	d.Type("not the one")
	d.Key(fyne.KeyReturn)
	field := d.Field("Your Password")
	assert.Contains(t, field.Trouble(), "That is not your password. 5 attempts left")
	assert.Empty(t, field.Text())
	assert.Equal(t, "Marigold-Fern", d.Field("Last Name").Text(), "nothing typed is lost")
	assert.Equal(t, "Marigold", d.user("amarigold").LastName)

	d.Type(password)
	d.Key(fyne.KeyReturn)
	assert.Equal(t, "Marigold-Fern", d.user("amarigold").LastName)
	assert.Equal(t, "Ann Marigold-Fern is saved.", d.ToastText())
	assert.Contains(t, d.Text(), "Nothing is changed.")
	assert.Empty(t, d.Field("Your Password").Text())
	assert.Equal(t, app.DoSaveUser, d.events("amarigold")[0].Action)
}

func TestFieldsAreChecked(t *testing.T) {
	d := atTab(t, "amarigold", user.TabInfo)
	d.replace("Username", "ann marigold")
	d.replace("Email", "nowhere")
	d.press("Save User")
	assert.Contains(t, d.Field("Username").Trouble(), "The username has a blank in it.")
	assert.Contains(t, d.Field("Email").Trouble(), "The email address is not valid.")
	assert.Equal(t, "Username", d.FieldWithFocus())
	d.replace("Username", "OLIVE")
	d.replace("Email", "ann@juniper.example")
	d.Fill("Your Password", password)
	d.Key(fyne.KeyReturn)
	assert.Contains(t, d.Field("Username").Trouble(), "is taken")
	assert.Empty(t, d.Field("Email").Trouble())
	assert.Equal(t, "amarigold", d.user("amarigold").Username)
}

// FieldWithFocus is the label of the field that has the cursor.
func (d *desk) FieldWithFocus() string {
	for _, f := range kittest.Find[*kit.Field](d.Desk, "") {
		if f.Focused() {
			return f.LabelText()
		}
	}
	return ""
}

func TestLeavingAsksAboutWhatIsTyped(t *testing.T) {
	d := atTab(t, "amarigold", user.TabInfo)
	d.replace("Email", "ann@juniper.example")
	d.Key(fyne.KeyEscape)
	assert.Contains(t, d.Text(), "Changes of Ann Marigold are not saved")
	assert.Equal(t, "Stay", d.FocusLabel())
	d.Key(fyne.KeyReturn)
	assert.Zero(t, d.backs)
	assert.Equal(t, "ann@juniper.example", d.Field("Email").Text())

	d.screen.Open(user.TabTwoFactor)
	d.screen.Refresh()
	d.screen.Open(user.TabInfo)
	assert.Equal(t, "ann@juniper.example", d.Field("Email").Text(), "tabs and F5 keep it")

	went := false
	d.screen.Leave(func() { went = true })
	d.press("Leave without saving")
	assert.True(t, went)
	d.screen.Leave(func() { d.backs++ })
	assert.Equal(t, 1, d.backs, "nothing is left to ask about")
}

func TestSomebodyElseSavedFirst(t *testing.T) {
	d := atTab(t, "amarigold", user.TabInfo)
	d.replace("Email", "ann@here.example")
	d.replace("First Name", "Anna")
	d.change("amarigold", func(c *app.UserChange) { c.Email, c.LastName = "ann@there.example", "Fern" })
	d.Fill("Your Password", password)
	d.Key(fyne.KeyReturn)

	text := d.Text()
	for _, words := range []string{
		"Ann Fern was changed meanwhile", "Saved by other, today 14:09 (12:09 UTC), at desk-test. You changed the same.",
		"Email\nann@here.example\nann@there.example", "What you had not touched is taken over: Last Name.",
	} {
		assert.Contains(t, text, words)
	}
	assert.Equal(t, "Decide later", d.FocusLabel())
	d.Key(fyne.KeyReturn)
	assert.Contains(t, d.Text(), "other changed Last Name and Email of Ann meanwhile")
	assert.Equal(t, "ann@here.example", d.Field("Email").Text(), "nothing typed is lost")
	assert.Equal(t, "Fern", d.Field("Last Name").Text(), "what only the other changed is taken over")
	assert.Equal(t, "Anna", d.Field("First Name").Text())
	assert.True(t, d.Button("Save User").Disabled(), "the person decides first")

	d.press("Compare…")
	d.press("Keep what you typed")
	assert.Contains(t, d.Text(), "Saving replaces Email that other saved")
	assert.Equal(t, "Your Password", d.FocusLabel())
	d.Fill("Your Password", password)
	d.Key(fyne.KeyReturn)
	u := d.user("amarigold")
	assert.Equal(t, "ann@here.example", u.Email)
	assert.Equal(t, "Fern", u.LastName)
	assert.Equal(t, "Anna", u.FirstName)
}

func TestTakeTheirs(t *testing.T) {
	d := atTab(t, "amarigold", user.TabInfo)
	d.replace("Email", "ann@here.example")
	d.replace("First Name", "Anna")
	d.change("amarigold", func(c *app.UserChange) { c.Email = "ann@there.example" })
	d.screen.Refresh()
	d.press("Take theirs")
	assert.Equal(t, "ann@there.example", d.Field("Email").Text())
	assert.Equal(t, "Anna", d.Field("First Name").Text(), "what is no conflict stays")
	assert.Contains(t, d.Text(), "Changed and not saved: First Name.")
	d.Fill("Your Password", password)
	d.Key(fyne.KeyReturn)
	assert.Equal(t, "Anna", d.user("amarigold").FirstName)
	assert.Equal(t, "ann@there.example", d.user("amarigold").Email)
}

func TestAnotherFieldOfTheUserIsNoConflict(t *testing.T) {
	d := atTab(t, "amarigold", user.TabInfo)
	d.replace("Email", "ann@here.example")
	d.change("amarigold", func(c *app.UserChange) { c.LastName = "Fern" })
	d.screen.Refresh()
	assert.Contains(t, d.Text(), "other changed Last Name of Ann meanwhile")
	assert.Contains(t, d.Text(), "What you typed is kept.")
	d.Fill("Your Password", password)
	d.Key(fyne.KeyReturn)
	assert.Equal(t, "ann@here.example", d.user("amarigold").Email)
	assert.Equal(t, "Fern", d.user("amarigold").LastName)
}

func TestTheLastAdministratorStays(t *testing.T) {
	d := furnish(t, nil)
	for _, name := range []string{"aharbor", "afjord"} {
		u := d.user(name)
		u.Active = false
		d.store.Place(memory.Person{User: u})
	}
	d.signIn(memory.SampleOperator, password)
	d.open(memory.SampleOperator)
	d.screen.Open(user.TabRole)
	list := kittest.Get[*kit.RadioList](d.Desk, "Administrators")
	d.Focus(list)
	d.Key(fyne.KeyDown)
	d.Fill("Your Password", password)
	d.Key(fyne.KeyReturn)
	assert.Contains(t, d.Text(), "Olive Bellwether is the last active Administrator.")
	assert.Equal(t, app.Administrators, d.user(memory.SampleOperator).Role.ID)

	d.screen.Open(user.TabInfo)
	assert.Contains(t, d.Text(), "You cannot switch off the account that you are signed in with.")
	assert.True(t, kittest.Get[*kit.Select](d.Desk, "Active").Disabled())
}

func TestRoleByKeyboard(t *testing.T) {
	d := atTab(t, "amarigold", user.TabRole)
	list := kittest.Get[*kit.RadioList](d.Desk, "Merchandising, chosen.")
	d.Focus(list)
	d.Key(fyne.KeyDown)
	assert.Contains(t, d.Text(), "Changed and not saved: Role.")
	d.Fill("Your Password", password)
	d.Key(fyne.KeyReturn)
	assert.Equal(t, "Warehouse", d.user("amarigold").Role.Name)
}

func TestRolesOfOnesOwn(t *testing.T) {
	d := atTab(t, "amarigold", user.TabRole)
	d.press("New role…")
	d.Key(fyne.KeyReturn)
	assert.Contains(t, d.Field("Name").Trouble(), "The role has no name.")
	d.Fill("Name", "Night shift")
	kittest.Get[*kit.Checkbox](d.Desk, "See users").Toggle()
	kittest.Get[*kit.Checkbox](d.Desk, "Unlock a user").Toggle()
	d.Field("Name").Focus()
	d.Key(fyne.KeyReturn)
	d.verify()
	assert.Equal(t, "The role Night shift is saved.", d.ToastText())
	assert.Contains(t, d.Text(), "See users, unlock a user.")

	edit := kittest.Find[*kit.Button](d.Desk, "Edit…")
	require.Len(t, edit, 7)
	d.Focus(edit[3]) // Merchandising, which people have
	d.Key(fyne.KeyReturn)
	assert.Contains(t, d.Text(), "Edit the role Marketing")
	d.press("Remove role")
	d.verify()
	assert.Contains(t, d.Field("Name").Trouble(), "has the role")
	d.Key(fyne.KeyEscape)

	d.Focus(edit[5])
	d.Key(fyne.KeyReturn)
	assert.Contains(t, d.Text(), "Edit the role Night shift")
	d.press("Remove role")
	d.verify()
	assert.Len(t, kittest.Find[*kit.Button](d.Desk, "Edit…"), 6)
}

func TestHelpDeskCannotEdit(t *testing.T) {
	d := furnish(t, nil)
	d.helpDesk()
	d.open("amarigold")
	d.screen.Open(user.TabInfo)
	assert.True(t, d.Field("Email").Disabled())
	assert.True(t, d.Button("Save User").Disabled())
	assert.Contains(t, d.Text(), "Not permitted for Help desk: add, import, change and remove users.")
	d.screen.Open(user.TabRole)
	assert.True(t, d.Button("New role…").Disabled())
	d.screen.Open(user.TabActivity)
	assert.Contains(t, d.Text(), "Activity is not shown")
}

func TestSetPassword(t *testing.T) {
	d := at(t, "bcopper")
	d.press("More to do with this account")
	d.Key(fyne.KeyReturn)
	assert.Contains(t, d.Text(), "Set the password of Bela Copper")
	d.Type("short")
	d.Key(fyne.KeyReturn, fyne.KeyReturn)
	assert.Contains(t, d.Text(), "The password is too short.")
	fields := kittest.Find[*kit.Field](d.Desk, "New password")
	fields[0].SetText("a brand new one")
	fields[1].SetText("a brand new two")
	fields[1].Focus()
	d.Key(fyne.KeyReturn)
	assert.Equal(t, "The two passwords differ. Type the same one twice.", fields[1].Trouble())
	d.Type("a brand new one")
	d.Key(fyne.KeyReturn)
	assert.Contains(t, d.Text(), "To set the password of Bela Copper, type your own password.")
	d.verify()
	assert.Equal(t, "Bela’s password is set.", d.ToastText())
	for _, f := range fields {
		assert.Empty(t, f.Text(), "a password stays in no field")
	}
	d.console = d.another()
	assert.Equal(t, app.DoSetPassword, d.events("bcopper")[0].Action)
}

func TestRemoveUser(t *testing.T) {
	d := at(t, "amarigold")
	d.press("More to do with this account")
	d.Key(fyne.KeyDown, fyne.KeyReturn)
	d.verify()
	text := d.Text()
	assert.Contains(t, text, "Remove Ann Marigold?")
	assert.Contains(t, text, "The account of Ann is gone from this store with 3 factors at once.")
	assert.Equal(t, "Cancel", d.FocusLabel())
	d.press("OK, remove")
	assert.Equal(t, 1, d.backs)
	assert.Equal(t, "Ann Marigold was removed.", d.ToastText())
	_, err := d.store.FindUser(t.Context(), "amarigold")
	assert.Equal(t, app.NotFound, app.KindOf(err))
}

func TestNobodyRemovesOneself(t *testing.T) {
	d := at(t, memory.SampleOperator)
	d.press("More to do with this account")
	assert.NotContains(t, d.Text(), "Remove Olive Bellwether?")
	d.Key(fyne.KeyDown, fyne.KeyReturn)
	assert.Contains(t, d.Text(), "Set the password of Olive Bellwether", "the line is out of reach")
}
