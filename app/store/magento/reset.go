package magento

import (
	"context"
	"strconv"
	"strings"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/store/magento/factors"
)

// Reset forgets one factor of a user, whether or not a key opens it. All rows
// of the user are treated, although Magento reads the first only. A document
// that does not open is forgotten whole, also one beside the first, which the
// event tells; and so is any without the crypt key, or with one in doubt: then
// NULL stands in its place, which is nothing to Magento.
//
// Unlike Magento's own reset it can end the user's sessions and tokens, and
// clear the lock-out, in the same transaction.
func (s *Store) Reset(ctx context.Context, r app.FactorReset, e app.Event) error {
	if err := s.Able(app.AbleChange); err != nil {
		return err
	}
	if r.EndSessions {
		if err := s.Able(app.AbleSessions); err != nil {
			return err
		}
	}
	return s.change(ctx, "reset", r.User, r.Version, e, func(d *deed) error {
		writes, err := d.resets(r.Provider)
		if err != nil {
			return err
		}
		if len(writes) == 0 {
			return app.Errorf(app.NotFound, "%s has nothing to reset there.", d.account.user.Name())
		}
		if r.EndSessions {
			d.tell("tokens", d.s.tokensEnded())
		}
		if err := d.put(writes...); err != nil {
			return err
		}
		if r.EndSessions {
			if _, err := d.endSessions(); err != nil {
				return err
			}
		}
		if r.Unlock {
			return d.unlock()
		}
		return nil
	})
}

// resets returns what forgets a provider in the rows, none where it is in no
// row.
func (d *deed) resets(code app.ProviderCode) ([]write, error) {
	sure := d.s.sure()
	all := !sure || !d.first().Opens()
	closed := 0 // rows beside a first that opens
	var writes []write
	for i, doc := range d.documents {
		whole := all || !doc.Opens() // the provider may be in it
		if whole {
			doc = factors.Judge("", d.s.keys)
		}
		if whole && !all {
			closed++
		}
		w := write{row: i}
		var err error
		switch r := d.account.rows[i]; {
		case whole && (r.null || r.text == "" && r.long == 0):
			continue
		case !sure: // NULL
		case whole:
			doc, err = doc.ResetAll(d.s.config.Random)
		default:
			doc, err = doc.Reset(d.s.config.Random, code)
		}
		if app.KindOf(err) == app.NotFound && err != nil {
			continue
		}
		if err != nil {
			return nil, err
		}
		if sure {
			w.text = &[]string{doc.Value()}[0]
		}
		writes = append(writes, w)
	}
	switch {
	case closed == 1:
		d.tell("forgot", "a second row that no key opened")
	case closed > 1:
		d.tell("forgot", strconv.Itoa(closed)+" rows beside the first that no key opened")
	}
	return writes, nil
}

// tell adds a detail to the event of the deed. What is told before the intent
// stands in it, too.
func (d *deed) tell(name, value string) {
	d.event.Details = append(d.event.Details[:len(d.event.Details):len(d.event.Details)], app.Detail{Name: name, Value: value})
}

// Unlock clears the lock-out and the failed attempts.
func (s *Store) Unlock(ctx context.Context, id app.UserID, version int64, e app.Event) error {
	return s.change(ctx, "unlock", id, version, e, func(d *deed) error {
		if err := d.intend(); err != nil {
			return err
		}
		return d.unlock()
	})
}

func (d *deed) unlock() error {
	return d.exec("UPDATE {admin_user} SET failures_num = 0, first_failure = NULL, lock_expires = NULL WHERE user_id = ?", d.account.id)
}

// EndSessions signs a user out of the shop's admin, and takes back the tokens
// of its web interfaces, as far as their tables can be used: the event says of
// each. It returns how many sessions were open.
func (s *Store) EndSessions(ctx context.Context, id app.UserID, e app.Event) (int, error) {
	if err := s.Able(app.AbleChange); err != nil {
		return 0, err
	}
	if err := s.Able(app.AbleSessions); err != nil {
		return 0, err
	}
	open := 0
	err := s.change(ctx, "end sessions", id, 0, e, func(d *deed) (err error) {
		d.tell("tokens", s.tokensEnded())
		if err := d.intend(); err != nil {
			return err
		}
		open, err = d.endSessions()
		d.tell("ended", strconv.Itoa(open))
		return err
	})
	if err != nil {
		return 0, err
	}
	return open, nil
}

// endSessions does what Magento's own “Force Sign-In” does: the shop ends each
// session at its next request, and takes no token that was given out before.
func (d *deed) endSessions() (open int, err error) {
	open, err = d.count("UPDATE {admin_user_session} SET status = 0 WHERE user_id = ? AND status = 1", d.account.id)
	if err == nil && d.s.shop.has(revokedTable) {
		err = d.revoke()
	}
	if err == nil && d.s.shop.has(oauthTable) {
		err = d.exec("DELETE FROM {oauth_token} WHERE admin_id = ?", d.account.id)
	}
	return open, err
}

// tokensEnded says of each table of tokens whether an end of sessions takes
// them back.
func (s *Store) tokensEnded() string {
	words := make([]string, len(tokenTables))
	for i, name := range tokenTables {
		word := "ended"
		switch err := s.shop.lacks[name]; {
		case err == nil:
		case app.KindOf(err) == app.NotFound:
			word = "the shop has none"
		case app.KindOf(err) == app.Denied:
			word = "not ended, forbidden or not there"
		default:
			word = "not ended, it has other columns than Magento's"
		}
		words[i] = name + ": " + word
	}
	return strings.Join(words, "; ")
}

// revoke takes back the user's tokens that have no row of their own, by the
// database's time. MariaDB asks for the right to change every column where one
// statement adds or changes, so these are two.
func (d *deed) revoke() error {
	n, err := d.count("UPDATE {jwt_auth_revoked} SET revoke_before = UNIX_TIMESTAMP() WHERE user_type_id = 2 AND user_id = ?", d.account.id)
	if err != nil || n > 0 {
		return err
	}
	// Should somebody else add the row at this moment, it says the same.
	return d.exec("INSERT IGNORE INTO {jwt_auth_revoked} (user_type_id, user_id, revoke_before) VALUES (2, ?, UNIX_TIMESTAMP())", d.account.id)
}

// openSessions counts the sessions of a user.
func (s *Store) openSessions(ctx context.Context, base conn, id int64) (n int, err error) {
	if !s.shop.has(sessionTable) {
		return 0, nil
	}
	err = base.row(ctx, "SELECT COUNT(*) FROM {admin_user_session} WHERE user_id = ? AND status = 1", id).Scan(&n)
	return n, err
}
