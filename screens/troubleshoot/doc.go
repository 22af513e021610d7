// Package troubleshoot is the screen that finds out what is wrong. Refused code
// says why a code is refused and what helps, with the clocks beside it. Doctor looks
// at the whole store: its findings stand at the left, most serious first, and
// beside them what one of them means and what to do about it.
//
// Map: screen.go the page, and THE list of its views · refused.go and question.go
// the question about a code · answer.go what it comes to · steps.go what the person
// does · clocks.go the clocks · doctor.go asking and
// answering · findings.go the left card · detail.go the right one · passed.go
// what was in order, and what cannot be seen · ticket.go findings as text.
package troubleshoot
