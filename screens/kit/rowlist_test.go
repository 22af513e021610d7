package kit_test

import (
	"fmt"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/screens/kit"
	"github.com/factordesk/factordesk/screens/kit/kittest"
)

// stores is a list of n lines, 64 high each.
func stores(n int, change func(int)) *kit.RowList {
	l := kit.NewRowList(64, change)
	rows := make([]kit.ListRow, n)
	for i := range rows {
		name := fmt.Sprintf("Store %d", i+1)
		rows[i] = kit.ListRow{Body: kit.NewText(name), Label: name, Band: kit.ColorAccent}
	}
	l.SetRows(rows...)
	return l
}

func TestRowListByKeyboard(t *testing.T) {
	d := kittest.New(t, small, nil)
	var chosen, opened []int
	l := stores(3, func(i int) { chosen = append(chosen, i) })
	l.OnOpen = func(i int) { opened = append(opened, i) }
	escaped := 0
	d.Shortcut("Esc", "Back", func() { escaped++ })
	d.Show(l)
	assert.Equal(t, -1, l.Chosen())
	d.Key(fyne.KeyTab)
	assert.Equal(t, "Store 1, chosen", d.FocusLabel(), "the focus needs a line to stand on")
	d.Key(fyne.KeyUp, fyne.KeyDown, fyne.KeyEnd, fyne.KeyDown, fyne.KeyHome)
	assert.Equal(t, []int{0, 1, 2, 0}, chosen)
	d.Key(fyne.KeyReturn, fyne.KeyEscape)
	assert.Equal(t, []int{0}, opened)
	assert.Equal(t, 1, escaped, "other keys go on to the screen")
	l.Set(2)
	assert.Equal(t, 2, l.Chosen())
	assert.Len(t, chosen, 4, "Set tells nobody")
	l.SetRows()
	assert.Equal(t, -1, l.Chosen())
	d.Key(fyne.KeyDown, fyne.KeyReturn)
	assert.Len(t, chosen, 4)
	assert.Len(t, opened, 1)
}

func TestRowListByMouse(t *testing.T) {
	d := kittest.New(t, small, nil)
	l := stores(3, nil)
	d.Show(kit.Column(0, l))
	test.TapCanvas(d.Win.Canvas(), fyne.NewPos(40, 64+20))
	assert.Equal(t, 1, l.Chosen())
	assert.Equal(t, "Store 2, chosen", d.FocusLabel())
	test.TapCanvas(d.Win.Canvas(), fyne.NewPos(40, 350))
	assert.Equal(t, 1, l.Chosen(), "a tap beside the lines changes nothing")
	assert.Equal(t, desktop.PointerCursor, l.Cursor())
}

func TestRowListKeepsTheChosenLineInSight(t *testing.T) {
	d := kittest.New(t, small, nil)
	l := stores(30, nil)
	page := kit.Scroll(l)
	d.Show(kit.PadAll(kit.Space16, page))
	d.Focus(l)
	assert.Zero(t, page.Offset())
	d.Key(fyne.KeyEnd)
	assert.InDelta(t, 30*64-368, page.Offset(), 30)
	d.Key(fyne.KeyUp)
	assert.InDelta(t, 30*64-368, page.Offset(), 30, "a line in sight stays where it is")
	d.Key(fyne.KeyHome)
	assert.Zero(t, page.Offset())
	page.ScrollBy(0.5)
	assert.InDelta(t, 184, page.Offset(), 1)
	page.ScrollBy(100)
	assert.InDelta(t, 30*64-368, page.Offset(), 1)
	page.ScrollBy(-100)
	assert.Zero(t, page.Offset())
}

func TestRowListGrowsWithItsWords(t *testing.T) {
	kittest.New(t, small, nil)
	l := kit.NewRowList(58, nil)
	long := kit.NewText("Its people see a page that says that they need permissions, in place of the page for the code.").Wrapped()
	l.SetRows(kit.ListRow{Body: kit.PadXY(10, 20, long)}, kit.ListRow{Body: kit.NewText("short")})
	assert.InDelta(t, 58+58, l.HeightFor(900), 1)
	assert.Greater(t, l.HeightFor(200), float32(58+80))
}

func TestCommandIsCopiedAndStays(t *testing.T) {
	d := kittest.New(t, small, nil)
	box, button := kit.Command(d.Kit, "bin/magento cache:clean config", "", kit.ColorHead, kit.ColorLine)
	d.Show(box)
	assert.Contains(t, d.Text(), "bin/magento cache:clean config")
	d.Focus(button)
	d.Key(fyne.KeyReturn)
	assert.Equal(t, "bin/magento cache:clean config", d.Board.Content())
	assert.Equal(t, "The command is in the clipboard.", d.ToastText())
	d.Clock.Advance(2 * kit.ClipboardLife)
	assert.Equal(t, "bin/magento cache:clean config", d.Board.Content())
}

// A word that is wider than its room, such as a path, is broken and not drawn
// over what is beside it.
func TestLongWordsAreBroken(t *testing.T) {
	d := kittest.New(t, small, nil)
	path := "/srv/www/juniper.example/releases/2026-06-09/app/etc/env.php"
	text := kit.NewText("In " + path + " here").Wrapped().Mono()
	one := text.HeightFor(2000)
	require.Greater(t, text.HeightFor(160), 3*one)
	d.Show(kit.Row(0, kit.Fix(160, 0, text)))
	for _, o := range test.WidgetRenderer(text).Objects() {
		if o.Visible() {
			assert.LessOrEqual(t, o.Position().X+o.Size().Width, float32(168), "but for a blank at the end")
		}
	}
	assert.Equal(t, "In "+path+" here", text.String())
	assert.Greater(t, text.HeightFor(1), 20*one, "no room at all has an end as well")
}
