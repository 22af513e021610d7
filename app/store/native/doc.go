// Package native is Factordesk's own store: one schema, kept by a database
// engine. A local store is one SQLite file; a team's store is a PostgreSQL
// database, at which many consoles work at once.
//
// Use: [Create] makes a local store with its first administrator and returns the
// recovery key; [Open] opens one. [CreateOnServer] and [OpenServer] are the same
// for a team's store. All return a [Store], which is an app.Store.
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
// On a server, a deed locks the row of its user first and the end of the chain
// last, so that deeds on different users overlap; what is about all users, an
// import or a role, keeps other deeds out. One that the engine takes back for the
// sake of another is done again. When the connection ends while a deed is being
// committed, the store is asked for its event afterwards; what nobody can find
// out is said, and never repeated.
//
// Start reading in store.go. SQL is written once, in the words that SQLite and
// PostgreSQL share; what differs is in dialect.go, sqlite.go and postgres.go, in
// the two links, and in the folders below migrations. Times are stored as microseconds since 1970 UTC.
package native
