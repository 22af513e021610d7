package crypt

import (
	"fmt"

	"github.com/factordesk/factordesk/app"
)

// Fault says why a value does not open.
type Fault int

// The faults.
const (
	noFault       Fault = iota
	Empty               // there is no value
	NotSealed           // it is not encrypted
	OldCipher           // it has a cipher before the third
	UnknownCipher       // it has a cipher that no Magento has
	NoKey               // it names a key that is not there
	OddKey              // it names a key of the wrong length
	WrongKey            // the key is another one, or the value was changed: a cipher cannot tell
	NotBase64           // it holds characters that are not of base64, and does not open without them
	Truncated           // its end is missing
	Malformed           // its parts do not make sense
	TooLong             // it is longer than MaxValue
)

// OpenError says why a value does not open.
type OpenError struct {
	Fault  Fault
	Cipher Cipher // that the value names
	Key    int    // that the value names, counted from 0
	Keys   int    // how many there are
	Length int    // in bytes: of the key if the fault is OddKey, else of the value
}

// trouble makes an error of a fault.
func (k Keys) trouble(f Fault, e envelope, length int) error {
	if f == OddKey {
		length = k.ring.lengths[e.key]
	}
	return &OpenError{Fault: f, Cipher: e.cipher, Key: e.key, Keys: k.Len(), Length: length}
}

// Error is a sentence about "the value".
func (e *OpenError) Error() string { return "the value " + e.Predicate() }

// AnotherKey reports whether the value may well open with a key that is not
// among these.
func (e *OpenError) AnotherKey() bool {
	return e.Fault == NoKey || e.Fault == OddKey || e.Fault == WrongKey
}

// Predicate is the sentence without its subject and its period, for callers
// who know what the value is: "is encrypted with key 1 of crypt/key …".
func (e *OpenError) Predicate() string {
	switch e.Fault {
	case Empty:
		return "is empty"
	case NotSealed:
		return "is not encrypted"
	case OldCipher:
		return fmt.Sprintf("is encrypted with key %d of crypt/key and the older cipher %s, which is not opened here", e.Key, e.Cipher)
	case UnknownCipher:
		return fmt.Sprintf("names %s, which Magento does not have", e.Cipher)
	case NoKey:
		return fmt.Sprintf("is encrypted with key %d of crypt/key, counted from 0, and %s", e.Key, e.known())
	case OddKey:
		return fmt.Sprintf("is encrypted with key %d of crypt/key, counted from 0, which has %s instead of %d", e.Key, bytesText(e.Length), keySize)
	case WrongKey:
		return fmt.Sprintf("does not open with key %d of crypt/key, counted from 0: it was encrypted with another key, or it is damaged", e.Key)
	case NotBase64:
		return "is damaged: it holds characters that are not of base64"
	case Truncated:
		return "is cut off: its end is missing"
	case Malformed:
		return "is damaged: its parts do not make sense"
	case TooLong:
		return fmt.Sprintf("has %s bytes, more than the %s that are read", app.Thousands(int64(e.Length)), app.Thousands(MaxValue))
	}
	return "does not open"
}

// known says which keys there are.
func (e *OpenError) known() string {
	switch e.Keys {
	case 0:
		return "no key is known"
	case 1:
		return "only key 0 is known"
	}
	return fmt.Sprintf("only keys 0 to %d are known", e.Keys-1)
}
