package screens_test

import (
	"context"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/kit"
	"github.com/factordesk/factordesk/screens/kit/kittest"
)

func TestAKeyInDoubtIsAskedAbout(t *testing.T) {
	var got []app.KeyAnswer
	doubt := app.KeyDoubt{Rows: 1200}
	refused := app.Errorf(app.Unreadable, "The older crypt key opens nothing either.").WithHint("Give the right one.")
	w := begin(t, func(ctx context.Context, _ string, ask app.Asker) error {
		for _, d := range []app.KeyDoubt{doubt, {Rows: 1200, Settings: 3, Older: refused}} {
			a, err := ask.(app.KeyAsker).KeyDoubt(ctx, d)
			if err != nil {
				return err
			}
			got = append(got, a)
		}
		return nil
	}, shop)
	w.until("The crypt key opens nothing here")
	require.Contains(t, w.Text(), "PRODUCTION")
	require.Contains(t, w.Text(), "None of the shop’s encrypted 2FA data opens with it (1,200).")
	require.Equal(t, "Older crypt key", w.FocusLabel())
	w.Key(fyne.KeyReturn)
	require.Contains(t, w.Field("Older crypt key").Trouble(), "The older key is missing.")
	require.Empty(t, got, "nothing is opened in passing")
	w.Type("0123456789abcdef")
	require.NotContains(t, w.Text(), "0123456789abcdef", "the key is not to be seen")
	w.Key(fyne.KeyReturn)

	w.until("probably another shop’s key")
	require.Contains(t, w.Field("Older crypt key").Trouble(), "The older crypt key opens nothing either.")
	require.Empty(t, w.Field("Older crypt key").Text())
	for !strings.HasPrefix(w.FocusLabel(), "There is no older key") {
		w.Key(fyne.KeyTab)
	}
	w.Key(fyne.KeySpace)
	w.Tap("Open the shop")
	w.until("Use your own account in this shop’s admin.")
	require.Equal(t, []app.KeyAnswer{{Older: app.NewSecret("0123456789abcdef")}, {Changed: true}}, got)
}

func TestEscLeavesTheShopOfAKeyInDoubtShut(t *testing.T) {
	w := begin(t, func(ctx context.Context, _ string, ask app.Asker) error {
		_, err := ask.(app.KeyAsker).KeyDoubt(ctx, app.KeyDoubt{Rows: 1})
		require.Equal(t, app.Canceled, app.KindOf(err))
		return err
	}, shop)
	w.until("The crypt key opens nothing here")
	w.Key(fyne.KeyEscape)
	w.until("Stopped")
}

func TestGalleryKeyDoubt(t *testing.T) {
	for name, size := range map[string]fyne.Size{"": kittest.Wide, "-small": kittest.Small} {
		w := begin(t, func(ctx context.Context, _ string, ask app.Asker) error {
			refused := app.Errorf(app.Unreadable, "The older crypt key opens nothing of what this shop has encrypted either.").
				WithHint("Give the one with which the shop’s 2FA worked last.")
			for _, d := range []app.KeyDoubt{{Rows: 12}, {Rows: 12, Settings: 3, Older: refused}} {
				if _, err := ask.(app.KeyAsker).KeyDoubt(ctx, d); err != nil {
					return err
				}
			}
			return nil
		}, shop, desk)
		w.Resize(size)
		w.until("The crypt key opens nothing here")
		w.Pictures("keydoubt", "asked"+name)
		w.Theme(kit.Light, 1.3)
		w.Picture("keydoubt-asked-large" + name)
		w.Theme(kit.Light, 1)
		w.Type("secret")
		w.Key(fyne.KeyReturn)
		w.until("opens nothing of what this shop has encrypted either")
		w.Pictures("keydoubt", "refused"+name)
	}
}
