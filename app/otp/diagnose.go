package otp

import (
	"math"
	"slices"
	"time"
)

// Reading is a code as a person read it out, and when, by our clock.
type Reading struct {
	Code string
	At   time.Time
}

// Suspect is a secret that may have made a code.
type Suspect struct {
	Relation Relation
	ID       string // whose it is, for the caller; not used here
	Secret   []byte
	Params   Params
	Last     int64 // the last accepted step or counter, or [NoStep]
}

// Relation says what a suspect is to the user whose code was refused.
type Relation int

// The relations, likeliest first.
const (
	Own      Relation = iota // the factor that the code was typed for
	Earlier                  // a secret of the same factor, from an enrollment before
	Sibling                  // another factor of the same user
	Stranger                 // a factor of another user
)

// Finding is what a diagnosis comes to. The texts are those of
// "factorctl diagnose --json".
type Finding string

// The findings, in the order in which they are believed: where a code fits
// more than one, the first one counts.
const (
	FoundAccepted  Finding = "accepted"        // it would be accepted now
	FoundReplayed  Finding = "replayed"        // it is right, and was used before
	FoundDrift     Finding = "drift"           // the device's clock is early or late
	FoundAhead     Finding = "counter-ahead"   // HOTP: the device has counted on
	FoundDigits    Finding = "wrong-digits"    // the app shows more or fewer digits
	FoundAlgorithm Finding = "wrong-algorithm" // the app uses another hash
	FoundPeriod    Finding = "wrong-period"    // the app renews codes at another pace
	FoundEarlier   Finding = "old-secret"      // the app still has an earlier enrollment
	FoundSibling   Finding = "other-factor"    // the entry of another factor of the same user
	FoundZone      Finding = "timezone"        // the clock was set by hand, whole hours or a day off
	FoundTypo      Finding = "typo"            // two digits swapped, or one mistyped
	FoundFarDrift  Finding = "far-drift"       // the clock is off by up to a day
	FoundStranger  Finding = "other-user"      // another user's factor
	FoundOtherKind Finding = "other-kind"      // no code of such a factor at all
	FoundNothing   Finding = "unknown"         // fits nothing that was looked for
)

// MostChance is the largest chance of a coincidence with which a finding is
// still told as one. Above it the next code is asked for as well.
const MostChance = 1.0 / 1000

// How far is looked, in time of the device's clock.
const (
	nearDrift = 10 * time.Minute // what a bad clock comes to
	farDrift  = 24 * time.Hour
	lookAhead = 100 // HOTP counters after the next one, RFC 4226 section 7.4
)

// Diagnosis is the answer to why a code was refused. It is a finding, not a
// proof: Chance says how often a random code would have looked the same.
type Diagnosis struct {
	Finding Finding
	Suspect int     // index of the suspect that made the code; -1: none
	Params  Params  // with which the code was made; zero without a suspect
	First   int64   // step or counter of the first reading; NoStep without a suspect
	Step    int64   // of the last reading
	Steps   int64   // that step minus the one that our clock says; HOTP: minus the next counter
	Drift   Drifted // of the device's clock; only where it counts time
	Chance  float64 // bound on the chance that a code which has nothing to do with it looks so
	Next    bool    // it may be chance: the next code of the device, one more reading, will tell
}

// Sure reports whether chance alone is no likely explanation.
func (d Diagnosis) Sure() bool { return d.Chance < MostChance }

// Diagnose looks for what explains one or two codes of one device, read at
// their times. The first suspect is the factor that they were typed for. Window
// is how many steps before and after now are accepted. It changes nothing, and
// uses no code up.
//
// A hypothesis is believed in the order of the findings. Its stated chance
// counts every try up to and including its own: tries × 10^-digits for one
// code, and for two, which must fit together, once more three tries. It fails
// as [Params.Validate] and [CheckSecret] do, and with [ErrWindow].
func Diagnose(readings []Reading, suspects []Suspect, window int) (Diagnosis, error) {
	none := Diagnosis{Finding: FoundNothing, Suspect: -1, First: NoStep, Step: NoStep, Chance: 1}
	if len(readings) == 0 || len(suspects) == 0 {
		return none, nil
	}
	if window < 0 || window > MaxWindow {
		return none, ErrWindow
	}
	for _, s := range suspects {
		if err := s.Params.Validate(); err != nil {
			return none, err
		}
		if err := CheckSecret(s.Secret); err != nil {
			return none, err
		}
	}
	codes, ok := clean(readings)
	if !ok {
		none.Finding, none.Chance = FoundOtherKind, 0
		return none, nil
	}
	codes = distinct(codes)
	hits, tries, err := search(codes, suspects, window, generate)
	if err != nil {
		return none, err
	}
	return judge(hits, tries, codes, suspects), nil
}

// judge takes the first hypothesis that something fits, and says how often
// chance would fit one so far down the list.
func judge(hits []hit, tries map[Finding]int, codes []reading, suspects []Suspect) Diagnosis {
	d := Diagnosis{Finding: FoundNothing, Suspect: -1, First: NoStep, Step: NoStep, Chance: 1}
	sum := 0
	for _, f := range order {
		sum += tries[f]
		i := slices.IndexFunc(hits, func(h hit) bool { return h.finding == f })
		if i < 0 {
			continue
		}
		h := hits[i]
		d = Diagnosis{
			Finding: f, Suspect: h.suspect, Params: h.params, First: h.first, Step: h.step, Steps: h.steps, Drift: h.drift,
			Chance: chance(sum, codes),
		}
		break
	}
	if d.Suspect < 0 {
		if len(codes[0].clean) != suspects[0].Params.Digits {
			d.Finding = FoundOtherKind
		}
		return d
	}
	d.Next = !d.Sure() && len(codes) == 1
	return d
}

// order is that of the findings.
var order = []Finding{
	FoundAccepted, FoundReplayed, FoundDrift, FoundAhead, FoundDigits, FoundAlgorithm, FoundPeriod, FoundEarlier,
	FoundSibling, FoundZone, FoundTypo, FoundFarDrift, FoundStranger,
}

// chance bounds how likely random codes fit one of so many tries.
func chance(tries int, codes []reading) float64 {
	p := float64(tries) * math.Pow10(-len(codes[0].clean))
	for _, c := range codes[1:] {
		p *= secondTries * math.Pow10(-len(c.clean))
	}
	return min(p, 1)
}

// reading is a Reading whose code is digits alone.
type reading struct {
	Reading
	clean string
	value uint32
}

// clean reads the codes; ok is false where one is no code of 6 to 8 digits.
func clean(readings []Reading) (codes []reading, ok bool) {
	for _, r := range readings {
		text, err := Clean(r.Code)
		if err != nil {
			return nil, false
		}
		n, _ := number(text, len(text))
		codes = append(codes, reading{r, text, n})
	}
	return codes, true
}
