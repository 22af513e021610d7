package kit_test

import (
	"testing"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/screens/kit"
	"github.com/factordesk/factordesk/screens/kit/kittest"
)

// A label that is too wide for its column must not run into its value.
func TestAWideLabelStandsOverItsValue(t *testing.T) {
	d := kittest.New(t, small, nil)
	d.Show(kit.KeyValues(128,
		kit.Fact{Label: "Missing", Value: "crypt key 1"},
		kit.Fact{Label: "twofactorauth/google/otp_window", Path: true, Value: "30"}))
	at := func(words string) fyne.Position {
		found := kittest.Find[*kit.Text](d, words)
		require.Len(t, found, 1)
		return fyne.CurrentApp().Driver().AbsolutePositionForObject(found[0])
	}
	assert.Equal(t, at("Missing").Y, at("crypt key 1").Y)
	assert.InDelta(t, 128, at("crypt key 1").X, 1)
	assert.Greater(t, at("30").Y, at("twofactorauth/google/otp_window").Y+10)
	assert.InDelta(t, at("twofactorauth/google/otp_window").X, at("30").X, 1)
}
