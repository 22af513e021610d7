// Package kittest helps to test screens: a window in memory, pictures of it, a
// keyboard, a clock that is turned by hand, work that runs in place. Only tests
// import it, because Fyne's test package makes an app of its own.
package kittest

import (
	"context"
	"image/png"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/screens/kit"
)

// The window sizes of the look.
var (
	Wide  = fyne.NewSize(1280, 820)
	Small = fyne.NewSize(1024, 700)
)

// Start is the time at which a Clock begins: a Tuesday afternoon.
var Start = time.Date(2026, time.June, 9, 12, 9, 16, 0, time.UTC)

// Inline is a Runner that does its work at once, in place.
type Inline struct{}

var _ kit.Runner = Inline{}

// Go implements kit.Runner.
func (Inline) Go(work func(ctx context.Context) error, done func(err error)) {
	done(work(context.Background()))
}

// Held is a Runner that keeps its work until Step, to see a screen while it
// loads.
type Held struct{ waiting []func() }

var _ kit.Runner = (*Held)(nil)

// Go implements kit.Runner.
func (h *Held) Go(work func(ctx context.Context) error, done func(err error)) {
	h.waiting = append(h.waiting, func() { done(work(context.Background())) })
}

// Waiting is how many works have not been done.
func (h *Held) Waiting() int { return len(h.waiting) }

// Step does the oldest work.
func (h *Held) Step() {
	if len(h.waiting) == 0 {
		return
	}
	next := h.waiting[0]
	h.waiting = h.waiting[1:]
	next()
}

// Apart is a Runner that does its work in goroutines, as the real window does:
// for work that asks something before it can go on. The ends of works wait until
// the test, which stands for the UI goroutine, takes them with Next.
type Apart struct {
	ctx  context.Context
	ends chan func()
}

var _ kit.Runner = (*Apart)(nil)

// NewApart returns a runner whose work ends with the test.
func NewApart(t testing.TB) *Apart {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	return &Apart{ctx: ctx, ends: make(chan func(), 64)}
}

// Go implements kit.Runner.
func (a *Apart) Go(work func(ctx context.Context) error, done func(err error)) {
	go func() {
		err := work(a.ctx)
		a.ends <- func() { done(err) }
	}()
}

// Next waits for the end of a work, and brings it.
func (a *Apart) Next(t testing.TB) {
	t.Helper()
	select {
	case end := <-a.ends:
		end()
	case <-time.After(10 * time.Second):
		require.FailNow(t, "no work has ended")
	}
}

// During runs f apart, and brings the ends of works until it has returned.
func (a *Apart) During(t testing.TB, f func()) {
	t.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		f()
	}()
	for {
		select {
		case end := <-a.ends:
			end()
		case <-done:
			return
		case <-time.After(10 * time.Second):
			require.FailNow(t, "it does not return")
		}
	}
}

// Until brings the ends of works until something is so.
func (a *Apart) Until(t testing.TB, so func() bool) {
	t.Helper()
	for !so() {
		a.Next(t)
	}
}

// Clock is a kit.Clock that moves only when it is told to.
type Clock struct {
	now    time.Time
	timers []*timer
}

var _ kit.Clock = (*Clock)(nil)

type timer struct {
	at    time.Time
	every time.Duration
	f     func()
	gone  bool
}

// NewClock returns a clock that stands at Start.
func NewClock() *Clock { return &Clock{now: Start} }

// Now implements kit.Clock.
func (c *Clock) Now() time.Time { return c.now }

// Every implements kit.Clock.
func (c *Clock) Every(d time.Duration, f func()) func() { return c.add(d, d, f) }

// After implements kit.Clock.
func (c *Clock) After(d time.Duration, f func()) func() { return c.add(d, 0, f) }

func (c *Clock) add(d, every time.Duration, f func()) func() {
	t := &timer{at: c.now.Add(d), every: every, f: f}
	c.timers = append(c.timers, t)
	return func() { t.gone = true }
}

// Timers is how many timers are waiting; zero when a screen has cleaned up.
func (c *Clock) Timers() int {
	n := 0
	for _, t := range c.timers {
		if !t.gone {
			n++
		}
	}
	return n
}

// Advance moves the clock and calls what is due, in order.
func (c *Clock) Advance(d time.Duration) {
	end := c.now.Add(d)
	for {
		var next *timer
		for _, t := range c.timers {
			if !t.gone && !t.at.After(end) && (next == nil || t.at.Before(next.at)) {
				next = t
			}
		}
		if next == nil {
			break
		}
		c.now = next.at
		if next.every > 0 {
			next.at = next.at.Add(next.every)
		} else {
			next.gone = true
		}
		next.f()
	}
	c.now = end
}

// Desk is a window in memory with a Kit over it.
type Desk struct {
	*kit.Kit
	T     testing.TB
	App   fyne.App
	Win   fyne.Window
	Clock *Clock
	Board fyne.Clipboard
}

// zone sets the local time of all tests, once: what a test before has left
// running may be reading it.
var zone sync.Once

// New opens a window of a size with the light theme. Runner may be nil for
// Inline.
func New(t testing.TB, size fyne.Size, runner kit.Runner) *Desk {
	t.Helper()
	if runner == nil {
		runner = Inline{}
	}
	zone.Do(func() { time.Local = time.FixedZone("UTC+2", 2*60*60) })
	app := test.NewTempApp(t)
	app.Settings().SetTheme(kit.NewTheme(kit.Light, 1))
	w := app.NewWindow("Factordesk")
	t.Cleanup(w.Close)
	clock := NewClock()
	d := &Desk{T: t, App: app, Win: w, Clock: clock, Board: test.NewClipboard()}
	d.Kit = kit.New(w, kit.Options{Runner: runner, Clock: clock, Board: d.Board})
	w.Resize(size)
	return d
}

// Watch lets the window watch a store, as the shell does for who has signed in. It
// asks in place, whatever the runner, and its waits are exact.
func (d *Desk) Watch(stamp func(ctx context.Context) (string, error)) *kit.Link {
	d.T.Helper()
	l := kit.NewLink(d.Kit, kit.LinkSpec{Stamp: stamp, Jitter: func() float64 { return 0.5 }, Runner: Inline{}})
	d.T.Cleanup(l.Close)
	return l
}

// Show puts something into the window.
func (d *Desk) Show(o fyne.CanvasObject) {
	size := d.Win.Canvas().Size()
	d.SetContent(o)
	d.Win.Resize(size)
}

// Resize changes the size of the window.
func (d *Desk) Resize(size fyne.Size) { d.Win.Resize(size) }

// Theme changes the theme while the window shows.
func (d *Desk) Theme(mode kit.Mode, scale float32) {
	d.App.Settings().SetTheme(kit.NewTheme(mode, scale))
	size := d.Win.Canvas().Size()
	d.Win.Resize(size.AddWidthHeight(1, 1))
	d.Win.Resize(size)
}

// Folder is where pictures go: FACTORDESK_PICTURES, or .build/pictures in the
// repository.
func Folder(t testing.TB) string {
	t.Helper()
	if dir := os.Getenv("FACTORDESK_PICTURES"); dir != "" {
		return dir
	}
	dir, err := os.Getwd()
	require.NoError(t, err)
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return filepath.Join(dir, ".build", "pictures")
		}
		parent := filepath.Dir(dir)
		require.NotEqual(t, parent, dir, "no go.mod above the test")
		dir = parent
	}
}

// Picture writes what the window shows as NAME.png.
func (d *Desk) Picture(name string) {
	d.T.Helper()
	dir := Folder(d.T)
	require.NoError(d.T, os.MkdirAll(dir, 0o750))
	file, err := os.Create(filepath.Join(dir, name+".png"))
	require.NoError(d.T, err)
	defer func() { require.NoError(d.T, file.Close()) }()
	encoder := png.Encoder{CompressionLevel: png.BestSpeed}
	require.NoError(d.T, encoder.Encode(file, d.Win.Canvas().Capture()))
}

// Pictures writes SCREEN-STATE-light.png and SCREEN-STATE-dark.png, and leaves
// the light theme.
func (d *Desk) Pictures(screen, state string) {
	d.T.Helper()
	d.Picture(screen + "-" + state + "-light")
	d.Theme(kit.Dark, 1)
	d.Picture(screen + "-" + state + "-dark")
	d.Theme(kit.Light, 1)
}
