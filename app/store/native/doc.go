// Package native is Factordesk's own store: one schema, kept by a database
// engine. Today's engine is SQLite, one file.
//
// Use: [Create] makes a store with its first administrator and returns the
// recovery key; [Open] opens one. Both return a [Store], which is an app.Store.
//
// It promises:
//
//   - A change and its event are one transaction, with one sync to the disk;
//     guards that two consoles could race for are asked inside it.
//   - Secrets and passwords are stored sealed and hashed (app/seal). Who reads
//     the file reads usernames, addresses, names, roles and the audit, and no
//     secret. Who writes to the file can do harm, and the audit shows it.
//   - Files are 0600, folders that it makes 0700.
//   - Errors are *app.Error; a driver's words are in their cause only.
//
// Start reading in store.go. SQL is written once, in the words that SQLite and
// PostgreSQL share; what differs is in sqlite.go and in the folders below
// migrations. Times are stored as microseconds since 1970 UTC.
package native
