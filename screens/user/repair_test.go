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
)

func TestRepairByKeyboard(t *testing.T) {
	d := atShop(t, "amarigold")
	d.press("Add a key…")
	assert.Contains(t, d.Text(), "Add a key for Duo Security of Ann Marigold")
	assert.Equal(t, "Older key", d.FocusLabel())
	d.Key(fyne.KeyReturn)
	assert.Contains(t, d.Field("Older key").Trouble(), "The key is missing.")

	d.Paste("00000000000000000000000000000000")
	d.Key(fyne.KeyReturn)
	assert.Contains(t, d.Text(), "To repair Duo Security of Ann Marigold, type your own password.")
	d.Type("not the one")
	d.Key(fyne.KeyReturn)
	assert.Contains(t, d.Field("Your Password").Trouble(), "That is not your password. 5 attempts left")
	d.Key(fyne.KeyEscape)
	field := d.Field("Older key")
	assert.Equal(t, "00000000000000000000000000000000", field.Text(), "giving up the password keeps the key")
	assert.True(t, field.Focused())

	d.Key(fyne.KeyReturn)
	d.verify()
	field = d.Field("Older key")
	assert.Equal(t, "The key does not open the factor of Ann Marigold either.", field.Trouble())
	assert.Equal(t, "00000000000000000000000000000000", field.Text(), "what was typed stays")
	assert.True(t, field.Focused())
	assert.NotContains(t, d.Text(), "0000000", "the key is not to be seen")
	assert.Equal(t, app.StatusUnreadable, d.user("amarigold").Factor(app.Duo).Status)

	field.SetText("")
	d.Paste(memory.OlderKey + "\n")
	d.Key(fyne.KeyReturn)
	d.verify()
	assert.False(t, d.DialogOpen())
	assert.Equal(t, "Duo Security of Ann can be read again.", d.ToastText())
	assert.Equal(t, app.StatusActive, d.user("amarigold").Factor(app.Duo).Status)
	assert.Contains(t, d.Text(), "Duo Security\nActive", "the page was read again")
	assert.Empty(t, kittest.Find[*kit.Button](d.Desk, "Add a key…"))
	assert.Empty(t, field.Text(), "the key is forgotten")
	e := d.events("amarigold")[0]
	assert.Equal(t, app.DoRepair, e.Action)
	assert.Equal(t, app.Done, e.Outcome)
}

func TestEscForgetsTheKey(t *testing.T) {
	d := atShop(t, "amarigold")
	d.press("Add a key…")
	d.Paste("0123456789abcdef0123456789abcdef\n" + memory.OlderKey)
	field := d.Field("Older key")
	assert.Equal(t, "0123456789abcdef0123456789abcdef "+memory.OlderKey, field.Text(), "several keys stay apart")
	assert.Contains(t, d.Text(), "Show the key (F8)")
	d.Key(fyne.KeyEscape)
	assert.False(t, d.DialogOpen())
	assert.Empty(t, field.Text())
	assert.Equal(t, "Add a key…", d.FocusLabel(), "the focus comes back")
}

func TestARepairThatTheStoreDoesNotTake(t *testing.T) {
	d := atShop(t, "amarigold")
	d.press("Add a key…")
	d.Paste(memory.OlderKey)
	d.Key(fyne.KeyReturn)
	d.store.FailNext(nil) // the password
	d.store.FailNext(nil)
	d.store.FailNext(nil)
	d.store.FailNext(memory.Unreachable())
	d.verify()
	require.True(t, d.DialogOpen())
	assert.Contains(t, d.Field("Older key").Trouble(), "The store cannot be reached.")
	assert.Equal(t, memory.OlderKey, d.Field("Older key").Text())
	d.store.ForgetFaults()

	d.store.Disable(app.AbleEditUsers, nil)
	d.change("amarigold", func(c *app.UserChange) { c.Email = "ann@new.example" })
	d.Key(fyne.KeyReturn)
	d.verify()
	text := d.Text()
	assert.Contains(t, text, "Duo Security was not repaired")
	assert.Contains(t, text, "Somebody else has changed Ann Marigold meanwhile.")
	assert.Equal(t, "Reload", d.FocusLabel())
	d.Key(fyne.KeyReturn)
	assert.Contains(t, d.Text(), "ann@new.example")

	d.press("Add a key…")
	d.Paste(memory.OlderKey)
	d.Key(fyne.KeyReturn)
	d.verify()
	assert.Equal(t, app.StatusActive, d.user("amarigold").Factor(app.Duo).Status)
}

func TestWhoMayNotRepair(t *testing.T) {
	d := shop(t)
	d.store.Place(memory.Person{User: app.User{
		Username: "aud", Email: "a@juniper.example", Role: app.Role{ID: app.Auditor}, Active: true,
	}, Password: app.NewSecret(password)})
	d.signIn("aud", password)
	d.open("amarigold")
	assert.True(t, d.Button("Add a key…").Disabled())
	assert.True(t, d.Button("End sessions…").Disabled())

	d.screen.Close()
	d.store.Disable(app.AbleRepair, app.Errorf(app.Invalid, "Not here."))
	d.console = d.another()
	d.signIn(memory.SampleOperator, password)
	d.open("amarigold")
	assert.Empty(t, kittest.Find[*kit.Button](d.Desk, "Add a key…"))
	assert.Contains(t, d.Text(), "Reset Duo Security below.")
}

func TestTheFormOfANewSecret(t *testing.T) {
	for name, c := range map[string]struct {
		keys   []fyne.KeyName
		length int
	}{
		"typed":   {nil, 32},
		"magento": {[]fyne.KeyName{fyne.KeyDown}, 212},
	} {
		t.Run(name, func(t *testing.T) {
			d := atShop(t, "lborage")
			d.press("Enroll")
			assert.Equal(t, "Your Password", d.FocusLabel())
			assert.Contains(t, d.Text(), "Can be typed · 32 characters, chosen.")
			if len(c.keys) > 0 {
				d.Back()
				d.Key(c.keys...)
				assert.Contains(t, d.FocusLabel(), "As Magento makes it · 212 characters, for scanning only, chosen.")
				d.Key(fyne.KeyTab)
			}
			d.verify()
			require.Len(t, d.enrolled, 1)
			assert.Len(t, d.enrolled[0].Factor.Key.Reveal(), c.length)
		})
	}
}

func TestOwnStoresHaveOneFormOfSecret(t *testing.T) {
	d := at(t, "lborage")
	d.press("Enroll")
	assert.Empty(t, kittest.Find[*kit.RadioList](d.Desk, ""))
	d.verify()
	require.Len(t, d.enrolled, 1)
	assert.Len(t, d.enrolled[0].Factor.Key.Reveal(), 32)
}
