package users

import (
	"path/filepath"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/kit"
)

// stop is one place on the way to a store.
type stop struct {
	icon         kit.IconName
	name, detail string
	answers      bool
	word         string // "Answers", "No answer"
}

// brokenWay draws the way from here to the store, with the break before the
// store itself.
func brokenWay(info app.StoreInfo) fyne.CanvasObject {
	here := stop{kit.IconMonitor, "This workstation", "Factordesk runs", true, "Answers"}
	there := stop{kit.IconDatabase, info.Location, info.Engine, false, "No answer"}
	if info.Kind == app.LocalStore {
		there = stop{kit.IconFile, filepath.Base(info.Location), info.Engine, false, "Not usable"}
	}
	return drawWay(here, there)
}

const (
	wayPitch float32 = 212 // from the middle of a stop to that of the next
	wayDisc  float32 = 52
)

// drawWay draws stops with a line between each two: whole to one that answers,
// broken to one that does not.
func drawWay(stops ...stop) fyne.CanvasObject {
	objects := make([]fyne.CanvasObject, 0, 2*len(stops))
	for _, s := range stops {
		objects = append(objects, s.draw())
	}
	for _, s := range stops[1:] {
		objects = append(objects, link(s.answers))
	}
	return container.New(wayLayout{len(stops)}, objects...)
}

func (s stop) draw() fyne.CanvasObject {
	ink, mark, edge := kit.ColorOK, kit.IconCheck, float32(1)
	if !s.answers {
		ink, mark, edge = kit.ColorBad, kit.IconX, 2
	}
	disc := kit.NewFrame(kit.ColorSurface, ink, kit.Center(0, kit.Icon(s.icon, ink, 22))).Radius(wayDisc / 2)
	disc.SetColors(kit.ColorSurface, ink, edge)
	return kit.Column(0,
		kit.Center(0, kit.Fix(wayDisc, wayDisc, disc)),
		kit.Pad(kit.Space8, 0, 0, 0, kit.NewText(s.name).Strong().Centered().Ellipsis()),
		kit.Caption(s.detail).Centered().Ellipsis(),
		kit.Pad(kit.Space8, 0, 0, 0, kit.Center(0, kit.Row(kit.Space4, kit.Icon(mark, ink, 14),
			kit.NewText(s.word).At(kit.Size12).In(ink).Strong()))))
}

// link is a line between two stops.
func link(whole bool) fyne.CanvasObject {
	if whole {
		return kit.Pad(25, 0, 25, 0, kit.Plate(kit.ColorOK))
	}
	dash := func(n int) fyne.CanvasObject {
		parts := make([]fyne.CanvasObject, n)
		for i := range parts {
			parts[i] = kit.Fix(6, 2, kit.Plate(kit.ColorBad))
		}
		return kit.Row(4, parts...)
	}
	return kit.Row(kit.Space4, dash(6), kit.Grow(kit.Icon(kit.IconX, kit.ColorBad, 22)), dash(6))
}

// wayLayout puts the stops side by side, and each link between two discs.
type wayLayout struct{ stops int }

// MinSize implements fyne.Layout.
func (l wayLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var height float32
	for _, o := range objects[:l.stops] {
		height = max(height, kit.HeightFor(o, wayPitch-kit.Space8))
	}
	return fyne.NewSize(wayPitch*float32(l.stops), height)
}

// Layout implements fyne.Layout.
func (l wayLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for i, o := range objects {
		if i < l.stops {
			o.Move(fyne.NewPos(wayPitch*float32(i)+kit.Space4, 0))
			o.Resize(fyne.NewSize(wayPitch-kit.Space8, size.Height))
			continue
		}
		middle := wayPitch * (float32(i-l.stops) + 0.5)
		o.Move(fyne.NewPos(middle+wayDisc/2+7, 0))
		o.Resize(fyne.NewSize(wayPitch-wayDisc-14, wayDisc))
	}
}
