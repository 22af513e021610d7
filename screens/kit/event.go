package kit

import "github.com/factordesk/factordesk/app"

// OutcomeCell shows how a deed ended, as Activity and a user's own tab say it.
func OutcomeCell(o app.Outcome) Cell {
	switch o {
	case app.Refused:
		return Cell{Text: "Refused", Bold: true, Ink: ColorBad, Icon: IconX}
	case app.Failed:
		return Cell{Text: "Failed", Bold: true, Ink: ColorBad, Icon: IconOctagon}
	case app.Intent:
		return Cell{Text: "Not known", Bold: true, Ink: ColorWarn, Icon: IconHourglass}
	case app.Done:
	}
	return Cell{Text: "Done", Ink: ColorInk, Icon: IconCheck, IconInk: ColorOK}
}

// Unsettled says in a note that a deed was begun and its end is not known, and
// what to do; for the detail of an event that is an app.Intent.
func Unsettled() *Note {
	return NewNote(StatusWarn, "It is not known whether this was done.",
		"The connection or Factordesk ended before the answer came. Look at the user, then repeat it or not.").Icon(IconHourglass)
}
