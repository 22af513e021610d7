package connections

import (
	"fyne.io/fyne/v2"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/kit"
)

// SetupOptions are what the form before sign-in shows at first.
type SetupOptions struct {
	Version string // of the program: "1.0"
	Team    bool   // a new one is a team's store, not a shop
	Edit    *Saved // the store to edit; nil: a new one
	Test    bool   // test the way to it at once
}

// SetupActions are what leads away from it.
type SetupActions struct {
	Saved func(c Saved) // sign in to it
	Make  func(c Saved) // make a store there, which has none yet
	Back  func()
}

// Setup is the form of a store on a server for somebody who is not signed in yet. Its methods
// belong to the UI goroutine.
type Setup struct {
	kit     *kit.Kit
	o       SetupOptions
	team    bool
	form    *form
	content fyne.CanvasObject
}

// NewSetup makes the screen.
func NewSetup(service Service, k *kit.Kit, o SetupOptions, on SetupActions) *Setup {
	c := Saved{Kind: app.MagentoStore, Tag: app.TagProduction}
	if o.Team {
		c = Saved{Kind: app.TeamStore, Tag: app.TagTeam}
	}
	if o.Edit != nil {
		c = *o.Edit
	}
	s := &Setup{kit: k.Enter(newTitle(c.Kind)), o: o, team: c.Kind == app.TeamStore}
	s.form = newForm(s.kit, service, c, formActions{
		Saved: func(c Saved, then after) {
			if then == makeHere {
				on.Make(c)
				return
			}
			on.Saved(c)
		},
		Back: on.Back,
	})
	s.form.save.Hide() // sign-in comes next in any case
	title := kit.Column(0, kit.NewText(s.form.title()).At(kit.Size28).Strong(),
		kit.Pad(5, 0, kit.Space8, 0, kit.NewText(s.promise()).
			At(kit.Size14).In(kit.ColorInk2).Wrapped()))
	s.form.content.Objects = []fyne.CanvasObject{s.form.page(title)}
	s.content = kit.RowFill(0,
		kit.Fix(400, 0, kit.Stack(kit.Plate(kit.ColorRail), s.side())),
		kit.Grow(kit.Stack(kit.Plate(kit.ColorBg), s.form.content)))
	s.kit.Shortcut("Esc", "Stop the test, or go back", s.form.back)
	s.kit.Shortcut("PageDown", "Scroll", func() { s.form.scroll.ScrollBy(0.9) })
	s.kit.Shortcut("PageUp", "", func() { s.form.scroll.ScrollBy(-0.9) })
	return s
}

// Content implements the shell's Screen.
func (s *Setup) Content() fyne.CanvasObject { return s.content }

// Show puts the focus where the person begins.
func (s *Setup) Show() {
	s.form.show()
	if s.o.Test && s.o.Edit != nil {
		s.form.testNow()
	}
}

// Refresh implements the shell's Screen; what is typed stays as it is.
func (s *Setup) Refresh() {}

// Close ends the screen, and a test that goes on.
func (s *Setup) Close() {
	s.form.close()
	s.kit.Leave()
}

// promise says what can be connected, and what that changes.
func (s *Setup) promise() string {
	if s.team {
		return "A database on PostgreSQL, with a store that is there or for a new one. Nothing changes by connecting it."
	}
	return "Magento, Adobe Commerce or Mage-OS 2.4. Nothing in the shop changes by connecting it."
}

// steps are what comes in turn.
func (s *Setup) steps() (title string, steps []string) {
	if s.team {
		return "A team’s store", []string{
			"Say where its database is", "Say how the connection is encrypted, and checked",
			"Test the way, step by step", "Sign in to it, or make it where the database is empty",
		}
	}
	return "A shop", []string{
		"Say where its env.php is", "See what it says, and change what is different from here",
		"Test the way, step by step", "Sign in with your own account in the shop’s admin",
	}
}

// side is the dark left side: whose program it is, and what comes in turn.
func (s *Setup) side() fyne.CanvasObject {
	words := func(text string) *kit.Text { return kit.NewText(text).At(kit.Size14).In(kit.ColorRailInk) }
	step := func(number, text string) fyne.CanvasObject {
		disc := kit.Disc(kit.ColorRailSel, kit.ColorNone, kit.Scaled(28), kit.NewText(number).At(kit.Size12).Strong().In(kit.ColorRailInk))
		return kit.Row(kit.Space12, disc, kit.Grow(words(text).Wrapped()))
	}
	title, steps := s.steps()
	parts := []fyne.CanvasObject{kit.Pad(0, 0, kit.Space8, 0, kit.Title(title).In(kit.ColorRailOn))}
	for i, text := range steps {
		parts = append(parts, step(kit.Count(i+1), text))
	}
	return kit.Pad(39, kit.Space32, 30, kit.Space32, kit.Column(0,
		kit.Row(kit.Space12, kit.Logo(46), kit.Title("Factordesk").In(kit.ColorRailOn)),
		kit.Grow(kit.Center(336, kit.Column(kit.Space16, parts...))),
		kit.Row(0, words("Version "+s.o.Version).At(kit.Size12), kit.Spacer())))
}
