// Package connections is the screen of the stores that this computer knows: how
// each is reached, whether the way to it is open, and the form with which a shop
// is connected.
//
// A Screen stands at the desk, among the others. A Setup fills the window of
// somebody who is not signed in yet: it has the form alone, with the test of it.
//
// Map: service.go what is asked of the program around the window · screen.go,
// list.go, detail.go the page · probe.go the connection test · form.go, where.go,
// database.go, own.go, check.go the form · setup.go the form before sign-in.
package connections
