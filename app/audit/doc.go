// Package audit is the chain of a store's events: the bytes that an event is,
// the hash that ties it to the one before, and the check of a whole chain.
//
// An event is stored as its canonical form (see [Append]) together with the
// SHA-256 of that form. The form holds the event's number and the hash of the
// event before, so that a [Verifier] that is fed what is stored names the first
// event that was changed, removed, reordered or inserted.
//
// A chain alone does not notice that its newest events were cut off, or that
// everything was written anew. Therefore a store keeps the newest number and
// hash a second time, under a MAC whose key only operators have: the [Seal].
// Events written while no key was open (a failed sign-in) follow the seal
// until the next deed of a key holder; a report counts them as unsealed.
package audit
