package kit_test

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2/canvas"
	"github.com/stretchr/testify/assert"

	"github.com/factordesk/factordesk/screens/kit"
	"github.com/factordesk/factordesk/screens/kit/kittest"
)

func TestGridHidesLateColumnsWhereTightOnesAreNotEnough(t *testing.T) {
	d := kittest.New(t, kittest.Small, nil)
	text := func(string) kit.Cell { return kit.Cell{Text: "text"} }
	g := kit.NewGrid(func(r string) string { return r },
		kit.Col[string]{Title: "Email", Min: 300, Tight: 200, Cell: text},
		kit.Col[string]{Title: "Last", Min: 300, Late: true, Cell: text},
		kit.Col[string]{Title: "State", Min: 300, Cell: text},
	)
	g.SetRows([]string{"row"})
	d.Show(kit.Pad(0, 1024-860, 0, 0, g)) // 54 for ticks and scroll bar, 2 for the edge
	assert.Equal(t, []string{"Email", "Last", "State"}, g.VisibleColumns(), "800 fit when Email shrinks")
	d.Theme(kit.Light, 1.1)
	assert.Equal(t, []string{"Email", "State"}, g.VisibleColumns(), "880 do not")
}

func TestGridShowsBrokenBadgesFirstWhereNotAllFit(t *testing.T) {
	d := kittest.New(t, kittest.Small, nil)
	badges := []kit.Badge{
		{Status: kit.StatusOK, Text: "Google"},
		{Status: kit.StatusOK, Text: "Security keys ×2"},
		{Status: kit.StatusOdd, Text: "Duo · unreadable"},
	}
	var shown []string
	for _, width := range []float32{400, 220} {
		g := kit.NewGrid(func(r string) string { return r }, kit.Col[string]{
			Title: "2FA", Min: width, Cell: func(string) kit.Cell { return kit.Cell{Badges: badges} },
		})
		g.SetRows([]string{"row"})
		d.Show(g)
		shown = append(shown, words(d))
	}
	assert.Equal(t, []string{"Google Security keys ×2 Duo · unreadable", "Duo · unreadable +2"}, shown)
}

// words are the texts of the window that stand in pills, from left to right.
func words(d *kittest.Desk) string {
	var line []string
	for _, o := range d.Objects() {
		if text, ok := o.(*canvas.Text); ok && text.TextSize == kit.Size11 && text.Text != "" {
			line = append(line, text.Text)
		}
	}
	return strings.Join(line, " ")
}
