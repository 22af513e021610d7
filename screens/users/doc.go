// Package users is the list of users: search, quick filters, one page at a time,
// what can be done with the ticked ones, and the two ways in, Add user and
// Import CSV.
//
// The screen asks the store for one page and for the counts of the chips off
// the UI goroutine, makes rows of them there, and shows them in one hop. A new
// question drops the answer to the one before. Pages are turned by the store's
// cursors, so that a store of a million users feels like one of a hundred.
//
// Map: users.go the screen and its neighbors · load.go asking and answering ·
// rows.go a user as a row · view.go and foot.go the bands and the table ·
// states.go, way.go, drawing.go what stands in place of rows · add.go,
// importing.go, report.go the dialogs.
package users
