package users_test

import (
	"context"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/store/memory"
	"github.com/factordesk/factordesk/screens/kit"
	"github.com/factordesk/factordesk/screens/kit/kittest"
)

func (b *bench) find(username string) app.User {
	b.T.Helper()
	u, err := b.store.FindUser(context.Background(), username)
	require.NoError(b.T, err)
	return u
}

func TestAddByKeyboard(t *testing.T) {
	b := start(t, setup{})
	b.Tap("Add user")
	b.Type("ewillow")
	b.Key(fyne.KeyTab)
	b.Type("ember.willow@juniper.example")
	b.Key(fyne.KeyTab)
	b.Type("Ember")
	b.Key(fyne.KeyTab)
	b.Type("Willow")
	b.Key(fyne.KeyReturn)
	require.Contains(t, b.Text(), "add Ember Willow")
	b.answer(memory.SamplePassword)
	require.Equal(t, "Ember Willow was added.", b.ToastText())
	u := b.find("ewillow")
	require.Equal(t, "ember.willow@juniper.example", u.Email)
	require.True(t, u.Active)
	require.False(t, u.Operator)
	require.Contains(t, b.Text(), "26 people")
	require.Contains(t, b.Text(), "Ember Willow was added")
	require.Empty(t, b.enrolled)
	b.Tap("Enroll now")
	require.Equal(t, []app.UserID{u.ID}, b.enrolled)
}

func TestAddAndEnrollRightAfter(t *testing.T) {
	b := start(t, setup{})
	b.Tap("Add user")
	b.Fill("Username", "ewillow")
	b.Fill("Email", "e@juniper.example")
	kittest.Get[*kit.Checkbox](b.Desk, "Enroll right after").Toggle()
	kittest.Get[*kit.Checkbox](b.Desk, "Active").Toggle()
	b.choose("Marketing")
	b.Tap("Add user")
	b.answer(memory.SamplePassword)
	u := b.find("ewillow")
	require.Equal(t, "Marketing", u.Role.Name)
	require.False(t, u.Active)
	require.Equal(t, []app.UserID{u.ID}, b.enrolled)
}

func TestAddSaysWhatIsWrongUnderEachField(t *testing.T) {
	b := start(t, setup{})
	b.Tap("Add user")
	b.Type("e willow")
	b.Key(fyne.KeyReturn)
	require.Equal(t, "The username has a blank in it.", b.Field("Username").Trouble())
	require.Equal(t, "The email address is missing.", b.Field("Email").Trouble())
	require.True(t, b.Field("Username").Focused())
	b.Field("Username").SetText("ewillow")
	b.Fill("Email", "nobody")
	b.Key(fyne.KeyReturn)
	require.Empty(t, b.Field("Username").Trouble())
	require.Equal(t, "The email address is not valid.", b.Field("Email").Trouble())
	require.True(t, b.Field("Email").Focused())
	b.Key(fyne.KeyEscape)
	require.Contains(t, b.Text(), "25 people")
}

func TestAddLosesNothingWhenRefused(t *testing.T) {
	b := start(t, setup{})
	b.Tap("Add user")
	b.Fill("Username", "AMARIGOLD")
	b.Fill("Email", "second.ann@juniper.example")
	b.Fill("First name", "Ann")
	b.Key(fyne.KeyReturn)
	b.answer("wrong")
	require.Contains(t, b.Text(), "That is not your password.")
	b.Key(fyne.KeyEscape)
	require.Equal(t, "AMARIGOLD", b.Field("Username").Text(), "Esc leads back to the form")
	b.Tap("Add user")
	b.answer(memory.SamplePassword)
	require.Equal(t, `The username "AMARIGOLD" is taken. Letter case makes no difference.`, b.Field("Username").Trouble())
	require.True(t, b.Field("Username").Focused())
	require.Equal(t, "second.ann@juniper.example", b.Field("Email").Text())
	b.Field("Username").SetText("amarigold2")
	b.Key(fyne.KeyReturn)
	b.answer(memory.SamplePassword)
	require.Equal(t, "second.ann@juniper.example", b.find("amarigold2").Email)
}

func TestAddWhileTheStoreFails(t *testing.T) {
	b := start(t, setup{})
	b.Tap("Add user")
	b.Fill("Username", "ewillow")
	b.Fill("Email", "e@juniper.example")
	b.Key(fyne.KeyReturn)
	b.service.add = func() error { return memory.Unreachable() }
	b.answer(memory.SamplePassword)
	require.Contains(t, b.Text(), "The store cannot be reached.")
	require.Equal(t, "ewillow", b.Field("Username").Text())
}

func TestAddOperatorWithPassword(t *testing.T) {
	b := start(t, setup{})
	b.Tap("Add user")
	b.Fill("Username", "ewillow")
	b.Fill("Email", "e@juniper.example")
	require.Empty(t, kittest.Find[*kit.Checkbox](b.Desk, "Can sign in"), "a role without permissions signs in nowhere")
	b.choose("Help desk")
	kittest.Get[*kit.Checkbox](b.Desk, "Can sign in").Toggle()
	b.Field("Password").SetText("short")
	b.Tap("Add user")
	require.Contains(t, b.Field("Password").Trouble(), "The password is too short.")
	require.Equal(t, "The two passwords are not the same.", b.Field("The same password again").Trouble())
	b.Field("Password").SetText("a long enough one")
	b.Field("The same password again").SetText("a long enough one")
	b.Tap("Add user")
	b.answer(memory.SamplePassword)
	require.True(t, b.find("ewillow").Operator)
	require.NotContains(t, b.Text(), "a long enough one")
}

func TestRolesWithPermissionsOnlyForWhoMayAppoint(t *testing.T) {
	b := start(t, setup{store: func(now func() time.Time) *memory.Store {
		s := with("clerk", crowd(1)...)(now)
		s.PlaceRole("clerk", "Clerk", app.SeeUsers, app.EditUsers)
		s.PlaceRole("sales", "Sales")
		return s
	}})
	b.Tap("Add user")
	require.Contains(t, b.Text(), "Not permitted for Clerk: edit operators and roles, and act on Administrators.")
	b.Focus(kittest.Get[*kit.Select](b.Desk, ""))
	b.Key(fyne.KeyReturn, fyne.KeyEnd)
	require.Equal(t, "Sales", b.FocusLabel())
	b.Key(fyne.KeyUp)
	require.Equal(t, "No role", b.FocusLabel(), "no role with permissions is offered")
}
