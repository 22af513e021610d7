package otp

import (
	"context"
	"iter"
)

// Owner is a suspect whose secret makes the codes that were read.
type Owner struct {
	ID    string
	Steps int64 // of the last reading, minus the step that our clock says
	Drift Drifted
}

// Owners is the answer to whose factor some codes belong to.
type Owners struct {
	Found  []Owner
	Asked  int     // how many suspects were tried
	Chance float64 // bound on the chance that codes which belong to none of them fit one
}

// Sure reports whether chance alone is no likely explanation, so that the owner
// may be named. Otherwise those found are candidates, of whom the next code
// tells.
func (o Owners) Sure() bool { return len(o.Found) == 1 && o.Chance < MostChance }

// OwnersOf looks for the suspects who made one or two codes of one device. It
// tries each with its own parameters, window steps before and after. Suspects
// whose secret or parameters cannot be used are passed over. progress is told
// how many were tried, now and then; it may be nil. It fails with what the
// suspects fail with, when ctx ends, and with [ErrCode] and [ErrWindow].
func OwnersOf(
	ctx context.Context, readings []Reading, suspects iter.Seq2[Suspect, error], window int, progress func(asked int),
) (Owners, error) {
	codes, ok := clean(readings)
	if !ok || len(codes) == 0 {
		return Owners{}, ErrCode
	}
	if window < 0 || window > MaxWindow {
		return Owners{}, ErrWindow
	}
	f := finder{codes: distinct(codes), window: window, tries: map[Finding]int{}}
	var o Owners
	for s, err := range suspects {
		if err != nil {
			return Owners{}, err
		}
		if o.Asked%256 == 0 {
			if err := ctx.Err(); err != nil {
				return Owners{}, err
			}
			if progress != nil {
				progress(o.Asked)
			}
		}
		o.Asked++
		s.Relation = Stranger
		if s.Params.Validate() != nil || s.Params.Digits != len(f.codes[0].clean) {
			continue
		}
		g, err := NewGenerator(s.Secret, s.Params.Algorithm)
		if err != nil {
			continue
		}
		f.hits = f.hits[:0]
		if s.Params.Kind == HOTP {
			f.counters(g, 0, s, s.Params)
		} else {
			f.times(g, 0, s, s.Params)
		}
		if len(f.hits) > 0 {
			o.Found = append(o.Found, Owner{ID: s.ID, Steps: f.hits[0].steps, Drift: f.hits[0].drift})
		}
	}
	o.Chance = chance(f.tries[FoundStranger], f.codes)
	if progress != nil {
		progress(o.Asked)
	}
	return o, nil
}
