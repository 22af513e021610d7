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
		return Cell{Text: "Begun", Ink: ColorWarn, Icon: IconHourglass}
	case app.Done:
	}
	return Cell{Text: "Done", Ink: ColorInk, Icon: IconCheck, IconInk: ColorOK}
}
