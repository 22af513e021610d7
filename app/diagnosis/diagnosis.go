// Package diagnosis says in words why a code is refused, and what helps. What
// the codes fit is found by app/otp; here it becomes a verdict with its title,
// its reason and its advice, gentlest first.
//
// It knows no store, changes nothing and keeps nothing.
package diagnosis

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strconv"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/otp"
)

// Desk is the app.Diagnostician.
type Desk struct{}

var _ app.Diagnostician = Desk{}

// Diagnose implements app.Diagnostician.
func (Desk) Diagnose(readings []app.CodeReading, suspects []app.Suspect, about app.Patient) (app.Diagnosis, error) {
	if len(suspects) == 0 {
		return app.Diagnosis{}, app.Errorf(app.NotFound, "%s has no %s enrolled.", about.User.Name(), about.Provider.Name)
	}
	tried := make([]otp.Suspect, 0, len(suspects))
	from := make([]app.Suspect, 0, len(suspects))
	for i, s := range suspects {
		t, err := suspect(s)
		if err != nil && i == 0 {
			return app.Diagnosis{}, app.Errorf(app.Unreadable, "The factor of %s cannot be used.", about.User.Name()).Because(err)
		}
		if err == nil {
			tried, from = append(tried, t), append(from, s)
		}
	}
	read := opened(readings, from[0])
	found, err := otp.Diagnose(read, tried, from[0].Window)
	if err != nil {
		return app.Diagnosis{}, app.Errorf(app.Internal, "The codes could not be looked at.").Because(fmt.Errorf("diagnose: %w", err))
	}
	d := app.Diagnosis{
		User: about.User, Provider: about.Provider.Code,
		Verdict: verdicts[found.Finding], Chance: found.Chance, Sure: found.Sure(), Next: found.Next,
		Window: from[0].Window,
	}
	switch {
	case found.Suspect < 0:
		d.Sure = found.Finding == otp.FoundOtherKind
		d.Next = found.Finding == otp.FoundNothing && len(readings) == 1
	case !found.Sure():
		d.Verdict = app.CodeUndecided // what it might be is not said: a guess would learn from it
	default:
		s := from[found.Suspect]
		d.Params, d.Places = params(found.Params), places(found, read)
		d.Drift = app.Drift{From: found.Drift.From, To: found.Drift.To, Known: found.Drift.Known}
		if d.Drift.Known { // of the device's clock itself, whatever the store adds for it
			d.Drift.From, d.Drift.To = d.Drift.From+from[0].Offset, d.Drift.To+from[0].Offset
		}
		if d.Verdict == app.CodeSibling {
			d.Other = s.Provider
		}
	}
	d.Course = course(d, from[0], readings[len(readings)-1].At)
	tell(&d, words{Diagnosis: &d, about: about, own: from[0], readings: readings})
	d.Advice = onCourse(advise(d, about), d, from[0])
	return d, nil
}

// Owners implements app.Diagnostician.
func (Desk) Owners(
	ctx context.Context, readings []app.CodeReading, suspects iter.Seq2[app.Suspect, error], progress func(tried int),
) (app.Owners, error) {
	var lent []app.Suspect // of those that fit, by their place in the answer
	found, err := otp.OwnersOf(ctx, opened(readings, app.Suspect{}), func(yield func(otp.Suspect, error) bool) {
		for s, err := range suspects {
			if err != nil {
				yield(otp.Suspect{}, err)
				return
			}
			t, err := suspect(s)
			if err != nil {
				t = otp.Suspect{} // passed over there, as what it is
			}
			t.ID = strconv.Itoa(len(lent))
			lent = append(lent, app.Suspect{User: s.User, Provider: s.Provider})
			if !yield(t, nil) {
				return
			}
		}
	}, app.Window, progress)
	if errors.Is(err, otp.ErrCode) {
		return app.Owners{}, app.Errorf(app.Invalid, "That is no code of an authenticator app: those are 6 to 8 digits.")
	}
	if errors.Is(err, context.Canceled) {
		return app.Owners{}, app.Errorf(app.Canceled, "Stopped. Nothing was changed.").Because(err)
	}
	if err != nil {
		return app.Owners{}, err
	}
	o := app.Owners{Tried: found.Asked, Chance: found.Chance, Sure: found.Sure()}
	o.Next = !o.Sure && len(readings) == 1
	for _, w := range found.Found {
		i, err := strconv.Atoi(w.ID)
		if err != nil {
			return app.Owners{}, err
		}
		o.Found = append(o.Found, app.Owner{
			ID: lent[i].User, Provider: lent[i].Provider, Drift: app.Drift{From: w.Drift.From, To: w.Drift.To, Known: w.Drift.Known},
		})
	}
	return o, nil
}

// BelongsTo implements app.Diagnostician.
func (Desk) BelongsTo(d app.Diagnosis, o app.Owners, about app.Patient) app.Diagnosis {
	owner := o.Found[0]
	d.Verdict, d.OtherUser, d.Other = app.CodeOtherUser, owner.User, owner.Provider
	d.Chance, d.Sure, d.Next = o.Chance, true, false
	d.Params, d.Places, d.Drift = app.CodeParams{}, nil, owner.Drift
	tell(&d, words{Diagnosis: &d, about: about})
	d.Advice = advise(d, about)
	return d
}

// opened are readings for app/otp. A kept offset moves the time at which the
// device read a code, as it moves it in a check.
func opened(readings []app.CodeReading, own app.Suspect) []otp.Reading {
	all := make([]otp.Reading, len(readings))
	for i, r := range readings {
		all[i] = otp.Reading{Code: r.Code.Reveal(), At: r.At.Add(own.Offset)}
	}
	return all
}

// suspect is a lent secret for app/otp.
func suspect(s app.Suspect) (otp.Suspect, error) {
	secret, err := otp.Decode(s.Key.Reveal())
	if err != nil {
		return otp.Suspect{}, err
	}
	return otp.Suspect{
		Relation: otp.Relation(s.Relation), Secret: secret, Last: s.Last,
		Params: otp.Params{
			Kind: otp.Kind(s.Params.Kind), Algorithm: otp.Algorithm(s.Params.Algorithm),
			Digits: s.Params.Digits, Period: s.Params.Period,
		},
	}, nil
}

func params(p otp.Params) app.CodeParams {
	return app.CodeParams{Kind: string(p.Kind), Algorithm: string(p.Algorithm), Digits: p.Digits, Period: p.Period}
}

// places are those of the readings, in their order.
func places(d otp.Diagnosis, readings []otp.Reading) []app.CodePlace {
	all := []app.CodePlace{{Step: d.First, Steps: d.Steps}}
	if len(readings) == 1 {
		return all
	}
	if d.Params.Kind == otp.TOTP {
		all[0].Steps = d.First - otp.Step(readings[0].At, d.Params.Period)
	} else {
		all[0].Steps = d.Steps - (d.Step - d.First)
	}
	return append(all, app.CodePlace{Step: d.Step, Steps: d.Steps})
}

// verdicts are the findings in the words of the desk.
var verdicts = map[otp.Finding]app.Verdict{
	otp.FoundAccepted: app.CodeAccepted, otp.FoundReplayed: app.CodeReplayed, otp.FoundDrift: app.CodeDrift,
	otp.FoundAhead: app.CodeAhead, otp.FoundDigits: app.CodeDigits, otp.FoundAlgorithm: app.CodeAlgorithm,
	otp.FoundPeriod: app.CodePeriod, otp.FoundEarlier: app.CodeOldSecret, otp.FoundSibling: app.CodeSibling,
	otp.FoundZone: app.CodeZone, otp.FoundTypo: app.CodeTypo, otp.FoundFarDrift: app.CodeDrift,
	otp.FoundStranger: app.CodeOtherUser, otp.FoundOtherKind: app.CodeOtherKind, otp.FoundNothing: app.CodeUnknown,
}
