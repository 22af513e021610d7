package users

import (
	"context"
	"fmt"
	"time"

	"fyne.io/fyne/v2"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/kit"
)

const (
	clockAfter = 3 * time.Second  // of the first look, once the list has been asked for
	clockEvery = 10 * time.Minute // of the others
)

// watchClock compares this workstation's clock with the store's server, in the
// background: codes and lock-outs are judged by clocks, so that nobody blames a
// phone for the difference between the two.
func (s *Screen) watchClock() {
	if k := s.svc.Store().Kind; k == app.LocalStore || k == app.SampleStore {
		return // there is no server
	}
	s.k.After(clockAfter, s.compare)
	s.k.Every(clockEvery, s.compare)
}

func (s *Screen) compare() {
	if s.cut || s.aside || s.covered() || s.k.Link().Lost() {
		return
	}
	kit.Go(s.k, func(ctx context.Context) (app.ClockReading, error) {
		r, _, err := s.svc.ServerClock(ctx)
		return r, err
	}, func(r app.ClockReading, err error) {
		if err == nil { // whoever cannot be asked now is asked again
			s.showClock(r)
		}
	})
}

// showClock warns of a difference, or takes the warning away.
func (s *Screen) showClock(r app.ClockReading) {
	s.clock.Objects = nil
	if r.Off() {
		ahead, side := r.Ahead, "behind"
		if ahead < 0 {
			ahead, side = -ahead, "ahead of"
		}
		note := kit.NewNote(kit.StatusWarn, "The clocks do not agree.", fmt.Sprintf(
			"This workstation is %s %s the store’s server. Put that right before a code is called wrong.", apart(ahead), side))
		if s.on.ShowClocks != nil {
			note.Action(kit.Secondary("Show the clocks", s.on.ShowClocks).Small())
		}
		s.clock.Objects = []fyne.CanvasObject{note}
	}
	s.clock.Hidden = len(s.clock.Objects) == 0
	s.clock.Refresh()
	s.relay()
}

// apart is a difference between clocks: "9 s", "3 min 5 s".
func apart(d time.Duration) string {
	if d < time.Minute {
		return fmt.Sprintf("%d s", int(d.Round(time.Second)/time.Second))
	}
	return fmt.Sprintf("%d min %d s", int(d/time.Minute), int(d%time.Minute/time.Second))
}
