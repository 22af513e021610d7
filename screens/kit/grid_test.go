package kit_test

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/screens/kit"
	"github.com/factordesk/factordesk/screens/kit/kittest"
)

// inPage puts a grid where the users' page has it: right of a rail of 88, with
// 24 at the sides.
func inPage(g fyne.CanvasObject) fyne.CanvasObject { return kit.Pad(122, 24, 18, 112, g) }

func TestGridColumns(t *testing.T) {
	d := kittest.New(t, kittest.Wide, nil)
	g := usersGrid()
	g.SetRows(people(25))
	d.Show(inPage(g))
	all := []string{"Name", "Username", "Email", "Role", "2FA", "Last sign-in", "State"}
	for _, c := range []struct {
		width  float32
		hidden []string
	}{
		{1280, nil},
		{1270, nil},
		{1269, []string{"Username"}},
		{1172, []string{"Username"}},
		{1171, []string{"Username", "Role"}},
		{1054, []string{"Username", "Role"}},
		{1024, []string{"Username", "Role"}},
	} {
		d.Resize(fyne.NewSize(c.width, 820))
		var want []string
		for _, title := range all {
			if !contains(c.hidden, title) {
				want = append(want, title)
			}
		}
		assert.Equal(t, want, g.VisibleColumns(), "at %v", c.width)
	}
}

func contains(list []string, s string) bool {
	for _, v := range list {
		if v == s {
			return true
		}
	}
	return false
}

func TestGridKeyboard(t *testing.T) {
	d := kittest.New(t, kittest.Wide, nil)
	g := usersGrid()
	var opened, current string
	var ticked []string
	g.OnOpen = func(p person) { opened = p.id }
	g.OnCurrent = func(p person) { current = p.id }
	g.OnTicked = func(rows []person) {
		ticked = nil
		for _, p := range rows {
			ticked = append(ticked, p.id)
		}
	}
	g.SetRows(people(25))
	d.Show(inPage(g))
	d.Focus(g.Input())
	assert.Equal(t, "1", current)
	d.Key(fyne.KeyDown, fyne.KeyDown, fyne.KeyUp, fyne.KeyReturn)
	assert.Equal(t, "2", opened)
	d.Key(fyne.KeySpace, fyne.KeyDown, fyne.KeySpace)
	assert.Equal(t, []string{"2", "3"}, ticked)
	d.Key(fyne.KeySpace)
	assert.Equal(t, []string{"2"}, ticked)
	d.Key(fyne.KeyEnd)
	assert.Equal(t, "25", current)
	d.Key(fyne.KeyDown)
	assert.Equal(t, "25", current, "there is no row below the last")
	d.Key(fyne.KeyPageUp)
	assert.NotEqual(t, "25", current)
	d.Key(fyne.KeyHome)
	assert.Equal(t, "1", current)
	d.Ctrl(fyne.KeyA)
	assert.Len(t, ticked, 25)
	d.Ctrl(fyne.KeyA)
	assert.Empty(t, ticked)
}

func TestGridHeader(t *testing.T) {
	d := kittest.New(t, kittest.Wide, nil)
	g := usersGrid()
	type order struct {
		key  string
		down bool
	}
	var sorted []order
	g.OnSort = func(key string, down bool) { sorted = append(sorted, order{key, down}) }
	g.SetRows(people(25))
	d.Show(inPage(g))
	d.Win.Canvas().Unfocus()
	d.Key(fyne.KeyTab)
	assert.Equal(t, "Tick all rows", d.FocusLabel())
	d.Key(fyne.KeySpace)
	assert.Len(t, g.Ticked(), 25)
	d.Key(fyne.KeyRight, fyne.KeyReturn)
	d.Key(fyne.KeyRight, fyne.KeyRight, fyne.KeyReturn)
	assert.Equal(t, []order{{"name", true}, {"email", false}}, sorted)
	d.Key(fyne.KeyDown, fyne.KeyEnd)
	current, ok := g.Current()
	require.True(t, ok)
	assert.Equal(t, "25", current.id, "Down leads from the header into the rows")
}

func TestGridTaps(t *testing.T) {
	d := kittest.New(t, kittest.Wide, nil)
	g := usersGrid()
	opened := ""
	g.OnOpen = func(p person) { opened = p.id }
	g.SetRows(people(25))
	d.Show(inPage(g))
	c := d.Win.Canvas()
	row := func(i int) float32 { return 122 + 1 + 36 + float32(i)*36 + 18 }
	test.TapCanvas(c, fyne.NewPos(400, row(2)))
	test.TapCanvas(c, fyne.NewPos(400, row(4)))
	assert.Equal(t, "5", g.Ticked()[0].id)
	assert.Len(t, g.Ticked(), 1, "a tap on a row ticks it alone")
	test.TapCanvas(c, fyne.NewPos(130, row(6)))
	assert.Len(t, g.Ticked(), 2, "a tap on a box adds")
	assert.Empty(t, opened)
	test.TapCanvas(c, fyne.NewPos(400, row(1)))
	test.TapCanvas(c, fyne.NewPos(400, row(1)))
	assert.Equal(t, "2", opened, "a double tap opens")
	g.SetRows(people(3))
	assert.Len(t, g.Ticked(), 1, "ticks stay with rows that are still there")
	current, ok := g.Current()
	require.True(t, ok)
	assert.Equal(t, "2", current.id)
}

func TestGridTooltip(t *testing.T) {
	d := kittest.New(t, kittest.Small, nil)
	g := usersGrid()
	g.SetRows(people(10))
	d.Show(inPage(g))
	over := func(x float32) string {
		test.MoveMouse(d.Win.Canvas(), fyne.NewPos(x, 122+1+36+8*36+18))
		d.Clock.Advance(time.Second)
		return d.TooltipText()
	}
	assert.Equal(t, "arlo.bramble@juniper.example", over(112+200), "a cut text")
	assert.Equal(t, "Duo · unreadable, Google · pending, U2F, Authy", over(112+400), "badges behind +N")
	assert.Empty(t, over(112+60), "a name that fits needs none")
}

func TestGridStates(t *testing.T) {
	d := kittest.New(t, kittest.Wide, nil)
	g := usersGrid()
	g.SetFoot(pager())
	g.SetRows(people(2))
	d.Show(inPage(g))
	assert.Contains(t, d.Text(), "End sessions…")
	g.ShowEmpty(kit.NewText("Nobody matches"))
	assert.Contains(t, d.Text(), "Nobody matches")
	assert.NotContains(t, d.Text(), "Abel Thistle")
	assert.NotContains(t, d.Text(), "End sessions…")
	assert.Contains(t, d.TabOrder(), "Tick all rows", "the header stays")
	g.ShowInstead(kit.NewText("The store cannot be reached"))
	assert.Empty(t, d.TabOrder(), "nothing of the grid is left to reach")
	g.SetRows(people(2))
	assert.Contains(t, d.Text(), "Abel Thistle")
}

func TestGridDetail(t *testing.T) {
	d := kittest.New(t, kittest.Wide, nil)
	g := usersGrid().NoTicks()
	g.Group = func(p person) (string, string) { return p.role, "" }
	g.Detail = func(p person) fyne.CanvasObject { return kit.NewText("Detail of " + p.name) }
	g.SetRows(people(3))
	d.Show(inPage(g))
	d.Focus(g.Input())
	d.Key(fyne.KeyDown, fyne.KeyReturn)
	assert.Contains(t, d.Text(), "Detail of Ada Lantern")
	assert.Equal(t, "2", g.OpenedDetail())
	d.Key(fyne.KeyReturn)
	assert.NotContains(t, d.Text(), "Detail of")
}

// rowObjects counts the widgets that the grid's list has on the screen.
func rowObjects(d *kittest.Desk) map[fyne.CanvasObject]bool {
	rows := map[fyne.CanvasObject]bool{}
	for _, o := range d.Objects() {
		if _, ok := o.(interface {
			desktop.Hoverable
			fyne.Tappable
			fyne.Accessible
		}); ok && o.Size().Height == kit.HeightRow && o.Size().Width > 1000 {
			rows[o] = true
		}
	}
	return rows
}

func TestGridReusesRows(t *testing.T) {
	d := kittest.New(t, kittest.Wide, nil)
	g := usersGrid()
	g.SetRows(people(200))
	d.Show(inPage(g))
	seen := rowObjects(d)
	visible := len(seen)
	require.NotZero(t, visible)
	const steps = 60
	for range steps {
		test.Scroll(d.Win.Canvas(), fyne.NewPos(500, 500), 0, -36)
		for row := range rowObjects(d) {
			seen[row] = true
		}
	}
	// Fyne pools rows in a sync.Pool, which loses one now and then.
	assert.Less(t, len(seen)-visible, steps/2, "scrolling makes few new rows")
}

func BenchmarkGridRefresh25(b *testing.B) {
	d := kittest.New(b, kittest.Wide, nil)
	g := usersGrid()
	d.Show(inPage(g))
	pages := [][]person{people(25), people(25)}
	for i := range pages[1] {
		pages[1][i].name += " II"
		pages[1][i].id += "b"
	}
	i := 0
	for b.Loop() {
		g.SetRows(pages[i%2])
		i++
	}
}
