package magento

import "github.com/factordesk/factordesk/app"

// keyInDoubt is the finding of a crypt key that opens nothing.
func keyInDoubt(d doubt) app.Finding {
	return app.Finding{
		Code: "crypt-key", Severity: app.Critical, Scope: "all users",
		Title:   "The crypt key opens nothing of what the shop has encrypted",
		Summary: "With this key the shop takes everybody for not enrolled",
		About: "The key has the right form, but none of the encrypted 2FA data opens with it. Either it is another shop’s, or it " +
			"replaced the key of that time, which Magento keeps as long as crypt/key has both. Until something opens, nobody is " +
			"enrolled from here, and a reset empties the user’s whole 2FA data.",
		Found: []app.Detail{
			{Name: "Encrypted 2FA data", Value: app.Thousands(int64(d.rows)) + ", none opens"},
			{Name: "Encrypted settings", Value: settingsWords(d.settings)},
		},
		Steps: []app.Step{
			{Text: "Compare crypt/key in app/etc/env.php of this very shop with the one before it, for example in a backup."},
			{Text: "Where nothing was encrypted with the new key yet, put the older one back before it, in a line of its own: then " +
				"everything opens again, and nobody must enroll."},
			{Text: "Or repair the factors one by one with the older key, or reset them."},
		},
		Filter: app.WithUnreadable,
	}
}

// settingsWords says what the settings tell of a key in doubt: Magento encrypts
// them anew when it changes the key.
func settingsWords(n int) string {
	if n == 0 {
		return "none"
	}
	return app.Thousands(int64(n)) + ", none opens: Magento would have encrypted them anew with its new key"
}
