package app_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
)

func TestEveryAuthenticatorHasItsSteps(t *testing.T) {
	_, err := time.Parse(time.DateOnly, app.AuthenticatorsChecked)
	require.NoError(t, err)
	names := map[string]bool{}
	for _, a := range app.Authenticators() {
		require.False(t, names[a.Name])
		names[a.Name] = true
		for _, text := range []string{a.Read, a.Scan} {
			require.True(t, strings.HasSuffix(text, "."), "%s: %q is a sentence", a.Name, text)
		}
	}
	for _, name := range []string{
		"Google Authenticator", "Microsoft Authenticator", "Authy", "Duo Mobile", "Aegis", "2FAS", "1Password", "Bitwarden", "iOS Passwords",
	} {
		require.True(t, names[name], name)
	}
}

func TestStepsAreThoseThatHelp(t *testing.T) {
	google := app.Authenticators()[0]
	steps := app.PersonSteps(google, "shop.example", app.HelpSetClock, app.HelpSyncApp)
	require.Len(t, steps, 2)
	require.Contains(t, steps[1], "Time correction for codes")
	require.Len(t, app.PersonSteps(google, "", app.HelpCookies), 0, "a store of our own has no cookies")
	all := app.PersonSteps(google, "shop.example")
	require.Len(t, all, 7)
	text := app.StepsText("What to do", all)
	require.Contains(t, text, "\n7. Close every other tab of the shop")
}
