// Package signin is the sign-in screen: the saved stores at the left, and the
// card in which an operator of the chosen one signs in, with a code or, where
// the own factor is lost, by break-glass with the recovery key.
//
// The shell opens stores. It makes the Screen with the list, opens what
// Actions.Choose names, and tells the outcome with Opened or Failed. After
// Actions.SignedIn it shows Notice, and then the desk.
package signin
