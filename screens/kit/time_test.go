package kit_test

import (
	"context"
	"errors"
	"fmt"
	"image"
	"os"
	"regexp"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/screens/kit"
	"github.com/factordesk/factordesk/screens/kit/kittest"
)

func TestWords(t *testing.T) {
	kittest.New(t, small, nil) // sets the local time to UTC+2
	now := time.Date(2026, 6, 9, 12, 7, 12, 0, time.UTC)
	assert.Equal(t, "Today 09:41", kit.When(time.Date(2026, 6, 9, 7, 41, 0, 0, time.UTC), now))
	assert.Equal(t, "Today 00:10", kit.When(time.Date(2026, 6, 8, 22, 10, 0, 0, time.UTC), now), "the local day counts")
	assert.Equal(t, "Yesterday 17:26", kit.When(time.Date(2026, 6, 8, 15, 26, 0, 0, time.UTC), now))
	assert.Equal(t, "Jun 5, 2026", kit.When(time.Date(2026, 6, 5, 9, 0, 0, 0, time.UTC), now))
	assert.Equal(t, "Jun 10, 2026", kit.When(now.Add(24*time.Hour), now))
	assert.Equal(t, "Never", kit.When(time.Time{}, now))
	assert.Equal(t, "Today 09:41 (07:41 UTC)", kit.WhenUTC(time.Date(2026, 6, 9, 7, 41, 0, 0, time.UTC), now))
	assert.Equal(t, "Jun 5, 2026 11:00 (09:00 UTC)", kit.WhenUTC(time.Date(2026, 6, 5, 9, 0, 0, 0, time.UTC), now))
	assert.Equal(t, "14:07:12", kit.ClockTime(now))
	assert.Equal(t, "12:07:12 UTC", kit.ClockUTC(now))
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 12480: "12,480", 1264000: "1,264,000", -1234: "-1,234", -999: "-999"} {
		assert.Equal(t, want, kit.Count(n))
	}
	assert.Equal(t, "1 person", kit.CountOf(1, "person", "people"))
	assert.Equal(t, "1,204 people", kit.CountOf(1204, "person", "people"))
	for d, want := range map[time.Duration]string{
		-time.Second: "0 s", 40 * time.Second: "40 s", 17*time.Minute + time.Second: "18 min", 90 * time.Minute: "90 min",
		3 * time.Hour: "3 h", 72 * time.Hour: "3 days",
	} {
		assert.Equal(t, want, kit.Left(d))
	}
	assert.Equal(t, "3 minutes ago", kit.Ago(now.Add(-3*time.Minute), now))
	assert.Equal(t, "1 hour ago", kit.Ago(now.Add(-time.Hour), now))
	assert.Equal(t, "just now", kit.Ago(now, now))
	for d, want := range map[time.Duration]string{
		0: "0 ms", 400 * time.Microsecond: "<1 ms", 84 * time.Millisecond: "84 ms", 999600 * time.Microsecond: "1.0 s",
		1840 * time.Millisecond: "1.8 s", 100 * time.Second: "2 min",
	} {
		assert.Equal(t, want, kit.Took(d))
	}
	assert.Equal(t, "today 09:41", kit.Within("Today 09:41"))
	assert.Equal(t, "yesterday 17:26", kit.Within("Yesterday 17:26"))
	assert.Equal(t, "never", kit.Within("Never"))
	assert.Equal(t, "Jun 5, 2026", kit.Within("Jun 5, 2026"))
	assert.Equal(t, "1:52", kit.Remain(112*time.Second))
	assert.Equal(t, "0:47", kit.Remain(46*time.Second+time.Millisecond))
	assert.Equal(t, "0:00", kit.Remain(-time.Hour))
	assert.Equal(t, "OB", kit.Initials("Olive van der Bellwether"))
	assert.Equal(t, "É", kit.Initials("élodie"))
}

func TestLeaveDropsResults(t *testing.T) {
	held := &kittest.Held{}
	d := kittest.New(t, small, held)
	screen := d.Enter("Users")
	var shown []int
	load := func() {
		kit.Go(screen, func(context.Context) (int, error) { return 1, nil }, func(v int, err error) {
			assert.NoError(t, err)
			shown = append(shown, v)
		})
	}
	load()
	held.Step()
	assert.Equal(t, []int{1}, shown)
	load()
	ticks := 0
	screen.Every(time.Second, func() { ticks++ })
	d.Clock.Advance(2 * time.Second)
	assert.Equal(t, 2, ticks)
	screen.Leave()
	held.Step()
	d.Clock.Advance(2 * time.Second)
	assert.Equal(t, []int{1}, shown, "the result of a screen that has gone is dropped")
	assert.Equal(t, 2, ticks)
	assert.Zero(t, d.Clock.Timers())
	load()
	assert.Zero(t, held.Waiting(), "a screen that has gone begins nothing")
}

func TestBackground(t *testing.T) {
	test.NewTempApp(t)
	runner := kit.NewBackground(t.Context())
	scope := kit.NewScope(runner)
	done := make(chan error, 1)
	scope.Go(func(context.Context) error { return errors.New("refused") }, func(err error) { done <- err })
	require.EqualError(t, <-done, "refused")

	begun, ended := make(chan struct{}), make(chan error, 1)
	called := false
	scope.Go(func(ctx context.Context) error {
		close(begun)
		<-ctx.Done()
		ended <- ctx.Err()
		return ctx.Err()
	}, func(error) { called = true })
	<-begun
	scope.Cancel()
	require.ErrorIs(t, <-ended, context.Canceled)
	runner.Wait(t.Context())
	assert.False(t, called)
}

func TestClipboard(t *testing.T) {
	test.NewTempApp(t)
	board, clock := test.NewClipboard(), kittest.NewClock()
	c := kit.NewClipboard(board, clock)
	c.CopySecret("JBSW Y3DP")
	clock.Advance(29 * time.Second)
	assert.Equal(t, "JBSW Y3DP", board.Content())
	clock.Advance(time.Second)
	assert.Empty(t, board.Content(), "gone after 30 seconds")
	c.CopySecret("JBSW Y3DP")
	board.SetContent("something else")
	clock.Advance(time.Minute)
	assert.Equal(t, "something else", board.Content(), "what is not ours stays")
	c.CopySecret("one")
	assert.True(t, c.Clear(), "lock clears at once")
	assert.Empty(t, board.Content())
	c.CopySecret("one")
	c.Copy("bin/magento cache:clean config")
	clock.Advance(time.Minute)
	assert.Equal(t, "bin/magento cache:clean config", board.Content(), "what is no secret stays")
}

func TestWallClock(t *testing.T) {
	test.NewTempApp(t)
	var clock kit.WallClock
	fired := make(chan struct{}, 8)
	stop := clock.Every(time.Millisecond, func() { fired <- struct{}{} })
	<-fired
	<-fired
	stop()
	stop()
	clock.After(time.Hour, func() { t.Error("stopped before it was due") })()
	once := make(chan struct{})
	clock.After(time.Millisecond, func() { close(once) })
	<-once
	assert.WithinDuration(t, time.Now(), clock.Now(), time.Minute)
}

// TestQRSquares reads the picture back at several scales: each module must be a
// square of whole pixels of one color, with four white modules around.
func TestQRSquares(t *testing.T) {
	for _, scale := range []float32{1, 1.25, 1.5, 2, 2.4} {
		for _, side := range []float32{401, 300, 260} {
			t.Run(fmt.Sprintf("scale %v side %v", scale, side), func(t *testing.T) {
				d := kittest.New(t, fyne.NewSize(500, 500), nil)
				d.Win.Canvas().(interface{ SetScale(float32) }).SetScale(scale)
				m := squares(37)
				q := kit.NewQR()
				q.SetMatrix(m)
				d.Show(kit.RowTop(0, kit.Fix(side, side, q)))
				checkSquares(t, d.Win.Canvas().Capture(), m, side*scale)
			})
		}
	}
}

func checkSquares(t *testing.T, picture image.Image, m squares, side float32) {
	t.Helper()
	black := func(x, y int) bool { return luminance(picture.At(x, y)) < 0.01 }
	bounds := image.Rectangle{Min: image.Pt(1<<20, 1<<20)}
	for y := range int(side) {
		for x := range int(side) {
			if black(x, y) {
				bounds.Min.X, bounds.Min.Y = min(bounds.Min.X, x), min(bounds.Min.Y, y)
				bounds.Max.X, bounds.Max.Y = max(bounds.Max.X, x+1), max(bounds.Max.Y, y+1)
			}
		}
	}
	require.Zero(t, bounds.Dx()%m.Size(), "whole pixels a module: %v", bounds)
	require.Equal(t, bounds.Dx(), bounds.Dy())
	module := bounds.Dx() / m.Size()
	require.GreaterOrEqual(t, module, 5)
	for y := range bounds.Dy() {
		for x := range bounds.Dx() {
			want := m.Black(x/module, y/module)
			if black(bounds.Min.X+x, bounds.Min.Y+y) != want {
				t.Fatalf("pixel %d,%d of module %d is not %v", x, y, module, want)
			}
		}
	}
	assert.GreaterOrEqual(t, bounds.Min.X, 4*module-2, "quiet zone")
	assert.GreaterOrEqual(t, int(side)-bounds.Max.X, 4*module-2, "quiet zone")
}

func TestQRHidesTheCode(t *testing.T) {
	d := kittest.New(t, fyne.NewSize(500, 500), nil)
	q := kit.NewQR()
	q.SetMatrix(squares(37))
	d.Show(kit.Fix(401, 401, q))
	q.SetHidden(true)
	picture := d.Win.Canvas().Capture()
	dark := 0
	for y := range 400 {
		for x := range 400 {
			if luminance(picture.At(x, y)) < 0.01 {
				dark++
			}
		}
	}
	assert.Zero(t, dark, "no black module shows")
	q.Forget()
	q.SetHidden(false)
	assert.True(t, q.IsHidden(), "a forgotten code cannot be shown")
}

// TestIconsExist opens the file of every icon name.
func TestIconsExist(t *testing.T) {
	source, err := os.ReadFile("icon.go")
	require.NoError(t, err)
	names := regexp.MustCompile(`IconName = "([a-z-]+)"`).FindAllSubmatch(source, -1)
	require.Greater(t, len(names), 50)
	known := map[string]bool{}
	for _, name := range names {
		known[string(name[1])+".svg"] = true
		assert.FileExists(t, "icons/"+string(name[1])+".svg")
	}
	files, err := os.ReadDir("icons")
	require.NoError(t, err)
	for _, file := range files {
		assert.True(t, known[file.Name()], "%s has no name", file.Name())
	}
}
