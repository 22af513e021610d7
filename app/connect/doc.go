// Package connect puts the parts together: it turns the name of a store into a
// Console, for the window and the terminal alike. It is the only place that
// knows every kind of store.
//
// Use: Open opens what a name, a path, an address or nothing at all means; Create
// makes a new local store with its first administrator; Sample makes the store
// for looking around; SignedIn notes a sign-in among the saved connections.
// ReadEnv shows what a shop's env.php says, and Test goes the way to a store step
// by step. Log opens the file that the causes of errors go to.
//
// A new kind of store is one case in target.go and one file here.
package connect
