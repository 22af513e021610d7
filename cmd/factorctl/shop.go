package main

import (
	"context"
	"errors"
	"net"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/connect"
	"github.com/factordesk/factordesk/app/profile"
)

// shopFlags say how a Magento shop is reached. What they leave open comes from
// the saved connection, and then from env.php.
type shopFlags struct {
	envPHP             string
	onServer, readOnly bool
	keyChanged         bool
	ssh, sshKey        string
	host, database     string
	user, prefix       string
	tls                string
	ca, cert, key      string

	given func(flag string) bool // the person gave it, be it empty
}

// flags adds the flags to every command, since every command opens a store.
func (s *shopFlags) flags(f *pflag.FlagSet) {
	s.given = f.Changed
	f.StringVar(&s.envPHP, "env-php", "", "`FILE`: a Magento shop's app/etc/env.php")
	f.BoolVar(&s.onServer, "env-on-server", false, "that file is on the server of --ssh")
	f.StringVar(&s.ssh, "ssh", "", "reach the database through `[USER@]HOST[:PORT]`, or a name of ~/.ssh/config")
	f.StringVar(&s.sshKey, "ssh-key", "", "sign in there with the private key of `FILE`")
	f.StringVar(&s.host, "db-host", "", "`HOST[:PORT]` of the shop's database, or the path of its socket, in place of env.php's")
	f.StringVar(&s.database, "db-name", "", "`NAME` of the shop's database, in place of env.php's")
	f.StringVar(&s.user, "db-user", "", "`ACCOUNT` of the shop's database, in place of env.php's")
	f.StringVar(&s.prefix, "prefix", "", "`PREFIX` of the shop's tables, in place of env.php's; an empty one: there is none")
	f.StringVar(&s.tls, "tls", "", "how the database's connection is encrypted: off, required, verify-ca or verify-host (`MODE`)")
	f.StringVar(&s.ca, "tls-ca", "", "`FILE` with the CA of the database's certificate")
	f.StringVar(&s.cert, "tls-cert", "", "`FILE` with your certificate for the database")
	f.StringVar(&s.key, "tls-key", "", "`FILE` with the key of that certificate")
	f.BoolVar(&s.keyChanged, "key-changed", false, "open the shop although its crypt key opens nothing yet, because the key was changed")
	f.BoolVar(&s.readOnly, "read-only", false, "look at the store, and change nothing in it")
}

// address is what the flags say of a target; the zero address when they say
// nothing.
func (d *desk) address(target string) (app.ShopAddress, error) {
	s := d.shop
	a := app.ShopAddress{
		OnServer: s.onServer, Database: s.database, Username: s.user, Prefix: s.prefix, ReadOnly: s.readOnly,
		NoPrefix: s.prefix == "" && s.given("prefix"), TLS: app.TLS{Mode: app.TLSMode(s.tls)},
	}
	if err := s.checkGiven(); err != nil {
		return a, err
	}
	if s.tls != "" {
		if err := oneOf("--tls", s.tls, app.TLSModes); err != nil {
			return a, err
		}
	}
	var err error
	if a.SSH, err = sshOf(s.ssh); err != nil {
		return a, err
	}
	if strings.HasPrefix(s.host, "/") {
		a.Socket = s.host
	} else if a.Host, a.Port, err = hostAndPort("--db-host", s.host); err != nil {
		return a, err
	}
	a.EnvPHP = s.envPHP
	if a.EnvPHP == "" && connect.MayGoWithEnv(target) {
		a.EnvPHP = d.getenv(envEnvPHP) // a saved shop has its own, or none
	}
	if s.onServer && a.EnvPHP == "" {
		return a, app.Errorf(app.Invalid, "The path of env.php on the server is missing.").WithHint("Give it with --env-php.")
	}
	for _, f := range []struct {
		to   *string
		path string
		here bool
	}{
		{&a.EnvPHP, a.EnvPHP, !s.onServer},
		{&a.SSH.Key, s.sshKey, true},
		{&a.TLS.CA, s.ca, true},
		{&a.TLS.Certificate, s.cert, true},
		{&a.TLS.Key, s.key, true},
	} {
		*f.to = f.path
		if f.path == "" || !f.here {
			continue
		}
		if *f.to, err = filepath.Abs(f.path); err != nil {
			return a, app.Errorf(app.Unreachable, "The current folder is gone.").WithHint("Give the full path.").Because(err)
		}
	}
	return a, nil
}

// checkGiven refuses a flag that was given with nothing, as a script does whose
// variable is not set: it would go somewhere else than it is meant to, or without
// the tunnel.
func (s *shopFlags) checkGiven() error {
	for _, f := range []struct{ name, value string }{
		{"env-php", s.envPHP},
		{"ssh", s.ssh},
		{"ssh-key", s.sshKey},
		{"db-host", s.host},
		{"db-name", s.database},
		{"db-user", s.user},
		{"tls", s.tls},
		{"tls-ca", s.ca},
		{"tls-cert", s.cert},
		{"tls-key", s.key},
	} {
		if f.value == "" && s.given(f.name) {
			return app.Errorf(app.Invalid, "The flag --%s is empty.", f.name).WithHint("Leave it out, or say what it is.")
		}
	}
	return nil
}

// sshOf reads [USER@]HOST[:PORT].
func sshOf(text string) (app.SSH, error) {
	user, rest := "", text
	if i := strings.LastIndexByte(text, '@'); i >= 0 {
		user, rest = text[:i], text[i+1:]
	}
	if strings.ContainsAny(user, ":@/") {
		return app.SSH{}, app.Errorf(app.Invalid, "The flag --ssh has more than a user before the host.").
			WithHint("A password does not belong there: others can read it. It is asked for.")
	}
	host, port, err := hostAndPort("--ssh", rest)
	return app.SSH{Host: host, Port: port, User: user}, err
}

// hostAndPort reads HOST[:PORT]; an address of IPv6 with a port is in brackets.
func hostAndPort(flag, text string) (host string, port int, err error) {
	if !strings.Contains(text, ":") || strings.Count(text, ":") > 1 && !strings.HasPrefix(text, "[") {
		return text, 0, nil
	}
	host, number, err := net.SplitHostPort(text)
	if err == nil {
		port, err = strconv.Atoi(number)
	}
	if err != nil || port < 1 || port > 65535 {
		return "", 0, app.Errorf(app.Invalid, "The flag %s cannot be %q.", flag, text).WithHint("It is HOST, or HOST:PORT.")
	}
	return host, port, nil
}

// reaching are the options to open a target with.
func (d *desk) reaching(target string) (connect.Options, error) {
	o := d.options
	o.Ask = personAsker{d}
	o.Secrets.Password = app.NewSecret(d.getenv(envDatabase))
	o.Secrets.OlderKeys, o.KeyChanged = app.NewSecret(d.getenv(envOldKey)), d.shop.keyChanged
	o.Show = d.sayEnv
	a, err := d.address(target)
	o.Over = a
	return o, err
}

// sayEnv tells, of a shop that is not saved, what its env.php leads to, before it
// is used.
func (d *desk) sayEnv(c profile.Connection, e connect.Env) {
	if c.Name != "" {
		return
	}
	a := e.Address
	words := "database " + a.Database + " at " + placeOf(a) + " as " + a.Username
	if a.SSH.Host != "" {
		words += ", through " + a.SSH.Host
	}
	if a.Prefix != "" {
		words += ", prefix " + a.Prefix
	}
	if keys := keysWords(e.Keys); keys != "" {
		words += ", " + keys
	}
	d.say("factorctl: %s", plain(words))
}

// personAsker asks the person in front of the terminal what comes up on the way
// to a shop.
type personAsker struct{ desk *desk }

// Secret implements app.Asker. Without a crypt key a shop can still be opened, so
// where there is nobody to ask for it there is none.
func (p personAsker) Secret(ctx context.Context, q app.Question) (app.Secret, error) {
	if q.Again {
		p.desk.say("factorctl: that was refused.")
	}
	if q.Why != "" && p.desk.asker.There() {
		p.desk.say("%s", plain(q.Why))
	}
	s, err := p.desk.asker.Secret(ctx, plain(q.What)+": ")
	if !errors.Is(err, errNoTerminal) {
		return s, err
	}
	switch q.About {
	case app.AskCryptKey:
		return app.Secret{}, nil
	case app.AskDatabase:
		return app.Secret{}, app.Errorf(app.Invalid, "There is no terminal on which to ask for the database account's password.").
			WithHint("Set %s, or give --env-php.", envDatabase)
	}
	return app.Secret{}, app.Errorf(app.Invalid, "There is no terminal on which to ask for this: %s.", q.What).
		WithHint("Use a key of an SSH agent, or one without a passphrase.")
}

// Trust implements app.Asker. Only a yes trusts a host.
func (p personAsker) Trust(ctx context.Context, k app.HostKey) (bool, error) {
	p.desk.say("This computer has never seen the SSH server %s.\nIts key: %s %s\n"+
		"Compare it with what the server's administrator says.", plain(k.Host), k.Type, k.Fingerprint)
	answer, err := p.desk.asker.Line(ctx, "Trust it from now on? [y/N] ")
	if errors.Is(err, errNoTerminal) {
		return false, app.Errorf(app.Invalid, "There is no terminal on which to ask whether to trust %s.", k.Host).
			WithHint("Sign in there once with ssh, which asks the same.")
	}
	switch strings.ToLower(answer) {
	case "y", "yes":
		return true, err
	}
	return false, err
}
