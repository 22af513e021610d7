package connect

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/profile"
	"github.com/factordesk/factordesk/app/store/native"
	"github.com/factordesk/factordesk/app/tunnel"
)

// Test goes the way to a store step by step, without signing anybody in, and
// reports all steps whenever one changes. It stops at the first that fails, and
// returns why, which is in the step as well. What it has opened it closes.
func Test(ctx context.Context, c profile.Connection, o Options, report func([]app.Rung)) error {
	return o.along(ctx, c, func(o Options) error { return o.test(ctx, c, &ladder{report: report}) })
}

func (o Options) test(ctx context.Context, c profile.Connection, l *ladder) error {
	switch c.Kind {
	case app.MagentoStore:
		return o.testShop(ctx, c, l)
	case app.TeamStore:
		return o.testTeam(ctx, c, l)
	case app.LocalStore:
		l.add("File", c.Location)
		return l.step(ctx, "File", func() (string, error) {
			s, err := native.Open(ctx, c.Location, o.native(c))
			if err != nil {
				return "", err
			}
			return s.Info().Engine + ", can be opened", s.Close()
		})
	}
	return app.Errorf(app.Invalid, "There is no way to test to this store.")
}

// ladder is the steps of a test. Those of connecting to a database are told of by
// the driver, on a goroutine of its own.
type ladder struct {
	report func([]app.Rung)
	remedy func(error) string // what an administrator could run; nil: nothing
	makes  bool               // where there is no store, one can be made

	mu    sync.Mutex
	rungs []app.Rung
}

// add puts a step at the end, which waits.
func (l *ladder) add(name, detail string) {
	l.rungs = append(l.rungs, app.Rung{Name: name, Detail: detail, State: app.RungWaiting})
}

// change changes the step of a name, and tells before anybody else may, so that an
// older picture never comes after a newer one.
func (l *ladder) change(name string, f func(r *app.Rung)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := range l.rungs {
		if l.rungs[i].Name == name {
			f(&l.rungs[i])
		}
	}
	l.report(append([]app.Rung(nil), l.rungs...))
}

// step takes a step: do returns what was found.
func (l *ladder) step(ctx context.Context, name string, do func() (string, error)) error {
	l.change(name, func(r *app.Rung) { r.State = app.RungTrying })
	began := time.Now()
	detail, err := do()
	if err != nil {
		l.fail(ctx, name, time.Since(began), err)
		return err
	}
	l.done(name, detail, time.Since(began))
	return nil
}

func (l *ladder) done(name, detail string, took time.Duration) {
	l.change(name, func(r *app.Rung) {
		r.State, r.Took = app.RungDone, took
		if detail != "" {
			r.Detail = detail
		}
	})
}

// fail ends the ladder at a step.
func (l *ladder) fail(ctx context.Context, name string, took time.Duration, err error) {
	state := app.RungFailed
	switch app.KindOf(err) {
	case app.Unreachable:
		state = app.RungUnreachable
	case app.Denied, app.Locked:
		state = app.RungRefused
	case app.Canceled:
		state = app.RungStopped
	}
	if ctx.Err() != nil {
		state = app.RungStopped
	}
	command := ""
	if l.remedy != nil {
		command = l.remedy(err)
	}
	if state == app.RungUnreachable && presented(err) != nil {
		state = app.RungFailed // it has answered, only not as it should
	}
	l.change(name, func(r *app.Rung) {
		r.State, r.Took, r.Err, r.Command, r.Certificate = state, took, err, command, presented(err)
		r.Vacant = name == rungSchema && app.KindOf(err) == app.NotFound && l.makes
	})
}

// The steps to a shop.
const (
	rungSSH    = "SSH"
	rungEnv    = "env.php"
	rungTCP    = "TCP"
	rungTLS    = "TLS"
	rungSignIn = "Sign-in"
	rungSchema = "Schema"
	rungKey    = "Crypt key"
)

// testShop is Test for a shop.
func (o Options) testShop(ctx context.Context, c profile.Connection, l *ladder) (err error) {
	w := way{options: o, connection: c, address: *c.Shop}
	defer func() { err = errors.Join(err, w.close()) }()
	l.remedy = func(err error) string { return remedy(w.address, err) }
	if w.address.SSH.Host != "" {
		l.add(rungSSH, w.address.SSH.Host)
	}
	if w.address.EnvPHP != "" {
		l.add(rungEnv, w.address.EnvPHP)
	}
	for _, r := range [][2]string{
		{rungTCP, "The database server answers"},
		{rungTLS, "How the connection is encrypted"},
		{rungSignIn, "The account of the database"},
		{rungSchema, "Magento’s tables, prefix, version"},
		{rungKey, "Opens one stored factor"},
	} {
		l.add(r[0], r[1])
	}
	if w.address.SSH.Host != "" {
		if err := l.step(ctx, rungSSH, func() (string, error) {
			if err := w.dial(ctx); err != nil {
				return "", err
			}
			return sshWords(w.address.SSH, w.tunnel), nil
		}); err != nil {
			return err
		}
	}
	if w.address.EnvPHP != "" {
		if err := l.step(ctx, rungEnv, func() (string, error) {
			err := w.read(ctx)
			return w.address.Location() + ", as " + w.address.Username, err
		}); err != nil {
			return err
		}
	} else if err := w.read(ctx); err != nil {
		l.fail(ctx, rungTCP, 0, err)
		return err
	}
	config, err := w.config(ctx)
	if err != nil {
		l.fail(ctx, rungSignIn, 0, err)
		return err
	}
	link, err := l.climb(ctx, config, w.address)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, link.Close()) }()
	if err := l.step(ctx, rungSchema, func() (string, error) { return link.Inspect(ctx) }); err != nil {
		return err
	}
	return l.step(ctx, rungKey, func() (string, error) { return link.TryKey(ctx) })
}

// sshWords says whom a tunnel leads through, and since when its key is known.
func sshWords(a app.SSH, t *tunnel.Tunnel) string {
	if t == nil {
		return a.Host
	}
	if _, isNew := t.HostKey(); isNew {
		return a.Host + ", its host key is known from now on"
	}
	return a.Host + ", host key known"
}
