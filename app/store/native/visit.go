package native

import (
	"context"
	"errors"
	"fmt"

	"github.com/factordesk/factordesk/app"
)

// Visit is a look at a team's store, step by step, that changes nothing: neither
// an older schema nor an empty database. Its methods go in the order in which they
// stand.
type Visit struct {
	server Server
	store  *Store
}

// Visit connects to a server and signs its account in. It fails as OpenServer
// does.
func (p Server) Visit(ctx context.Context) (*Visit, error) {
	s, err := p.newStore(Options{ReadOnly: true})
	if err != nil {
		return nil, explain("connect", err)
	}
	var version int
	err = s.read.db.QueryRowContext(ctx, "SELECT current_setting('server_version_num')::int").Scan(&version)
	if err != nil {
		return nil, errors.Join(explain("connect", p.explain(err)), s.Close())
	}
	s.info.Engine = fmt.Sprintf("PostgreSQL %d", version/10000)
	return &Visit{server: p, store: s}, nil
}

// Close ends the connection.
func (v *Visit) Close() error { return v.store.Close() }

// Engine is what answers: "PostgreSQL 15".
func (v *Visit) Engine() string { return v.store.info.Engine }

// Schema looks for a store in the database, and says what is there. It fails with
// NotFound where one could be made, Invalid where somebody else's tables are or a
// newer Factordesk's, Denied where the account may not look.
func (v *Visit) Schema(ctx context.Context) (string, error) {
	s := v.store
	if err := s.enter(ctx, v.server); err != nil {
		return "", explain("look at the schema", err)
	}
	files := s.dialect.files()
	target, err := newest(files)
	if err != nil {
		return "", explain("look at the schema", err)
	}
	words := "a store of Factordesk, schema " + app.Thousands(target)
	older := errors.New("older")
	err = s.bringUp(ctx, files, upgrade{untouched: "The store was not changed.", readOnly: older})
	if errors.Is(err, older) {
		return "a store of an older Factordesk, brought up to date when it is opened", nil
	}
	if err == nil {
		err = s.load(ctx)
	}
	if none(err) {
		err = errNoStore(v.server).Because(err)
	}
	if err != nil {
		return "", explain("look at the schema", v.server.explain(err))
	}
	var users int64
	if err := s.read.row(ctx, "SELECT users FROM store WHERE id = 1", nil, &users); err != nil {
		return "", explain("look at the schema", v.server.explain(err))
	}
	if users == 1 {
		return words + ", 1 user", nil
	}
	return words + ", " + app.Thousands(users) + " users", nil
}

// Keys says how many people can open the store's secrets. It fails with Unreadable
// where nobody can, and with Denied where the account may not look.
func (v *Visit) Keys(ctx context.Context) (string, error) {
	s := v.store
	if s.noSecrets {
		return "the account reads no secrets, as an auditor", nil
	}
	var holders int64
	var recovery bool
	err := s.read.row(ctx, "SELECT (SELECT count(*) FROM operators o JOIN users u ON u.id = o.user_id WHERE u.active AND o.slot IS NOT NULL), "+
		"length(recovery) > 0 FROM store WHERE id = 1", nil, &holders, &recovery)
	switch {
	case err != nil:
		return "", explain("look at the keys", v.server.explain(err))
	case !recovery || holders == 0:
		return "", app.Errorf(app.Unreadable, "Nobody holds the keys of this store any more, so no secret opens.").
			WithHint("Restore it from a backup, or get in with the recovery key.")
	case holders == 1:
		return "1 operator opens them with the own password", nil
	}
	return app.Thousands(holders) + " operators open them, each with the own password", nil
}
