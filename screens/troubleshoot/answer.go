package troubleshoot

import (
	"context"
	"math"
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/kit"
)

// look is how a verdict shows: its icon, its colors, and the word in the pill.
type look struct {
	status kit.Status
	icon   kit.IconName
	word   string
}

var looks = map[app.Verdict]look{
	app.CodeAccepted:  {kit.StatusOK, kit.IconCheck, "Accepted"},
	app.CodeReplayed:  {kit.StatusWarn, kit.IconRefresh, "Used before"},
	app.CodeDrift:     {kit.StatusWarn, kit.IconClock, "Drift"},
	app.CodeAhead:     {kit.StatusWarn, kit.IconArrowUp, "Counter ahead"},
	app.CodeZone:      {kit.StatusWarn, kit.IconGlobe, "Time zone"},
	app.CodeDigits:    {kit.StatusBad, kit.IconPhone, "Other digits"},
	app.CodeAlgorithm: {kit.StatusBad, kit.IconPhone, "Other hash"},
	app.CodePeriod:    {kit.StatusBad, kit.IconPhone, "Other period"},
	app.CodeOldSecret: {kit.StatusBad, kit.IconKey, "Earlier secret"},
	app.CodeSibling:   {kit.StatusBad, kit.IconPhone, "Other factor"},
	app.CodeOtherUser: {kit.StatusBad, kit.IconPeople, "Other user"},
	app.CodeTypo:      {kit.StatusWarn, kit.IconPencil, "Mistyped"},
	app.CodeOtherKind: {kit.StatusBad, kit.IconX, "No such code"},
	app.CodeUnknown:   {kit.StatusBad, kit.IconHelp, "Unknown"},
	app.CodeUndecided: {kit.StatusInfo, kit.IconHourglass, "Not sure yet"},
}

// answer shows a diagnosis: what is so, where the codes lie, and what helps.
func (r *refused) answer(d app.Diagnosis, codes []app.CodeReading) fyne.CanvasObject {
	r.clocks.device(d.User.Short(), d.Drift)
	l := looks[d.Verdict]
	fill, line, ink := colors(l.status)
	head := kit.PadXY(kit.Space24, kit.Space18, kit.Row(kit.Space16,
		kit.Disc(fill, line, kit.Scaled(44), kit.Icon(l.icon, ink, 22)),
		kit.Grow(kit.Column(2, kit.Title(d.Title).Wrapped(), kit.Second(d.Message).Wrapped())),
		kit.BadgePill(kit.Badge{Status: l.status, Text: l.word, Icon: l.icon})))
	rows := []fyne.CanvasObject{head}
	if picture := r.picture(d, codes); picture != nil {
		rows = append(rows, kit.Separator(), kit.PadXY(kit.Space24, kit.Space16, picture))
	}
	if d.Course.Known() {
		rows = append(rows, kit.Separator(), kit.PadXY(kit.Space24, kit.Space12, courseOf(d.Course)))
	}
	verdict := kit.NewCard(kit.Column(0, rows...)).Room(0).Foot(kit.PadXY(kit.Space24, kit.Space12, r.facts(d)))
	cards := []fyne.CanvasObject{verdict}
	if len(d.Advice) > 0 {
		cards = append(cards, r.advice(d))
	}
	return kit.Scroll(kit.Pad(0, gutter, 0, 0, kit.Column(kit.Space16, cards...)))
}

func colors(s kit.Status) (fill, line, ink fyne.ThemeColorName) {
	switch s {
	case kit.StatusOK:
		return kit.ColorOKBg, kit.ColorOKLine, kit.ColorOK
	case kit.StatusWarn:
		return kit.ColorWarnBg, kit.ColorWarnLine, kit.ColorWarn
	case kit.StatusBad:
		return kit.ColorBadBg, kit.ColorBadLine, kit.ColorBad
	default:
		return kit.ColorSoft, kit.ColorSoftLine, kit.ColorAccent
	}
}

// picture draws the codes in their steps, where they count time.
func (r *refused) picture(d app.Diagnosis, codes []app.CodeReading) fyne.CanvasObject {
	if len(d.Places) == 0 || d.Params.Kind != "totp" || len(d.Places) != len(codes) {
		return nil
	}
	who := d.User.Short()
	line := kit.StepLine{
		Whose: who + "’s code belongs here", Window: d.Window, Period: d.Params.Period, Now: codes[len(codes)-1].At.Local(),
		Accepts: accepted(d.Window),
	}
	if len(codes) > 1 {
		line.Whose = who + "’s two codes belong here"
	}
	for i, p := range d.Places {
		code := codes[i].Code.Reveal()
		line.Codes = append(line.Codes, kit.StepMark{Text: kit.GroupCode(code, len(code)), Step: p.Step})
	}
	if d.Drift.Known && !d.Drift.OnTime() {
		line.Drift = interval(d.Drift)
	}
	return kit.NewStepLine(line)
}

func accepted(window int) string {
	switch window {
	case 0:
		return "Accepted: this step alone"
	case 1:
		return "Accepted: one step each side"
	}
	return "Accepted: " + strconv.Itoa(window) + " steps each side"
}

// interval says a drift from end to end: "1 min 42 s to 2 min 11 s behind".
func interval(d app.Drift) string {
	lo, hi, side := d.From, d.To, "ahead"
	if d.To <= 0 {
		lo, hi, side = -d.To, -d.From, "behind"
	}
	return span(lo) + " to " + span(hi) + " " + side
}

func span(d time.Duration) string {
	d = d.Round(time.Second)
	h, m, s := int(d/time.Hour), int(d%time.Hour/time.Minute), int(d%time.Minute/time.Second)
	var parts []string
	if h > 0 {
		parts = append(parts, strconv.Itoa(h)+" h")
	}
	if m > 0 {
		parts = append(parts, strconv.Itoa(m)+" min")
	}
	if s > 0 || len(parts) == 0 {
		parts = append(parts, strconv.Itoa(s)+" s")
	}
	return strings.Join(parts, " ")
}

// signed is a difference in seconds: "−131 s", "+14,382 s".
func signed(d time.Duration) string {
	s := int64(d.Round(time.Second) / time.Second)
	if s < 0 {
		return "−" + app.Thousands(-s) + " s"
	}
	return "+" + app.Thousands(s) + " s"
}

// facts is the line under a verdict: the figures behind it, and how sure it is.
func (r *refused) facts(d app.Diagnosis) fyne.CanvasObject {
	var row []fyne.CanvasObject
	fact := func(name, value string) {
		row = append(row, kit.Row(kit.Space8, kit.Caption(name), kit.NewText(value).At(kit.Size12).Strong()))
	}
	names := []string{"First code", "Second code"}
	if len(d.Places) == 1 {
		names[0] = "Code"
	}
	for i, p := range d.Places {
		fact(names[i], away(p.Steps, d.Params.Kind))
	}
	if d.Drift.Known {
		fact("Drift", signed(d.Drift.From)+" to "+signed(d.Drift.To))
	}
	fact("By chance", chance(d))
	if agrees, compared := r.clocks.agree(); compared && agrees && d.Drift.Known && !d.Drift.OnTime() {
		row = append(row, kit.Row(kit.Space8, kit.Icon(kit.IconCheck, kit.ColorOK, 14),
			kit.NewText("Not the workstation, not the server").At(kit.Size12).In(kit.ColorInk2)))
	}
	return kit.Wrap(kit.Space24, kit.Space8, row...)
}

func away(steps int64, kind string) string {
	if kind == "hotp" {
		switch {
		case steps == 0:
			return "the next one"
		case steps < 0:
			return kit.CountOf(int(-steps), "press", "presses") + " back"
		}
		return kit.CountOf(int(steps), "press", "presses") + " ahead"
	}
	switch {
	case steps == 0:
		return "in step"
	case steps < 0:
		return kit.CountOf(int(-steps), "step", "steps") + " behind"
	}
	return kit.CountOf(int(steps), "step", "steps") + " ahead"
}

// chance is how often codes that have nothing to do with it look the same.
func chance(d app.Diagnosis) string {
	switch {
	case d.Chance <= 0 || d.Chance >= 1:
		return "–"
	case d.Chance < 1e-6:
		return "less than 1 in 1,000,000"
	}
	return "1 in " + app.Thousands(int64(math.Round(1/d.Chance)))
}

// advice is what helps, gentlest first, each with who does it or what it costs.
func (r *refused) advice(d app.Diagnosis) fyne.CanvasObject {
	var rows []fyne.CanvasObject
	n := 0
	for _, a := range d.Advice {
		button, ok := r.button(d, a)
		if !ok {
			continue
		}
		n++
		if n > 1 {
			rows = append(rows, kit.Separator())
		}
		number, who := kit.Step(strconv.Itoa(n), false), kit.Row(kit.Space8,
			kit.Icon(kit.IconMonitor, kit.ColorInk2, 14), kit.NewText("You do it").At(kit.Size12).In(kit.ColorInk2))
		switch {
		case a.Costs != "":
			number = kit.Disc(kit.ColorSurface, kit.ColorBadLine, kit.Scaled(24), kit.NewText(strconv.Itoa(n)).At(kit.Size12).In(kit.ColorBad).Strong())
			who = kit.Row(kit.Space8, kit.Icon(kit.IconTriangle, kit.ColorBad, 14), kit.NewText(a.Costs).At(kit.Size12).In(kit.ColorBad))
		case a.Person:
			who = kit.Row(kit.Space8, kit.Icon(kit.IconPhone, kit.ColorInk2, 14),
				kit.NewText(d.User.Short()+" does it").At(kit.Size12).In(kit.ColorInk2))
		}
		rows = append(rows, kit.AtLeast(0, kit.Scaled(64), kit.PadXY(kit.Space16, kit.Space12, kit.Row(kit.Space12, number,
			kit.Grow(kit.Column(2, kit.NewText(a.Title).Strong().Wrapped(), kit.Caption(a.Text).In(kit.ColorInk2).Wrapped())),
			kit.Sized(150, 20, who), kit.Sized(152, kit.HeightButton, kit.Row(0, kit.Spacer(), button))))))
	}
	return kit.NewCard(kit.Column(0, rows...)).Room(0).Head(kit.PadXY(kit.Space16, kit.Space14,
		kit.NewText("What to do, gentlest first").At(kit.Size14).Strong()))
}

// button is the one deed of an advice; ok is false where it cannot be done
// here.
func (r *refused) button(d app.Diagnosis, a app.Advice) (button fyne.CanvasObject, ok bool) {
	help := func(text string) (fyne.CanvasObject, bool) {
		return kit.Secondary(text, func() { r.screen.on.Help(d.User.ID, d.Provider, a.Help) }), r.screen.on.Help != nil
	}
	switch a.Help {
	case app.HelpSyncApp, app.HelpCookies:
		return kit.Secondary("Copy the steps", func() { r.steps(d) }).Icon(kit.IconCopy), true
	case app.HelpNextCode:
		return kit.Secondary("Type it", func() { r.codes[1].field.Focus() }), true
	case app.HelpUnlock:
		return help("Unlock…")
	case app.HelpActivate:
		return help("Open user")
	case app.HelpResync:
		return help("Resync…")
	case app.HelpReset, app.HelpScanAgain:
		if r.screen.on.Help == nil {
			return nil, false
		}
		return kit.Danger("Reset…", func() { r.screen.on.Help(d.User.ID, d.Provider, a.Help) }), true
	default:
		return kit.Secondary("Test again", func() {
			r.codes[0].clear()
			r.codes[1].clear()
			r.codes[0].field.Focus()
		}), true
	}
}

// whose looks for the code among the factors of all users. It can take some
// seconds; Esc and the button end it.
func (r *refused) whose() {
	s := r.screen
	if r.stop != nil {
		r.stop() // its answer does not come any more
		r.ended("Stopped.")
		return
	}
	if r.asking || !r.ready(false) {
		return
	}
	r.asking = true
	scope := kit.NewScope(s.kit)
	r.stop = scope.Cancel
	r.owner.SetText("Stop")
	r.trail.SetText("Trying the factors of all users…")
	codes := r.readings()
	progress := func(n int) {
		s.kit.Do(func() {
			if r.stop != nil {
				r.trail.SetText(kit.Count(n) + " factors tried…")
			}
		})
	}
	kit.Go(scope, func(ctx context.Context) (app.Owners, error) {
		return s.service.WhoseCode(ctx, codes, progress)
	}, func(o app.Owners, err error) { r.owners(o, err, len(codes)) })
}

func (r *refused) ended(words string) {
	r.asking, r.stop = false, nil
	r.owner.SetText("Whose code is it?")
	r.trail.SetText(words)
	r.screen.relay()
}

// owners shows whose code it is, or why that cannot be said.
func (r *refused) owners(o app.Owners, err error, codes int) {
	if err != nil {
		r.ended("")
		if app.KindOf(err) == app.Canceled {
			r.trail.SetText("Stopped.")
			return
		}
		r.failed(err)
		return
	}
	r.ended(kit.CountOf(o.Tried, "factor was tried.", "factors were tried."))
	switch {
	case o.Sure:
		u := o.Found[0].User
		r.instead(kit.IconUser, kit.ColorOK, "It is a code of "+u.Name(), "Username "+u.Username+". By chance a code would fit one of "+
			kit.Count(o.Tried)+" factors in "+odds(o.Chance)+".")
	case len(o.Found) > 1:
		names := make([]string, len(o.Found))
		for i, w := range o.Found {
			names[i] = w.User.Name() + " (" + w.User.Username + ")"
		}
		r.instead(kit.IconPeople, kit.ColorInk2, "It may be one of these", strings.Join(names, ", ")+". Chance alone explains one in "+odds(o.Chance)+".")
	case codes == 1 && o.Next:
		r.instead(kit.IconHourglass, kit.ColorInk2, "One more code will tell",
			"Among "+kit.Count(o.Tried)+" factors, one code fits one by chance in "+odds(o.Chance)+". Ask for the next code as well.")
		r.codes[1].field.Focus()
	default:
		r.instead(kit.IconPeople, kit.ColorInk2, "It is nobody’s code", "None of "+kit.Count(o.Tried)+" factors makes it now.")
	}
}

// odds says a chance as cases: "1 case of 17".
func odds(chance float64) string {
	if chance <= 0 {
		return "no case"
	}
	return "1 case of " + app.Thousands(int64(math.Max(1, math.Round(1/chance))))
}
