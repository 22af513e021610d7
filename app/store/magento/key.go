package magento

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/store/magento/crypt"
)

// TryKey looks whether the crypt key opens what the shop has stored: a setting,
// or the 2FA data of an administrator. It returns what it found for people. It
// fails with Invalid for a key of the wrong length, and with Unreadable where
// there are encrypted values and the key opens none of them: [DoubtOf] tells more,
// and [Link.Answer] takes what a person says to that. Without a key there is
// nothing to try.
func (l *Link) TryKey(ctx context.Context) (string, error) {
	keys, err := l.config.keys()
	if err != nil {
		return "", staging(StageKey, err)
	}
	if keys.Len() == 0 {
		l.tried = true
		return "no crypt key: factors can be reset, and nothing else", nil
	}
	words, err := l.tryKey(ctx, keys)
	l.tried = err == nil
	return words, staging(StageKey, explain("try the crypt key", err))
}

// keys reads the crypt key of the settings.
func (c Config) keys() (crypt.Keys, error) {
	if c.CryptKey.Empty() {
		return crypt.Keys{}, nil
	}
	return crypt.Parse(c.CryptKey)
}

// single takes crypt/key apart into keys that each stand alone, oldest first.
// One of a wrong length is left out: nothing can be done with it.
func single(text app.Secret) []crypt.Keys {
	var all []crypt.Keys
	for word := range strings.FieldsSeq(strings.Trim(text.Reveal(), "\x00")) {
		if k, err := crypt.Parse(app.NewSecret(word)); err == nil {
			all = append(all, k)
		}
	}
	return all
}

// sealKeys are the keys that the logbook is sealed with, one for each line of
// the crypt key: after a rotation the older ones still check. A key in doubt
// seals only where an older one is there, too: whoever comes with another shop's
// key must not take the seal away.
func (l *Link) sealKeys() ([][]byte, error) {
	var all [][]byte
	keys := single(l.config.CryptKey)
	if l.doubt != nil {
		older := single(l.config.OlderKeys)
		alone := l.doubt.older != nil || len(older) == 0
		if alone {
			return nil, nil
		}
		keys = append(older, keys...)
	}
	for _, k := range keys {
		derived, err := k.Hash("factordesk: seal of the logbook")
		if err != nil {
			return nil, err
		}
		all = append(all, []byte(derived))
	}
	return all, nil
}

func (l *Link) tryKey(ctx context.Context, keys crypt.Keys) (string, error) {
	l.doubt = nil
	found, err := tryStored(ctx, l.base, keys.Open)
	switch {
	case err != nil:
		return "", err
	case found.opened:
		return countKeys(keys.Len()) + ", opens what is stored", nil
	case found.rows+found.settings == 0:
		return countKeys(keys.Len()) + ", nothing is encrypted yet", nil
	}
	d := &doubt{rows: found.rows, settings: found.settings, err: found.first}
	words, err := l.settleDoubt(ctx, keys, d)
	if err == nil {
		l.doubt = d
	}
	return words, err
}

// stored is what came of trying keys on what the shop has encrypted.
type stored struct {
	opened         bool
	rows, settings int   // that some key should open, and none of these does, up to the first that opened
	first          error // why the first of them does not
}

// tryStored opens values of the shop until one opens: 2FA data, then settings.
func tryStored(ctx context.Context, base conn, open func(value string) (app.Secret, error)) (found stored, err error) {
	for _, from := range []struct {
		columns string
		count   *int
	}{
		{rowsText, &found.rows},
		{"SELECT value FROM {core_config_data} WHERE value" + isSealed, &found.settings},
	} {
		found.opened, *from.count, err = tryValues(ctx, base, from.columns, open)
		var fault *crypt.OpenError
		if err != nil && !errors.As(err, &fault) {
			return found, err
		}
		if found.opened {
			return found, nil
		}
		if found.first == nil {
			found.first = err
		}
	}
	return found, nil
}

// rowsText is the SQL of all 2FA data that is encrypted as Magento 2.4 does.
const rowsText = "SELECT encoded_config FROM {tfa_user_config} WHERE encoded_config" + isSealed

const isSealed = " REGEXP '^[0-9]+:3:[A-Za-z0-9+/]{36}'"

// tryValues opens values until one opens, and counts those that a key should
// open. Its error is that of the first of these, or the database's.
func tryValues(
	ctx context.Context, base conn, text string, open func(value string) (app.Secret, error),
) (opened bool, tried int, err error) {
	rows, err := base.query(ctx, text)
	if err != nil {
		return false, 0, err
	}
	defer rows.Close()
	var first error
	for rows.Next() {
		var value string
		if err := rows.Scan(&value); err != nil {
			return false, tried, err
		}
		_, err := open(value)
		if err == nil {
			return true, tried + 1, nil
		}
		var fault *crypt.OpenError
		if errors.As(err, &fault) && !fault.AnotherKey() {
			continue // no key opens it
		}
		tried++
		if first == nil {
			first = err
		}
	}
	if err := rows.Err(); err != nil {
		return false, tried, err
	}
	return false, tried, first
}

func countKeys(n int) string {
	if n == 1 {
		return "1 key"
	}
	return strconv.Itoa(n) + " keys"
}
