package signin_test

import (
	"context"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/kit"
	"github.com/factordesk/factordesk/screens/kit/kittest"
	"github.com/factordesk/factordesk/screens/signin"
)

func TestGallerySignIn(t *testing.T) {
	stores := saved()
	stores.Saved[0], stores.Saved[1] = stores.Saved[1], stores.Saved[0]
	d := show(t, nil, stores)
	d.Pictures("signin", "opening")
	d.screen.Opened(d.service)
	d.Type(password[:10])
	d.Key(fyne.KeyReturn)
	d.Type("3719")
	d.Pictures("signin", "full")
	d.Resize(kittest.Small)
	d.Picture("signin-small")
	d.Resize(kittest.Wide)
	d.Theme(kit.Dark, 1.3)
	d.Picture("signin-large-dark")
	d.Theme(kit.Light, 1)
	d.Key(fyne.KeyReturn)
	d.Pictures("signin", "refused")

	d = show(t, nil, saved())
	_, err := d.service.SignIn(context.Background(), app.Credentials{
		Username: "olive", Password: app.NewSecret(password), Recovery: app.NewSecret(printed),
	})
	require.NoError(t, err)
	d.Clock.Advance(3 * time.Hour)
	d.screen.Opened(d.service)
	d.Pictures("signin", "used")
	d.Tap("Your own factor is lost?")
	d.Type(password)
	d.Key(fyne.KeyReturn)
	d.Paste(printed[:23])
	d.Pictures("signin", "breakglass")
	d.Resize(kittest.Small)
	d.Picture("signin-breakglass-small")
	d.Resize(kittest.Wide)
	d.Back()
	d.Win.Canvas().Unfocus()
	d.Key(fyne.KeyTab, fyne.KeyDown)
	d.screen.Failed(app.Errorf(app.Unreadable, "This file is no store of Factordesk.").
		WithHint("It is an SQLite database of something else; it stays as it is."))
	d.Pictures("signin", "failed")

	stores = saved()
	stores.Saved[0] = signin.Saved{Name: "Juniper Outfitters", Kind: app.MagentoStore, Tag: app.TagProduction, Operator: "olive", Shop: &app.ShopAddress{EnvPHP: "/srv/env.php"}}
	shop := show(t, nil, stores)
	shop.screen.Failed(app.Errorf(app.Unreachable, "bastion.juniper.example gives no answer.").WithHint("Look at the network."))
	shop.Pictures("signin", "failed-shop")
}

func TestGalleryNotice(t *testing.T) {
	d := opened(t)
	d.Type(password)
	d.Key(fyne.KeyReturn, fyne.KeyReturn)
	w := d.welcomes[0]
	w.Warning = "This store was set back to an older copy, or its newest events were cut off: " +
		"this console has already seen event 1,204, and it is gone."
	w.BreakGlass = []app.Event{{Operator: "sam", At: kittest.Start.Add(-time.Hour)}}
	signin.Notice(d.Kit, app.StoreInfo{Name: "My Desk", Tag: app.TagLocal}, w, func() {})
	d.Pictures("signin", "notice")
}
