package kit

import (
	"embed"
	"fmt"
	"image/color"
	"strings"
	"sync"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

//go:embed icons/*.svg
var iconFiles embed.FS

// IconName names one of our line icons.
type IconName string

// The icons, 24 units square, one color, round ends.
const (
	IconNone         IconName = ""
	IconUsers        IconName = "users"
	IconPeople       IconName = "people"
	IconTroubleshoot IconName = "troubleshoot"
	IconActivity     IconName = "activity"
	IconConnections  IconName = "connections"
	IconUnplugged    IconName = "unplugged"
	IconSettings     IconName = "settings"
	IconHelp         IconName = "help"
	IconLock         IconName = "lock"
	IconUnlock       IconName = "unlock"
	IconSearch       IconName = "search"
	IconPlus         IconName = "plus"
	IconImport       IconName = "import"
	IconExport       IconName = "export"
	IconRefresh      IconName = "refresh"
	IconCheck        IconName = "check"
	IconDash         IconName = "dash"
	IconHourglass    IconName = "hourglass"
	IconEye          IconName = "eye"
	IconEyeOff       IconName = "eye-off"
	IconStruck       IconName = "struck"
	IconOctagon      IconName = "octagon"
	IconTriangle     IconName = "triangle"
	IconInfo         IconName = "info"
	IconClock        IconName = "clock"
	IconLeft         IconName = "chevron-left"
	IconRight        IconName = "chevron-right"
	IconUp           IconName = "chevron-up"
	IconDown         IconName = "chevron-down"
	IconArrowUp      IconName = "arrow-up"
	IconArrowDown    IconName = "arrow-down"
	IconArrowRight   IconName = "arrow-right"
	IconPhone        IconName = "phone"
	IconUSBKey       IconName = "usb-key"
	IconDuo          IconName = "duo"
	IconMessage      IconName = "message"
	IconUser         IconName = "user"
	IconShield       IconName = "shield"
	IconShieldCheck  IconName = "shield-check"
	IconCopy         IconName = "copy"
	IconX            IconName = "x"
	IconLogout       IconName = "logout"
	IconKey          IconName = "key"
	IconCalendar     IconName = "calendar"
	IconLines        IconName = "lines"
	IconFile         IconName = "file"
	IconFolder       IconName = "folder"
	IconServer       IconName = "server"
	IconDatabase     IconName = "database"
	IconCompass      IconName = "compass"
	IconMonitor      IconName = "monitor"
	IconGlobe        IconName = "globe"
	IconTag          IconName = "tag"
	IconPrinter      IconName = "printer"
	IconTrash        IconName = "trash"
	IconMore         IconName = "more"
	IconPlay         IconName = "play"
	IconDoctor       IconName = "doctor"
	IconPencil       IconName = "pencil"
	IconMail         IconName = "mail"
	IconSun          IconName = "sun"
	IconMoon         IconName = "moon"
)

// icons keeps one recolored resource for each icon, color, size and stroke.
// Fyne keeps rasterized SVGs by resource name and one size each, so the name
// must tell all of them apart.
var icons struct {
	sync.Mutex
	made map[string]fyne.Resource
}

// resource is an icon in a color at a size. Fyne's rasterizer takes the width of
// a stroke as pixels and does not scale it with the drawing, so it is put in for
// the size and the screen of now.
func resource(name IconName, ink color.Color, size, stroke float32) fyne.Resource {
	if name == IconNone {
		return nil
	}
	c := color.NRGBAModel.Convert(ink).(color.NRGBA)
	shade := fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B)
	stroke *= size / 24 * pixelScale()
	key := fmt.Sprintf("fd-%s-%s-%g-%g.svg", name, shade[1:], size, stroke)
	icons.Lock()
	defer icons.Unlock()
	if made, ok := icons.made[key]; ok {
		return made
	}
	data, err := iconFiles.ReadFile("icons/" + string(name) + ".svg")
	if err != nil {
		fyne.LogError("icon "+string(name), err)
		return nil
	}
	svg := strings.ReplaceAll(string(data), "#000000", shade)
	svg = strings.Replace(svg, `stroke-width="1.75"`, fmt.Sprintf(`stroke-width="%g"`, stroke), 1)
	made := fyne.NewStaticResource(key, []byte(svg))
	if icons.made == nil {
		icons.made = map[string]fyne.Resource{}
	}
	icons.made[key] = made
	return made
}

// pixelScale is how many real pixels make a unit in our window.
func pixelScale() float32 {
	app := fyne.CurrentApp()
	if app == nil || len(app.Driver().AllWindows()) == 0 {
		return 1
	}
	windows := app.Driver().AllWindows()
	pixels, _ := windows[len(windows)-1].Canvas().PixelCoordinateForPosition(fyne.NewPos(100, 100))
	return max(float32(pixels)/100, 0.5)
}

// strokeFor is the stroke of an icon: heavier in pills, where 1.75 would fade.
func strokeFor(size float32) float32 {
	if size <= 12 {
		return 2.4
	}
	return 1.75
}

// glyph is an icon as a canvas image that repaints itself in a token's color.
type glyph struct {
	*canvas.Image
	name IconName
	ink  fyne.ThemeColorName
	size float32
}

func newGlyph(name IconName, ink fyne.ThemeColorName, size float32) *glyph {
	g := &glyph{Image: &canvas.Image{FillMode: canvas.ImageFillContain}, name: name, ink: ink, size: size}
	g.paint()
	return g
}

// set changes icon and color; nothing happens when both are as they were.
func (g *glyph) set(name IconName, ink fyne.ThemeColorName) {
	g.name, g.ink = name, ink
	g.paint()
}

// paint takes the color of now. Image.Refresh parses the SVG again, so it is
// called only when the resource is another one.
func (g *glyph) paint() {
	if g.name == IconNone {
		g.Hide()
		return
	}
	if g.Hidden {
		g.Show()
	}
	side := Scaled(g.size)
	res := resource(g.name, tint(g.ink), side, strokeFor(g.size))
	if g.Resource == res {
		return
	}
	g.Resource = res
	g.SetMinSize(fyne.NewSquareSize(side))
	g.Refresh()
}

// place puts the icon with its middle at y.
func (g *glyph) place(x, middle float32) {
	side := Scaled(g.size)
	g.Resize(fyne.NewSquareSize(side))
	g.Move(fyne.NewPos(x, round(middle-side/2)))
}

// IconView shows one icon in a token's color. Make it with Icon.
type IconView struct {
	widget.BaseWidget
	g *glyph
}

// Icon returns an icon of a side length: 12 in pills, 14 to 16 in buttons and
// fields, 18 to 20 in panels and rail, 22 to 26 in wells.
func Icon(name IconName, ink fyne.ThemeColorName, size float32) *IconView {
	v := &IconView{g: newGlyph(name, ink, size)}
	v.ExtendBaseWidget(v)
	return v
}

// Set changes the icon and its color.
func (v *IconView) Set(name IconName, ink fyne.ThemeColorName) {
	v.g.set(name, ink)
	v.Refresh()
}

// CreateRenderer implements fyne.Widget.
func (v *IconView) CreateRenderer() fyne.WidgetRenderer {
	return &renderer{
		widget:  v,
		objects: []fyne.CanvasObject{v.g.Image},
		layout: func(size fyne.Size) {
			v.g.place(round((size.Width-Scaled(v.g.size))/2), size.Height/2)
		},
		min:   func() fyne.Size { return fyne.NewSquareSize(Scaled(v.g.size)) },
		paint: v.g.paint,
	}
}
