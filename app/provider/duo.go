package provider

import "github.com/factordesk/factordesk/app"

// duo is Duo Security, a push to the phone by a service.
func duo() app.Provider {
	return app.Provider{
		Code:   app.Duo,
		Name:   "Duo Security",
		Short:  "Duo",
		About:  "It asks on the phone, through the Duo service.",
		WhyNot: "Factordesk cannot enroll Duo Security: it needs a Duo integration key.",
	}
}
