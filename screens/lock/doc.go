// Package lock is the curtain over the window: it says when and why the screen
// was locked, and opens again with the operator's password. Nothing of the page
// behind it is visible; the place is kept.
//
// The shell makes a Screen each time it locks, puts its Content in place of
// everything else, and goes back to where it was at Actions.Unlocked.
package lock
