package screens_test

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/store/memory"
	"github.com/factordesk/factordesk/screens/kit"
	"github.com/factordesk/factordesk/screens/kit/kittest"
	"github.com/factordesk/factordesk/screens/signin"
)

// juniper is a saved shop.
var juniper = signin.Saved{
	Name: "Juniper Outfitters", Kind: app.MagentoStore, Tag: app.TagProduction,
	Location: "magento on db through bastion", Operator: memory.SampleOperator,
	Shop: &app.ShopAddress{EnvPHP: "/srv/env.php", SSH: app.SSH{Host: "bastion"}},
}

// furnished makes a store of a kind with nobody in it but its operator.
func furnished(kind app.StoreKind) func(now func() time.Time) *memory.Store {
	return func(now func() time.Time) *memory.Store {
		s := memory.New(memory.Options{Name: "Juniper Outfitters", Kind: kind, Now: now})
		s.Place(memory.Person{Password: app.NewSecret(memory.SamplePassword), User: app.User{
			Username: memory.SampleOperator, FirstName: "Olive", LastName: "Bellwether", Active: true,
			Role: app.Role{ID: app.Administrators},
		}})
		return s
	}
}

// Somebody with a shop and nothing else: welcome, the form, its test, sign-in.
func TestFromWelcomeToASignInAtAShop(t *testing.T) {
	w := open(t, kittest.Wide)
	w.computer.rungs = []app.Rung{{Name: "SSH", State: app.RungDone}}
	w.Type("2")
	w.Key(fyne.KeyReturn)
	require.Contains(t, w.Text(), "Connect a shop")
	w.Key(fyne.KeyEscape)
	require.Contains(t, w.Text(), "Where are your users?")
	w.Type("2")
	w.Key(fyne.KeyReturn, fyne.KeyTab)
	w.Type("/srv/env.php")
	w.Key(fyne.KeyReturn)
	w.Tap("Test connection")
	require.Contains(t, w.Text(), "its step done")
	require.Len(t, w.computer.asks, 2)
	require.NotContains(t, w.computer.asks, nil, "somebody is there to ask for a password")
	w.Tap("Save and open")
	require.Contains(t, w.Text(), "Use your own account in this shop’s admin.")
	require.Equal(t, []string{"db.juniper.example"}, w.computer.targets, "a shop is opened by its name")
	w.Field("Username").SetText(memory.SampleOperator)
	w.Field("Password").Focus()
	w.signIn()
	require.Contains(t, w.Text(), "Abel Thistle")
}

func TestAShopThatCannotBeOpenedIsLookedAtBeforeSignIn(t *testing.T) {
	w := open(t, kittest.Wide, desk, juniper)
	w.computer.rungs = []app.Rung{{Name: "SSH", State: app.RungUnreachable, Err: app.Errorf(app.Unreachable, "bastion gives no answer.")}}
	w.computer.openErr = app.Errorf(app.Unreachable, "bastion gives no answer.")
	w.Win.Canvas().Unfocus()
	w.Key(fyne.KeyTab, fyne.KeyDown, fyne.KeyReturn)
	require.Equal(t, "Juniper Outfitters", w.computer.targets[len(w.computer.targets)-1])
	w.Tap("Test or change the connection")
	require.Contains(t, w.Text(), "Edit Juniper Outfitters")
	require.Contains(t, w.Text(), "No answer", "it is tested at once")
	w.computer.openErr = nil
	w.Key(fyne.KeyEscape)
	require.Contains(t, w.Text(), "Use your own account in this shop’s admin.", "Esc leads back to the same store")
}

func TestAnotherStoreIsOpenedFromTheDesk(t *testing.T) {
	w := open(t, kittest.Wide, desk, juniper)
	w.signIn()
	before := w.computer.console
	w.Kit.Press("Ctrl+4")
	require.Contains(t, w.Text(), "2 stores saved on this computer")
	w.Focus(kittest.Find[*kit.RowList](w.Desk, "")[0])
	w.Key(fyne.KeyHome, fyne.KeyDown, fyne.KeyReturn, fyne.KeyReturn)
	require.Contains(t, w.Text(), "sign in to Juniper Outfitters next")
	w.Key(fyne.KeyReturn)
	require.Contains(t, w.Text(), "Use your own account in this shop’s admin.")
	require.Equal(t, "Juniper Outfitters", w.computer.targets[len(w.computer.targets)-1])
	_, ok := before.Operator()
	require.False(t, ok, "the store before was signed out of")
}

func TestFromTheDeskToTheSampleData(t *testing.T) {
	w := open(t, kittest.Wide, desk)
	w.computer.make = furnished(app.LocalStore)
	w.shell.Start("")
	w.signIn()
	require.NotContains(t, w.Text(), "Abel Thistle")
	w.Kit.Press("Ctrl+4")
	w.Focus(kittest.Find[*kit.RowList](w.Desk, "")[0])
	w.Key(fyne.KeyEnd)
	w.Tap("Open")
	require.Contains(t, w.Text(), "The sample data needs no password.")
	w.Key(fyne.KeyReturn)
	require.Contains(t, w.Text(), "Abel Thistle")
}

// What is typed into the form of a shop is not lost by going to another place.
func TestTheRailAsksBeforeTheFormIsLost(t *testing.T) {
	w := open(t, kittest.Wide)
	w.Type("3")
	w.Kit.Press("Ctrl+4")
	w.Tap("Add connection")
	w.Tap("Connect a shop")
	w.Key(fyne.KeyTab)
	w.Type("/srv/env.php")
	w.Kit.Press("Ctrl+1")
	require.Contains(t, w.Text(), "The connection is not saved")
	w.Tap("Leave without saving")
	require.Contains(t, w.Text(), "Abel Thistle")
}

// From a store that gives no answer it is one key to the test of its connection.
func TestTheConnectionOfAnUnreachableStoreIsTested(t *testing.T) {
	w := open(t, kittest.Wide, juniper)
	w.computer.make = furnished(app.MagentoStore)
	w.computer.rungs = []app.Rung{{Name: "SSH", State: app.RungUnreachable, Err: app.Errorf(app.Unreachable, "bastion gives no answer.")}}
	w.shell.Start("")
	w.signIn()
	w.computer.store.Fail(memory.Unreachable())
	w.Kit.Press("F5")
	w.Tap("Test the connection")
	require.Len(t, w.computer.tested, 1)
	require.Equal(t, "Juniper Outfitters", w.computer.tested[0].Name)
	require.Contains(t, w.Text(), "No answer")
	for _, item := range kittest.Find[*kit.RailItem](w.Desk, "Connections") {
		require.True(t, item.Chosen())
	}
}
