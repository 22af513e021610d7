package enroll

import (
	"time"

	"fyne.io/fyne/v2"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/kit"
)

// card is the width of the QR code's card; the other one takes the rest.
var card = kit.Side{Wide: 476, NarrowBelow: 1000, Narrow: 360, StackBelow: 700}

// codeCard is the white card at the left: the QR code and the bar that counts
// down to its hiding.
type codeCard struct {
	screen  *Screen
	content fyne.CanvasObject
	qr      *kit.QR
	until   time.Time // when the code hides; zero while hidden
	rest    *kit.Text
	eye     *kit.IconView
	bar     *kit.ProgressBar
	button  *kit.Button
	line    *fyne.Container // of eye, rest and button
	trouble *kit.Note
}

func newCodeCard(s *Screen) *codeCard {
	c := &codeCard{
		screen: s, qr: kit.NewQR(), rest: kit.NewText("Hidden"), eye: kit.Icon(kit.IconEyeOff, kit.ColorInk2, 16),
		bar: kit.NewProgressBar(), button: kit.Secondary("Hide now", s.toggle).Small().Key("H"),
		trouble: kit.ErrorBox("", ""),
	}
	c.trouble.Hide()
	remark := kit.NewText("").At(kit.Size12).In(kit.ColorInk2).Wrapped()
	remark.SetText("Also hidden when this window loses focus; the key H shows it again. Let only the person who enrolls see it.")
	if s.options.Self {
		remark.SetText("Also hidden when this window loses focus; the key H shows it again. Let nobody else see it.")
	}
	c.line = kit.Row(kit.Space8, c.eye, kit.Grow(c.rest), c.button)
	body := kit.Column(0, c.trouble, kit.Square(c.qr),
		kit.Pad(kit.Space16, 0, kit.Space12, 0, c.line),
		c.bar, kit.Pad(kit.Space24, 0, 0, 0, remark))
	c.content = kit.NewCard(body).Room(kit.Space24)
	return c
}

// show draws the squares of a code; setHidden(false) begins the countdown.
func (c *codeCard) show(m kit.Matrix) { c.qr.SetMatrix(m); c.qr.SetHidden(true) }

func (c *codeCard) failed(what, then string) {
	c.trouble.Set(kit.StatusBad, what, then)
	c.trouble.Show()
	c.screen.content.Refresh()
}

func (c *codeCard) setHidden(hidden bool) {
	c.qr.SetHidden(hidden)
	c.until = time.Time{}
	if !c.qr.IsHidden() {
		c.until = c.screen.kit.Now().Add(c.screen.options.HideAfter)
	}
	c.button.SetText("Hide now")
	if c.qr.IsHidden() {
		c.button.SetText("Show again")
	}
	c.line.Refresh() // the button has another width by now
	c.tick()
}

func (c *codeCard) over() bool { return !c.until.IsZero() && !c.screen.kit.Now().Before(c.until) }

func (c *codeCard) tick() {
	if c.until.IsZero() {
		c.rest.SetText("Hidden")
		c.bar.SetValue(0)
		return
	}
	left := max(c.until.Sub(c.screen.kit.Now()), 0)
	c.rest.SetRuns(kit.Plain("Hidden in "), kit.Strong(kit.Remain(left)))
	c.bar.SetValue(float64(left) / float64(c.screen.options.HideAfter))
}

// keyBox shows the secret in groups of four, to be typed.
type keyBox struct {
	screen  *Screen
	content fyne.CanvasObject
	lines   *fyne.Container
	long    bool // for scanning only: small, in as many columns as there is room
	copy    *kit.Button
	hidden  bool
}

func newKeyBox(s *Screen) *keyBox {
	b := &keyBox{screen: s, long: scanOnly(s.shown.Factor.Key)}
	b.copy = kit.Secondary("Copy key", b.copyKey).Small().Icon(kit.IconCopy)
	cleared := kit.NewText("Cleared after " + seconds(s.kit.Clip.Life)).At(kit.Size11).In(kit.ColorInk2).Trailing()
	box := func(inside fyne.CanvasObject) fyne.CanvasObject {
		return kit.NewFrame(kit.ColorHead, kit.ColorLine, kit.PadXY(kit.Space16, 11, inside))
	}
	if b.long { // the groups get the whole width
		b.lines = kit.Wrap(0, 0)
		head := kit.Row(kit.Space12, kit.Label("Key, for scanning only"), kit.Spacer(), cleared, b.copy)
		b.content = kit.Column(6, head, box(b.lines))
	} else {
		b.lines = kit.Column(kit.Space4)
		right := kit.Column(kit.Space8, kit.Row(0, kit.Spacer(), b.copy), cleared)
		b.content = kit.Column(6, kit.Label("Key"), box(kit.Row(kit.Space12, kit.Grow(b.lines), right)))
	}
	b.hidden = true
	b.fill()
	return b
}

func (b *keyBox) setHidden(hidden bool) {
	b.hidden = hidden
	b.fill()
	reason := ""
	if hidden {
		reason = "The key is hidden. Press H to show it."
	}
	b.copy.DisableFor(reason)
}

// fill writes the groups, or dots in their place: four in a line to be typed,
// and a long key in lines as the room is.
func (b *keyBox) fill() {
	b.lines.Objects = nil
	groups := groupsOf(b.screen.shown.Factor.Key, b.hidden)
	for _, g := range groups {
		if b.long {
			b.lines.Add(kit.Sized(38, 0, kit.NewText(g).At(kit.Size12).Mono()))
		}
	}
	for len(groups) > 0 && !b.long {
		n := min(4, len(groups))
		row := make([]fyne.CanvasObject, n)
		for i, g := range groups[:n] {
			row[i] = kit.Fix(kit.Scaled(64), 0, kit.NewText(g).At(kit.Size16).Mono())
		}
		b.lines.Add(kit.Row(0, row...))
		groups = groups[n:]
	}
	b.lines.Refresh()
}

func (b *keyBox) copyKey() {
	b.screen.kit.Clip.CopySecret(b.screen.shown.Factor.Key.Reveal())
	b.screen.kit.Toast(kit.StatusOK, "The key is in the clipboard for "+seconds(b.screen.kit.Clip.Life)+".")
}

func (b *keyBox) forget() {
	b.lines.RemoveAll()
	b.hidden = true
}

// mostTyped is the longest key that people are asked to type: 256 bits in base32.
const mostTyped = 52

// scanOnly tells whether nobody would type a key.
func scanOnly(key app.Secret) bool { return len(key.Reveal()) > mostTyped }

// groupsOf cuts a key into groups of four characters.
func groupsOf(key app.Secret, hidden bool) []string {
	text := key.Reveal()
	var groups []string
	for len(text) > 0 {
		n := min(4, len(text))
		group := text[:n]
		if hidden {
			group = "••••"
		}
		groups = append(groups, group)
		text = text[n:]
	}
	return groups
}
