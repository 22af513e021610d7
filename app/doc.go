// Package app is Factordesk without a window, a terminal or a database: the
// nouns, the rules and the deeds. START HERE.
//
// The nouns: a User has a Factor for each Provider; an operator is a User who
// is signed in to a Console; a Store is where users live; an Event is one line
// of the audit.
//
// The rules, which no front end can get around, because both hold nothing but
// a Console:
//
//   - every deed asks the operator's Role for its Permission (role.go);
//   - nothing destructive happens without a Grant, and only Console.Reverify,
//     which takes the operator's password, makes one (grant.go);
//   - the last active Administrator stays, and nobody resets the own factor at
//     the desk (reset.go, users.go);
//   - every deed and every refused attempt is an Event in the same transaction
//     as the change (event.go);
//   - a Secret prints as a mask (secret.go).
//
// One use case a file, as methods on Console: signin.go, users.go, import.go,
// enroll.go, verify.go, reset.go, unlock.go, sessions.go, repair.go, examine.go,
// rotate.go, activity.go, watch.go.
//
// The package imports the standard library only. Stores, codes, pictures and
// files are in the folders below; connect puts them together.
package app
