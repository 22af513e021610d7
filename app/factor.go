package app

import "time"

// Status says how far a factor is.
type Status string

// The statuses of a factor.
const (
	StatusNotEnrolled Status = "not enrolled" // nothing is stored
	StatusPending     Status = "pending"      // a secret was made; no code was ever right
	StatusActive      Status = "active"       // in use
	StatusUnreadable  Status = "unreadable"   // stored, but no key opens it
)

// Factor is one provider set up for one user, without its secret.
type Factor struct {
	Provider   ProviderCode
	Status     Status
	Since      time.Time // when it came to be pending or active; UTC
	LastUsed   time.Time // zero: never, or not known to the store
	EnrolledBy string    // the operator's username; empty: not known
	Params     CodeParams
	Devices    int    // security keys of the factor; 0 where it has no devices
	Note       string // what is wrong, in one sentence
	Whole      bool   // the store cannot take it apart: a reset forgets every factor of the user
}

// CodeParams says how codes are made from a secret (RFC 4226, RFC 6238).
type CodeParams struct {
	Kind      string        // "totp" or "hotp"
	Algorithm string        // "SHA1", "SHA256" or "SHA512"
	Digits    int           // 6 to 8
	Period    time.Duration // 15 s to 120 s; zero for hotp
}

// SecretForm says how long the secret of a new factor is.
type SecretForm string

// The forms of secrets.
const (
	TypedSecret   SecretForm = "typed"   // 160 bits, 32 characters: can be typed by hand (RFC 4226 section 4)
	MagentoSecret SecretForm = "magento" // Magento's own, 212 characters: for scanning only
)

// FactorForm is what a store wants of a new factor.
type FactorForm struct {
	Issuer string
	Secret SecretForm
}

// FactorSecret is a new factor with its secret, between the provider that made
// it and the store that seals it.
type FactorSecret struct {
	Provider ProviderCode
	Params   CodeParams
	Key      Secret // base32 without padding
	URI      Secret // otpauth://
	Issuer   string
	Account  string
}

// Reason says how an attempt with a password or a code ended.
type Reason string

// The reasons. Those of a code check are the words of "factorctl verify --json".
const (
	OK          Reason = "ok"
	Wrong       Reason = "wrong"
	Replayed    Reason = "replayed" // right, but it was used before
	LockedOut   Reason = "locked"
	NoFactor    Reason = "not-enrolled"
	IsPending   Reason = "pending"
	SwitchedOff Reason = "inactive"    // the account is off
	NoOperator  Reason = "no-operator" // unknown, inactive, or without a password
	WrongKey    Reason = "wrong-key"   // the recovery key opens nothing
)

// Attempt is the answer of a store to a password or a code. A refused attempt
// is an answer, not an error.
type Attempt struct {
	Reason      Reason
	User        User      // after the attempt; zero when nobody has that name
	Left        int       // attempts that are left before the lock-out
	LockedUntil time.Time // UTC; set when the attempt met or caused a lock-out
	Step        int64     // the code's time step minus the step now; 0 is in step
}

// Accepted reports whether the attempt was right.
func (a Attempt) Accepted() bool { return a.Reason == OK }

// Lock-out policy of our own stores, as Magento's is out of the box.
const (
	MaxFailures = 6
	LockFor     = 30 * time.Minute
)
