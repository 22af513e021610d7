package app

import (
	"context"
	"time"
)

// Observation is what an accepted code, or a sure diagnosis, said of the clock of
// a device: by how much it was ahead of ours, and when.
type Observation struct {
	At time.Time // UTC
	Drift
}

// Observer is a store that keeps how the clocks of devices were seen to be, for as
// long as a factor is enrolled: a reset and a new enrollment forget it, since the
// device may be another one. A resync does not: it changes what the store adds to
// its own time for the device, and what is kept is about the device's own clock.
// A store that is not able to keep an offset (AbleResync) keeps no observations
// either.
//
// Accepted codes are kept by the store itself, within the deed.
type Observer interface {
	// Observe keeps what was seen of a device and writes the event, in one
	// transaction. Where the factor is another one by now the event alone is
	// written. How many are kept of each is bounded.
	Observe(ctx context.Context, o Observed, e Event) error
}

// Observed is an observation on its way into a store.
type Observed struct {
	User     UserID
	Provider ProviderCode
	Since    time.Time // of the factor that the code was looked at for
	Observation
}

// Course is how the clock of a device runs, by what was seen of it over time. The
// zero value says nothing: too little was seen, the clock may run true, or what is
// known of its rate is too wide to be of use.
type Course struct {
	Seen     int       // how many observations it goes through
	Since    time.Time // the first of them
	From, To float64   // bounds of the rate, in seconds a second; negative: it loses

	// Between when and when codes that are accepted begin to be refused now and
	// then; zero where that cannot be said, or is so already.
	Leaves, Left time.Time

	Rate     string // in a sentence: "Its clock loses about 4 seconds a week …"
	Forecast string // in a sentence: "Its codes leave the accepted window in about five months."
}

// Known reports whether anything can be said.
func (c Course) Known() bool { return c.Seen > 0 }

// writeDiagnosis writes the event of a diagnosis, and with it what was seen of the
// device's clock where that is certain and the store keeps it.
func (c *Console) writeDiagnosis(ctx context.Context, e Event, r DiagnosisRequest, target User, d Diagnosis) error {
	certain := d.Sure && d.Drift.Known && (d.Verdict == CodeAccepted || d.Verdict == CodeDrift)
	store, keeps := c.store.(Observer)
	if !certain || !keeps || c.store.Able(AbleChange) != nil || c.store.Able(AbleResync) != nil {
		return c.writeLook(ctx, e, string(d.Verdict))
	}
	return store.Observe(ctx, Observed{
		User: target.ID, Provider: r.Provider, Since: target.Factor(r.Provider).Since,
		Observation: Observation{At: r.Readings[len(r.Readings)-1].At.UTC(), Drift: d.Drift},
	}, looked(e, string(d.Verdict)))
}
