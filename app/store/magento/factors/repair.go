package factors

import (
	"errors"
	"io"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/store/magento/crypt"
	"github.com/factordesk/factordesk/app/store/magento/phpjson"
)

// Repair opens with older keys what the shop's own do not open, and encrypts it
// with the last of the shop's: the document, the secret of google in it, or
// both. Which key a value names does not matter, since the lists of keys may
// differ: every one is tried, the shop's own too. What opens already keeps its
// bytes. What should be encrypted and is not, as after an update that was not
// finished, is encrypted now.
//
// It fails with NotFound when there is nothing to repair, and with Unreadable
// when no key fits. A document that opens with an older key is repaired even
// if its secret does not; ask the [Factor] of what comes back.
func (d Document) Repair(random io.Reader, older crypt.Keys) (Document, error) {
	text, outer := d.text, d.Plain && d.Opens()
	if d.Trouble.ByKey {
		var fits bool
		if text, fits = d.tryAll(d.Value(), older); !fits {
			return Document{}, noKeyFits(d.Trouble)
		}
		outer = true
	}
	if !d.Opens() && !outer {
		return Document{}, app.Errorf(app.Unreadable, "%s", d.Trouble.Note).
			WithHint("No key can repair it. Reset all factors of the user.").Because(d.Trouble.Err)
	}
	config, err := d.parse(text)
	if err != nil {
		return Document{}, err
	}
	inner, err := d.repairSecret(random, config, older)
	if err != nil && !outer {
		return Document{}, err
	}
	if !outer && !inner {
		return Document{}, app.Errorf(app.NotFound, "There is nothing to repair.")
	}
	return d.with(random, config)
}

// repairSecret encrypts the secret of google anew if it does not open, and
// reports whether it did.
func (d Document) repairSecret(random io.Reader, config *phpjson.Document, older crypt.Keys) (repaired bool, err error) {
	entry, _ := config.Get(string(app.Google))
	f := d.judge(app.Google, entry)
	if f.Trouble.Layer != Inner {
		return false, nil
	}
	google, err := entry.Document()
	if err != nil {
		return false, unwritable(err)
	}
	stored, _ := google.Get("secret")
	value, _ := stored.Text()
	secret, fits := d.tryAll(value, older)
	var refused *crypt.OpenError
	if errors.As(f.Trouble.Err, &refused) && refused.Fault == crypt.NotSealed && isBase32(value) {
		secret, fits = app.NewSecret(value), true
	}
	switch {
	case fits:
		return true, d.putSecret(random, config, secret)
	case f.Trouble.ByKey:
		return false, noKeyFits(f.Trouble)
	}
	return false, app.Errorf(app.Unreadable, "%s", f.Trouble.Note).
		WithHint("No key can repair it. Reset the factor and enroll again.").Because(f.Trouble.Err)
}

// tryAll opens a value with whichever key fits.
func (d Document) tryAll(value string, older crypt.Keys) (plain app.Secret, fits bool) {
	for _, keys := range []crypt.Keys{older, d.keys} {
		if plain, err := keys.OpenAny(value); err == nil {
			return plain, true
		}
	}
	return app.Secret{}, false
}

// noKeyFits is the error when neither the shop's keys nor the older ones open
// a layer.
func noKeyFits(t Trouble) error {
	what := "the configuration"
	if t.Layer == Inner {
		what = "the secret"
	}
	return app.Errorf(app.Unreadable, "None of the keys opens %s.", what).
		WithHint("It names key %d of the crypt/key that it was written with, counted from 0.", t.Key).Because(t.Err)
}
