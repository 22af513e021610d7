package connect

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
)

// An address is read as it is written.
func TestTeamAddresses(t *testing.T) {
	for _, a := range []teamAddress{
		{host: "db.example", database: "desk", username: "ann"},
		{host: "::1", port: 5433, database: "my desk", username: "ann b@c"},
		{host: "fe80::1", database: "desk", username: "ann"},
		{host: "/run/postgresql", port: 5433, database: "desk", username: "ann"},
		{host: "db", database: "desk", username: "ann", tls: app.TLS{Mode: app.TLSVerifyCA, CA: "/a b/ca.pem", Certificate: "/c.pem", Key: "/k.pem"}},
		{host: "db", database: "desk", username: "ann", tls: app.TLS{Mode: app.TLSOff}, ssh: app.SSH{Host: "gate", Port: 2222, User: "deploy", Key: "/id"}},
		{host: "db", database: "desk", username: "ann", ssh: app.SSH{Host: "gate"}},
	} {
		text := a.String()
		again, err := readTeam(text[len("postgres://"):])
		require.NoError(t, err, text)
		require.Equal(t, a, again, text)
	}
	for _, rest := range []string{
		"", "db", "db/desk", "ann@/desk", "ann@db", "ann@db/", "ann@db:0/desk", "ann@db:99999/desk", "ann@db:x/desk", "ann@db/a/b", "ann@db/desk#x",
		"ann:hunter2@db/desk", "ann:@db/desk", "ann@db/desk?password=hunter2", "ann@db/desk?sslmode=prefer", "ann@db/desk?options=hunter2",
		"ann@db/desk?ssh=", "ann:hunter2/x@db/desk", "ann@db/desk?ssh=gate:x",
	} {
		_, err := readTeam(rest)
		require.Equal(t, app.Invalid, app.KindOf(err), rest)
		require.NotContains(t, err.Error(), "hunter2")
	}
}
