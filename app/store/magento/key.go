package magento

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/store/magento/crypt"
)

// TryKey looks whether the crypt key opens what the shop has stored: a setting,
// or the 2FA data of an administrator. It returns what it found for people. It
// fails with Invalid for a key of the wrong length, and with Unreadable where
// there are encrypted values and the key opens none of them: nothing should be
// written with it. Without a key there is nothing to try.
func (l *Link) TryKey(ctx context.Context) (string, error) {
	keys, err := l.config.keys()
	if err != nil {
		return "", staging(StageKey, err)
	}
	if keys.Len() == 0 {
		return "no crypt key: factors can be reset, and nothing else", nil
	}
	words, err := l.tryKey(ctx, keys)
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
// the crypt key: after a rotation the older ones still check.
func (c Config) sealKeys() ([][]byte, error) {
	var all [][]byte
	for _, k := range single(c.CryptKey) {
		derived, err := k.Hash("factordesk: seal of the logbook")
		if err != nil {
			return nil, err
		}
		all = append(all, []byte(derived))
	}
	return all, nil
}

func (l *Link) tryKey(ctx context.Context, keys crypt.Keys) (string, error) {
	var first error
	tried := 0
	for _, from := range []string{
		"encoded_config FROM {tfa_user_config} WHERE encoded_config",
		"value FROM {core_config_data} WHERE value",
	} {
		opened, n, err := tryValues(ctx, l.base, "SELECT "+from+" REGEXP '^[0-9]+:3:[A-Za-z0-9+/]{36}'", keys.Open)
		if opened {
			return fmt.Sprintf("%s, opens what is stored", countKeys(keys.Len())), nil
		}
		var fault *crypt.OpenError
		if err != nil && !errors.As(err, &fault) {
			return "", err
		}
		if first == nil {
			first = err
		}
		tried += n
	}
	if tried == 0 {
		return countKeys(keys.Len()) + ", nothing is encrypted yet", nil
	}
	return "", app.Errorf(app.Unreadable, "The crypt key opens nothing of what this shop has encrypted.").
		WithHint("Compare it with crypt/key in app/etc/env.php of the same shop. Without any crypt key the shop opens, too, and factors can be reset.").
		Because(first)
}

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
