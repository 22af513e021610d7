// Package backup is the dialogs that make an encrypted backup of the open store,
// and a new store of a backup.
//
// Use: [Make] and [Restore] open them over whatever screen there is. Both show how
// far the work is, and Esc stops it; what is stopped leaves nothing behind. They
// are dialogs rather than a screen because each belongs to several: Settings,
// Connections, and Welcome.
package backup
