package users

import (
	"fmt"
	"image/color"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"github.com/factordesk/factordesk/screens/kit"
)

// drawing is the picture of the first run: a row that is there, one that is
// about to be, and one to come.
type drawing struct {
	widget.BaseWidget
	image *canvas.Image
}

func newDrawing() *drawing {
	d := &drawing{image: &canvas.Image{FillMode: canvas.ImageFillOriginal}}
	d.ExtendBaseWidget(d)
	return d
}

// rowsSVG has color tokens in place of colors.
const rowsSVG = `<svg xmlns="http://www.w3.org/2000/svg" width="204" height="98" viewBox="0 0 204 98">
<rect x="2" y="2" width="200" height="28" rx="6" ry="6" fill="{head}" stroke="{line}" stroke-width="1"/>
<circle cx="18" cy="16" r="6" fill="{muteline}"/>
<rect x="32" y="13" width="52" height="6" rx="3" ry="3" fill="{muteline}"/>
<rect x="98" y="13" width="34" height="6" rx="3" ry="3" fill="{line}"/>
<rect x="152" y="9" width="38" height="14" rx="7" ry="7" fill="{okbg}" stroke="{okline}" stroke-width="1"/>
<rect x="2" y="38" width="200" height="28" rx="6" ry="6" fill="none" stroke="{field}" stroke-width="1.2" stroke-dasharray="5 4"/>
<circle cx="18" cy="52" r="9" fill="{accent}"/>
<path d="M18 47.5v9M13.5 52h9" fill="none" stroke="{onaccent}" stroke-width="1.8" stroke-linecap="round"/>
<rect x="36" y="49" width="66" height="6" rx="3" ry="3" fill="{line}"/>
<rect x="2" y="74" width="200" height="22" rx="6" ry="6" fill="none" stroke="{line}" stroke-width="1.2" stroke-dasharray="5 4"/>
</svg>`

// paint makes the picture in the colors of now.
func (d *drawing) paint() {
	hex := func(name fyne.ThemeColorName) string {
		c := color.NRGBAModel.Convert(kit.Tint(name)).(color.NRGBA)
		return fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B)
	}
	accent := hex(kit.ColorAccent)
	svg := strings.NewReplacer(
		"{head}", hex(kit.ColorHead), "{line}", hex(kit.ColorLine), "{muteline}", hex(kit.ColorMuteLine),
		"{okbg}", hex(kit.ColorOKBg), "{okline}", hex(kit.ColorOKLine), "{field}", hex(kit.ColorField),
		"{accent}", accent, "{onaccent}", hex(kit.ColorOnAccent),
	).Replace(rowsSVG)
	// Fyne keeps rasters by name, so each set of colors has one of its own.
	d.image.Resource = fyne.NewStaticResource("users-first-"+accent[1:]+".svg", []byte(svg))
	d.image.Refresh()
}

// CreateRenderer implements fyne.Widget.
func (d *drawing) CreateRenderer() fyne.WidgetRenderer {
	d.paint()
	return &drawingRenderer{d}
}

type drawingRenderer struct{ d *drawing }

// Destroy implements fyne.WidgetRenderer.
func (r *drawingRenderer) Destroy() {}

// Layout implements fyne.WidgetRenderer.
func (r *drawingRenderer) Layout(size fyne.Size) { r.d.image.Resize(size) }

// MinSize implements fyne.WidgetRenderer.
func (r *drawingRenderer) MinSize() fyne.Size { return fyne.NewSize(204, 98) }

// Objects implements fyne.WidgetRenderer.
func (r *drawingRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.d.image} }

// Refresh implements fyne.WidgetRenderer.
func (r *drawingRenderer) Refresh() { r.d.paint() }
