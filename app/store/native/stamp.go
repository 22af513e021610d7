package native

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"

	"github.com/factordesk/factordesk/app"
)

// Stamp implements app.Stamped. Each change has its event, so the newest one
// tells all changes.
func (s *Store) Stamp(ctx context.Context) (string, error) {
	if err := s.inPlace(ctx); err != nil {
		return "", err
	}
	h, err := s.Head(ctx)
	return h.Stamp(), err
}

// home is the file of a local store under its name. One that is removed, or
// moved away, under an open store would go on to take changes, which nobody finds
// again.
type home struct {
	path string
	file os.FileInfo // as it was opened
	log  os.FileInfo // beside it; nil: none is known
	shut bool        // another file was found there, and is not used
}

// homeOf finds the file of a store that was just opened.
func homeOf(path string) (*home, error) {
	file, err := os.Stat(path)
	if err != nil {
		return nil, explainFile(path, err)
	}
	log, err := os.Stat(path + "-wal")
	if err != nil { // a store that is only looked at has none
		log = nil
	}
	return &home{path: path, file: file, log: log}, nil
}

// check returns nil if the file is where it was.
func (p *home) check() error {
	if p == nil {
		return nil
	}
	now, err := os.Stat(p.path)
	if err == nil && !p.shut && os.SameFile(now, p.file) {
		return nil
	}
	gone := app.Errorf(app.Unreachable, "The store’s file is not in its place any more. Nothing was changed.").
		WithHint("Put %s back, or connect its drive.", filepath.Base(p.path))
	if err == nil {
		gone = app.Errorf(app.Unreachable, "Another file has taken the place of the store’s own. Nothing was changed.").
			WithHint("It is looked at anew in a moment.")
	}
	return gone.Because(err)
}

// inPlace returns nil if the store's file is where it was. One that was put back
// as a copy is opened in its stead, if it is this store.
func (s *Store) inPlace(ctx context.Context) error {
	p := s.homeNow()
	err := p.check()
	if err == nil {
		return nil
	}
	found, ferr := homeOf(p.path)
	if ferr != nil {
		return err
	}
	if err := s.reopen(ctx, found); err != nil {
		return explain("reopen", err)
	}
	return nil
}

func (s *Store) homeNow() *home {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.home
}

// reopen lets go of every connection to a file that is gone, and looks at the one
// that is in its place now. Until that is found to be the store's, it is neither
// read nor written.
func (s *Store) reopen(ctx context.Context, found *home) error {
	was := s.homeNow()
	s.moveTo(&home{path: was.path, file: was.file, log: was.log, shut: true})
	if s.write != nil {
		select {
		case s.write.turn <- struct{}{}:
			s.write.link.(*sqliteLink).drop()
			letGo(s.writerDB())
			<-s.write.turn
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	letGo(s.read.db)
	if _, err := inspect(found.path); err != nil {
		return err
	}
	// The engine would put what is in the log into whatever file it finds.
	if found.log != nil && was.log != nil && os.SameFile(found.log, was.log) && !os.SameFile(found.file, was.file) {
		return app.Errorf(app.Unreachable, "The file in the place of the store’s own does not belong to the log beside it. Nothing was changed.").
			WithHint("Close the store at every desk, and put back the file that was there before.")
	}
	var id string
	if err := s.read.db.QueryRowContext(ctx, "SELECT store_id FROM store WHERE id = 1").Scan(&id); err != nil {
		return errNotWhole(err)
	}
	if id != s.info.ID {
		return app.Errorf(app.Unreachable, "Another store is in the place of this one. Nothing was changed.").
			WithHint("Put the file of %s back, or open the other store.", s.info.Name)
	}
	if found, err := homeOf(found.path); err == nil { // with its own log
		s.moveTo(found)
	}
	return nil
}

// moveTo makes a file the store's own; what was read of the other one is
// forgotten.
func (s *Store) moveTo(h *home) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.home, s.rolesV, s.roles, s.locked = h, -1, nil, lockCount{}
}

// letGo closes the connections of a pool that nobody uses now.
func letGo(db *sql.DB) {
	db.SetMaxIdleConns(0)
	db.SetMaxIdleConns(mostOpen)
}
