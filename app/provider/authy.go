package provider

import "github.com/factordesk/factordesk/app"

// authy is Authy, codes by text message, call or app through a service.
func authy() app.Provider {
	return app.Provider{
		Code:   app.Authy,
		Name:   "Authy",
		Short:  "Authy",
		About:  "It needs a phone number, and proves it by a text message or a call.",
		WhyNot: "Factordesk cannot enroll Authy: it needs an Authy API key.",
	}
}
