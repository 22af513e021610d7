package screens_test

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/store/memory"
	"github.com/factordesk/factordesk/screens/kit/kittest"
)

// production is the store of a shop; its operator may have to enroll first.
func production(mustEnroll bool) func(now func() time.Time) *memory.Store {
	return func(now func() time.Time) *memory.Store {
		s := memory.New(memory.Options{
			Name: shop.Name, Kind: app.MagentoStore, Tag: app.TagProduction, Engine: "Magento 2.4.6 · MariaDB through SSH", Now: now,
		})
		for _, p := range []struct{ username, first, last string }{
			{"olive", "Olive", "Bellwether"}, {"amarigold", "Ann", "Marigold"}, {"athistle", "Abel", "Thistle"},
		} {
			s.Place(memory.Person{Password: app.NewSecret(memory.SamplePassword), User: app.User{
				Username: p.username, FirstName: p.first, LastName: p.last, Email: p.username + "@juniper.example",
				Role: app.Role{ID: app.Administrators}, Active: true, Operator: true, MustEnroll: mustEnroll && p.username == "olive",
			}})
		}
		return s
	}
}

// breakGlass signs in with the password and the key, by keyboard.
func (w *world) breakGlass() {
	w.T.Helper()
	w.Tap("Your own factor is lost?")
	w.Type(memory.SamplePassword)
	w.Key(fyne.KeyReturn)
	w.Paste(w.computer.store.RecoveryKey().Reveal())
	w.Key(fyne.KeyReturn)
}

func TestBreakGlassOfAShopLeadsToTheDesk(t *testing.T) {
	w := openAt(t, kittest.Wide, production(false), shop)
	w.breakGlass()
	require.Contains(t, w.Text(), "Ann Marigold", "where the own factor is of another provider, it is reset from inside")
	require.True(t, w.Kit.Press("Ctrl+L"))
	w.Clock.Advance(time.Hour)
	w.Tap("Sign in as somebody else")
	require.Contains(t, w.Text(), "Use your own account in this shop’s admin.")
}

func TestBreakGlassOfAShopLeadsToEnrollment(t *testing.T) {
	w := openAt(t, kittest.Wide, production(true), shop)
	w.breakGlass()
	require.Contains(t, w.Text(), "Enroll your Google Authenticator")
	require.NotContains(t, w.Text(), "Ann Marigold")
}

func TestTheBarSaysHowTheShopIs(t *testing.T) {
	w := openAt(t, kittest.Wide, production(false), shop)
	w.signIn()
	require.Contains(t, w.Text(), "Magento 2.4.6 · MariaDB through SSH")
	require.Contains(t, w.Text(), "Connected")
	w.computer.store.Fail(memory.Unreachable())
	w.Kit.Press("F5")
	require.Contains(t, w.Text(), "Not reachable")
	require.NotContains(t, w.Text(), "Connected")
	w.computer.store.Fail(nil)
	w.Clock.Advance(15 * time.Second)
	require.Contains(t, w.Text(), "Connected")
}

func TestALocalStoreIsNotSaidToBeReachable(t *testing.T) {
	w := open(t, kittest.Wide)
	w.Type("3")
	w.computer.store.Fail(memory.Unreachable())
	w.Kit.Press("F5")
	require.Contains(t, w.Text(), "Not usable")
}

func TestTheLockOfAShopNamesTheStore(t *testing.T) {
	w := openAt(t, kittest.Wide, production(false), shop)
	w.signIn()
	require.True(t, w.Kit.Press("Ctrl+L"))
	for _, words := range []string{"Juniper Outfitters", "PRODUCTION", "Olive Bellwether", "Your place is kept."} {
		require.Contains(t, w.Text(), words)
	}
	require.NotContains(t, w.Text(), "Ann Marigold")
}

func TestGalleryShop(t *testing.T) {
	for name, size := range map[string]fyne.Size{"": kittest.Wide, "-small": kittest.Small} {
		w := openAt(t, size, production(false), shop)
		w.signIn()
		w.Pictures("shell", "shop"+name)
		w.computer.store.Fail(memory.Unreachable())
		w.Kit.Press("F5")
		w.Pictures("shell", "shop-unreachable"+name)
		w.computer.store.Fail(nil)
		w.Kit.Press("Ctrl+L")
		w.Pictures("shell", "shop-lock"+name)
	}
}
