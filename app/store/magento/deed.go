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

	account   account            // as it is locked: without password and end, see deed.load
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

// errCut is the error of a deed that the end of the connection has taken back.
func errCut(err error) error {
	return app.Errorf(app.Unreachable, "The connection to the shop's database was cut before it was done.").
		WithHint("Nothing was changed. Check the network, and try again.").Because(err)
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
		return d.failed(err)
	}
	if err := d.is(version); err != nil {
		return d.failed(err)
	}
	if err := do(d); err != nil {
		return d.failed(err)
	}
	return d.finish()
}

// lock reads the user and the 2FA data, and keeps others from changing them
// until the transaction ends.
func (d *deed) lock(id int64) (err error) {
	if d.account, err = lock(d.ctx, d.base, id); err != nil {
		return err
	}
	d.documents = d.s.documents(d.account)
	return nil
}

// lock reads and locks a user and all rows of 2FA data, the user first. Magento
// waits for the user's row, too, where it would add one of 2FA data.
func lock(ctx context.Context, base conn, id int64) (a account, err error) {
	rows, err := base.query(ctx, "SELECT u.username, u.email, u.firstname, u.lastname, u.is_active, u.failures_num, u.first_failure, u.lock_expires, {now}, "+
		rowColumns+" FROM {admin_user} u LEFT JOIN {tfa_user_config} c ON c.user_id = u.user_id WHERE u.user_id = ? FOR UPDATE", id)
	if err != nil {
		return a, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var l line
		if err := rows.Scan(&l.username, &l.email, &l.first, &l.last, &l.active, &l.failures, &l.failed, &l.until, &l.now,
			&l.row.id, &l.row.length, &l.row.text); err != nil {
			return a, err
		}
		if a.id == 0 {
			a.id = id
			l.fill(&a)
		}
		a.addRow(l.row)
	}
	if err := rows.Err(); err != nil {
		return a, err
	}
	if a.id == 0 {
		return a, errNoUser()
	}
	return a, nil
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
	l, a, err := d.s.read(d.ctx, d.base, d.account.user.ID)
	if err != nil {
		return app.User{}, err
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
	_, err := d.count(text, args...)
	return err
}

// count runs a statement and returns how many rows it is about.
func (d *deed) count(text string, args ...any) (int, error) {
	r, err := d.base.exec(d.ctx, text, args...)
	if err != nil {
		return 0, err
	}
	n, err := r.RowsAffected()
	return int(n), err
}

// failed takes the deed back, and says so in the logbook where an intent
// stands.
func (d *deed) failed(err error) error {
	_ = d.tx.Rollback() // a connection that is gone has taken it back
	switch stopped := d.ctx.Err(); {
	case stopped != nil && cut(err):
		err = stopped
	case cut(err):
		err = errCut(err)
	}
	if d.intent == 0 {
		return err
	}
	message, _ := app.Explain(explain("", err))
	e := d.event
	e.Outcome, e.Reason = app.Failed, message
	if !strings.Contains(message, "othing was changed") {
		e.Reason = "Nothing was changed: " + message
	}
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
		done, unclear := d.s.clarify(d.event, d.intent, err)
		if unclear != nil {
			return unclear
		}
		if !done {
			return d.failed(errCut(err))
		}
	}
	return d.done()
}

// done writes the outcome. The deed is done and cannot be taken back any more,
// and where there is an intent on the disk, the outcome need not be there yet:
// if the machine fails now, the next look at the shop finds it out again.
func (d *deed) done() error {
	e := d.event
	e.Outcome = app.Done
	write := d.s.book.WriteSoon
	if d.intent == 0 || d.also != nil {
		write = d.s.book.Write
	}
	err := write(context.WithoutCancel(d.ctx), func(t *logbook.Tx) error {
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
