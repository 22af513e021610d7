package native

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/seal"
)

// link is the connection on which this console changes the store, in one
// transaction after the other.
type link interface {
	// begin starts a transaction with what the deed holds in it, and returns what is
	// there then.
	begin(ctx context.Context, h hold) (opening, error)

	// deedContext is what the statements of a deed run under, whose caller has ctx.
	deedContext(ctx context.Context) context.Context

	// commit ends the transaction. When it fails nothing is changed, unless the
	// error says that nobody knows. head is the last event of the deed, if it has one.
	commit(ctx context.Context, head app.Head) error

	rollback()
	close() error

	// exec returns how many rows a statement has changed. put is for those that
	// must change one row, and also for those of which it does not matter; their
	// errors may come later, at the latest with flush or commit. insert returns the ID of the new row. undo takes back what was done
	// since a savepoint.
	exec(ctx context.Context, text string, args ...any) (int64, error)
	put(ctx context.Context, text string, args ...any) error
	also(ctx context.Context, text string, args ...any) error
	flush(ctx context.Context) error
	insert(ctx context.Context, text string, args ...any) (int64, error)
	undo(ctx context.Context, savepoint string) error
	query(ctx context.Context, text string, args ...any) (*sql.Rows, error)
	row(ctx context.Context, text string, args []any, dest ...any) error

	// guard keeps other deeds from counting the Administrators until this one is
	// over. newest reads the end of the chain, and keeps others from writing to it
	// until then. Locks are taken in one order: users, guard, newest.
	guard(ctx context.Context) error
	newest(ctx context.Context) (chainEnd, error)

	// prove shows that this console holds the keys of the store, to a server that
	// asks for it; expectProof says what it is to ask for.
	prove(ctx context.Context, proof []byte) error
	expectProof(ctx context.Context, proof []byte) error

	addSearch(ctx context.Context, id int64, text string) error
	removeSearch(ctx context.Context, id int64, text string) error
}

// stamp is the versions of the roles and of the keys when a transaction begins;
// the keys stay until it ends. -1: there is no store yet.
type stamp struct{ roles, keys int64 }

var unknown = stamp{-1, -1}

// opening is what a transaction begins with.
type opening struct {
	at   stamp
	user [][]any // rows of personQuery about the user that the deed holds, read under the lock; nil: not read
}

const versionsQuery = "SELECT roles_version, keys_version FROM store WHERE id = 1"

// hold is what a deed keeps others from meanwhile, besides the end of the chain.
// A local store has one lock for all.
type hold struct {
	user  int64 // of this user; 0: of none
	alone bool  // of all users and roles
	once  bool  // the deed cannot be begun anew
}

// holdUser is the hold of a deed on one user. An ID that is no number is nobody's.
func holdUser(id app.UserID) hold { return hold{user: mustNumber(id)} }

// chainEnd is the newest event, and what the store says of the one that a holder
// of the keys has sealed, if that came on the way.
type chainEnd struct {
	last app.Head
	seal *endSeal
}

// endSeal is the sealed event, and its MAC.
type endSeal struct {
	app.Head
	mac []byte
}

const endSealQuery = "SELECT head_seq, head_hash, head_mac FROM store WHERE id = 1"

const newestEvent = "SELECT seq, hash FROM events ORDER BY seq DESC LIMIT 1"

// writer gives the link to one deed after the other.
type writer struct {
	link link
	turn chan struct{} // holds a value while a transaction runs
}

// tx is a transaction.
type tx struct {
	s     *Store
	w     *writer
	ctx   context.Context
	roles map[app.RoleID]app.Role // nil: not read yet, or changed

	at     stamp
	held   int64        // the user whose rows are in user; 0: they are not true any more
	user   [][]any      // of personQuery
	counts tally        // not written yet
	head   app.Head     // the last event of the deed
	next   *seal.Keyset // that the deed puts in place of the open one; nil: none
}

// begin waits for its turn in this process and for what the deed holds.
func (w *writer) begin(ctx context.Context, s *Store, h hold) (*tx, error) {
	select {
	case w.turn <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	o, err := w.link.begin(ctx, h)
	if err != nil {
		<-w.turn
		return nil, err
	}
	t := &tx{s: s, w: w, at: o.at, ctx: w.link.deedContext(ctx)}
	if o.user != nil {
		t.held, t.user = h.user, o.user
	}
	return t, nil
}

// commit ends the transaction and the turn.
func (t *tx) commit() error {
	err := t.w.link.commit(t.ctx, t.head)
	<-t.w.turn
	return err
}

// rollback ends the transaction and the turn.
func (t *tx) rollback() {
	t.w.link.rollback()
	<-t.w.turn
}

// close waits for a running transaction and closes the link.
func (w *writer) close() error {
	w.turn <- struct{}{}
	err := w.link.close()
	<-w.turn
	return err
}

// exec runs an SQL text and returns how many rows it changed.
func (t *tx) exec(text string, args ...any) (int64, error) {
	t.held = 0
	return t.w.link.exec(t.ctx, text, args...)
}

// put runs an SQL text that must change one row; see link.
func (t *tx) put(text string, args ...any) error {
	t.held = 0
	return t.w.link.put(t.ctx, text, args...)
}

// also runs an SQL text that may change any number of rows; see link.
func (t *tx) also(text string, args ...any) error {
	t.held = 0
	return t.w.link.also(t.ctx, text, args...)
}

func (t *tx) insert(text string, args ...any) (int64, error) {
	t.held = 0
	return t.w.link.insert(t.ctx, text, args...)
}

func (t *tx) query(text string, args ...any) (*sql.Rows, error) {
	return t.w.link.query(t.ctx, text, args...)
}

// row runs an SQL text and scans its only row into dest.
func (t *tx) row(text string, args []any, dest ...any) error {
	return t.w.link.row(t.ctx, text, args, dest...)
}

// mostTries is how often a deed is begun before it is given up, where the engine
// takes it back because of others.
const mostTries = 5

// change runs a deed as one transaction. When the deed fails, nothing of it is
// in the store, its events neither. The deed is run again from its beginning
// where the engine took it back.
func (s *Store) change(ctx context.Context, deed string, h hold, do func(*tx) error) error {
	if err := s.mayChange(); err != nil {
		return err
	}
	if err := s.homeNow().check(); err != nil {
		return err
	}
	for try := 1; ; try++ {
		err := s.changeOnce(ctx, h, do)
		if err == nil || h.once || try == mostTries || faultOf(err) != raced || ctx.Err() != nil {
			return explain(deed, err)
		}
	}
}

func (s *Store) changeOnce(ctx context.Context, h hold, do func(*tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	t, err := s.begin(ctx, h)
	if err != nil {
		return err
	}
	done := false
	defer func() {
		if !done { // a panic in the deed
			t.rollback()
		}
	}()
	err = do(t)
	done = true
	if err != nil {
		t.rollback()
		return err
	}
	return t.commit()
}

// none reports whether a query found no row.
func none(err error) bool { return errors.Is(err, sql.ErrNoRows) }

// affected returns an error unless exactly one row was changed.
func affected(n int64, err error) error {
	if err == nil && n != 1 {
		err = fmt.Errorf("%d rows instead of one", n)
	}
	return err
}
