package enroll

import (
	"context"
	"strconv"
	"time"

	"fyne.io/fyne/v2"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/kit"
)

// firstCode is the one field at the end of the path, and the ring that says how
// long the code of now still counts.
type firstCode struct {
	screen  *Screen
	content fyne.CanvasObject
	field   *kit.Field
	ring    *kit.Ring
	rest    *kit.Text
	clocks  *kit.Text
	busy    bool
}

func newFirstCode(s *Screen) *firstCode {
	digits := s.shown.Factor.Params.Digits
	f := &firstCode{
		screen: s, field: kit.NewCode("First code", digits).First(), ring: kit.NewRing(),
		rest: kit.NewText("").Strong(), clocks: kit.NewText("").At(kit.Size12).In(kit.ColorInk2),
	}
	f.field.Help("Confirms by itself as soon as " + lower(numberWord(digits)) + " digits are right.")
	f.field.OnChange = func(text string) {
		if len(text) == digits {
			f.confirm(text)
		}
	}
	f.field.OnSubmit = func(text string) {
		if len(text) < digits {
			f.field.SetError("The code has "+strconv.Itoa(digits)+" digits.", "")
			return
		}
		f.confirm(text)
	}
	side := kit.Pad(kit.Scaled(28), 0, 0, 0, kit.Row(kit.Space12, f.ring, kit.Column(1, f.rest, f.clocks)))
	room := kit.Side{Wide: kit.Scaled(312), NarrowBelow: 560, Narrow: 216, StackBelow: 400}
	f.content = kit.Beside(room, kit.Space24, f.field, side)
	return f
}

// tick shows the seconds that are left of the step of now, by the workstation's
// clock, with UTC beside it.
func (f *firstCode) tick() {
	period := f.screen.shown.Factor.Params.Period
	now := f.screen.kit.Now()
	f.clocks.SetText(kit.ClockTime(now) + " here · " + kit.ClockUTC(now))
	if period <= 0 {
		f.ring.Hide()
		f.rest.SetText("A code counts once")
		return
	}
	gone := time.Duration(now.UnixNano()) % period
	left := period - gone
	f.ring.SetValue(float64(left) / float64(period))
	f.rest.SetText("New code in " + strconv.Itoa(int((left+time.Second-1)/time.Second)) + " s")
}

func (f *firstCode) confirm(code string) {
	if f.busy {
		return
	}
	s := f.screen
	if err := s.kit.Link().Refusal(); err != nil { // a code is not used up by who cannot check it
		what, _ := s.kit.Explain(err)
		f.field.SetError(what, "The next code can be confirmed when it answers.")
		f.content.Refresh()
		return
	}
	f.busy = true
	f.field.SetError("", "")
	id, provider := s.shown.User.ID, s.shown.Factor.Provider
	kit.Go(s.kit, func(ctx context.Context) (app.Attempt, error) {
		return s.service.Confirm(ctx, id, provider, app.NewSecret(code))
	}, func(a app.Attempt, err error) {
		f.busy = false
		switch {
		case err != nil:
			s.kit.Link().Doubt(err)
			f.field.SetError(s.kit.Explain(err))
		case a.Accepted():
			s.accepted()
			return
		default:
			f.field.SetError(refused(a, s.options.Self))
		}
		f.field.Clear()
		f.field.Focus()
		f.content.Refresh()
	})
}

// refused says why a first code does not count, and what to do.
func refused(a app.Attempt, self bool) (what, then string) {
	switch a.Reason {
	case app.Replayed:
		return "That code was used already.", "Wait for the next one."
	case app.NoFactor:
		return "This factor was reset meanwhile.", "Leave, and enroll again."
	}
	if self {
		return "That code is not right.", "Wait for the next one; if that fails too, check the phone's clock."
	}
	return "That code is not right.", "Ask for the next one; if that fails too, check the phone's clock."
}

func (s *Screen) accepted() {
	s.done = true
	s.setHidden(true)
	s.pill.Set(kit.Badge{Status: kit.StatusOK, Text: "Active"})
	name := s.options.Provider.Name
	if s.options.Self {
		s.kit.Toast(kit.StatusOK, "Your "+name+" is active.")
	} else {
		s.kit.Toast(kit.StatusOK, s.shown.User.Short()+"’s "+name+" is active.")
	}
	s.on.Done()
}

// kindOf names the parameters of a code: "TOTP, SHA-1, 6 digits, 30 s".
func kindOf(p app.CodeParams) string {
	algorithm := p.Algorithm
	if len(algorithm) > 3 {
		algorithm = algorithm[:3] + "-" + algorithm[3:]
	}
	digits := strconv.Itoa(p.Digits) + " digits"
	if p.Period == 0 {
		return "HOTP, " + algorithm + ", " + digits
	}
	return "TOTP, " + algorithm + ", " + digits + ", " + strconv.Itoa(int(p.Period/time.Second)) + " s"
}

func seconds(d time.Duration) string { return strconv.Itoa(int(d/time.Second)) + " seconds" }

// numberWord spells the digit counts that codes have.
func numberWord(n int) string {
	switch n {
	case 6:
		return "Six"
	case 7:
		return "Seven"
	case 8:
		return "Eight"
	}
	return strconv.Itoa(n)
}

func lower(s string) string { return string(s[0]|0x20) + s[1:] }
