package connections

import (
	"strconv"
	"strings"

	"fyne.io/fyne/v2"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/kit"
)

// source is where passwords come from, in words.
type source struct {
	from app.PasswordSource
	name string
	fact string // in the list of facts
	why  string
}

var sources = []source{
	{app.PasswordAsked, "Ask each time", "Asked for each time", "Nothing of them is kept."},
	{
		app.PasswordKept, "Keep them on this computer", "Typed once, then kept",
		"Typed once, and sealed under a key that is in the system keyring. Without a keyring they are asked for.",
	},
	{
		app.PasswordCommand, "From a command", "From a command",
		"What a program of yours prints, such as a password manager’s. It is run without a shell.",
	},
}

func sourceOf(from app.PasswordSource) source {
	for _, s := range sources {
		if s.from == from {
			return s
		}
	}
	return sources[0]
}

// passwords is the last card: where the secrets on the way come from.
type passwords struct {
	card    *kit.Card
	body    *fyne.Container
	from    *kit.RadioList
	command *kit.Field
	minutes *kit.Field
	fields  *fyne.Container
}

func newPasswords(f *form, p app.Passwords) *passwords {
	s := &passwords{}
	options := make([]kit.RadioOption, len(sources))
	for i, o := range sources {
		options[i] = kit.RadioOption{Title: o.name, Caption: o.why}
	}
	s.from = kit.NewRadioList(func(int) { f.update() }, options...)
	s.command = kit.NewField("Command").Mono().Placeholder("pass show db/factordesk").
		Help("Its first line of output is the password of the database account.")
	s.minutes = kit.NewField("Use it for, in minutes").MaxLen(4).Help("In memory only. 0 runs it each time.")
	for _, field := range []*kit.Field{s.command, s.minutes} {
		field.OnSubmit = f.next
	}
	s.set(p)
	s.fields = kit.PadAll(kit.Space16, kit.RowTop(kit.Space12, kit.Grow(s.command), kit.Fix(kit.Scaled(200), 0, s.minutes)))
	s.body = kit.Column(0,
		kit.PadXY(kit.Space16, kit.Space12, kit.NewText("Passwords on the way").At(kit.Size14).Strong()),
		kit.Separator(), s.from, s.fields)
	s.card = kit.NewCard(s.body).Room(0)
	return s
}

func (s *passwords) set(p app.Passwords) {
	for i, o := range sources {
		if o.from == p.From {
			s.from.Set(i)
		}
	}
	s.command.SetText(p.Command)
	minutes := p.Minutes
	if p.From != app.PasswordCommand {
		minutes = app.DefaultPasswordMinutes
	}
	s.minutes.SetText(strconv.Itoa(minutes))
}

func (s *passwords) byCommand() bool {
	return sources[max(s.from.Chosen(), 0)].from == app.PasswordCommand
}

func (s *passwords) update() { s.fields.Hidden = !s.byCommand() }

// settings is what the fields say.
func (s *passwords) settings() app.Passwords {
	p := app.Passwords{From: sources[max(s.from.Chosen(), 0)].from}
	if s.byCommand() {
		p.Command = strings.TrimSpace(s.command.Text())
		p.Minutes, _ = strconv.Atoi(strings.TrimSpace(s.minutes.Text()))
	}
	return p
}

func (s *passwords) checks() []check {
	if !s.byCommand() {
		return nil
	}
	_, err := app.SplitCommand(strings.TrimSpace(s.command.Text()))
	_, minutes := strconv.Atoi(strings.TrimSpace(s.minutes.Text()))
	if minutes != nil {
		minutes = app.Errorf(app.Invalid, "This is no number of minutes.")
	} else {
		p := s.settings()
		p.Command = "true"
		minutes = p.Check()
	}
	return []check{{s.command, err}, {s.minutes, minutes}}
}
