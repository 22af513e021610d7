//go:build full && linux

package connect_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/connect"
	"github.com/factordesk/factordesk/app/profile"
	"github.com/factordesk/factordesk/app/servertest"
)

const shopKey = "0123456789abcdef0123456789abcdef"

// shop is a Magento shop with Ada, who administers it, and Olly, on a server of
// its own.
type shop struct {
	*servertest.Database
	env string // the text of env.php
}

func newShop(t *testing.T) shop {
	t.Helper()
	s := shop{Database: servertest.MariaDB(t).Database(t)}
	text, err := os.ReadFile("../store/magento/testdata/schema.sql")
	require.NoError(t, err)
	s.Load(t, string(text))
	// Ada has no factor, and need not have one.
	s.Load(t, "DELETE FROM tfa_user_config WHERE user_id = 1")
	s.Load(t, "UPDATE core_config_data SET value = 'duo_security' WHERE path = 'twofactorauth/general/force_providers'")
	s.env = fmt.Sprintf(`<?php
return [
    'crypt' => ['key' => '%s'],
    'db' => ['table_prefix' => '', 'connection' => ['default' => [
        'host' => '%s', 'dbname' => '%s', 'username' => '%s', 'password' => '%s']]],
    'MAGE_MODE' => 'production',
    'system' => ['default' => ['twofactorauth' => ['general' => ['force_providers' => 'duo_security']]]],
];
`, shopKey, s.Server.Address(), s.Name, s.User, s.Password)
	return s
}

// file writes env.php on this computer.
func (s shop) file(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "env.php")
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

// person answers what comes up on the way, and remembers what was asked.
type person struct {
	answers map[app.Asked]string
	trusts  bool
	asked   []string
}

func (p *person) Secret(_ context.Context, q app.Question) (app.Secret, error) {
	p.asked = append(p.asked, q.What)
	return app.NewSecret(p.answers[q.About]), nil
}

func (p *person) Trust(_ context.Context, k app.HostKey) (bool, error) {
	p.asked = append(p.asked, "trust "+k.Fingerprint)
	return p.trusts, nil
}

func enter(t *testing.T, c *app.Console) {
	t.Helper()
	_, err := c.SignIn(context.Background(), app.Credentials{Username: "admin", Password: app.NewSecret("Admin123!")})
	require.NoError(t, err)
	u, err := c.FindUser(context.Background(), "olly")
	require.NoError(t, err)
	require.Equal(t, "Olly Order", u.Name())
}

func TestOpenAShopByItsEnv(t *testing.T) {
	ctx, o, s := context.Background(), options(t), newShop(t)
	o.Over = app.ShopAddress{EnvPHP: s.file(t, s.env)}
	c, err := connect.Open(ctx, "", o)
	require.NoError(t, err)
	info := c.Store()
	require.Equal(t, app.MagentoStore, info.Kind)
	require.Equal(t, app.TagProduction, info.Tag, "until somebody says otherwise")
	require.True(t, info.AuditHere)
	require.Equal(t, o.Over, *info.Shop, "what env.php says is not kept")
	enter(t, c)
	require.NoError(t, connect.SignedIn(c, o))
	closed(t, c)

	// The activity stays on this computer, and is the same for whoever comes back.
	saved, err := o.Dirs.Connections()
	require.NoError(t, err)
	require.Len(t, saved, 1)
	require.Equal(t, "admin", saved[0].Operator)
	text, err := os.ReadFile(filepath.Join(o.Dirs.Config, "connections.toml"))
	require.NoError(t, err)
	for _, secret := range []string{s.Password, shopKey} {
		require.NotContains(t, string(text), secret)
	}
	o.Over = app.ShopAddress{}
	c, err = connect.Open(ctx, saved[0].Name, o)
	require.NoError(t, err)
	enter(t, c)
	events, err := c.Events(ctx, app.EventQuery{Action: app.DoSignIn})
	require.NoError(t, err)
	require.Len(t, events.Events, 2)
	closed(t, c)
}

func TestOpenAShopByItsAddress(t *testing.T) {
	ctx, o, s := context.Background(), options(t), newShop(t)
	p := &person{answers: map[app.Asked]string{app.AskDatabase: s.Password, app.AskCryptKey: shopKey}}
	o.Ask = p
	address := fmt.Sprintf("mysql://%s@%s/%s", s.User, s.Server.Address(), s.Name)
	c, err := connect.Open(ctx, address, o)
	require.NoError(t, err)
	enter(t, c)
	require.NoError(t, c.Able(app.AbleOpenSecrets))
	closed(t, c)
	require.Equal(t, []string{"Password of the database account " + s.User + " at 127.0.0.1", "Crypt key of the shop"}, p.asked)

	o.Over.ReadOnly = true
	c, err = connect.Open(ctx, address, o)
	require.NoError(t, err)
	require.True(t, c.Store().ReadOnly)
	require.Error(t, c.Able(app.AbleChange))
	closed(t, c)

	p.answers[app.AskCryptKey] = ""
	o.Over.ReadOnly = false
	c, err = connect.Open(ctx, address, o)
	require.NoError(t, err)
	enter(t, c)
	require.Error(t, c.Able(app.AbleOpenSecrets), "without the crypt key no secret opens")
	closed(t, c)
}

func TestOpenAShopThroughSSH(t *testing.T) {
	ctx, o, s := context.Background(), options(t), newShop(t)
	t.Setenv("HOME", t.TempDir())
	t.Setenv("SSH_AUTH_SOCK", "")
	server := servertest.SSHD(t)
	p := &person{answers: map[app.Asked]string{app.AskSSH: server.Password}, trusts: true}
	o.Ask = p
	a := app.ShopAddress{
		EnvPHP: server.Put(t, "env.php", s.env), OnServer: true,
		SSH: app.SSH{Host: "127.0.0.1", Port: server.Port(), User: server.User},
	}
	e, err := connect.ReadEnv(ctx, a, o)
	require.NoError(t, err)
	require.Equal(t, s.Name, e.Address.Database)
	require.Equal(t, s.Server.Port, e.Address.Port)
	require.Equal(t, app.TLSOff, e.Address.TLS.Mode, "the database is on the SSH server itself")
	require.Equal(t, 1, e.Keys)
	require.Equal(t, "production", e.Mode)
	require.Len(t, p.asked, 2)
	require.True(t, strings.HasPrefix(p.asked[0], "trust SHA256:"))

	require.NoError(t, o.Dirs.Save(profile.Connection{Name: "juniper", Kind: app.MagentoStore, Tag: app.TagStaging, Shop: &a}))
	c, err := connect.Open(ctx, "juniper", o)
	require.NoError(t, err)
	require.Contains(t, c.Store().Engine, "MariaDB through SSH")
	require.Equal(t, "juniper", c.Store().Name)
	enter(t, c)
	server.Cut()
	u, err := c.FindUser(ctx, "olly")
	if err != nil { // what was under way when it was cut
		require.Equal(t, app.Unreachable, app.KindOf(err))
		u, err = c.FindUser(ctx, "olly")
	}
	require.NoError(t, err, "the tunnel comes back by itself")
	require.Equal(t, "olly", u.Username)
	closed(t, c)
	require.Len(t, p.asked, 4-1, "the host is known by now")

	server.ChangeHostKey(t, "ed25519")
	_, err = connect.Open(ctx, "juniper", o)
	require.Equal(t, app.Denied, app.KindOf(err))
	require.ErrorContains(t, err, "known_hosts")

	// The command that the test of the way shows does what it says.
	target, err := connect.Target("juniper", o)
	require.NoError(t, err)
	var last []app.Rung
	err = connect.Test(ctx, target, o, func(rungs []app.Rung) { last = rungs })
	require.Equal(t, app.Denied, app.KindOf(err))
	require.Equal(t, app.RungRefused, last[0].State)
	require.Contains(t, last[0].Command, "ssh-keygen -f '")
	out, err := exec.Command("sh", "-c", last[0].Command).CombinedOutput()
	require.NoError(t, err, string(out))
	c, err = connect.Open(ctx, "juniper", o)
	require.NoError(t, err, "the new key was asked about, and trusted")
	closed(t, c)
}

func TestTheWayToAShop(t *testing.T) {
	ctx, o, s := context.Background(), options(t), newShop(t)
	env := s.file(t, s.env)
	relay := servertest.NewRelay(t, "tcp", s.Server.Address())
	stranger := s.Grant(t, "", "SELECT ON core_config_data")
	for _, c := range []struct {
		what  string
		over  app.ShopAddress
		env   string
		last  string // the step at which it ends
		state app.RungState
		kind  app.Kind
	}{
		{what: "right", env: env, last: "Crypt key", state: app.RungDone},
		{what: "no env.php", env: filepath.Join(t.TempDir(), "env.php"), last: "env.php", state: app.RungFailed, kind: app.NotFound},
		{what: "nobody there", env: env, over: app.ShopAddress{Host: "127.0.0.1", Port: 1}, last: "TCP", state: app.RungUnreachable, kind: app.Unreachable},
		{what: "no encryption there", env: env, over: app.ShopAddress{TLS: app.TLS{Mode: app.TLSVerify}}, last: "TLS", state: app.RungRefused, kind: app.Denied},
		{
			what: "wrong account", env: s.file(t, strings.Replace(s.env, s.Password, "wrong", 1)),
			last: "Sign-in", state: app.RungRefused, kind: app.Denied,
		},
		{
			what: "missing grants", last: "Schema", state: app.RungRefused, kind: app.Denied,
			env: s.file(t, strings.NewReplacer(s.Password, stranger.Password, s.User, stranger.User).Replace(s.env)),
		},
		{
			what: "no prefix, whatever env.php says", env: s.file(t, strings.Replace(s.env, "'table_prefix' => ''", "'table_prefix' => 'm2_'", 1)),
			over: app.ShopAddress{NoPrefix: true}, last: "Crypt key", state: app.RungDone,
		},
		{what: "wrong prefix", env: env, over: app.ShopAddress{Prefix: "m2_"}, last: "Schema", state: app.RungFailed, kind: app.NotFound},
		{
			what: "wrong key", env: s.file(t, strings.Replace(s.env, shopKey, strings.Repeat("f", 32), 1)),
			last: "Crypt key", state: app.RungFailed, kind: app.Unreadable,
		},
		{
			what: "short key", env: s.file(t, strings.Replace(s.env, shopKey, "short", 1)),
			last: "Crypt key", state: app.RungFailed, kind: app.Invalid,
		},
	} {
		t.Run(c.what, func(t *testing.T) {
			o := o
			o.Over = c.over
			o.Over.EnvPHP = c.env
			target, err := connect.Target("", o)
			require.NoError(t, err)
			var last []app.Rung
			err = connect.Test(ctx, target, o, func(rungs []app.Rung) { last = rungs })
			i := slices.IndexFunc(last, func(r app.Rung) bool { return r.Name == c.last })
			require.GreaterOrEqual(t, i, 0)
			require.Equal(t, c.state, last[i].State, "%v", last)
			for _, r := range last[:i] {
				require.Equal(t, app.RungDone, r.State, r.Name)
			}
			for _, r := range last[i+1:] {
				require.Equal(t, app.RungWaiting, r.State, "%s is not tried any more", r.Name)
			}
			if c.state == app.RungDone {
				require.NoError(t, err)
				return
			}
			require.Equal(t, c.kind, app.KindOf(err), "%v", err)
			require.Equal(t, app.KindOf(last[i].Err), app.KindOf(err))
			for _, secret := range []string{s.Password, shopKey} {
				require.NotContains(t, err.Error(), secret)
			}
			if c.what == "wrong account" {
				require.Equal(t, "Not encrypted, as the connection says", last[i-1].Detail)
			}
			switch c.what {
			case "missing grants":
				require.Contains(t, last[i].Command, "GRANT SELECT")
			case "wrong account":
				require.Contains(t, last[i].Command, "CREATE USER IF NOT EXISTS '"+s.User+"'@'")
				require.Contains(t, last[i].Command, "GRANT SELECT")
			default:
				require.Empty(t, last[i].Command)
			}
		})
	}

	t.Run("encrypted", func(t *testing.T) {
		for mode, words := range map[app.TLSMode]string{
			app.TLSVerify: "certificate right for this host, valid ", app.TLSVerifyCA: "certificate signed by the CA, valid ",
		} {
			o := o
			o.Over = app.ShopAddress{EnvPHP: env, TLS: app.TLS{Mode: mode, CA: s.Server.TLS.CA}}
			target, err := connect.Target("", o)
			require.NoError(t, err)
			var all [][]app.Rung
			require.NoError(t, connect.Test(ctx, target, o, func(rungs []app.Rung) { all = append(all, rungs) }))
			last := all[len(all)-1]
			i := slices.IndexFunc(last, func(r app.Rung) bool { return r.Name == "TLS" })
			require.Contains(t, last[i].Detail, words)
			require.Contains(t, last[i].Detail, "TLS 1.")
			require.Positive(t, last[i].Took)
			for _, rungs := range all { // each step is tried by itself, in order
				trying := 0
				for k, r := range rungs {
					if r.State != app.RungTrying {
						continue
					}
					trying++
					for _, before := range rungs[:k] {
						require.Equal(t, app.RungDone, before.State)
					}
				}
				require.LessOrEqual(t, trying, 1)
			}
		}
	})

	t.Run("at each moment stopped", func(t *testing.T) {
		for _, at := range []string{"env.php", "TCP", "TLS", "Sign-in", "Schema", "Crypt key"} {
			stopping, stop := context.WithCancel(ctx)
			o := o
			o.Over = app.ShopAddress{EnvPHP: env, TLS: app.TLS{Mode: app.TLSVerify, CA: s.Server.TLS.CA}}
			target, err := connect.Target("", o)
			require.NoError(t, err)
			var last []app.Rung
			err = connect.Test(stopping, target, o, func(rungs []app.Rung) {
				last = rungs
				if i := slices.IndexFunc(rungs, func(r app.Rung) bool { return r.Name == at }); rungs[i].State == app.RungTrying {
					stop()
				}
			})
			stop()
			require.Equal(t, app.Canceled, app.KindOf(err), "at %s: %v", at, err)
			i := slices.IndexFunc(last, func(r app.Rung) bool { return r.State == app.RungStopped })
			require.GreaterOrEqual(t, i, 0, "at %s: %v", at, last)
			for _, r := range last[i+1:] {
				require.Equal(t, app.RungWaiting, r.State)
			}
		}
	})

	t.Run("stopped", func(t *testing.T) {
		relay.Hold()
		stopping, stop := context.WithCancel(ctx)
		o := o
		o.Over = app.ShopAddress{EnvPHP: env, Host: "127.0.0.1", Port: relay.Port(), TLS: app.TLS{Mode: app.TLSOff}}
		target, err := connect.Target("", o)
		require.NoError(t, err)
		var last []app.Rung
		err = connect.Test(stopping, target, o, func(rungs []app.Rung) {
			last = rungs
			if i := slices.IndexFunc(rungs, func(r app.Rung) bool { return r.Name == "TLS" }); rungs[i].State == app.RungTrying {
				stop()
			}
		})
		require.Equal(t, app.Canceled, app.KindOf(err))
		require.True(t, slices.ContainsFunc(last, func(r app.Rung) bool { return r.State == app.RungStopped }), "%v", last)
	})
}

func TestEncryptionToAShop(t *testing.T) {
	ctx, o, s := context.Background(), options(t), newShop(t)
	certified := s.Grant(t, "X509", "ALL ON *")
	files := s.Server.TLS
	env := s.file(t, strings.NewReplacer(s.Password, certified.Password, s.User, certified.User).Replace(s.env))
	for _, c := range []struct {
		what string
		tls  app.TLS
		kind app.Kind
	}{
		{"verified", app.TLS{Mode: app.TLSVerify, CA: files.CA, Certificate: files.ClientCert, Key: files.ClientKey}, 0},
		{"its CA verified", app.TLS{Mode: app.TLSVerifyCA, CA: files.CA, Certificate: files.ClientCert, Key: files.ClientKey}, 0},
		{"the CA of nobody", app.TLS{Mode: app.TLSVerifyCA}, app.Invalid},
		{"encrypted to whoever answers", app.TLS{Mode: app.TLSRequired, Certificate: files.ClientCert, Key: files.ClientKey}, 0},
		{"without the client's certificate", app.TLS{Mode: app.TLSVerify, CA: files.CA}, app.Denied},
		{"of another CA", app.TLS{Mode: app.TLSVerifyCA, CA: files.OtherCA, Certificate: files.ClientCert, Key: files.ClientKey}, app.Denied},
		{"of another name", app.TLS{Mode: app.TLSVerify, CA: files.CA, Certificate: files.ClientCert, Key: files.ClientKey, ServerName: "db.example"}, app.Denied},
		{"in clear text", app.TLS{Mode: app.TLSOff}, app.Denied},
		{"a CA that is none", app.TLS{Mode: app.TLSVerify, CA: env}, app.Invalid},
		{"a CA that is not there", app.TLS{Mode: app.TLSVerify, CA: env + ".pem"}, app.Unreachable},
		{"a key of another", app.TLS{Mode: app.TLSVerify, CA: files.CA, Certificate: files.ClientCert, Key: files.CA}, app.Invalid},
	} {
		t.Run(c.what, func(t *testing.T) {
			o := o
			o.Over = app.ShopAddress{EnvPHP: env, TLS: c.tls}
			console, err := connect.Open(ctx, "", o)
			if c.kind == 0 {
				require.NoError(t, err)
				enter(t, console)
				closed(t, console)
				return
			}
			require.Error(t, err)
			require.Equal(t, c.kind, app.KindOf(err), "%v", err)
		})
	}
}
