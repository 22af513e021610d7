package connections

import (
	"fyne.io/fyne/v2"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/kit"
)

// SetupOptions are what the form before sign-in shows at first.
type SetupOptions struct {
	Version string // of the program: "1.0"
	Edit    *Saved // the shop to edit; nil: a new one
	Test    bool   // test the way to it at once
}

// SetupActions are what leads away from it.
type SetupActions struct {
	Saved func(c Saved) // sign in to it
	Back  func()
}

// Setup is the form of a shop for somebody who is not signed in yet. Its methods
// belong to the UI goroutine.
type Setup struct {
	kit     *kit.Kit
	o       SetupOptions
	form    *form
	content fyne.CanvasObject
}

// NewSetup makes the screen.
func NewSetup(service Service, k *kit.Kit, o SetupOptions, on SetupActions) *Setup {
	s := &Setup{kit: k.Enter("Connect a shop"), o: o}
	c := Saved{Kind: app.MagentoStore, Tag: app.TagProduction}
	if o.Edit != nil {
		c = *o.Edit
	}
	s.form = newForm(s.kit, service, c, formActions{
		Saved: func(c Saved, _ bool) { on.Saved(c) },
		Back:  on.Back,
	})
	s.form.save.Hide() // sign-in comes next in any case
	title := kit.Column(0, kit.NewText(s.form.title()).At(kit.Size28).Strong(),
		kit.Pad(5, 0, kit.Space8, 0, kit.NewText("Magento, Adobe Commerce or Mage-OS 2.4. Nothing in the shop changes by connecting it.").
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

// side is the dark left side: whose program it is, and what comes in turn.
func (s *Setup) side() fyne.CanvasObject {
	words := func(text string) *kit.Text { return kit.NewText(text).At(kit.Size14).In(kit.ColorRailInk) }
	step := func(number, text string) fyne.CanvasObject {
		disc := kit.Disc(kit.ColorRailSel, kit.ColorNone, kit.Scaled(28), kit.NewText(number).At(kit.Size12).Strong().In(kit.ColorRailInk))
		return kit.Row(kit.Space12, disc, kit.Grow(words(text).Wrapped()))
	}
	return kit.Pad(39, kit.Space32, 30, kit.Space32, kit.Column(0,
		kit.Row(kit.Space12, kit.Logo(46), kit.Title("Factordesk").In(kit.ColorRailOn)),
		kit.Grow(kit.Center(336, kit.Column(kit.Space16,
			kit.Pad(0, 0, kit.Space8, 0, kit.Title("A shop").In(kit.ColorRailOn)),
			step("1", "Say where its env.php is"),
			step("2", "See what it says, and change what is different from here"),
			step("3", "Test the way, step by step"),
			step("4", "Sign in with your own account in the shop’s admin")))),
		kit.Row(0, words("Version "+s.o.Version).At(kit.Size12), kit.Spacer())))
}
