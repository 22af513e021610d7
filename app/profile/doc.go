// Package profile is what Factordesk knows about this computer and its person:
// the saved connections and where their passwords come from, the settings of the
// window, and the newest event that was seen of each store.
//
// Use: UserDirs says where the files are; everything else is a method on Dirs,
// reads its file when it is called and keeps nothing in memory, so that two
// consoles at once see what the other has saved. Passwords is one for the life of a
// program: it holds the key of the keyring, and what commands have printed.
//
// It promises: no file holds a secret that can be read without the keyring; files are 0600 in 0700 folders; a file
// is either the old one or the new one, never half of one; a change is made
// under a lock, so that none is lost; a key that is not known is refused with
// its name, because a typing error would otherwise be a setting that does not
// work.
package profile
