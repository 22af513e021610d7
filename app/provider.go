package app

import "io"

// ProviderCode is Magento's code of a 2FA method.
type ProviderCode string

// The provider codes.
const (
	Google ProviderCode = "google"
	Duo    ProviderCode = "duo_security"
	Authy  ProviderCode = "authy"
	U2F    ProviderCode = "u2fkey"
)

// Provider is a 2FA method: data, plus what it is able to do. A nil Enroller
// means that Factordesk cannot enroll it, and WhyNot says why.
type Provider struct {
	Code     ProviderCode
	Name     string // "Google Authenticator"
	Short    string // "Google", for the grid
	About    string // one sentence for the card of a user who has none
	Enroller Enroller
	WhyNot   string
}

// Enroller makes a new factor for a user. It changes no store.
type Enroller interface {
	NewFactor(random io.Reader, f FactorForm, u User) (FactorSecret, error)
}
