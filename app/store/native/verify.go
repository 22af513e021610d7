package native

import (
	"bytes"
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"strconv"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/audit"
)

// progressEvery is how many events or rows lie between two calls of progress.
const progressEvery = 500

// VerifyChain recomputes the whole chain from the stored bytes, in one
// snapshot, and compares the columns that choose events with them.
func (s *Store) VerifyChain(ctx context.Context, progress func(done, total int64)) (app.AuditReport, error) {
	r, err := untilAlive(ctx, func() (app.AuditReport, error) { return s.verifyChain(ctx, progress) })
	if err != nil {
		return app.AuditReport{}, explain("verify audit", err)
	}
	r.Checked = s.now().UTC()
	return r, nil
}

func (s *Store) verifyChain(ctx context.Context, progress func(done, total int64)) (app.AuditReport, error) {
	conn, err := s.read.db.Conn(ctx)
	if err != nil {
		return app.AuditReport{}, err
	}
	defer conn.Close()
	snapshot, err := conn.BeginTx(ctx, &s.dialect.snapshot)
	if err != nil {
		return app.AuditReport{}, err
	}
	defer func() { _ = snapshot.Rollback() }() // it only reads
	return s.verifyOn(ctx, conn, progress)
}

// verifyOn recomputes the chain of a store with this one's keys, over a connection
// on which nothing changes meanwhile.
func (s *Store) verifyOn(ctx context.Context, conn *sql.Conn, progress func(done, total int64)) (app.AuditReport, error) {
	var seal audit.Seal
	var mac []byte
	var total int64
	var keysVersion int64
	err := conn.QueryRowContext(ctx, "SELECT head_seq, head_hash, head_mac, (SELECT coalesce(max(seq), 0) FROM events), keys_version "+
		"FROM store WHERE id = 1").Scan(&seal.Seq, &seal.Hash, &mac, &total, &keysVersion)
	if err != nil {
		return app.AuditReport{}, err
	}
	if err := s.keysAt(ctx, keysVersion); err != nil {
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
	err = conn.Raw(func(c any) error {
		return feed(ctx, c.(driver.QueryerContext), v, total, progress)
	})
	if err != nil {
		return app.AuditReport{}, err
	}
	return v.Finish(state), nil
}

// feed gives all stored events to the verifier, until one does not fit. It
// asks the driver itself, which spares the copies that database/sql makes.
func feed(ctx context.Context, conn driver.QueryerContext, v *audit.Verifier, total int64, progress func(done, total int64)) error {
	rows, err := conn.QueryContext(ctx, "SELECT seq, form, hash, at, operator_id, target_id FROM events ORDER BY seq", nil)
	if err != nil {
		return err
	}
	defer rows.Close()
	row := make([]driver.Value, 6)
	var n int64
	for {
		err := rows.Next(row)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		// A column of another type than the schema's was put there from outside.
		seq, _ := row[0].(int64)
		form, _ := row[1].([]byte)
		hash, _ := row[2].([]byte)
		if !v.Add(seq, form, hash) {
			return nil
		}
		if what := lie(form, row[3], row[4], row[5]); what != "" {
			v.Broken(seq, what)
			return nil
		}
		if n++; n%progressEvery != 0 {
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if progress != nil {
			progress(n, total)
		}
	}
	if progress != nil {
		progress(n, total)
	}
	return nil
}

// lie names the column that does not say what the form says, or nothing.
func lie(form []byte, at, operator, target driver.Value) string {
	f, err := audit.Parse(form)
	switch {
	case err != nil:
		return "form"
	case !sameTime(f.Micro, at):
		return "time"
	case !sameID(f.OperatorID, operator):
		return "operator"
	case !sameID(f.TargetID, target):
		return "target"
	}
	return ""
}

func sameTime(micro int64, column driver.Value) bool {
	n, ok := column.(int64)
	return ok && n == micro
}

// sameID compares an ID as text with its column, without making a string.
func sameID(text []byte, column driver.Value) bool {
	n, ok := column.(int64)
	if !ok {
		_, isNumber := number(app.UserID(text))
		return column == nil && !isNumber
	}
	var digits [20]byte
	return bytes.Equal(text, strconv.AppendInt(digits[:0], n, 10))
}
