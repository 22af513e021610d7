// Package signin is the sign-in screen: the saved stores at the left, and the
// card in which an operator of the chosen one signs in, with a code or, where
// the own factor is lost, by break-glass with the recovery key, or with
// the crypt key of a shop.
//
// The shell opens stores. It makes the Screen with the list, opens what
// Actions.Choose names, and tells the outcome with Opened or Failed; Actions.Stop
// ends that, and then no outcome is told. After Actions.SignedIn it shows Notice,
// and then the desk.
//
// While a store on a server is being opened, the card has no fields: what is
// asked on the way (an SSH password, say) must not get the operator's password.
package signin
