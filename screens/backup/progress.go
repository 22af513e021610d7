package backup

import (
	"context"
	"sync"
	"time"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/kit"
)

// lookEvery is how often the window looks how far the work is.
const lookEvery = 100 * time.Millisecond

// course is how far some work is: written by the work, read by the window.
type course struct {
	mu   sync.Mutex
	last app.MoveProgress
}

func (c *course) report(p app.MoveProgress) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.last = p
}

// words are the stage, and how much of it is done, where that is known.
func (c *course) words() (words string, share float64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	p := c.last
	switch {
	case p.Stage == "":
		return "Beginning…", 0
	case p.Total <= 0:
		return string(p.Stage) + "…", 0
	}
	share = float64(p.Done) / float64(p.Total)
	return string(p.Stage) + ", " + kit.Count(int(100*share)) + " %", share
}

// run does work under a dialog that shows how far it is. Esc stops the work; done
// is called in the end, whichever way that came.
func run[T any](
	k *kit.Kit, store kit.Store, title, stopping string,
	work func(ctx context.Context, report func(app.MoveProgress)) (T, error), done func(T, error),
) {
	ctx, stop := context.WithCancel(context.Background())
	c := &course{}
	bar, line := kit.NewProgressBar(), kit.Second("Beginning…")
	var shown *kit.Dialog
	over := false
	kit.Go(k, func(outer context.Context) (T, error) {
		defer context.AfterFunc(outer, stop)()
		return work(ctx, c.report)
	}, func(value T, err error) {
		stop()
		over = true
		if shown != nil {
			shown.Close()
		}
		done(value, err)
	})
	if over { // an inline runner has ended already
		return
	}
	shown = k.Dialog(kit.DialogSpec{
		Store: store, Title: title, Width: 480,
		Body:    kit.Pad(kit.Space12, 0, kit.Space8, 0, kit.Column(kit.Space12, bar, line)),
		Hint:    "[Esc] stops",
		Buttons: []*kit.Button{kit.Secondary("Cancel", nil)},
		OnCancel: func() {
			stop()
			k.Toast(kit.StatusOK, stopping)
		},
	})
	shown.UntilClosed(k.Every(lookEvery, func() {
		words, share := c.words()
		bar.SetValue(share)
		line.SetText(words)
	}))
}
