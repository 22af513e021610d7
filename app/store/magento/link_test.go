//go:build full

package magento

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/servertest"
)

// certificates are the settings of a client that trusts the CA of a file.
func certificates(t testing.TB, file, serverName string) *tls.Config {
	t.Helper()
	pem, err := os.ReadFile(file)
	require.NoError(t, err)
	pool := x509.NewCertPool()
	require.True(t, pool.AppendCertsFromPEM(pem))
	return &tls.Config{RootCAs: pool, ServerName: serverName, MinVersion: tls.VersionTLS12}
}

func TestConnect(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		b := newShop(t, s, "")
		l := connect(t, b.config(t))
		require.Contains(t, l.Server(), s.Engine+" ")
		require.Empty(t, l.Encryption())

		c := b.config(t)
		c.TLS = certificates(t, s.TLS.CA, "localhost")
		require.Contains(t, connect(t, c).Encryption(), "TLS 1.")

		c = b.config(t)
		c.Host, c.Socket = "nowhere.invalid", s.Socket
		require.Contains(t, connect(t, c).Server(), s.Engine)

		c = b.config(t)
		dialed := ""
		c.Host, c.Port = "db.internal", 3307
		c.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
			dialed = network + " " + address
			return (&net.Dialer{}).DialContext(ctx, "tcp", s.Address())
		}
		connect(t, c)
		require.Equal(t, "tcp db.internal:3307", dialed)
	})
}

func TestConnectIsRefused(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		b := newShop(t, s, "")
		encrypted := b.Grant(t, "SSL", "SELECT ON *")
		silent, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		defer func() { require.NoError(t, silent.Close()) }()
		chatty, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		done := make(chan struct{})
		go func() {
			defer close(done)
			for conn, err := chatty.Accept(); err == nil; conn, err = chatty.Accept() {
				_, _ = conn.Write([]byte("SSH-2.0-OpenSSH_9.2\r\n"))
				_ = conn.Close()
			}
		}()
		defer func() { require.NoError(t, chatty.Close()); <-done }()
		port := func(a net.Addr) int { return a.(*net.TCPAddr).Port }
		closed, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		nobody := port(closed.Addr())
		require.NoError(t, closed.Close())

		for name, test := range map[string]struct {
			change func(c *Config)
			kind   app.Kind
			stage  Stage
			words  string
		}{
			"no host":            {func(c *Config) { c.Host = "" }, app.Invalid, "", "The database's host is missing."},
			"no database":        {func(c *Config) { c.Database = "" }, app.Invalid, "", "The name of the database is missing."},
			"no account":         {func(c *Config) { c.Username = "" }, app.Invalid, "", "The database account is missing."},
			"a strange prefix":   {func(c *Config) { c.Prefix = "m2`; DROP" }, app.Invalid, "", "no prefix of tables"},
			"a strange port":     {func(c *Config) { c.Port = 70000 }, app.Invalid, "", "There is no port 70000."},
			"an unknown host":    {func(c *Config) { c.Host = "nowhere.invalid" }, app.Unreachable, StageReach, "There is no host nowhere.invalid."},
			"nothing listens":    {func(c *Config) { c.Port = nobody }, app.Unreachable, StageReach, "Nothing listens at 127.0.0.1, port"},
			"no socket":          {func(c *Config) { c.Socket = "/nowhere/s.sock" }, app.Unreachable, StageReach, "There is no socket at /nowhere/s.sock."},
			"silence":            {func(c *Config) { c.Port = port(silent.Addr()) }, app.Unreachable, StageSignIn, "gave no answer in time"},
			"another server":     {func(c *Config) { c.Port = port(chatty.Addr()) }, app.Invalid, StageSignIn, "no MySQL or MariaDB server"},
			"a wrong password":   {func(c *Config) { c.Password = app.NewSecret("wrong") }, app.Denied, StageSignIn, "the password is not right"},
			"no such account":    {func(c *Config) { c.Username = "nobody" }, app.Denied, StageSignIn, `The database refused "nobody"`},
			"a foreign database": {func(c *Config) { c.Database = "mysql" }, app.Denied, StageSignIn, `may not use the database "mysql"`},
			"an account for TLS": {func(c *Config) { c.Username, c.Password = encrypted.User, app.NewSecret(encrypted.Password) }, app.Denied, StageSignIn, "refused"},
			"another CA":         {func(c *Config) { c.TLS = certificates(t, s.TLS.OtherCA, "localhost") }, app.Denied, StageEncrypt, "signed by nobody whom this computer trusts"},
			"another name":       {func(c *Config) { c.TLS = certificates(t, s.TLS.CA, "db.example") }, app.Denied, StageEncrypt, "for another name than db.example"},
			"the tunnel's words": {
				func(c *Config) {
					c.Dial = func(context.Context, string, string) (net.Conn, error) {
						return nil, app.Errorf(app.Unreachable, "The SSH server has gone.")
					}
				}, app.Unreachable, StageReach, "The SSH server has gone.",
			},
		} {
			t.Run(name, func(t *testing.T) {
				c := b.config(t)
				test.change(&c)
				ctx, cancel := context.WithTimeout(context.Background(), time.Second)
				defer cancel()
				_, err := Connect(ctx, c)
				isError(t, err, test.kind, test.stage, test.words)
				require.NotContains(t, err.Error(), b.Password)
			})
		}
		t.Run("a database that is not there", func(t *testing.T) {
			root := b.config(t)
			root.Username, root.Password, root.Database = "root", app.Secret{}, "not_there"
			root.Socket = s.Socket
			_, err := Connect(context.Background(), root)
			isError(t, err, app.NotFound, StageSignIn, `The server has no database "not_there".`)
		})
		t.Run("encrypted connections only", func(t *testing.T) {
			s.Run(t, "SET GLOBAL require_secure_transport = ON")
			defer s.Run(t, "SET GLOBAL require_secure_transport = OFF")
			_, err := Connect(context.Background(), b.config(t))
			if s.Engine == "MySQL" {
				isError(t, err, app.Denied, StageEncrypt, "encrypted connections only")
				return
			}
			// MariaDB says of it no more than that it refuses the account.
			isError(t, err, app.Denied, StageSignIn, "refused")
			_, hint := app.Explain(err)
			require.Contains(t, hint, "encrypted connections only")
		})
		t.Run("canceled", func(t *testing.T) {
			ctx, cancel := context.WithCancel(context.Background())
			cancel()
			_, err := Connect(ctx, b.config(t))
			require.Equal(t, app.Canceled, app.KindOf(err))
		})
	})
}
