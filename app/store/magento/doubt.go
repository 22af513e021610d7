package magento

import (
	"context"
	"errors"
	"fmt"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/store/magento/crypt"
)

// A crypt key that opens nothing of the shop is in doubt: whether it is the
// shop's own, nothing in the database can tell. Such a shop is opened only with
// an older key that does open what is stored, or when somebody was told and says
// that the key is right. Nothing is encrypted with a key in doubt then, but by a
// repair, which is asked for with an older key at hand and ends the doubt; a
// reset leaves NULL, as it does without any key. The logbook is not sealed with
// it either, unless an older key goes with it.

// doubt is what a crypt key should open, and does not.
type doubt struct {
	rows, settings int
	older          error // why the older key does not help; nil: there is none
	err            error // of the first that did not open
}

func (d *doubt) Error() string {
	return fmt.Sprintf("the key opens none of %d rows and %d settings: %v", d.rows, d.settings, d.err)
}

func (d *doubt) Unwrap() error { return d.err }

// DoubtOf returns what an error of [Link.TryKey] or [Open] says of a crypt key
// that opens nothing; ok is false for any other error. [Link.Answer] is how to go
// on.
func DoubtOf(err error) (d app.KeyDoubt, ok bool) {
	var found *doubt
	if !errors.As(err, &found) {
		return d, false
	}
	return app.KeyDoubt{Rows: found.rows, Settings: found.settings, Older: found.older}, true
}

// Answer takes what a person says to the doubt about the crypt key, in the place
// of what the settings said. [Link.TryKey] tells whether it helps.
func (l *Link) Answer(a app.KeyAnswer) { l.config.OlderKeys, l.config.KeyChanged = a.Older, a.Changed }

// settleDoubt says whether a shop may be opened with a key in doubt, and in
// words why.
func (l *Link) settleDoubt(ctx context.Context, keys crypt.Keys, d *doubt) (words string, err error) {
	if !l.config.OlderKeys.Empty() {
		opens, err := l.tryOlder(ctx, d)
		if err != nil {
			return "", err
		}
		if opens {
			l.config.KeyChanged = false // it is not needed
			return countKeys(keys.Len()) + ", opens nothing yet; the older one does", nil
		}
	}
	if l.config.KeyChanged {
		return countKeys(keys.Len()) + ", opens nothing that is stored", nil
	}
	if d.older != nil {
		message, hint := app.Explain(d.older)
		return "", app.Errorf(app.Unreadable, "%s", message).WithHint("%s", hint).Because(d)
	}
	return "", app.Errorf(app.Unreadable, "The crypt key opens nothing of what this shop has encrypted.").
		WithHint("Compare it with crypt/key in app/etc/env.php of the same shop. If it was changed there, the one before it opens the shop.").
		Because(d)
}

// tryOlder reports whether the older key opens what the shop's own does not; why
// not is noted in d.
func (l *Link) tryOlder(ctx context.Context, d *doubt) (bool, error) {
	older, err := crypt.Parse(l.config.OlderKeys)
	if err != nil {
		d.older = app.Errorf(app.Invalid, "That is no older crypt key: it has another length.").
			WithHint("Copy crypt/key whole, as it stood in app/etc/env.php before.").Because(err)
		return false, nil
	}
	found, err := tryStored(ctx, l.base, older.OpenAny)
	if err != nil {
		return false, err
	}
	if !found.opened {
		d.older = app.Errorf(app.Unreadable, "The older crypt key opens nothing of what this shop has encrypted either.").
			WithHint("Give the one with which the shop’s 2FA worked last.")
	}
	return found.opened, nil
}

// sure reports whether there is a crypt key that is known to be the shop's, so
// that something may be encrypted with it.
func (s *Store) sure() bool { return s.keys.Len() > 0 && s.inDoubt() == nil }

// inDoubt returns the doubt about the crypt key, or nil.
func (s *Store) inDoubt() *doubt {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.doubt
}

// proved ends the doubt: something was encrypted with the key since, on purpose.
func (s *Store) proved() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.doubt = nil
}

func errInDoubt() *app.Error {
	return app.Errorf(app.Denied, "The crypt key opens nothing of this shop yet, so nothing new is encrypted with it.").
		WithHint("Repair a factor with an older key first, or let the user enroll in the shop’s own admin.")
}
