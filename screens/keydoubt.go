package screens

import (
	"context"
	"strings"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/kit"
)

var _ app.KeyAsker = asker{}

// KeyDoubt implements app.KeyAsker.
func (a asker) KeyDoubt(ctx context.Context, d app.KeyDoubt) (app.KeyAnswer, error) {
	return ask(ctx, a.shell, func(answer func(app.KeyAnswer)) *kit.Dialog { return a.keyDoubt(d, answer) })
}

// keyDoubt says that the crypt key opens nothing of the shop, and takes an older
// one, or the word that there is none. What happens without is said beside the box,
// so that nobody ticks it in passing.
func (a asker) keyDoubt(doubt app.KeyDoubt, answer func(app.KeyAnswer)) *kit.Dialog {
	field := kit.NewPassword("Older crypt key").Hides("key").Icon(kit.IconKey).Caption("crypt/key of env.php, as it was before")
	own := kit.NewCheckbox("There is no older key,", "and this one is the shop’s own.",
		"What is stored stays unreadable: it can be reset, and nobody is enrolled from here.")
	submit := func() {
		older := strings.TrimSpace(field.Text())
		if older == "" && !own.On() {
			field.SetError("The older key is missing.", "Without one, say below that this key is the shop’s own.")
			field.Focus()
			return
		}
		field.Clear()
		answer(app.KeyAnswer{Older: app.NewSecret(older), Changed: older == ""})
	}
	field.OnSubmit = func(string) { submit() }
	field.OnChange = func(string) {
		if field.Trouble() != "" {
			field.SetError("", "")
		}
	}
	if doubt.Older != nil {
		field.SetError(a.shell.kit.Explain(doubt.Older))
	}
	d := a.shell.kit.Dialog(kit.DialogSpec{
		Store: a.store, Title: "The crypt key opens nothing here", Width: 560,
		Body: kit.Pad(kit.Space8, 0, 0, 0, kit.Column(kit.Space16,
			kit.Second(keyDoubtWords(doubt)).Wrapped(), field, own)),
		Hint:    "[Esc] cancels",
		Buttons: []*kit.Button{kit.Secondary("Cancel", nil), kit.Primary("Open the shop", submit).Key("Enter")},
		Focus:   field.Input(),
		OnEnter: submit,
	})
	d.UntilClosed(field.Clear)
	return d
}

// keyDoubtWords says what the key should open, and what it may mean that it does
// not.
func keyDoubtWords(d app.KeyDoubt) string {
	words := "None of the shop’s encrypted 2FA data opens with it (" + kit.Count(d.Rows) + ")"
	if d.Settings > 0 {
		return words + ", and none of its encrypted settings (" + kit.Count(d.Settings) + "). Magento encrypts those anew when it " +
			"changes the key, so this is probably another shop’s key."
	}
	return words + ". Either it is another shop’s key, or the shop’s was changed. The one before it opens the shop, and repairs what it opens."
}
