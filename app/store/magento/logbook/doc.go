// Package logbook is the audit of a store that has no place for one: a file on
// this computer, with a chain of events like that of our own stores, and what
// else a console must remember of a shop that Magento does not: which codes were
// used, which sessions at this desk are kept, and when a factor was used last.
//
// Store and logbook are two places, and a program can end between them. So a
// deed writes an intent before it changes the store, and its outcome after:
//
//	seq, err := book.Intend(ctx, event, sum) // sum: SHA-256 of what will be written
//	…change the store…
//	err = book.Settle(ctx, seq, event)       // with event.Outcome
//
// An intent that is still open when the logbook is opened again (OpenIntents)
// says that nobody knows how it ended; whoever looks at the store can tell by
// what it carries, and settles it. Settle answers Conflict where another console
// was faster.
//
// Each call is one transaction that is on the disk when it returns; only
// WriteSoon does not wait for that. Several processes may have the same file
// open. Write makes several entries one transaction.
package logbook
