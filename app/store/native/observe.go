package native

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/otp"
)

var _ app.Observer = (*Store)(nil)

// Observe implements app.Observer.
//
// What was seen of a device stands in the row of its factor: an accepted code
// reads and writes that row anyway, so that keeping costs no statement more, and
// whatever forgets the factor forgets it too.
func (s *Store) Observe(ctx context.Context, o app.Observed, e app.Event) error {
	err := s.change(ctx, "observe", holdUser(o.User), func(t *tx) error {
		p, err := t.person(o.User)
		if err != nil {
			return err
		}
		if f := p.factor(o.Provider); f != nil && micro(f.Since) == micro(o.Since) {
			seen := otp.Keep(readSeen(f.seen), otp.Observation{
				At: o.At, Drifted: otp.Drifted{From: o.From, To: o.To, Known: o.Known},
			})
			if err := t.put("UPDATE factors SET clock_seen = $1 WHERE user_id = $2 AND provider = $3",
				writeSeen(seen), p.id, string(o.Provider)); err != nil {
				return err
			}
		}
		return t.done(e)
	})
	return explain("observe", err)
}

// used is what is kept of a device's clock after a code of a step was accepted.
func (f factorRow) used(step int64, at time.Time) string {
	if o, ok := otp.Seen(step, codeParams(f.Params), at); ok {
		return writeSeen(otp.Keep(readSeen(f.seen), o))
	}
	return f.seen
}

// writeSeen is how observations are stored: of each the Unix second, and from how
// many to how many milliseconds the clock was ahead, never narrower than it is.
func writeSeen(seen []otp.Observation) string {
	b := make([]byte, 0, 28*len(seen))
	for _, o := range seen {
		from, to := o.From.Truncate(time.Millisecond), o.To.Truncate(time.Millisecond)
		if from > o.From {
			from -= time.Millisecond
		}
		if to < o.To {
			to += time.Millisecond
		}
		for _, n := range []int64{o.At.Unix(), from.Milliseconds(), to.Milliseconds()} {
			if len(b) > 0 {
				b = append(b, ' ')
			}
			b = strconv.AppendInt(b, n, 10)
		}
	}
	return string(b)
}

// readSeen reads what writeSeen wrote. It is a record beside: one that was changed
// from outside is nothing, and keeps nobody from signing in.
func readSeen(text string) []otp.Observation {
	words := strings.Fields(text)
	if len(words)%3 != 0 {
		return nil
	}
	seen := make([]otp.Observation, 0, len(words)/3+1)
	for ; len(words) > 0; words = words[3:] {
		var n [3]int64
		for i, word := range words[:3] {
			var err error
			if n[i], err = strconv.ParseInt(word, 10, 48); err != nil {
				return nil
			}
		}
		seen = append(seen, otp.Observation{At: time.Unix(n[0], 0).UTC(), Drifted: otp.Drifted{
			From: time.Duration(n[1]) * time.Millisecond, To: time.Duration(n[2]) * time.Millisecond, Known: true,
		}})
	}
	return seen
}

// observations are those that are kept, as a diagnosis takes them.
func observations(text string) []app.Observation {
	var all []app.Observation
	for _, o := range readSeen(text) {
		all = append(all, app.Observation{At: o.At, Drift: app.Drift{From: o.From, To: o.To, Known: true}})
	}
	return all
}
