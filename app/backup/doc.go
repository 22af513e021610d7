// Package backup is the file that a store leaves this computer in: one encrypted
// file that says, to who has the passphrase, what is in it.
//
// Use: [Write] makes one of a snapshot of a store; [Open] opens one, and
// [File.Copy] writes the snapshot out again.
//
// The file is of age (https://age-encryption.org/v1), with a passphrase under
// scrypt, so that it can be opened without this program, too:
//
//	age -d desk.factordesk.age | tail -n +3 > desk.db
//
// Inside is a line with the format, a line with the [Manifest] as JSON, and then
// the snapshot itself. Nothing about the store can be read without the passphrase.
//
// It promises: a file that exists is not written over; a new one is 0600, has been
// read again before it gets its name, and is whole or not there; a snapshot that
// comes out of a file is the one that went in, byte by byte, or there is an error.
package backup
