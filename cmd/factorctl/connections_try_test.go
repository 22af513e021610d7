package main

import (
	"bytes"
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
)

// What a server presented is told under the step that did not take it, and cannot
// play with the terminal.
func TestACertificateThatIsNotTakenIsTold(t *testing.T) {
	rung := app.Rung{
		Name: "TLS", State: app.RungFailed, Took: 9 * time.Millisecond,
		Err: app.Errorf(app.Unreachable, "The certificate of the server is not for db but for pg."),
		Certificate: &app.Certificate{
			Subject: "CN=pg\x1b[2J", Names: []string{"pg", "10.0.4.3"}, Issuer: "CN=Workshop CA",
			From: time.Date(2026, time.January, 3, 0, 0, 0, 0, time.UTC), Until: time.Date(2027, time.January, 3, 0, 0, 0, 0, time.UTC),
			Fingerprint: "3F:9A",
		},
	}
	var out bytes.Buffer
	d := &desk{out: &out, err: &out}
	d.tellRung(rung)
	for _, line := range []string{
		"TLS         FAILED\n", "  The server presented:\n", "    Names    pg, 10.0.4.3\n", "    Issuer   CN=Workshop CA\n",
		"    Valid    2026-01-03 00:00", " to 2027-01-03 00:00", "    SHA-256  3F:9A\n",
	} {
		require.Contains(t, out.String(), line)
	}
	require.NotContains(t, out.String(), "\x1b")

	out.Reset()
	d.json = true
	d.tellRung(rung)
	var told struct {
		Certificate struct {
			Names               []string
			Until, SHA256, From string
		}
	}
	require.NoError(t, json.Unmarshal(out.Bytes(), &told))
	require.Equal(t, []string{"pg", "10.0.4.3"}, told.Certificate.Names)
	require.Equal(t, "2027-01-03T00:00:00Z", told.Certificate.Until)
	require.Equal(t, "3F:9A", told.Certificate.SHA256)
}
