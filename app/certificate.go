package app

import "time"

// Certificate is what a server has presented to prove who it is, to be looked at
// where it was not taken.
type Certificate struct {
	Subject     string    // "CN=db.example"
	Names       []string  // hosts that it is for
	Issuer      string    // who signed it
	From, Until time.Time // when it is valid
	Fingerprint string    // SHA-256 of the whole, in hexadecimal pairs
}
