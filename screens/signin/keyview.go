package signin

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"github.com/factordesk/factordesk/screens/kit"
)

// HeightFor implements kit.Flowing.
func (f *keyField) HeightFor(float32) float32 {
	lines := float32((keyGroups + keyColumn - 1) / keyColumn)
	return kit.Scaled(keyHead) + lines*kit.Scaled(slotHigh) + (lines-1)*slotGap
}

// MinSize implements fyne.CanvasObject.
func (f *keyField) MinSize() fyne.Size { return fyne.NewSize(240, f.HeightFor(240)) }

// group is the group in which the cursor stands.
func (f *keyField) group() int { return min(f.at/groupSize, keyGroups-1) }

func (f *keyField) charWidth() float32 {
	return fyne.MeasureText("0", kit.Scaled(kit.Size16), fyne.TextStyle{Monospace: true}).Width
}

// Refresh implements fyne.CanvasObject.
func (f *keyField) Refresh() {
	for i, text := range f.texts {
		from, to := min(i*groupSize, len(f.value)), min((i+1)*groupSize, len(f.value))
		text.Text = string(f.value[from:to])
		text.TextSize, text.TextStyle = kit.Scaled(kit.Size16), fyne.TextStyle{Monospace: true}
		text.Color = kit.Tint(kit.ColorInk)
		text.Refresh()
		fill, line, edge := kit.ColorSurface, kit.ColorField, float32(1)
		if f.all && to > from {
			fill = kit.ColorSoft
		}
		if f.focused && i == f.group() {
			line, edge = kit.ColorAccent, 2
		}
		f.slots[i].SetColors(fill, line, edge)
	}
	f.halo.FillColor, f.halo.CornerRadius = kit.Tint(kit.ColorHalo), kit.RadiusField+3
	f.cursor.FillColor = kit.Tint(kit.ColorAccent)
	f.halo.Hidden, f.cursor.Hidden = !f.focused, !f.focused
	f.place(f.Size())
	canvas.Refresh(f)
}

// place lays the groups out in lines of three and puts the cursor in its group.
func (f *keyField) place(size fyne.Size) {
	if size.Width <= 0 {
		return
	}
	head, high := kit.Scaled(keyHead), kit.Scaled(slotHigh)
	f.label.Resize(fyne.NewSize(size.Width, f.label.MinSize().Height))
	wide := (size.Width - slotGap*(keyColumn-1)) / keyColumn
	char := f.charWidth()
	for i, slot := range f.slots {
		x := float32(i%keyColumn) * (wide + slotGap)
		y := head + float32(i/keyColumn)*(high+slotGap)
		slot.Move(fyne.NewPos(x, y))
		slot.Resize(fyne.NewSize(wide, high))
		left := x + float32(int((wide-char*groupSize)/2))
		text := f.texts[i]
		text.Resize(text.MinSize())
		text.Move(fyne.NewPos(left, y+float32(int((high-text.MinSize().Height)/2))))
		if i == f.group() {
			f.halo.Move(fyne.NewPos(x-3, y-3))
			f.halo.Resize(fyne.NewSize(wide+6, high+6))
			f.cursor.Move(fyne.NewPos(left+char*float32(f.at-i*groupSize), y+9))
			f.cursor.Resize(fyne.NewSize(2, high-18))
		}
	}
}

// CreateRenderer implements fyne.Widget.
func (f *keyField) CreateRenderer() fyne.WidgetRenderer {
	r := &keyRenderer{field: f}
	r.objects = append(r.objects, f.label, f.halo)
	for _, slot := range f.slots {
		r.objects = append(r.objects, slot)
	}
	for _, text := range f.texts {
		r.objects = append(r.objects, text)
	}
	r.objects = append(r.objects, f.cursor)
	return r
}

type keyRenderer struct {
	field   *keyField
	objects []fyne.CanvasObject
}

var (
	_ fyne.WidgetRenderer = (*keyRenderer)(nil)
	_ fyne.Widget         = (*keyField)(nil)
)

func (r *keyRenderer) Destroy()                     {}
func (r *keyRenderer) Layout(size fyne.Size)        { r.field.place(size) }
func (r *keyRenderer) MinSize() fyne.Size           { return r.field.MinSize() }
func (r *keyRenderer) Objects() []fyne.CanvasObject { return r.objects }
func (r *keyRenderer) Refresh()                     { r.field.Refresh() }
