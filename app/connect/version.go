package connect

import (
	"os"

	"github.com/factordesk/factordesk/app"
)

// Version is the version of Factordesk. FyneApp.toml says the same, which a
// test compares.
const Version = "1.0.0"

// Desk returns which console this is, for the audit: "desk-olive, Factordesk
// 1.0.0".
func Desk() string {
	host, err := os.Hostname()
	if err != nil || host == "" {
		host = "unnamed computer"
	}
	if app.CheckName("host name", host) != nil {
		host = "oddly named computer"
	}
	return host + ", Factordesk " + Version
}
