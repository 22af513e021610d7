package factors

import (
	"errors"
	"fmt"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/store/magento/crypt"
	"github.com/factordesk/factordesk/app/store/magento/phpjson"
)

// Document is the second factors of one user. The zero value is that of a user
// for whom nothing is stored, without keys to change it.
type Document struct {
	// Factors has an entry for each provider's code in the document, in its
	// order, but for those that are null, which is nothing to Magento. It is empty
	// if the document does not open.
	Factors []Factor

	// Trouble says why the document does not open. Its Layer is NoLayer if it
	// does.
	Trouble Trouble

	// Plain says that the document is not encrypted, as the module for Magento
	// 2.3 left it. The next change encrypts it.
	Plain bool

	value app.Secret // encoded_config; plain JSON may hold telephone numbers
	text  app.Secret // JSON, if it opens
	keys  crypt.Keys
}

// Layer says which layer of encryption something is about.
type Layer int

// The layers.
const (
	NoLayer Layer = iota
	Outer         // the document of the user
	Inner         // the secret of google in it
)

// Trouble says why something does not open.
type Trouble struct {
	Layer Layer
	Note  string // one sentence for people
	ByKey bool   // another key may open it: see Document.Repair
	Key   int    // with ByKey: the index in crypt/key, counted from 0, of the key that it names
	Err   error  // for the log; quotes nothing of what is stored
}

// Factor is what a document has for one provider.
type Factor struct {
	Code    app.ProviderCode
	Status  app.Status
	Note    string  // what is wrong, in one sentence; the one of Trouble if there is one
	Trouble Trouble // why it is unreadable, if that is a matter of encryption

	// Artifact marks an entry in which nothing is enrolled: an update of Magento
	// left {"u2fkey":[]} for every user. Magento offers to reset it.
	Artifact bool

	// Whole says that the factor cannot be reset alone, but by Document.ResetAll.
	Whole bool

	Devices int        // security keys of u2fkey
	Secret  app.Secret // of google, if it opens: base32, as it is stored
	Window  *int64     // of google: the user's own tolerance; nil if the shop's counts
}

// Judge opens an encoded_config and says what is in it. A NULL is "". It never
// fails: what does not open, has Trouble.
func Judge(value string, keys crypt.Keys) Document {
	d := Document{value: app.NewSecret(value), keys: keys}
	text, err := keys.Open(value)
	var refused *crypt.OpenError
	if errors.As(err, &refused) {
		switch refused.Fault {
		case crypt.Empty:
			return d
		case crypt.NotSealed:
			d.Plain, text = true, d.value
		default:
			d.Trouble = cipherTrouble(Outer, refused)
			return d
		}
	}
	if text.Empty() {
		return d // an encrypted nothing
	}
	config, err := phpjson.Parse(text.Reveal())
	if err != nil {
		d.Trouble = jsonTrouble(err, d.Plain)
		return d
	}
	d.text = text
	for code, entry := range config.All() {
		if entry.Kind() != phpjson.Null {
			d.Factors = append(d.Factors, d.judge(app.ProviderCode(code), entry))
		}
	}
	return d
}

// cipherTrouble words what the cipher says of a layer.
func cipherTrouble(layer Layer, refused *crypt.OpenError) Trouble {
	subject := "The configuration"
	if layer == Inner {
		subject = "The secret"
	}
	return Trouble{
		Layer: layer, Note: subject + " " + refused.Predicate() + ".",
		ByKey: refused.AnotherKey(), Key: refused.Key, Err: refused,
	}
}

// jsonTrouble words what is wrong with what is in the outer layer.
func jsonTrouble(err error, plain bool) Trouble {
	note := "The configuration opens, but it is damaged: it is not JSON as Magento writes it."
	switch {
	case plain:
		note = "The configuration is damaged: it is neither encrypted nor JSON as Magento writes it."
	case errors.Is(err, phpjson.ErrNotObject):
		note = "The configuration opens, but it is JSON of another form than Magento writes."
	}
	return Trouble{Layer: Outer, Note: note, Err: fmt.Errorf("read the configuration: %w", err)}
}

// Opens reports whether the document itself opens, so that each factor can be
// changed alone. A factor in it may still be unreadable.
func (d Document) Opens() bool { return d.Trouble.Layer == NoLayer }

// Factor returns what the document has for a provider: not enrolled if it has
// nothing, and unreadable if the document does not open, since then anything
// may be in it.
func (d Document) Factor(code app.ProviderCode) Factor {
	if !d.Opens() {
		return Factor{Code: code, Status: app.StatusUnreadable, Note: d.Trouble.Note, Trouble: d.Trouble, Whole: true}
	}
	for _, f := range d.Factors {
		if f.Code == code {
			return f
		}
	}
	return Factor{Code: code, Status: app.StatusNotEnrolled}
}

// Foreign lists the codes that are not Magento's own: other modules bring
// them. Their entries are kept.
func (d Document) Foreign() []app.ProviderCode {
	var codes []app.ProviderCode
	for _, f := range d.Factors {
		switch f.Code {
		case app.Google, app.Duo, app.Authy, app.U2F:
		default:
			codes = append(codes, f.Code)
		}
	}
	return codes
}

// Value returns the encoded_config.
func (d Document) Value() string { return d.value.Reveal() }

// Text returns the JSON, empty if the document does not open or holds nothing.
// The secret of google in it is encrypted, but telephone numbers are not.
func (d Document) Text() app.Secret { return d.text }
