package app

import "context"

// KeyDoubt says that a shop's crypt key opens nothing of what the shop has
// encrypted. Most often it is another shop's key. But so it is, too, after the
// key was changed and the one before it taken out, and for a copy of a database
// that has a key of its own.
type KeyDoubt struct {
	Rows     int // encrypted 2FA data that the key should open, and does not
	Settings int // encrypted settings, likewise: Magento encrypts these anew when it changes the key

	Older error // why an older key that was given does not help; nil: none was
}

// KeyAnswer is what a person says to a KeyDoubt. The zero value says that the
// shop is not to be opened.
type KeyAnswer struct {
	Older   Secret // a key that the shop had before; it must open what the shop's own does not
	Changed bool   // the key is the shop's own all the same, and there is no older one
}

// KeyAsker is what an [Asker] may be besides. Without it a shop whose crypt key
// opens nothing is not opened, unless the answer came with the program's options.
type KeyAsker interface {
	KeyDoubt(ctx context.Context, d KeyDoubt) (KeyAnswer, error)
}
