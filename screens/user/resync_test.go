package user_test

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/otp"
	"github.com/factordesk/factordesk/app/store/memory"
	"github.com/factordesk/factordesk/screens/user"
)

// resyncing is a desk that was led to follow the device of somebody, whose clock
// is ten minutes behind.
func resyncing(t *testing.T) (d *desk, shows func() string) {
	d = furnish(t, nil)
	key := []byte("12345678901234567890")
	d.store.Place(memory.Person{
		User: app.User{
			Username: "pkey", FirstName: "Pat", LastName: "Key", Email: "p@juniper.example", Active: true,
			Factors: []app.Factor{{Provider: app.Google, Status: app.StatusActive}},
		},
		Keys: map[app.ProviderCode]app.Secret{app.Google: app.NewSecret(otp.Encode(key))},
	})
	d.signIn(memory.SampleOperator, password)
	u, err := d.store.FindUser(t.Context(), "pkey")
	require.NoError(t, err)
	d.screen = user.New(d.console, d.Kit, u.ID, user.Actions{Back: func() { d.backs++ }})
	t.Cleanup(d.screen.Close)
	d.Desk.Show(d.screen.Content())
	d.screen.ResyncAtOnce(app.Google)
	d.screen.Show()
	return d, func() string {
		code, err := otp.CodeAt(key, otp.Default(), d.Clock.Now().Add(-10*time.Minute))
		require.NoError(t, err)
		return code
	}
}

func TestResyncByKeyboard(t *testing.T) {
	d, shows := resyncing(t)
	require.Contains(t, d.Text(), "To resync Google Authenticator of Pat Key")
	d.Type(password)
	d.Key(fyne.KeyReturn)
	require.Contains(t, d.Text(), "Pat reads out the code that the device shows now, and then the next one.")
	d.Key(fyne.KeyReturn, fyne.KeyReturn) // from the first field to the second, which asks
	require.Contains(t, d.Text(), "The code is not complete.")
	d.Type(shows())
	d.Key(fyne.KeyReturn)
	d.Clock.Advance(30 * time.Second)
	d.Type(shows())
	d.Key(fyne.KeyReturn)
	require.False(t, d.DialogOpen())
	require.Contains(t, d.Kit.ToastText(), "The store follows Pat’s device from now on.")
}

func TestResyncNeedsCodesInARow(t *testing.T) {
	d, shows := resyncing(t)
	d.Type(password)
	d.Key(fyne.KeyReturn)
	code := shows()
	d.Type(code)
	d.Key(fyne.KeyReturn)
	d.Type(code)
	d.Key(fyne.KeyReturn)
	require.Contains(t, d.Text(), "These are no two new codes in a row of this factor.")
}
