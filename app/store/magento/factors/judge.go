package factors

import (
	"errors"
	"strings"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/store/magento/crypt"
	"github.com/factordesk/factordesk/app/store/magento/phpjson"
)

// The notes of entries that are not as Magento writes them.
const (
	noteArtifact = "Magento left an empty entry here: nothing is enrolled."
	noteForm     = "The entry is damaged: it has another form than Magento writes."
	noteMissing  = "It is marked as active, but no secret is stored."
	noteEmpty    = "The secret is empty."
	noteBare     = "The secret is not encrypted, and Magento expects that it is."
	noteText     = "The secret is damaged: it is not text."
	noteBase32   = "The secret opens, but it is not base32, so no code can be right."
	noteWindow   = "The tolerance of this user is not a whole number, on which Magento fails at every sign-in."
	noteNoDevice = "It is marked as active, but no security key is stored."
	notePlain    = "The configuration is not encrypted, and Magento takes it for an empty one until a change here encrypts it."
)

// judge says how far a provider is by its entry, which is not null.
func (d Document) judge(code app.ProviderCode, entry phpjson.Value) Factor {
	f := Factor{Code: code}
	switch entry.Kind() {
	case phpjson.Object:
		config, err := entry.Document()
		if err != nil {
			return f.unreadable(noteForm) // cannot be: it was read as part of the whole
		}
		if entry.Empty() {
			return f.artifact()
		}
		f = d.judgeObject(f, config)
	case phpjson.List:
		if entry.Empty() {
			return f.artifact()
		}
		f = d.judgeObject(f, phpjson.New()) // it has no key that Magento looks for
	default:
		return f.unreadable(noteForm)
	}
	enrolled := f.Status == app.StatusPending || f.Status == app.StatusActive
	if enrolled && d.Plain && !crypt.PlainForMagento(d.value.Reveal()) {
		f.Trouble = Trouble{Layer: Outer, Note: notePlain}
		return f.unreadable(notePlain)
	}
	return f
}

func (f Factor) unreadable(note string) Factor {
	f.Status, f.Note = app.StatusUnreadable, note
	return f
}

func (f Factor) artifact() Factor {
	f.Status, f.Note, f.Artifact = app.StatusNotEnrolled, noteArtifact, true
	return f
}

// judgeObject judges an entry that is an array to PHP.
func (d Document) judgeObject(f Factor, config *phpjson.Document) Factor {
	f.Status = app.StatusPending
	if active, _ := config.Get("active"); active.Truthy() {
		f.Status = app.StatusActive
	}
	switch f.Code {
	case app.Google:
		return d.judgeGoogle(f, config)
	case app.U2F:
		f.Devices = devices(config)
		if f.Devices == 0 && f.Status == app.StatusActive {
			f.Note = noteNoDevice
		}
	}
	return f
}

// devices counts the public keys of a registration.
func devices(config *phpjson.Document) int {
	entry, _ := config.Get("registration")
	registration, err := entry.Document()
	if err != nil {
		return 0
	}
	keys, _ := registration.Get("public_keys")
	elements, _ := keys.Elements()
	return len(elements)
}

// judgeGoogle opens the secret. Magento makes a new one wherever it finds none,
// also in an entry that is active, where nobody has seen it.
func (d Document) judgeGoogle(f Factor, config *phpjson.Document) Factor {
	stored, _ := config.Get("secret")
	if stored.Kind() == phpjson.Null {
		if f.Status == app.StatusActive {
			return f.unreadable(noteMissing)
		}
		return f.artifact()
	}
	text, isText := stored.Text()
	if !isText {
		return f.unreadable(noteText)
	}
	secret, err := d.keys.Open(text)
	var refused *crypt.OpenError
	if errors.As(err, &refused) && refused.Fault != crypt.Empty {
		f.Trouble = cipherTrouble(Inner, refused)
		if refused.Fault == crypt.NotSealed {
			f.Trouble.Note = noteBare
		}
		return f.unreadable(f.Trouble.Note)
	}
	if secret.Empty() {
		return f.unreadable(noteEmpty)
	}
	f.Secret = secret
	window, _ := config.Get("window")
	if n, whole := window.Int(); whole {
		f.Window = &n
	} else if window.Kind() != phpjson.Null {
		f.Note = noteWindow
	}
	if !isBase32(secret.Reveal()) {
		f.Note = noteBase32
	}
	return f
}

// isBase32 reports whether Magento decodes a secret: letters of either case and
// digits of RFC 4648, padding at the end, of any length.
func isBase32(secret string) bool {
	secret = strings.TrimRight(secret, "=")
	for _, c := range []byte(secret) {
		if (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') && (c < '2' || c > '7') {
			return false
		}
	}
	return secret != ""
}
