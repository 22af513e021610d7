package kit

import (
	"sync"
	"time"

	"fyne.io/fyne/v2"
)

// Clock tells the time and calls back on the UI goroutine. Tests use a clock
// that they turn by hand.
type Clock interface {
	Now() time.Time
	// Every calls f again and again until stop is called.
	Every(d time.Duration, f func()) (stop func())
	// After calls f once, unless stop is called before.
	After(d time.Duration, f func()) (stop func())
}

// WallClock is the clock of the real window.
type WallClock struct{}

var _ Clock = WallClock{}

// Now implements Clock.
func (WallClock) Now() time.Time { return time.Now() }

// Every implements Clock.
func (WallClock) Every(d time.Duration, f func()) (stop func()) {
	ticker := time.NewTicker(d)
	ended := make(chan struct{})
	go func() {
		for {
			select {
			case <-ended:
				return
			case <-ticker.C:
				fyne.Do(func() {
					select {
					case <-ended:
					default:
						f()
					}
				})
			}
		}
	}()
	var once sync.Once
	return func() {
		once.Do(func() {
			ticker.Stop()
			close(ended)
		})
	}
}

// After implements Clock.
func (WallClock) After(d time.Duration, f func()) (stop func()) {
	var mu sync.Mutex
	ended := false
	timer := time.AfterFunc(d, func() {
		fyne.Do(func() {
			mu.Lock()
			gone := ended
			mu.Unlock()
			if !gone {
				f()
			}
		})
	})
	return func() {
		mu.Lock()
		ended = true
		mu.Unlock()
		timer.Stop()
	}
}
