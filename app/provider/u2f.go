package provider

import "github.com/factordesk/factordesk/app"

// u2f is security keys, which answer to the web address that they were
// registered at and to no other.
func u2f() app.Provider {
	return app.Provider{
		Code:   app.U2F,
		Name:   "U2F (Yubikey and others)",
		Short:  "U2F",
		About:  "It needs a security key, registered in the browser on the site that it is for.",
		WhyNot: "Factordesk cannot enroll U2F: a security key is registered in the browser, on the site that it is for.",
	}
}
