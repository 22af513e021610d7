package envphp_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/store/magento/envphp"
)

// in makes a file of the entries of its db/connection/default.
func in(entries string) []byte {
	return []byte("<?php return ['crypt' => ['key' => 'k'], 'db' => ['connection' => ['default' => ['host' => 'h', 'dbname' => 'd', 'username' => 'u', " +
		entries + "]]]];")
}

func parse(t *testing.T, src []byte) envphp.Shop {
	t.Helper()
	s, err := envphp.Parse(src)
	require.NoError(t, err, "%s", src)
	return s
}

// fields shows all of a shop, its secrets too.
func fields(s envphp.Shop) string {
	overrides := map[string]string{}
	for path, value := range s.Overrides {
		overrides[path] = value.Reveal()
	}
	out, _ := json.MarshalIndent([]any{s, s.Password.Reveal(), s.CryptKey.Reveal(), overrides}, "", " ")
	return string(out)
}

func TestTheFixture(t *testing.T) {
	s, err := envphp.Read("../testdata/env.php")
	require.NoError(t, err)
	require.Equal(t, fields(envphp.Shop{
		Host: "127.0.0.1", Port: 3306, Database: "magento", Username: "magento",
		Password: app.NewSecret(`it's a "secret" $pass\word`), TLS: envphp.TLS{Unverified: true},
		CryptKey: app.NewSecret("0123456789abcdef0123456789abcdef"), FrontName: "admin_1x2y3z", Mode: "production",
		Overrides: map[string]app.Secret{},
	}), fields(s))
	require.False(t, s.TLS.Wanted(), "not verifying alone does not encrypt")
}

// TestEverything reads a file as somebody keeps it by hand, with each part that
// a Shop has.
func TestEverything(t *testing.T) {
	s := parse(t, []byte(`<?php
declare(strict_types=1);
// Kept by hand.
return array(
	'MAGE_MODE' => "developer",
	'backend' => ['frontName' => 'backoffice'],
	'crypt' => ['key' => "0123456789abcdef0123456789abcdef\nbase64AwoRGB8mLTQ7QklQV15lbHN6gYiPlp2kq7K5wMfO1dw= "],
	'db' => [
		'table_prefix' => 'shop_',
		'connection' => [
			'indexer' => ['host' => 'elsewhere', 'dbname' => 'other', 'username' => 'other', 'password' => 'other'],
			'default' => array(
				'host' => 'db.internal:3307', 'port' => 3308, 'dbname' => "magento\x5flive", 'username' => 'ro\'b', 'password' => 12345,
				'driver_options' => [
					1007 => '/etc/db/key.pem', '1008' => '/etc/db/cert.pem', 1009 => '/etc/db/ca.pem',
					1010 => '/etc/db/ca', 1011 => 'ECDHE', 1014 => true, 1002 => 'SET NAMES utf8',
				],
			),
		],
	],
	'system' => [
		'default' => [
			'twofactorauth' => ['general' => ['force_providers' => 'google,u2fkey'], 'google' => ['otp_window' => 1]],
			'admin' => ['security' => ['use_form_key' => true, 'lockout_failures' => null, 'admin_account_sharing' => false]],
			'tax' => ['rate' => 8.250],
			'payment' => ['service' => ['private_key' => 'canary']],
		],
		'websites' => ['base' => ['web' => ['x' => 'not the default']]],
	],
); ?>
`))
	require.Equal(t, fields(envphp.Shop{
		Host: "db.internal", Port: 3307, Database: "magento_live", Username: "ro'b", Password: app.NewSecret("12345"), Prefix: "shop_",
		TLS:       envphp.TLS{CA: "/etc/db/ca.pem", CAFolder: "/etc/db/ca", Cert: "/etc/db/cert.pem", Key: "/etc/db/key.pem", Ciphers: "ECDHE"},
		CryptKey:  app.NewSecret("0123456789abcdef0123456789abcdef\nbase64AwoRGB8mLTQ7QklQV15lbHN6gYiPlp2kq7K5wMfO1dw="),
		FrontName: "backoffice", Mode: "developer",
		Overrides: map[string]app.Secret{
			"twofactorauth/general/force_providers": app.NewSecret("google,u2fkey"), "twofactorauth/google/otp_window": app.NewSecret("1"),
			"admin/security/use_form_key": app.NewSecret("1"), "admin/security/admin_account_sharing": app.NewSecret(""),
			"tax/rate": app.NewSecret("8.25"), "payment/service/private_key": app.NewSecret("canary"),
		},
	}), fields(s))
	require.True(t, s.TLS.Wanted())
}

func TestHosts(t *testing.T) {
	for host, want := range map[string]envphp.Shop{
		"localhost":                   {Host: "localhost"},
		"127.0.0.1":                   {Host: "127.0.0.1"},
		"db.example.com:33060":        {Host: "db.example.com", Port: 33060},
		"db:1":                        {Host: "db", Port: 1},
		"db:65535":                    {Host: "db", Port: 65535},
		"/var/run/mysqld/mysqld.sock": {Socket: "/var/run/mysqld/mysqld.sock"},
		"./my:sql.sock":               {Socket: "./my:sql.sock"},
	} {
		s := parse(t, in("'host' => '"+host+"'"))
		require.Empty(t, s.Gaps, host)
		require.Equal(t, []any{want.Host, want.Port, want.Socket}, []any{s.Host, s.Port, s.Socket}, host)
	}
	for _, host := range []string{"db:", ":3306", "db:0", "db:65536", "db:-1", "db:+1", "db:3306:1", "db:mysql", "::1", "[::1]:3306", "db: 3306"} {
		s := parse(t, in("'host' => '"+host+"'"))
		require.Equal(t, []envphp.Gap{{
			Path:    "db/connection/default/host",
			Message: "The host of the database in env.php is neither a name, nor a name and a port, nor a socket.",
		}}, s.Gaps, host)
		require.Equal(t, []any{"", 0, ""}, []any{s.Host, s.Port, s.Socket}, host)
	}
}

func TestTLS(t *testing.T) {
	for options, want := range map[string]envphp.TLS{
		"":                               {},
		"1014 => true":                   {},
		"1014 => false":                  {Unverified: true},
		"1014 => 0":                      {Unverified: true},
		"1014 => '0'":                    {Unverified: true},
		"1014 => '1'":                    {},
		"1014 => null":                   {},
		"1009 => '/ca'":                  {CA: "/ca"},
		"1009 => '/ca', 1014 => ''":      {CA: "/ca", Unverified: true},
		"1007 => '/k', 1008 => '/c'":     {Key: "/k", Cert: "/c"},
		"1010 => '/folder', 1011 => 'X'": {CAFolder: "/folder", Ciphers: "X"},
	} {
		s := parse(t, in("'driver_options' => ["+options+"]"))
		require.Equal(t, want, s.TLS, options)
		require.Equal(t, strings.Contains(options, "/"), s.TLS.Wanted(), options)
		require.Empty(t, s.Gaps)
	}
}

func gaps(s envphp.Shop) (all []string) {
	for _, g := range s.Gaps {
		all = append(all, g.Path+": "+g.Message)
	}
	return all
}

func TestWhatIsMissingIsNamed(t *testing.T) {
	const whole = "'host' => 'h', 'dbname' => 'd', 'username' => 'u'"
	for _, c := range []struct {
		src  string
		want []string
	}{
		{"'crypt' => ['key' => 'k'], 'db' => ['connection' => ['default' => [" + whole + "]]]", nil},
		{"'crypt' => ['key' => 'k']", []string{"db/connection/default: env.php has no connection to the database (db/connection/default)."}},
		{"'crypt' => ['key' => 'k'], 'db' => ['connection' => ['indexer' => [" + whole + "]]]", []string{
			"db/connection/default: env.php has no connection to the database (db/connection/default).",
		}},
		{"'crypt' => ['key' => 'k'], 'db' => ['connection' => ['default' => 'h']]", []string{
			"db/connection/default: env.php has no connection to the database (db/connection/default).",
		}},
		{"'db' => ['connection' => ['default' => [" + whole + "]]]", []string{"crypt/key: env.php has no crypt key (crypt/key)."}},
		{"'crypt' => ['key' => \" \\n\"], 'db' => ['connection' => ['default' => [" + whole + "]]]", []string{"crypt/key: env.php has no crypt key (crypt/key)."}},
		{"'crypt' => ['key' => ['a', 'b']], 'db' => ['connection' => ['default' => [" + whole + "]]]", []string{
			"crypt/key: The crypt key in env.php is an array, not a text (crypt/key).",
		}},
		{"'crypt' => [], 'db' => ['table_prefix' => [], 'connection' => ['default' => ['host' => '', 'dbname' => null]]]", []string{
			"db/table_prefix: The prefix of the tables in env.php is an array, not a text (db/table_prefix).",
			"db/connection/default/host: env.php has no host of the database (db/connection/default/host).",
			"db/connection/default/dbname: env.php has no name of the database (db/connection/default/dbname).",
			"db/connection/default/username: env.php has no user of the database (db/connection/default/username).",
			"crypt/key: env.php has no crypt key (crypt/key).",
		}},
	} {
		require.Equal(t, c.want, gaps(parse(t, []byte("<?php return ["+c.src+"];"))), c.src)
	}
}

func TestPlaceholders(t *testing.T) {
	s := parse(t, []byte(`<?php return [
	'crypt' => ['key' => '#env(CRYPT_KEY)'],
	'db' => ['table_prefix' => '#env( PREFIX , "shop_")', 'connection' => ['default' => [
		'host' => "#env(DB_HOST, \"db:3307\")\n", 'dbname' => 'magento', 'username' => '#env(DB_USER)', 'password' => '#env(DB_PASSWORD,"hunter2")',
	]]],
	'system' => ['default' => ['twofactorauth' => ['general' => ['force_providers' => '#env(PROVIDERS)', 'x' => '#env(X, "y")']]]],
];`))
	require.Equal(t, []any{"db", 3307, "shop_", "", "hunter2", ""},
		[]any{s.Host, s.Port, s.Prefix, s.Username, s.Password.Reveal(), s.CryptKey.Reveal()})
	const unseen, fallback = " of the web server, which cannot be seen from here.", " What env.php has for when it is not set is taken instead."
	require.Equal(t, []envphp.Gap{
		{Path: "db/table_prefix", Variable: "PREFIX", Fallback: true, Message: "The prefix of the tables is in the environment variable PREFIX" + unseen + fallback},
		{Path: "db/connection/default/host", Variable: "DB_HOST", Fallback: true, Message: "The host of the database is in the environment variable DB_HOST" + unseen + fallback},
		{Path: "db/connection/default/username", Variable: "DB_USER", Message: "The user of the database is in the environment variable DB_USER" + unseen},
		{Path: "db/connection/default/password", Variable: "DB_PASSWORD", Fallback: true, Message: "The password of the database is in the environment variable DB_PASSWORD" + unseen + fallback},
		{Path: "crypt/key", Variable: "CRYPT_KEY", Message: "The crypt key is in the environment variable CRYPT_KEY" + unseen},
		{Path: "system/default/twofactorauth/general/force_providers", Variable: "PROVIDERS", Message: "The setting twofactorauth/general/force_providers is in the environment variable PROVIDERS" + unseen},
		{Path: "system/default/twofactorauth/general/x", Variable: "X", Fallback: true, Message: "The setting twofactorauth/general/x is in the environment variable X" + unseen + fallback},
	}, s.Gaps)
	require.Len(t, s.Overrides, 1, "an override that nobody here can see is no empty one")
	require.Equal(t, "y", s.Overrides["twofactorauth/general/x"].Reveal())

	// What only looks like one is the value itself, as in Magento.
	for _, password := range []string{
		"#env()", "#env(A-B)", `#env(A, "")`, `#env(A, "b" )`, "#env(A, b)", "x#env(A)", "#env(A)x", "#ENV(A)", "env(A)", "%env(A)%", `#env(A "b")`, "#env(É)",
	} {
		s := parse(t, in("'password' => '"+password+"'"))
		require.Empty(t, s.Gaps, password)
		require.Equal(t, password, s.Password.Reveal())
	}
}

func TestAnotherFileIsRefused(t *testing.T) {
	for _, src := range []string{"[]", "['modules' => ['Magento_User' => 1]]", "['db' => 'x', 'crypt' => 'y']", "['db']"} {
		_, err := envphp.Parse([]byte("<?php return " + src + ";"))
		require.Equal(t, app.Invalid, app.KindOf(err))
		require.ErrorContains(t, err, "The file is no env.php of Magento: it has neither a db nor a crypt section.", src)
	}
}

func TestAShopPrintsNoSecret(t *testing.T) {
	s := parse(t, []byte(`<?php return ['crypt' => ['key' => 'canary'], 'db' => ['connection' => ['default' => ['host' => 'h', 'dbname' => 'd', 'username' => 'u',
		'password' => 'canary']]], 'system' => ['default' => ['payment' => ['key' => 'canary', 'other' => '#env(X, "canary")']]]];`))
	require.Equal(t, 4, strings.Count(fields(s), `"canary"`), "they are there")
	for _, value := range []any{s, &s, []envphp.Shop{s}, struct{ s envphp.Shop }{s}, s.Overrides, s.Gaps} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d"} {
			printed := strings.ToLower(fmt.Sprintf(verb, value))
			require.NotContains(t, printed, "canary", verb)
			require.NotContains(t, printed, "63616e617279", verb)
		}
		out, err := json.Marshal(value)
		require.NoError(t, err)
		require.NotContains(t, string(out), "canary")
		var log bytes.Buffer
		slog.New(slog.NewTextHandler(&log, nil)).Info("shop", "shop", value)
		slog.New(slog.NewJSONHandler(&log, nil)).Info("shop", "shop", value)
		require.NotContains(t, log.String(), "canary")
	}
}

func TestFilesThatAreNoEnvPHP(t *testing.T) {
	folder := t.TempDir()
	write := func(name, text string, mode os.FileMode) string {
		path := filepath.Join(folder, name)
		require.NoError(t, os.WriteFile(path, []byte(text), mode))
		return path
	}
	gone := filepath.Join(folder, "gone.php")
	for _, c := range []struct {
		path, message string
		kind          app.Kind
	}{
		{gone, "There is no file " + gone + ".", app.NotFound},
		{folder, folder + " is a folder, not an env.php.", app.Invalid},
		{write("empty.php", "", 0o600), "The file does not begin with <?php, so it is no env.php.", app.Invalid},
		{write("env.json", "{}", 0o600), "The file does not begin with <?php, so it is no env.php.", app.Invalid},
		{write("huge.php", "<?php return [];"+strings.Repeat("\n", 1<<20), 0o600), "The file is larger than 1 MiB, so it is no env.php.", app.Invalid},
		{write("config.php", "<?php return ['modules' => []];", 0o600), "The file is no env.php of Magento: it has neither a db nor a crypt section.", app.Invalid},
		{write("call.php", "<?php\nreturn ['x' => getenv('Y')];", 0o600), "Line 2 of env.php calls a function.", app.Invalid},
	} {
		s, err := envphp.Read(c.path)
		message, _ := app.Explain(err)
		require.Equal(t, c.message, message)
		require.Equal(t, c.kind, app.KindOf(err))
		require.Equal(t, envphp.Shop{}, s)
	}
}
