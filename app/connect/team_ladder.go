package connect

import (
	"context"
	"errors"
	"net"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/profile"
	"github.com/factordesk/factordesk/app/store/native"
)

// The steps to a team's store, beside those that it has in common with a shop.
const (
	rungName    = "Name"
	rungNetwork = "Network"
	rungKeys    = "Keys"
)

// testTeam is Test for a team's store.
func (o Options) testTeam(ctx context.Context, c profile.Connection, l *ladder) (err error) {
	w, err := o.wayTo(c)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.close()) }()
	l.remedy = func(err error) string { return teamRemedy(w.address, err) }
	l.makes = !c.LooksOnly()
	a := w.address
	if a.SSH.Host != "" {
		l.add(rungSSH, a.SSH.Host)
	}
	for _, r := range [][2]string{
		{rungName, a.Host},
		{rungNetwork, "The database server answers"},
		{rungTLS, "How the connection is encrypted"},
		{rungSignIn, "The database account " + a.Username},
		{rungSchema, "A store of Factordesk in " + a.Database},
		{rungKeys, "Who opens the secrets"},
	} {
		l.add(r[0], r[1])
	}
	if a.SSH.Host != "" {
		if err := l.step(ctx, rungSSH, func() (string, error) {
			err := w.dial(ctx, o)
			return sshWords(a.SSH, w.tunnel), err
		}); err != nil {
			return err
		}
	}
	if err := l.step(ctx, rungName, func() (string, error) { return w.lookUp(ctx) }); err != nil {
		return err
	}
	if err := w.ask(ctx, o); err != nil {
		l.fail(ctx, rungSignIn, 0, err)
		return err
	}
	visit, err := l.visit(ctx, w)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, visit.Close()) }()
	if err := l.step(ctx, rungSchema, func() (string, error) { return visit.Schema(ctx) }); err != nil {
		return err
	}
	return l.step(ctx, rungKeys, func() (string, error) { return visit.Keys(ctx) })
}

// lookUp looks the server's name up, where that is done from here.
func (w *teamWay) lookUp(ctx context.Context) (string, error) {
	host := w.address.Host
	switch {
	case w.address.Socket():
		return "A socket on this computer", nil
	case net.ParseIP(host) != nil:
		return host + ", an address", nil
	case w.tunnel != nil:
		return host + ", looked up by " + w.address.SSH.Host, nil
	}
	found, err := net.DefaultResolver.LookupHost(ctx, host)
	if err != nil {
		return "", w.server.Explain(err)
	}
	const most = 3
	words := strings.Join(found[:min(most, len(found))], ", ")
	if len(found) > most {
		words += " and " + app.Thousands(int64(len(found)-most)) + " more"
	}
	return host + " is " + words, nil
}

// visit reaches the server, encrypts and signs in: three steps of one connection,
// whose dialer and whose encryption tell how far it is.
func (l *ladder) visit(ctx context.Context, w *teamWay) (*native.Visit, error) {
	k := &climber{ladder: l, way: []string{rungNetwork, rungTLS, rungSignIn}}
	k.begin()
	p := w.server
	p.Dial = k.dialing(p.Dial, rungNetwork, teamAnswers(w.address), p.TLS == nil)
	k.encrypting(p.TLS)
	visit, err := p.Visit(ctx)
	if err == nil {
		k.past(rungSignIn, visit.Engine()+", as "+p.Username)
		return visit, nil
	}
	stage := ""
	if native.EndedByAlert(err) || presented(err) != nil {
		stage = rungTLS // a server that wants a client's certificate says so only after the handshake
	}
	k.fall(ctx, stage, err)
	return nil, err
}

// teamAnswers says where a server answers.
func teamAnswers(a app.TeamAddress) string {
	port := a.Port
	if port == 0 {
		port = app.TeamPort
	}
	if a.Socket() {
		return a.Host + "/.s.PGSQL." + strconv.Itoa(port) + " answers"
	}
	return a.Host + " answers on port " + strconv.Itoa(port)
}

// teamRemedy is what an administrator could run against an error on the way to a
// team's store; empty for most.
func teamRemedy(a app.TeamAddress, err error) string {
	if command := forgetKey(a.SSH, err); command != "" {
		return command
	}
	var said *pgconn.PgError
	if !errors.As(err, &said) {
		return ""
	}
	account, database := quoteName(a.Username), quoteName(a.Database)
	switch said.Code {
	case "3D000": // invalid_catalog_name
		return "CREATE DATABASE " + database + " OWNER " + account + " ENCODING 'UTF8' TEMPLATE template0;"
	case "42501": // insufficient_privilege
		return "GRANT CONNECT ON DATABASE " + database + " TO " + account + ";\nGRANT factordesk_desk TO " + account + ";"
	}
	return ""
}

// quoteName writes a name as PostgreSQL does.
func quoteName(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }
