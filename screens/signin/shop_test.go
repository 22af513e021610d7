package signin_test

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
	"github.com/factordesk/factordesk/screens/signin"
)

// told is a service that says something else of its store.
type told struct {
	signin.Service
	info app.StoreInfo
}

func (t *told) Store() app.StoreInfo { return t.info }

// address is how the shop of the look is reached.
var address = &app.ShopAddress{
	Host: "db1.juniper.example", Database: "magento", TLS: app.TLS{Mode: app.TLSVerify}, SSH: app.SSH{Host: "bastion.juniper.example"},
}

func shops() signin.Stores {
	stores := saved()
	stores.Saved[0], stores.Saved[1] = stores.Saved[1], stores.Saved[0]
	stores.Saved[0].Opened = kittest.Start.Add(-time.Hour)
	for i, place := range []string{"magento on db1.juniper.example", "", "magento on db2.juniper.example"} {
		if place != "" {
			stores.Saved[i].Kind, stores.Saved[i].Location, stores.Saved[i].Shop = app.MagentoStore, place, address
		}
	}
	stores.Saved[3].Kind = app.TeamStore
	return stores
}

// inShop is the card of a shop that is open, with a lock-out of its own.
func inShop(t *testing.T, lock app.LockPolicy) (*desk, *told) {
	t.Helper()
	d := show(t, nil, shops())
	d.store = memory.New(memory.Options{Name: "Juniper Outfitters", Kind: app.MagentoStore, Tag: app.TagProduction, Now: d.Clock.Now})
	d.store.Place(memory.Person{User: app.User{
		Username: "olive", Email: "olive@juniper.example", FirstName: "Olive", LastName: "Bellwether",
		Role: app.Role{ID: app.Administrators}, Active: true, Operator: true,
	}, Password: app.NewSecret(password)})
	d.service = &glass{Service: app.NewConsole(app.Options{Store: d.store, Desk: "test", Now: d.Clock.Now}), own: d.store.RecoveryKey()}
	service := &told{Service: d.service, info: d.store.Info()}
	service.info.Shop, service.info.AuditHere, service.info.Lock = address, true, lock
	d.screen.Opened(service)
	return d, service
}

var usual = app.LockPolicy{Failures: 6, For: 30 * time.Minute}

func TestShopAsksForTheOwnAccount(t *testing.T) {
	d, _ := inShop(t, app.LockPolicy{Failures: 4, For: time.Minute})
	for _, words := range []string{
		"Use your own account in this shop’s admin.", "PRODUCTION", "Reachable through SSH, TLS on",
		"Wrong passwords count in the shop itself: after 4 your account is locked for 1 minute.", "Magento · last opened today",
	} {
		assert.Contains(t, d.Text(), words)
	}
	d.Type(password)
	d.Key(fyne.KeyReturn, fyne.KeyReturn)
	assert.Len(t, d.welcomes, 1)
}

func TestShopWithoutALockOutThreatensWithNone(t *testing.T) {
	d, _ := inShop(t, app.LockPolicy{})
	assert.NotContains(t, d.Text(), "Wrong passwords count")
	assert.Contains(t, d.Text(), "Your own factor is lost?")
}

func TestBreakGlassOfAShopTakesTheCryptKey(t *testing.T) {
	d, _ := inShop(t, usual)
	d.Tap("Your own factor is lost?")
	assert.Contains(t, d.Text(), "The key is crypt/key in app/etc/env.php on the shop’s server. This is marked in the activity of this computer.")
	assert.NotContains(t, d.Text(), "recovery key")
	d.Type(password)
	d.Key(fyne.KeyReturn)
	require.Equal(t, "Crypt key", d.FocusLabel())

	d.Key(fyne.KeyReturn)
	assert.Empty(t, d.service.seen, "an empty key costs no attempt")
	assert.Contains(t, d.Text(), "The crypt key is missing. Nothing was tried yet.")

	d.Paste("  0123456789abcdef0123456789abcdef\nbase64not-this-one\n")
	d.Key(fyne.KeyReturn)
	require.Len(t, d.service.seen, 1)
	assert.Equal(t, "0123456789abcdef0123456789abcdef base64not-this-one", d.service.seen[0].Recovery.Reveal())
	assert.True(t, d.service.seen[0].Code.Empty())
	assert.Contains(t, d.Text(), "The username, password or crypt key is not right")
	assert.Equal(t, "Password", d.FocusLabel())

	d.Type(password)
	d.Key(fyne.KeyReturn)
	d.Field("Crypt key").SetText("")
	d.Paste(printed) // what the store of the test takes
	d.Key(fyne.KeyReturn)
	require.Len(t, d.welcomes, 1)
	assert.True(t, d.welcomes[0].Operator.BreakGlass)
	assert.Empty(t, d.Field("Crypt key").Text(), "the key stays in no field")
}

func TestCryptKeyIsNotSentWithACodeOrToAnotherShop(t *testing.T) {
	d, service := inShop(t, usual)
	d.Tap("Your own factor is lost?")
	d.Type(password)
	d.Key(fyne.KeyReturn)
	d.Type("abc")
	d.Key(fyne.KeyF8)
	assert.Contains(t, d.Text(), "Hide the key (F8)")
	d.Key(fyne.KeyEscape)
	assert.Equal(t, "Your code", d.FocusLabel())
	d.Tap("Your own factor is lost?")
	assert.Empty(t, d.Field("Crypt key").Text())
	d.Type("abc")
	d.Win.Canvas().Unfocus()
	d.Key(fyne.KeyTab, fyne.KeyDown, fyne.KeyDown, fyne.KeyReturn)
	d.screen.Opened(service)
	d.Tap("Your own factor is lost?")
	assert.Empty(t, d.Field("Crypt key").Text())
}

func TestBreakGlassOfAShopIsToldAsOfThisComputer(t *testing.T) {
	d, service := inShop(t, usual)
	_, err := d.service.SignIn(context.Background(), app.Credentials{
		Username: "olive", Password: app.NewSecret(password), Recovery: app.NewSecret(printed),
	})
	require.NoError(t, err)
	d.Clock.Advance(3 * time.Hour)
	d.screen.Opened(service)
	assert.Contains(t, d.Text(), "olive signed in with the shop’s crypt key on this computer: Today 14:09 (12:09 UTC).")

	signin.Notice(d.Kit, service.info, app.Welcome{
		BreakGlass: []app.Event{{Operator: "sam", At: kittest.Start}, {Operator: "olive", At: kittest.Start.Add(-time.Hour)}},
	}, func() {})
	assert.Contains(t, d.Text(), "2 sign-ins with the shop’s crypt key on this computer in the last seven days, the last one by sam")
}

func TestOpeningAServerHasNoFields(t *testing.T) {
	d := show(t, nil, shops())
	assert.Contains(t, d.Text(), "Waiting for bastion.juniper.example, and for the shop’s database behind it.")
	assert.Empty(t, kittest.Find[*kit.Field](d.Desk, ""), "what is asked on the way must not get the operator's password")
	assert.Equal(t, "Cancel", d.FocusLabel())
	d.Clock.Advance(12 * time.Second)
	assert.Contains(t, d.Text(), "12 s")
	d.Key(fyne.KeyReturn)
	assert.Equal(t, 1, d.stopped)
	assert.Contains(t, d.Text(), "Stopped")
	assert.Equal(t, "Try again", d.FocusLabel())
	assert.Zero(t, d.Clock.Timers())
	d.Key(fyne.KeyReturn)
	assert.Equal(t, []int{0}, d.chosen)
	assert.Contains(t, d.Text(), "Opening the store")
	d.Key(fyne.KeyEscape)
	assert.Equal(t, 2, d.stopped)
	d.screen.Refresh()
	assert.Equal(t, []int{0, 0}, d.chosen)
	d.screen.Close()
	assert.Equal(t, 3, d.stopped, "nothing goes on behind another screen")
	assert.Zero(t, d.Clock.Timers())
}

func TestOpeningThatWasStoppedOnTheWayIsNoTrouble(t *testing.T) {
	d := show(t, nil, shops())
	d.screen.Failed(app.Errorf(app.Canceled, "Stopped. Nothing was changed."))
	assert.Contains(t, d.Text(), "The store was not opened, and nothing was changed.")
	assert.NotContains(t, d.Text(), "The store cannot be opened")
	d.screen.Close()
	assert.Zero(t, d.stopped, "nothing was going on")
}

func TestWaitingNamesWhatIsWaitedFor(t *testing.T) {
	for words, shop := range map[string]*app.ShopAddress{
		"Waiting for the shop’s database on db1.juniper.example.": {Host: "db1.juniper.example"},
		"Waiting for the shop’s database.":                        {EnvPHP: "/srv/shop/app/etc/env.php"},
		"Waiting for the database.":                               nil,
	} {
		stores := shops()
		stores.Saved[0].Shop = shop
		assert.Contains(t, show(t, nil, stores).Text(), words)
	}
}

func TestReachSaysOnlyWhatIsKnown(t *testing.T) {
	d, service := inShop(t, usual)
	for words, a := range map[string]app.ShopAddress{
		"Reachable\n":             {Host: "db1.juniper.example"},
		"Reachable through SSH\n": {Host: "127.0.0.1", SSH: app.SSH{Host: "bastion"}, TLS: app.TLS{Mode: app.TLSOff}},
		"Reachable, TLS on\n":     {Host: "db1.juniper.example", TLS: app.TLS{Mode: app.TLSRequired}},
	} {
		service.info.Shop = &a
		d.screen.Opened(service)
		assert.Contains(t, d.Text()+"\n", words)
	}
}

func TestGalleryShop(t *testing.T) {
	for name, size := range map[string]fyne.Size{"": kittest.Wide, "-small": kittest.Small} {
		d := show(t, nil, shops())
		d.Resize(size)
		d.Clock.Advance(4 * time.Second)
		d.Pictures("signin", "shop-opening"+name)
		d.Key(fyne.KeyEscape)
		d.Pictures("signin", "shop-stopped"+name)

		d, _ = inShop(t, usual)
		d.Resize(size)
		d.Type(password[:10])
		d.Key(fyne.KeyReturn)
		d.Type("3719")
		d.Pictures("signin", "shop"+name)
		d.Tap("Your own factor is lost?")
		d.Paste("0123456789abcdef0123456789abcdef")
		d.Pictures("signin", "shop-breakglass"+name)
		d.Theme(kit.Light, 1.3)
		d.Picture("signin-shop-breakglass-large" + name)
		d.Theme(kit.Light, 1)
		d.Key(fyne.KeyReturn)
		d.Pictures("signin", "shop-refused"+name)

		d, service := inShop(t, usual)
		d.Resize(size)
		_, err := d.service.SignIn(context.Background(), app.Credentials{
			Username: "olive", Password: app.NewSecret(password), Recovery: app.NewSecret(printed),
		})
		require.NoError(t, err)
		d.Clock.Advance(3 * time.Hour)
		d.screen.Opened(service)
		d.Pictures("signin", "shop-used"+name)
	}
}
