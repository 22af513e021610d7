package magento

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"strings"
	"time"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/store/magento/factors"
	"github.com/factordesk/factordesk/app/store/magento/logbook"
)

// deed is one change of one user on its way: a transaction in the shop, with an
// intent before the first change and an outcome after it, both in the logbook.
type deed struct {
	s     *Store
	ctx   context.Context
	tx    *sql.Tx
	base  conn // tx
	event app.Event

	account   account            // as it is locked: without role and end, see deed.load
	documents []factors.Document // of account.rows

	intent int64                   // its number; 0: nothing was to be changed yet
	also   func(*logbook.Tx) error // what the logbook remembers besides when it is done; nil: nothing
}

// maxTries is how often a deed makes way for other transactions.
const maxTries = 3

// change does a deed on a user whose rows are locked meanwhile: the user first,
// then the 2FA data, as Magento takes them. When it returns nil the deed is done
// and in the logbook; version 0 is any.
func (s *Store) change(ctx context.Context, name string, id app.UserID, version int64, e app.Event, do func(*deed) error) error {
	if err := s.Able(app.AbleChange); err != nil {
		return err
	}
	var err error
	for try := range maxTries {
		if err = pause(ctx, try); err == nil {
			err = s.attempt(ctx, id, version, e, do)
		}
		if !busy(err) {
			break
		}
	}
	return explain(name, err)
}

// pause waits before another try.
func pause(ctx context.Context, try int) error {
	if try == 0 {
		return ctx.Err()
	}
	return pauseFor(ctx, time.Duration(try)*50*time.Millisecond)
}

// attempt is one try of a deed.
func (s *Store) attempt(ctx context.Context, id app.UserID, version int64, e app.Event, do func(*deed) error) error {
	n, ok := numberOf(id)
	if !ok {
		return errNoUser()
	}
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // after a commit it does nothing
	d := &deed{s: s, ctx: ctx, tx: tx, base: conn{tx, s.base.names}, event: e}
	if err := d.lock(n); err != nil {
		return err
	}
	if err := d.is(version); err != nil {
		return err
	}
	if err := do(d); err != nil {
		return d.failed(err)
	}
	return d.finish()
}

// lock reads the user and the 2FA data, and keeps others from changing them
// until the transaction ends.
func (d *deed) lock(id int64) (err error) {
	if d.account, err = lockUser(d.ctx, d.base, id); err != nil {
		return err
	}
	if d.account.rows, err = lockRows(d.ctx, d.base, id); err != nil {
		return err
	}
	d.documents = d.s.documents(d.account)
	return nil
}

// lockUser locks a user. Magento waits for it where it would add a row of 2FA
// data.
func lockUser(ctx context.Context, base conn, id int64) (account, error) {
	a := account{id: id, user: app.User{ID: userID(id)}}
	var username, email, first, last sql.NullString
	var failures sql.NullInt64
	var failed, until sql.NullTime
	var active int
	err := base.row(ctx, "SELECT username, email, firstname, lastname, is_active, failures_num, first_failure, lock_expires FROM {admin_user} WHERE user_id = ? FOR UPDATE", id).
		Scan(&username, &email, &first, &last, &active, &failures, &failed, &until)
	if errors.Is(err, sql.ErrNoRows) {
		return a, errNoUser()
	}
	a.user.Username, a.user.Email, a.user.FirstName, a.user.LastName = username.String, email.String, first.String, last.String
	a.user.Active, a.user.Failures, a.user.LockedUntil = active == 1, int(failures.Int64), until.Time
	a.first = failed.Time
	return a, err
}

// lockRows locks all rows of 2FA data of a user, the one that Magento reads
// first.
func lockRows(ctx context.Context, base conn, id int64) (found []row, err error) {
	rows, err := base.query(ctx, "SELECT "+rowColumns+" FROM {tfa_user_config} c WHERE c.user_id = ? ORDER BY c.config_id FOR UPDATE", id)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	var a account
	for rows.Next() {
		var r nullRow
		if err := rows.Scan(&r.id, &r.length, &r.text); err != nil {
			return nil, err
		}
		a.addRow(r)
	}
	return a.rows, rows.Err()
}

// is returns a conflict when the user has another version by now. The role is
// read for it only: the shop has no index that finds it.
func (d *deed) is(version int64) error {
	if version == 0 {
		return nil
	}
	u, err := d.load()
	if err == nil && u.Version != version {
		err = errChanged(u)
	}
	return err
}

// load reads the whole user in the transaction.
func (d *deed) load() (app.User, error) {
	l, err := d.s.readLaw(d.ctx, d.base)
	if err != nil {
		return app.User{}, err
	}
	a, found, err := d.s.account(d.ctx, d.base, d.account.user.ID)
	if err != nil {
		return app.User{}, err
	}
	if !found {
		return app.User{}, errNoUser()
	}
	return d.s.user(l, a, d.s.documents(a)), nil
}

// first is the document that Magento reads; an empty one where there is none.
func (d *deed) first() factors.Document {
	if len(d.documents) == 0 {
		return factors.Judge("", d.s.keys)
	}
	return d.documents[0]
}

// write is a new encoded_config of a row.
type write struct {
	row  int     // its place among the rows; len(rows): a row that is not there yet
	text *string // nil: NULL
}

// intend says in the logbook what the rows will be. It stands before the first
// change of a deed.
func (d *deed) intend(writes ...write) error {
	e := d.event
	var after []byte
	if len(writes) > 0 {
		rows := append([]row(nil), d.account.rows...)
		for _, w := range writes {
			if w.row == len(rows) {
				rows = append(rows, row{})
			}
			rows[w.row] = row{null: w.text == nil}
			if w.text != nil {
				rows[w.row].text = *w.text
			}
		}
		after = digest(rows)
		e.Details = append(e.Details[:len(e.Details):len(e.Details)], app.Detail{Name: overDetail, Value: hexOf(digest(d.account.rows))})
	}
	seq, err := d.s.book.Intend(d.ctx, e, after)
	d.intent = seq
	return err
}

// put writes new texts into rows, after the intent to do so.
func (d *deed) put(writes ...write) error {
	if err := d.intend(writes...); err != nil {
		return err
	}
	for _, w := range writes {
		text := sql.NullString{}
		if w.text != nil {
			text = sql.NullString{String: *w.text, Valid: true}
		}
		var err error
		if w.row < len(d.account.rows) {
			err = d.exec("UPDATE {tfa_user_config} SET encoded_config = ? WHERE config_id = ?", text, d.account.rows[w.row].id)
		} else {
			err = d.exec("INSERT INTO {tfa_user_config} (user_id, encoded_providers, encoded_config) VALUES (?, '[]', ?)",
				d.account.id, text)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (d *deed) exec(text string, args ...any) error {
	_, err := d.base.exec(d.ctx, text, args...)
	return err
}

// failed takes the deed back, and says so in the logbook where an intent
// stands.
func (d *deed) failed(err error) error {
	_ = d.tx.Rollback() // a connection that is gone has taken it back
	if d.intent == 0 {
		return err
	}
	message, _ := app.Explain(explain("", err))
	e := d.event
	e.Outcome, e.Reason = app.Failed, strings.TrimSpace("Nothing was changed. "+message)
	// Where this fails the intent stays open, and the next look at the shop tells.
	_ = d.s.book.Settle(context.WithoutCancel(d.ctx), d.intent, e)
	return err
}

// finish makes the change last, and says so in the logbook.
func (d *deed) finish() error {
	err := d.tx.Commit()
	switch {
	case err == nil:
	case errors.Is(err, sql.ErrTxDone) && d.ctx.Err() != nil: // stopped just before
		return d.failed(d.ctx.Err())
	case !cut(err):
		return d.failed(err)
	default:
		done, err := d.s.clarify(d.event, d.intent, err)
		if err != nil {
			return err
		}
		if !done {
			return d.failed(app.Errorf(app.Unreachable, "The connection to the shop's database was cut before it was done.").
				WithHint("Nothing was changed. Check the network, and try again."))
		}
	}
	return d.done()
}

// done writes the outcome. The deed cannot be taken back any more.
func (d *deed) done() error {
	e := d.event
	e.Outcome = app.Done
	err := d.s.book.Write(context.WithoutCancel(d.ctx), func(t *logbook.Tx) error {
		if d.intent == 0 {
			if _, err := t.Append(e); err != nil {
				return err
			}
		} else if err := t.Settle(d.intent, e); err != nil {
			return err
		}
		if d.also != nil {
			return d.also(t)
		}
		return nil
	})
	if app.KindOf(err) == app.Conflict && d.intent != 0 {
		return nil // another console found it open, looked at the shop, and wrote the same
	}
	if err != nil {
		return app.Errorf(app.Unreachable, "The shop was changed, but the logbook on this computer could not be written to.").
			WithHint("Do not repeat it. Make room on the disk; the logbook is completed when the shop is opened again.").Because(err)
	}
	return nil
}

// digest is what rows are recognized by. Each text that is encrypted anew is
// another one, so two states never have the same.
func digest(rows []row) []byte {
	h := sha256.New()
	for _, r := range rows {
		if r.null {
			part(h, "NULL")
			continue
		}
		part(h, "text "+r.text)
	}
	return h.Sum(nil)
}
