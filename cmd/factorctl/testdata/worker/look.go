package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"time"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/audit"
	"github.com/factordesk/factordesk/app/store/native"
)

// view is what is in a store. The tests read it from here, because the engine
// is ten times slower under the race detector.
type view struct {
	Report app.AuditReport // of the program's own check
	Events []app.Event     // after a number, oldest first
	Users  []user
	Faults []string // what the engine finds wrong, and what is kept twice and differs
}

// user is a row, with the Google factor if there is one.
type user struct {
	Username, Email, First, Role string
	Active, Operator, MustEnroll bool
	Failures                     int
	LockedUntil, LastSignIn      int64
	Version                      int64
	Status, By                   string
	Since, LastUsed              int64
}

// look opens a store as the programs do, checks it, and prints what is in it.
// The store is opened by us first: the engine has repaired nothing before.
func look(ctx context.Context, path, operator, password string, after int64) (err error) {
	var v view
	if v.Report, err = verify(ctx, path, operator, password); err != nil {
		return err
	}
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+"?_pragma=busy_timeout(5000)")
	if err != nil {
		return err
	}
	if v.Events, err = events(ctx, db, after); err != nil {
		return err
	}
	if v.Users, err = users(ctx, db); err != nil {
		return err
	}
	if v.Faults, err = faults(ctx, db); err != nil {
		return err
	}
	return errors.Join(db.Close(), json.NewEncoder(os.Stdout).Encode(v))
}

// verify checks the chain and, with the operator's keys, the seal of its end.
// It writes nothing.
func verify(ctx context.Context, path, operator, password string) (r app.AuditReport, err error) {
	s, err := native.Open(ctx, path, native.Options{})
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	a, err := s.CheckPassword(ctx, app.PasswordCheck{Username: operator, Password: app.NewSecret(password), At: time.Now().UTC()})
	if err != nil || !a.Accepted() {
		return r, fmt.Errorf("password of %s: %q, %w", operator, a.Reason, err)
	}
	return s.VerifyChain(ctx, nil)
}

func events(ctx context.Context, db *sql.DB, after int64) ([]app.Event, error) {
	rows, err := db.QueryContext(ctx, "SELECT form FROM events WHERE seq > ? ORDER BY seq", after)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []app.Event
	for rows.Next() {
		var form []byte
		if err := rows.Scan(&form); err != nil {
			return nil, err
		}
		e, err := audit.Decode(form)
		if err != nil {
			return nil, err
		}
		all = append(all, e)
	}
	return all, rows.Err()
}

func users(ctx context.Context, db *sql.DB) ([]user, error) {
	rows, err := db.QueryContext(ctx, `SELECT username, email, first_name, coalesce(role_id, ''), active, operator, must_enroll,
		failures, locked_until, last_sign_in, version, coalesce(status, ''), coalesce(enrolled_by, ''), coalesce(since, 0),
		coalesce(last_used, 0) FROM users LEFT JOIN factors ON user_id = id`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []user
	for rows.Next() {
		var u user
		if err := rows.Scan(&u.Username, &u.Email, &u.First, &u.Role, &u.Active, &u.Operator, &u.MustEnroll, &u.Failures,
			&u.LockedUntil, &u.LastSignIn, &u.Version, &u.Status, &u.By, &u.Since, &u.LastUsed); err != nil {
			return nil, err
		}
		all = append(all, u)
	}
	return all, rows.Err()
}

// faults asks the engine whether the file is as it should be, and compares what
// is kept twice: the numbers of the chips and the search index.
func faults(ctx context.Context, db *sql.DB) ([]string, error) {
	var found []string
	for _, query := range []string{
		"SELECT integrity_check FROM pragma_integrity_check WHERE integrity_check <> 'ok'",
		`SELECT 'a row of ' || "table" || ' refers to nothing' FROM pragma_foreign_key_check`,
		`SELECT 'the numbers of the chips differ' FROM store s WHERE
			s.users <> (SELECT count(*) FROM users) OR
			s.no_factor <> (SELECT count(*) FROM users u WHERE NOT EXISTS (SELECT 1 FROM factors f WHERE f.user_id = u.id)) OR
			s.pending <> (SELECT count(*) FROM factors WHERE status = 'pending') OR
			s.active <> (SELECT count(*) FROM factors WHERE status = 'active') OR
			s.inactive <> (SELECT count(*) FROM users WHERE NOT active)`,
	} {
		rows, err := db.QueryContext(ctx, query)
		if err != nil {
			return nil, err
		}
		for rows.Next() {
			var text string
			if err := rows.Scan(&text); err != nil {
				return nil, errors.Join(err, rows.Close())
			}
			found = append(found, text)
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			return nil, err
		}
	}
	// With 1 it is compared with the users' rows as well.
	if _, err := db.ExecContext(ctx, "INSERT INTO users_search (users_search, rank) VALUES ('integrity-check', 1)"); err != nil {
		found = append(found, "the search index: "+err.Error())
	}
	return found, nil
}
