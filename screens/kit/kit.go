package kit

import (
	"context"
	"errors"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"github.com/factordesk/factordesk/app"
)

// Options are what a Kit is made of. Zero values stand for the real window:
// background work, the wall clock, the desktop's clipboard.
type Options struct {
	Runner Runner
	Clock  Clock
	Board  fyne.Clipboard
	// Explain turns an error into a sentence that says what is so and one that
	// says what follows; the second may be empty. It never shows a raw error.
	Explain func(err error) (what, then string)
}

// Kit is what a screen gets besides its service: the window, work off the UI
// goroutine, time, shortcuts, dialogs, toasts and the clipboard. It is itself a
// Runner and a Clock. A screen has a Kit of its own, made with Enter; Leave ends
// its work, its timers and its shortcuts.
type Kit struct {
	Window fyne.Window
	Clip   *Clipboard

	core  *core
	scope *Scope
	stops map[int]func()
	next  int
	group string
}

var (
	_ Runner = (*Kit)(nil)
	_ Clock  = (*Kit)(nil)
)

// core is shared by the kits of one window.
type core struct {
	window  fyne.Window
	runner  Runner
	clock   Clock
	explain func(error) (string, string)
	root    *root
	keys    []shortcut
	combos  map[string]bool
	first   *Kit // the window's own kit
	open    []*Dialog
	stirred func()

	link     *Link // nil: no store is open
	onLink   hearers
	onChange hearers
}

// New prepares a window: its content is a layer of ours from now on, which
// SetContent fills, and keys go to dialogs first and then to shortcuts.
func New(w fyne.Window, o Options) *Kit {
	if o.Runner == nil {
		o.Runner = NewBackground(context.Background())
	}
	if o.Clock == nil {
		o.Clock = WallClock{}
	}
	if o.Board == nil {
		o.Board = fyne.CurrentApp().Clipboard()
	}
	if o.Explain == nil {
		o.Explain = explain
	}
	c := &core{
		window: w, runner: o.Runner, clock: o.Clock, explain: o.Explain,
		combos: map[string]bool{},
	}
	c.root = newRoot(c)
	k := &Kit{
		Window: w, Clip: NewClipboard(o.Board, o.Clock), core: c,
		scope: NewScope(o.Runner), stops: map[int]func(){}, group: "Everywhere",
	}
	c.first = k
	w.SetPadded(false)
	w.SetContent(c.root)
	w.Canvas().SetOnTypedKey(c.typedKey)
	w.Canvas().SetOnTypedRune(c.typedRune)
	return k
}

// explain is the words of an app.Error, and of any other its text as a sentence.
func explain(err error) (what, then string) {
	var e *app.Error
	if errors.As(err, &e) {
		return app.Explain(err)
	}
	return sentence(err.Error()), ""
}

// sentence makes a sentence of an error text: a capital and a period.
func sentence(text string) string {
	runes := []rune(text)
	if len(runes) == 0 {
		return ""
	}
	if runes[0] >= 'a' && runes[0] <= 'z' {
		runes[0] += 'A' - 'a'
	}
	if last := runes[len(runes)-1]; last != '.' {
		runes = append(runes, '.')
	}
	return string(runes)
}

// SetContent shows something in the window, under toasts and tooltips.
func (k *Kit) SetContent(o fyne.CanvasObject) {
	for _, d := range k.core.open {
		d.before = nil // its place is gone, so the focus cannot return there
	}
	k.core.root.set(o)
}

// Content is what the window shows.
func (k *Kit) Content() fyne.CanvasObject { return k.core.root.content }

// Enter returns a kit for a screen, whose shortcuts are listed under a title.
func (k *Kit) Enter(group string) *Kit {
	return &Kit{
		Window: k.Window, Clip: k.Clip, core: k.core,
		scope: NewScope(k.core.runner), stops: map[int]func(){}, group: group,
	}
}

// Leave ends everything that was begun with this kit: results of its work are
// dropped, its timers stop, its shortcuts are forgotten.
func (k *Kit) Leave() {
	k.scope.Cancel()
	for _, stop := range k.stops {
		stop()
	}
	k.stops = map[int]func(){}
	k.core.forget(k)
}

// Left tells whether Leave was called.
func (k *Kit) Left() bool { return k.scope.Ended() }

// Go implements Runner.
func (k *Kit) Go(work func(ctx context.Context) error, done func(err error)) {
	k.scope.Go(work, done)
}

// Do calls f on the UI goroutine soon, from whatever goroutine: work that has to
// ask the person something before it can go on. It does not wait for f.
func (k *Kit) Do(f func()) {
	k.Go(func(context.Context) error { return nil }, func(error) { f() })
}

// Now implements Clock.
func (k *Kit) Now() time.Time { return k.core.clock.Now() }

// Every implements Clock; it stops with Leave.
func (k *Kit) Every(d time.Duration, f func()) (stop func()) {
	return k.hold(k.core.clock.Every(d, f))
}

// After implements Clock; it stops with Leave.
func (k *Kit) After(d time.Duration, f func()) (stop func()) {
	var forget func()
	forget = k.hold(k.core.clock.After(d, func() {
		forget()
		f()
	}))
	return forget
}

func (k *Kit) hold(stop func()) func() {
	k.next++
	id := k.next
	k.stops[id] = stop
	return func() {
		stop()
		delete(k.stops, id)
	}
}

// Explain turns an error into sentences.
func (k *Kit) Explain(err error) (what, then string) { return k.core.explain(err) }

// Focus gives the focus to a widget of the window.
func (k *Kit) Focus(o fyne.Focusable) { k.Window.Canvas().Focus(o) }

// DialogOpen tells whether a dialog or a menu is over the window.
func (k *Kit) DialogOpen() bool { return len(k.Window.Canvas().Overlays().List()) > 0 }

// CloseDialogs removes every dialog and menu, without calling what they would
// call when closed by a person; for lock and exit.
func (k *Kit) CloseDialogs() {
	for len(k.core.open) > 0 {
		d := k.core.open[len(k.core.open)-1]
		d.before = nil
		d.remove()
	}
	overlays := k.Window.Canvas().Overlays()
	for overlays.Top() != nil {
		overlays.Remove(overlays.Top())
	}
	k.core.root.layer.clear()
}

// OnActivity calls f whenever somebody types, points or taps, for the idle lock.
func (k *Kit) OnActivity(f func()) { k.core.stirred = f }

// stir tells the window that somebody is there. Fyne has no hook for this: keys
// and the pointer go to the widget that takes them and to nothing else.
func stir(o fyne.CanvasObject) {
	c := canvasOf(o)
	if c == nil {
		return
	}
	if r, ok := c.Content().(*root); ok && r.core.stirred != nil {
		r.core.stirred()
	}
}

// root is the content of the window: what is shown, and a layer over it.
type root struct {
	widget.BaseWidget
	content fyne.CanvasObject
	layer   *layer
	core    *core
	views   []*ScrollView // pages that scroll, for reveal
	still   bool          // the focus moves, and the pages do not follow
}

var _ desktop.Hoverable = (*root)(nil)

func newRoot(c *core) *root {
	r := &root{content: Stack(), layer: newLayer(c.clock), core: c}
	r.ExtendBaseWidget(r)
	return r
}

func (r *root) set(o fyne.CanvasObject) {
	r.content = o
	r.layer.clear()
	r.Refresh()
}

func (r *root) tipLayer() *layer { return r.layer }

// MouseIn implements desktop.Hoverable.
func (r *root) MouseIn(*desktop.MouseEvent) { stir(r) }

// MouseMoved implements desktop.Hoverable.
func (r *root) MouseMoved(*desktop.MouseEvent) { stir(r) }

// MouseOut implements desktop.Hoverable.
func (r *root) MouseOut() {}

// CreateRenderer implements fyne.Widget.
func (r *root) CreateRenderer() fyne.WidgetRenderer {
	return &renderer{
		widget: r,
		list:   func() []fyne.CanvasObject { return []fyne.CanvasObject{r.content, r.layer} },
		layout: func(size fyne.Size) {
			r.content.Move(fyne.NewPos(0, 0))
			r.content.Resize(size)
			r.layer.Resize(size)
		},
		// The look's smallest window, and not what the content would like: a page
		// with a long name on it must not push the window wider.
		min: func() fyne.Size { return fyne.NewSize(1024, 700) },
	}
}
