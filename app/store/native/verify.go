package native

import (
	"bytes"
	"context"
	"database/sql"
	"strconv"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/audit"
)

// progressEvery is how many events or rows lie between two calls of progress.
const progressEvery = 500

// VerifyChain recomputes the whole chain from the stored bytes, in one
// snapshot, and compares the columns that choose events with them.
func (s *Store) VerifyChain(ctx context.Context, progress func(done, total int64)) (app.AuditReport, error) {
	r, err := s.verifyChain(ctx, progress)
	if err != nil {
		return app.AuditReport{}, explain("verify audit", err)
	}
	r.Checked = s.now().UTC()
	return r, nil
}

func (s *Store) verifyChain(ctx context.Context, progress func(done, total int64)) (app.AuditReport, error) {
	snapshot, err := s.read.db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return app.AuditReport{}, err
	}
	defer func() { _ = snapshot.Rollback() }() // it only reads
	var seal audit.Seal
	var mac []byte
	var total int64
	err = snapshot.QueryRowContext(ctx, "SELECT head_seq, head_hash, head_mac, (SELECT coalesce(max(seq), 0) FROM events) "+
		"FROM store WHERE id = 1").Scan(&seal.Seq, &seal.Hash, &mac, &total)
	if err != nil {
		return app.AuditReport{}, err
	}
	state := audit.SealUnchecked
	if keys, _ := s.openKeys(); keys != nil {
		state = audit.SealWrong
		if keys.CheckMAC(mac, headUse, headParts(s.info.ID, seal.Seq, seal.Hash)...) {
			state = audit.SealRight
		}
	}
	v := audit.NewVerifier(seal)
	if err := feed(ctx, snapshot, v, total, progress); err != nil {
		return app.AuditReport{}, err
	}
	return v.Finish(state), nil
}

// feed gives all stored events to the verifier, until one does not fit.
func feed(ctx context.Context, snapshot *sql.Tx, v *audit.Verifier, total int64, progress func(done, total int64)) error {
	rows, err := snapshot.QueryContext(ctx,
		"SELECT seq, form, hash, at, operator_id, target_id, action, outcome FROM events ORDER BY seq")
	if err != nil {
		return err
	}
	defer rows.Close()
	var seq, at int64
	var operator, target sql.NullInt64
	var form, hash, action, outcome sql.RawBytes
	var n int64
	for rows.Next() {
		if err := rows.Scan(&seq, &form, &hash, &at, &operator, &target, &action, &outcome); err != nil {
			return err
		}
		if !v.Add(seq, form, hash) {
			return nil
		}
		if what := lie(form, at, operator, target, action, outcome); what != "" {
			v.Broken(seq, what)
			return nil
		}
		if n++; progress != nil && n%progressEvery == 0 {
			progress(n, total)
		}
	}
	if progress != nil {
		progress(n, total)
	}
	return rows.Err()
}

// lie names the column that does not say what the form says, or nothing.
func lie(form []byte, at int64, operator, target sql.NullInt64, action, outcome []byte) string {
	f, err := audit.Parse(form)
	switch {
	case err != nil:
		return "form"
	case f.Micro != at:
		return "time"
	case !sameID(f.OperatorID, operator):
		return "operator"
	case !sameID(f.TargetID, target):
		return "target"
	case !bytes.Equal(f.Action, action):
		return "action"
	case !bytes.Equal(f.Outcome, outcome):
		return "outcome"
	}
	return ""
}

// sameID compares an ID as text with its column, without making a string.
func sameID(text []byte, column sql.NullInt64) bool {
	if !column.Valid {
		_, ok := number(app.UserID(text))
		return !ok
	}
	var digits [20]byte
	return bytes.Equal(text, strconv.AppendInt(digits[:0], column.Int64, 10))
}
