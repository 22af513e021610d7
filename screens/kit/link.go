package kit

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/factordesk/factordesk/app"
)

// LinkSpec is what a Link asks. Its functions run off the UI goroutine.
type LinkSpec struct {
	// Stamp asks the store for a word that is another one after each change.
	Stamp func(ctx context.Context) (string, error)
	// Listen calls told once when the store begins to tell of changes and after
	// each, and fails with Invalid where it never does. Nil: it never does.
	Listen func(ctx context.Context, told func()) error
	// Jitter is between 0 and 1, so that many desks do not come back to a server
	// in one moment. Nil: chance.
	Jitter func() float64
	// Runner does the asking. Nil: the window's.
	Runner Runner
}

// How often a link asks.
const (
	linkEvery    = 5 * time.Second  // while nobody tells of changes
	linkSeldom   = 30 * time.Second // while the store tells of them, or nobody looks
	linkShare    = 50               // of the time that an answer takes passes before the next question
	linkPatience = 10 * time.Second // until a question counts as unanswered
	linkRest     = 2 * time.Second  // between two news to the screens, and before the first new try
	linkLongest  = 30 * time.Second // between two tries
	linkSteady   = time.Minute      // a store that answers for so long has come back
)

// Link is the way to the open store as a window knows it: whether the store
// answers, since when not, when it is tried again, and that somebody else has
// changed something. It asks by itself, and never on the UI goroutine, to which
// it belongs. Screens hear of it through Kit.OnLink and Kit.OnChange.
type Link struct {
	kit  *Kit
	spec LinkSpec

	stamp   string
	known   bool      // stamp was answered once
	asked   time.Time // when the last question began, or ended if it took long
	took    time.Duration
	asking  bool
	again   bool // something was told while a question was on its way
	reached time.Time
	changed time.Time // when stamp became another one

	lost    bool
	trouble error
	tries   int
	next    time.Time
	back    time.Time // when it came back last

	hears, deaf, listening bool
	paused, away           bool
	toldAt                 time.Time // of the last news to the screens
	telling                bool
}

// NewLink begins to watch a store for a window. Close ends it.
func NewLink(window *Kit, spec LinkSpec) *Link {
	if spec.Jitter == nil {
		spec.Jitter = rand.Float64
	}
	l := &Link{kit: window.Enter("Link"), spec: spec, deaf: spec.Listen == nil}
	if spec.Runner == nil {
		l.spec.Runner = l.kit
	}
	l.reached = l.kit.Now()
	window.core.link = l
	l.kit.Every(time.Second, l.tick)
	l.ask()
	return l
}

// Close ends the watch.
func (l *Link) Close() {
	l.kit.Leave()
	if l.kit.core.link == l {
		l.kit.core.link = nil
	}
}

// Link is the way to the open store; nil where none is open. Its methods may be
// called on nil: there the store answers.
func (k *Kit) Link() *Link { return k.core.link }

// OnLink calls f when the store stops to answer or answers again, and each second
// in between.
func (k *Kit) OnLink(f func()) { k.hold(k.core.onLink.add(f)) }

// OnChange calls f when what the screens show may have changed: somebody else did
// something, or the store answers again.
func (k *Kit) OnChange(f func()) { k.hold(k.core.onChange.add(f)) }

// hearers are functions that want to be told of something, in their order.
type hearers struct{ list []*func() }

func (h *hearers) add(f func()) (forget func()) {
	h.list = append(h.list, &f)
	return func() {
		for i, g := range h.list {
			if g == &f {
				h.list = append(h.list[:i:i], h.list[i+1:]...)
				break
			}
		}
		f = nil // it may be next in a round that is going on
	}
}

func (h *hearers) tell() {
	for _, f := range h.list {
		if *f != nil {
			(*f)()
		}
	}
}

// Lost tells whether the store does not answer.
func (l *Link) Lost() bool { return l != nil && l.lost }

// Trying tells whether a store that did not answer is being asked just now.
func (l *Link) Trying() bool { return l.Lost() && l.asking }

// Trouble is why the store does not answer; nil: it does.
func (l *Link) Trouble() error {
	if !l.Lost() {
		return nil
	}
	return l.trouble
}

// Reached is when the store answered last; zero where no link is.
func (l *Link) Reached() time.Time {
	if l == nil {
		return time.Time{}
	}
	return l.reached
}

// AsOf is when something that was read at a time was still so: then, or when the
// store answered last that nothing had changed.
func (l *Link) AsOf(read time.Time) time.Time {
	if l == nil || read.IsZero() || l.changed.After(read) || l.reached.Before(read) {
		return read
	}
	return l.reached
}

// Took is how long the last answer took.
func (l *Link) Took() time.Duration {
	if l == nil {
		return 0
	}
	return l.took
}

// Next is how long it is until the store is tried again.
func (l *Link) Next() time.Duration {
	if !l.Lost() {
		return 0
	}
	return max(l.next.Sub(l.kit.Now()), 0)
}

// Refusal is nil while the store answers; else the one sentence that says why
// nothing can be changed now.
func (l *Link) Refusal() error {
	if !l.Lost() {
		return nil
	}
	return app.Errorf(app.Unreachable, "The store does not answer, so nothing can be changed now.").Because(l.trouble)
}

// TryNow asks at once, and does not wait for the next try.
func (l *Link) TryNow() {
	if l != nil && !l.asking {
		l.ask()
	}
}

// Failed tells the link that a screen could not read what it shows. Where the
// store did not answer, the link is lost.
func (l *Link) Failed(err error) {
	if l != nil && err != nil && app.KindOf(err) == app.Unreachable {
		l.fail(err)
	}
}

// Doubt tells the link that something was not done. Where the store did not
// answer, it is asked whether it does: a full disk answers.
func (l *Link) Doubt(err error) {
	if l != nil && err != nil && app.KindOf(err) == app.Unreachable {
		l.TryNow()
	}
}

// Pause stops all questions, for as long as the screen is locked.
func (l *Link) Pause() {
	if l != nil {
		l.paused = true
	}
}

// Resume goes on after Pause, with a question.
func (l *Link) Resume() {
	if l == nil || !l.paused {
		return
	}
	l.paused = false
	l.TryNow()
}

// SetAway tells whether the window is in use. Without anybody before it the store
// is asked less often.
func (l *Link) SetAway(away bool) {
	if l == nil || l.away == away {
		return
	}
	l.away = away
	if !away && !l.paused && l.due() > linkEvery/2 {
		l.TryNow()
	}
}

// due is how long ago the last question was.
func (l *Link) due() time.Duration { return l.kit.Now().Sub(l.asked) }

// tick is called each second.
func (l *Link) tick() {
	if l.paused {
		return
	}
	if l.lost {
		if !l.asking && l.Next() <= 0 {
			l.ask()
			return
		}
		l.kit.core.onLink.tell()
		return
	}
	every := linkEvery
	if l.hears || l.away {
		every = linkSeldom
	}
	if !l.asking && l.due() >= max(every, linkShare*l.took) {
		l.ask()
	}
}

func (l *Link) ask() {
	l.asking, l.again = true, false
	began := l.kit.Now()
	l.asked = began
	if l.lost {
		l.kit.core.onLink.tell()
	}
	Go(l.spec.Runner, func(ctx context.Context) (string, error) {
		ctx, cancel := context.WithTimeout(ctx, linkPatience)
		defer cancel()
		return l.spec.Stamp(ctx)
	}, func(stamp string, err error) {
		l.asking = false
		switch {
		case l.kit.Left():
			return
		case err == nil:
			l.took = l.kit.Now().Sub(began)
			l.answered(stamp)
		case app.KindOf(err) == app.Unreachable:
			l.fail(err)
		case l.lost: // it is there again, but will not have us
			l.well()
		}
		if l.again && !l.paused {
			l.ask()
		}
	})
}

func (l *Link) answered(stamp string) {
	l.reached = l.kit.Now()
	changed := l.known && stamp != l.stamp
	if changed {
		l.changed = l.reached
	}
	l.stamp, l.known = stamp, true
	switch {
	case l.lost:
		l.well()
	case changed:
		l.tell()
	}
	l.listen()
}

// well ends an outage.
func (l *Link) well() {
	l.lost, l.trouble, l.back = false, nil, l.kit.Now()
	l.kit.core.onLink.tell()
	l.tellNow()
}

// fail begins an outage, or makes the wait until the next try longer. One that
// comes right after another goes on with its waits.
func (l *Link) fail(err error) {
	now := l.kit.Now()
	if !l.lost && now.Sub(l.back) > linkSteady {
		l.tries = 0
	}
	if !l.lost || l.Next() <= 0 {
		wait := min(linkRest<<min(l.tries, 8), linkLongest)
		l.tries++
		l.next = now.Add(time.Duration(float64(wait) * (0.8 + 0.4*l.spec.Jitter())))
	}
	l.lost, l.trouble = true, err
	l.kit.core.onLink.tell()
}

// tell passes the news on to the screens, not more often than they can be looked
// at.
func (l *Link) tell() {
	if l.telling {
		return
	}
	if rest := linkRest - l.kit.Now().Sub(l.toldAt); rest > 0 {
		l.telling = true
		l.kit.After(rest, func() {
			l.telling = false
			l.tellNow()
		})
		return
	}
	l.tellNow()
}

func (l *Link) tellNow() {
	if l.paused || l.lost { // whoever comes back looks at everything anew
		return
	}
	l.toldAt = l.kit.Now()
	l.kit.core.onChange.tell()
}

// listen lets the store tell of changes, where it does so.
func (l *Link) listen() {
	if l.deaf || l.listening {
		return
	}
	l.listening = true
	l.kit.Go(func(ctx context.Context) error {
		return l.spec.Listen(ctx, func() { l.kit.Do(l.heard) })
	}, func(err error) {
		l.listening, l.hears = false, false
		if app.KindOf(err) == app.Invalid {
			l.deaf = true
			return
		}
		if !l.paused {
			l.TryNow()
		}
	})
}

// heard asks what has changed. What is told while the answer is on its way is
// asked about once more.
func (l *Link) heard() {
	l.hears = true
	switch {
	case l.paused:
	case l.asking:
		l.again = true
	default:
		l.ask()
	}
}
