// Package provider holds the 2FA methods: data in one list, and for those that
// Factordesk can enroll in its own stores, how a new factor is made.
//
// A new provider is one file here and one line in All.
package provider

import "github.com/factordesk/factordesk/app"

// All returns every provider in the order of the screens.
func All() []app.Provider {
	return []app.Provider{
		google(),
		u2f(),
		duo(),
		authy(),
	}
}
