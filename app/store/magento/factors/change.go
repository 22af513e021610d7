package factors

import (
	"fmt"
	"io"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/store/magento/phpjson"
)

// maxColumn is what the column holds, in bytes. With Magento's settings the
// database cuts off the rest of a longer value without a word.
const maxColumn = 65_535

// Every change takes random, which is crypto/rand.Reader outside of tests,
// fails with Invalid where there are no keys, and with Unreadable where the
// document does not open.

// Reset forgets one provider, as Magento does: its key goes away, and the last
// one leaves []. It fails with NotFound when there is no such key.
func (d Document) Reset(random io.Reader, code app.ProviderCode) (Document, error) {
	config, err := d.config()
	if err != nil {
		return Document{}, err
	}
	if entry, ok := config.Get(string(code)); !ok || entry.Kind() == phpjson.Null {
		return Document{}, app.Errorf(app.NotFound, "There is nothing to reset.")
	}
	config.Delete(string(code))
	return d.with(random, config)
}

// ResetAll forgets every provider, whether or not the document opens.
func (d Document) ResetAll(random io.Reader) (Document, error) { return d.with(random, phpjson.New()) }

// PutGoogle stores a secret, base32, for google, which is pending then. What
// else the entry has stays, such as the user's own tolerance.
func (d Document) PutGoogle(random io.Reader, secret app.Secret) (Document, error) {
	config, err := d.config()
	if err != nil {
		return Document{}, err
	}
	if !isBase32(secret.Reveal()) {
		return Document{}, app.Errorf(app.Invalid, "The new secret is not base32.")
	}
	if entry, ok := config.Get(string(app.Google)); ok && entry.Kind() != phpjson.Object {
		// Nothing can be put into it, whatever it is.
		if err := config.Set(string(app.Google), phpjson.New().Value()); err != nil {
			return Document{}, unwritable(err)
		}
	}
	if err := d.putSecret(random, config, secret); err != nil {
		return Document{}, err
	}
	if _, err := config.DeleteIn(string(app.Google), "active"); err != nil {
		return Document{}, unwritable(err)
	}
	return d.with(random, config)
}

// putSecret encrypts a secret of google and puts it in its place.
func (d Document) putSecret(random io.Reader, config *phpjson.Document, secret app.Secret) error {
	sealed, err := d.keys.Seal(random, secret)
	if err != nil {
		return err
	}
	value, err := phpjson.OfString(sealed)
	if err == nil {
		err = config.SetIn(string(app.Google), "secret", value)
	}
	if err != nil {
		return unwritable(err)
	}
	return nil
}

// ActivateGoogle makes a pending google active, as Magento does after the
// first right code. It fails with NotFound, Conflict or Unreadable for one of
// another status.
func (d Document) ActivateGoogle(random io.Reader) (Document, error) {
	config, err := d.config()
	if err != nil {
		return Document{}, err
	}
	switch f := d.Factor(app.Google); f.Status {
	case app.StatusNotEnrolled:
		return Document{}, app.Errorf(app.NotFound, "There is nothing to confirm.").WithHint("Enroll first.")
	case app.StatusActive:
		return Document{}, app.Errorf(app.Conflict, "It is active already.")
	case app.StatusUnreadable:
		return Document{}, app.Errorf(app.Unreadable, "%s", f.Note).WithHint("Reset it and enroll again.").Because(f.Trouble.Err)
	case app.StatusPending:
	}
	if err := config.SetIn(string(app.Google), "active", phpjson.OfBool(true)); err != nil {
		return Document{}, unwritable(err)
	}
	return d.with(random, config)
}

// config reads the document for a change.
func (d Document) config() (*phpjson.Document, error) {
	if !d.Opens() {
		return nil, app.Errorf(app.Unreadable, "%s", d.Trouble.Note).
			WithHint("Give the key that it was encrypted with, or reset all factors of the user.").Because(d.Trouble.Err)
	}
	return d.parse(d.text)
}

// parse reads JSON that was judged before; an empty text is the empty
// document.
func (d Document) parse(text app.Secret) (*phpjson.Document, error) {
	if text.Empty() {
		return phpjson.New(), nil
	}
	config, err := phpjson.Parse(text.Reveal())
	if err != nil {
		trouble := jsonTrouble(err, d.Plain)
		return nil, app.Errorf(app.Unreadable, "%s", trouble.Note).
			WithHint("Reset all factors of the user.").Because(trouble.Err)
	}
	return config, nil
}

// with encrypts a configuration with the last key, and judges it anew, so that
// what is written has been opened.
func (d Document) with(random io.Reader, config *phpjson.Document) (Document, error) {
	value, err := d.keys.Seal(random, app.NewSecret(config.Text()))
	if err != nil {
		return Document{}, err
	}
	if len(value) > maxColumn && len(value) > len(d.Value()) {
		return Document{}, app.Errorf(app.Invalid, "The configuration does not fit into its column any more.").
			WithHint("Reset a factor of the user that is not needed.").
			Because(fmt.Errorf("%d bytes of encoded_config", len(value)))
	}
	return Judge(value, d.keys), nil
}

// unwritable is the error for a change that the JSON does not take.
func unwritable(err error) error {
	return app.Errorf(app.Invalid, "The configuration cannot be changed.").Because(fmt.Errorf("change the configuration: %w", err))
}
