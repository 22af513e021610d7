package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/factordesk/factordesk/app"
)

var _ app.KeyAsker = personAsker{}

// KeyDoubt implements app.KeyAsker. A script says beforehand what it knows.
func (p personAsker) KeyDoubt(ctx context.Context, d app.KeyDoubt) (app.KeyAnswer, error) {
	if !p.desk.asker.There() {
		return app.KeyAnswer{}, keyDoubtUnasked(d)
	}
	p.desk.say("factorctl: %s", plain(keyDoubtWords(d)))
	older, err := p.desk.asker.Secret(ctx, "Older crypt key of the shop, or Enter if there is none: ")
	if err != nil {
		return app.KeyAnswer{}, err
	}
	if !older.Empty() {
		p.desk.older = older
		return app.KeyAnswer{Older: older}, nil
	}
	answer, err := p.desk.asker.Line(ctx, "Is this key the shop's own all the same? Factors can then be reset, and nobody is enrolled.\nOK? [y/N] ")
	return app.KeyAnswer{Changed: agreed(answer)}, err
}

// keyDoubtWords says what the key should open and does not, or why the older one
// that was given does not help.
func keyDoubtWords(d app.KeyDoubt) string {
	if d.Older != nil {
		message, hint := app.Explain(d.Older)
		return message + " " + hint
	}
	words := fmt.Sprintf("the crypt key opens none of the shop's encrypted 2FA data (%s)", app.Thousands(int64(d.Rows)))
	if d.Settings > 0 {
		return words + fmt.Sprintf(" and none of its encrypted settings (%s). Magento encrypts those anew when it changes the key, "+
			"so this is probably another shop's key.", app.Thousands(int64(d.Settings)))
	}
	return words + ". Either it is another shop's, or the shop's key was changed."
}

// keyDoubtUnasked is the error where there is nobody to ask.
func keyDoubtUnasked(d app.KeyDoubt) error {
	if d.Older != nil {
		message, hint := app.Explain(d.Older)
		return app.Errorf(app.KindOf(d.Older), "%s", message).WithHint("%s", hint).Because(d.Older)
	}
	return app.Errorf(app.Unreadable, "The crypt key opens nothing of what this shop has encrypted.").
		WithHint("Compare it with crypt/key in app/etc/env.php of the same shop. If it was changed there, set %s to the one before it, "+
			"or say --key-changed.", envOldKey).
		Because(errors.New("nobody to ask about a crypt key in doubt"))
}

// olderKey takes an older key of the shop from its variable, or as it was typed
// for this very command, or asks for it.
func (d *desk) olderKey(ctx context.Context) (app.Secret, error) {
	if !d.older.Empty() {
		return d.older, nil
	}
	return d.secret(ctx, envOldKey, "the older crypt key", "Older crypt key: ")
}
