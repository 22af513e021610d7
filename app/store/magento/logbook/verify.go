package logbook

import (
	"bytes"
	"context"
	"database/sql"
	"strconv"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/audit"
)

// progressEvery is how many events lie between two calls of progress.
const progressEvery = 500

// VerifyChain recomputes the whole chain from the stored bytes, in one snapshot,
// and compares the columns that choose events with them. progress may be nil.
func (b *Book) VerifyChain(ctx context.Context, progress func(done, total int64)) (app.AuditReport, error) {
	r, err := b.verifyChain(ctx, progress)
	if err != nil {
		return app.AuditReport{}, explain("verify", err)
	}
	r.Checked = b.now().UTC()
	return r, nil
}

func (b *Book) verifyChain(ctx context.Context, progress func(done, total int64)) (r app.AuditReport, err error) {
	snapshot, err := b.read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return r, err
	}
	defer func() { _ = snapshot.Rollback() }() // it only reads
	var s seal
	var total int64
	err = snapshot.QueryRowContext(ctx, "SELECT "+sealColumns+", (SELECT coalesce(max(seq), 0) FROM events) FROM book WHERE id = 1").
		Scan(append(s.fields(), &total)...)
	if err != nil {
		return r, err
	}
	v := &verifier{Verifier: audit.NewVerifier(audit.Seal{Seq: s.seq, Hash: s.hash}), outcomes: map[int64]int64{}}
	if err := v.feed(ctx, snapshot, total, progress); err != nil {
		return r, err
	}
	v.end()
	r = v.Finish(b.keys.state(s))
	if len(s.key) == 0 {
		r.Unsealed = r.Events
	}
	r.ProvedFrom = v.adopted
	return r, nil
}

// state is what the keys tell of a seal. Open seals what was not sealed before,
// so where there is a key there is a seal.
func (r keyring) state(s seal) audit.SealState {
	switch {
	case r.empty(), len(s.key) > 0 && !r.knows(s):
		return audit.SealUnchecked
	case r.right(s):
		return audit.SealRight
	}
	return audit.SealWrong
}

// verifier is audit.Verifier with what is known of intents beside the forms.
type verifier struct {
	*audit.Verifier
	outcomes map[int64]int64 // the intents whose outcome is still to come, by its number
	adopted  int64           // the last event with which a key took over what was there (seal.go)
	broken   bool
}

// feed gives all stored events to the verifier, until one does not fit.
func (v *verifier) feed(ctx context.Context, snapshot *sql.Tx, total int64, progress func(done, total int64)) error {
	rows, err := snapshot.QueryContext(ctx, "SELECT seq, form, hash, at, operator_id, target_id, settled FROM events ORDER BY seq")
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	var n int64
	for rows.Next() && !v.broken {
		var c columns
		if err := rows.Scan(&c.seq, &c.form, &c.hash, &c.at, &c.operator, &c.target, &c.settled); err != nil {
			return err
		}
		v.add(c)
		if n++; progress != nil && n%progressEvery == 0 {
			progress(n, total)
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	if progress != nil {
		progress(n, total)
	}
	return nil
}

// columns is an event as it is stored. A column of another type than the
// schema's was put there from outside.
type columns struct {
	seq              int64
	form, hash       sql.RawBytes
	at               any
	operator, target any
	settled          any
}

func (v *verifier) add(c columns) {
	if !v.Add(c.seq, c.form, c.hash) {
		v.broken = true
		return
	}
	at, what := c.seq, c.lie()
	if what == "" {
		at, what = v.intent(c)
	}
	if what != "" {
		v.Broken(at, what)
		v.broken = true
		return
	}
	if bytes.Contains(c.form, []byte(app.DoSealActivity)) {
		if e, err := audit.Decode(c.form); err == nil && e.Action == app.DoSealActivity {
			v.adopted = c.seq
		}
	}
}

// lie names the column that does not say what the form says, or nothing.
func (c columns) lie() string {
	f, err := audit.Parse(c.form)
	switch {
	case err != nil:
		return "form"
	case c.at != any(f.Micro):
		return "time"
	case c.operator != any(string(f.OperatorID)):
		return "operator"
	case c.target != any(string(f.TargetID)):
		return "target"
	}
	return ""
}

// intent names an event that does not fit as an intent or an outcome, and what
// of it, or nothing: an intent is open or names its outcome by its number, and
// that names the intent. That is in its form, so it is the intent that lies.
func (v *verifier) intent(c columns) (at int64, what string) {
	const outcome = "outcome"
	meant, expected := v.outcomes[c.seq]
	delete(v.outcomes, c.seq)
	settled, isIntent := c.settled.(int64)
	switch {
	case !isIntent && c.settled != nil:
		return c.seq, outcome
	case !isIntent && !expected && !bytes.Contains(c.form, []byte(IntentDetail)):
		return 0, ""
	}
	e, err := audit.Decode(c.form)
	if err != nil {
		return c.seq, "form"
	}
	if (e.Outcome == app.Intent) != isIntent {
		return c.seq, outcome
	}
	number, _ := strconv.ParseInt(e.Detail(IntentDetail), 10, 64) // 0: it is no outcome
	switch {
	case expected && number != meant:
		return meant, outcome
	case !expected && number != 0:
		return min(max(number, 1), c.seq), outcome
	case isIntent && settled != 0:
		if _, twice := v.outcomes[settled]; twice || settled <= c.seq {
			return c.seq, outcome
		}
		v.outcomes[settled] = c.seq
	}
	return 0, ""
}

// end looks for intents whose outcome never came.
func (v *verifier) end() {
	if v.broken {
		return
	}
	var first int64
	for _, intent := range v.outcomes {
		if first == 0 || intent < first {
			first = intent
		}
	}
	if first > 0 {
		v.Broken(first, "outcome")
	}
}
