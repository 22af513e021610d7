package app

import (
	"context"
	"iter"
	"math"
	"strconv"
	"time"
)

// CodeReading is a code as a person read it out, and when, by this console's
// clock.
type CodeReading struct {
	Code Secret
	At   time.Time
}

// Relation says what a lent secret is to the user whose code was refused.
type Relation int

// The relations, likeliest first.
const (
	OwnFactor     Relation = iota // the factor that the code was typed for
	EarlierFactor                 // of the same provider, from an enrollment before
	SiblingFactor                 // another factor of the same user
	OtherUsers                    // a factor of another user
)

// NoStep stands for "no code accepted so far".
const NoStep int64 = math.MinInt64

// Suspect is a secret that may have made a code, lent by a store for a diagnosis.
// It stays in memory and goes nowhere else.
type Suspect struct {
	Relation Relation
	User     UserID
	Provider ProviderCode
	Key      Secret        // base32, without padding
	Params   CodeParams    //
	Last     int64         // the last accepted step or counter, or NoStep
	Window   int           // how many steps before and after now the store accepts
	Offset   time.Duration // what the store adds to its own time for this device; zero: nothing
	Ended    time.Time     // of an earlier factor: when it was forgotten
	Seen     []Observation // of an own factor: what is kept of the device's clock, oldest first
}

// Lender is a store that lends secrets to a diagnosis. Nothing is changed and
// nothing is used up by lending.
type Lender interface {
	// Lend returns the user's factor of a provider first, then what the store
	// still knows of earlier ones, then the user's other factors that make codes.
	// Unreadable when no key opens the first; one of the others is left out then.
	// NotFound when the user has none of the provider.
	Lend(ctx context.Context, id UserID, p ProviderCode) ([]Suspect, error)

	// LendAll yields the factors of all users that make codes. One that no key
	// opens is left out.
	LendAll(ctx context.Context) iter.Seq2[Suspect, error]
}

// Diagnostician tells from codes, times and secrets why a code is refused. It
// knows no store and changes nothing. The package app/diagnosis has the only one.
type Diagnostician interface {
	// Diagnose explains one or two readings by suspects, the first of which is the
	// factor that the codes were typed for. The words are about the user.
	Diagnose(readings []CodeReading, suspects []Suspect, about Patient) (Diagnosis, error)

	// Owners looks for the suspects who made one or two codes. progress is told
	// now and then how many were tried; it may be nil.
	Owners(
		ctx context.Context, readings []CodeReading, suspects iter.Seq2[Suspect, error], progress func(tried int),
	) (Owners, error)

	// BelongsTo tells a diagnosis anew, whose codes are another user's.
	BelongsTo(d Diagnosis, o Owners, about Patient) Diagnosis
}

// Patient is whom the words of a diagnosis are about.
type Patient struct {
	User     User
	Provider Provider
	Store    StoreInfo
	Now      time.Time
	Names    func(ProviderCode) string // of providers
}

// Verdict is what a diagnosis comes to. The texts are those of "factorctl
// diagnose --json".
type Verdict string

// The verdicts.
const (
	CodeAccepted  Verdict = "accepted"        // it would be accepted now
	CodeReplayed  Verdict = "replayed"        // it is right, and was used before
	CodeDrift     Verdict = "drift"           // the device's clock is early or late
	CodeAhead     Verdict = "counter-ahead"   // HOTP: the device has counted on
	CodeDigits    Verdict = "wrong-digits"    // the app shows more or fewer digits
	CodeAlgorithm Verdict = "wrong-algorithm" // the app uses another hash
	CodePeriod    Verdict = "wrong-period"    // the app renews codes at another pace
	CodeOldSecret Verdict = "old-secret"      // the app still has an earlier enrollment
	CodeSibling   Verdict = "other-factor"    // the entry of another factor of the same user
	CodeOtherUser Verdict = "other-user"      // another user's factor
	CodeZone      Verdict = "timezone"        // the clock was set by hand, whole hours or a day off
	CodeTypo      Verdict = "typo"            // two digits swapped, or one mistyped
	CodeOtherKind Verdict = "other-kind"      // no code of such a factor at all
	CodeUnknown   Verdict = "unknown"         // it fits nothing that was looked for
	CodeUndecided Verdict = "undecided"       // it fits something, but chance may explain that; the next code will tell
)

// Drift bounds how far a device's clock is ahead of this console's; negative:
// behind. The zero value knows nothing.
type Drift struct {
	From, To time.Duration // the difference lies in [From, To)
	Known    bool
}

// OnTime reports whether the device's clock may be exactly this console's.
func (d Drift) OnTime() bool { return d.Known && d.From <= 0 && d.To > 0 }

// Words says a drift in a few words, as wide as it is: "2 minutes behind",
// "1 to 2 minutes ahead", "35 to 64 s behind", "on time".
func (d Drift) Words() string {
	if !d.Known {
		return "of an unknown time"
	}
	if d.OnTime() {
		return "on time"
	}
	lo, hi, side := d.From, d.To, "ahead"
	if d.From < 0 {
		lo, hi, side = -d.To, -d.From, "behind"
	}
	for _, u := range []struct {
		unit      time.Duration
		one, many string
		least     time.Duration
	}{
		{24 * time.Hour, "day", "days", 23 * time.Hour},
		{time.Hour, "hour", "hours", 55 * time.Minute},
		{time.Minute, "minute", "minutes", 90 * time.Second},
	} {
		if lo < u.least {
			continue
		}
		a, b := int64((lo+u.unit/2)/u.unit), int64((hi+u.unit/2)/u.unit)
		if near := time.Duration(a) * u.unit; u.unit > time.Minute && (a != b || max(lo-near, near-hi) > time.Minute) {
			continue // whole hours and days alone are said as such
		}
		if a == b {
			return countOf(a, u.one, u.many) + " " + side
		}
		return strconv.FormatInt(a, 10) + " to " + countOf(b, u.one, u.many) + " " + side
	}
	return strconv.FormatInt(int64(lo/time.Second), 10) + " to " + strconv.FormatInt(int64(hi/time.Second), 10) + " s" + " " + side
}

func countOf(n int64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return Thousands(n) + " " + many
}

// CodePlace is where one of the codes that were read lies.
type CodePlace struct {
	Step  int64 // the step, floor(unix / period), or the counter
	Steps int64 // from the step at the time of reading; HOTP: from the next counter
}

// Help is something that helps a person whose code is refused.
type Help string

// The helps, gentlest first.
const (
	HelpNothing    Help = "nothing"     // the code is good
	HelpNextCode   Help = "next-code"   // read out the next code as well
	HelpWait       Help = "wait"        // wait for the next code, and type that
	HelpTypeAgain  Help = "type-again"  //
	HelpRightEntry Help = "right-entry" // read the right entry in the app
	HelpSetClock   Help = "set-clock"   // on the device
	HelpSyncApp    Help = "sync-app"    // in the app
	HelpCookies    Help = "cookies"     // of the shop's domain, in the browser
	HelpResync     Help = "resync"      // by two codes in a row; kept in the store
	HelpUnlock     Help = "unlock"      //
	HelpActivate   Help = "activate"    // the account is off
	HelpScanAgain  Help = "scan-again"  // reset, and enroll with what the app understands
	HelpReset      Help = "reset"       //
)

// Advice is one thing that helps, as the screens and the terminal say it.
type Advice struct {
	Help   Help
	Title  string // what to do: "Set the phone’s clock to automatic"
	Text   string // how, and what it costs, in a sentence or two
	Person bool   // the person on the phone does it; otherwise the operator
	Costs  string // what it ends, in a few words; empty: nothing
}

// Diagnosis is the answer to why a code is refused. It is a finding, not a
// proof: Chance says how often codes that have nothing to do with it would look
// the same.
type Diagnosis struct {
	User     User
	Provider ProviderCode
	Verdict  Verdict
	Title    string // "Ann’s phone is 2 minutes behind"
	Message  string // why that is so, in sentences

	Chance float64 // bound on the chance of a coincidence, 0 to 1
	Sure   bool    // chance alone is no likely explanation
	Next   bool    // the next code of the device will tell

	Params CodeParams   // with which the code was made; zero where nothing fits
	Places []CodePlace  // of the readings
	Window int          // how many steps before and after now the store accepts
	Drift  Drift        // of the device's clock, where it counts time
	Course Course       // how that clock runs, where enough was seen of it
	Other  ProviderCode // the sibling whose code it is; empty otherwise

	OtherUser User // whose code it is, with CodeOtherUser; zero otherwise

	Advice []Advice // gentlest first
	At     time.Time
}

// DiagnosisRequest is one or two codes in a row of one device.
type DiagnosisRequest struct {
	User     UserID
	Provider ProviderCode
	Readings []CodeReading
}

// DiagnosesLimit is how many diagnoses of one user are made within
// DiagnosesSpan. Each says more about a guessed code than a refusal does, so
// they are bounded as wrong codes are.
const (
	DiagnosesLimit = 60
	DiagnosesSpan  = 15 * time.Minute
)

// Diagnose says why a user's code is refused. It changes nothing: a code that
// is used stays used, one that is good stays good, and nothing counts as a
// wrong attempt. The attempt is in the audit, without code, secret or offset;
// beside it a store that is an Observer keeps what was seen of the device's clock.
// NotFound when nothing is enrolled, Unreadable when no key opens the factor,
// Invalid for no code or more than two, Locked for too many attempts.
func (c *Console) Diagnose(ctx context.Context, r DiagnosisRequest) (Diagnosis, error) {
	e := c.event(DoDiagnose, User{}, User{})
	e.Provider = r.Provider
	operator, target, err := c.target(ctx, CanVerify, r.User, e)
	if err != nil {
		return Diagnosis{}, err
	}
	e = c.event(DoDiagnose, operator, target)
	e.Provider = r.Provider
	provider, err := c.Provider(r.Provider)
	if err != nil {
		return Diagnosis{}, err
	}
	if err := c.mayDiagnose(ctx, target, r); err != nil {
		return Diagnosis{}, c.refuse(ctx, operator, e, err)
	}
	lender, err := c.lender()
	if err != nil {
		return Diagnosis{}, err
	}
	suspects, err := lender.Lend(ctx, r.User, r.Provider)
	if err != nil {
		return Diagnosis{}, err
	}
	d, err := c.diagnostician.Diagnose(r.Readings, suspects, Patient{
		User: target, Provider: provider, Store: c.Store(), Now: e.At, Names: c.providerName,
	})
	if err != nil {
		return Diagnosis{}, err
	}
	d.At = e.At
	return d, c.writeDiagnosis(ctx, e, r, target, d)
}

// mayDiagnose refuses what is no diagnosis, and the many that are a search for
// a code.
func (c *Console) mayDiagnose(ctx context.Context, target User, r DiagnosisRequest) error {
	if err := checkReadings(r.Readings); err != nil {
		return err
	}
	page, err := c.store.Events(ctx, EventQuery{
		Target: target.ID, Action: DoDiagnose, From: c.Now().Add(-DiagnosesSpan), Limit: DiagnosesLimit,
	})
	if err != nil {
		return err
	}
	if page.Total >= DiagnosesLimit {
		until := page.Events[len(page.Events)-1].At.Add(DiagnosesSpan)
		return Errorf(Locked, "%s: codes were looked at %d times in %d minutes.", target.Name(), page.Total,
			int(DiagnosesSpan/time.Minute)).WithHint("Go on at %s UTC.", until.UTC().Format("15:04"))
	}
	return nil
}

func checkReadings(readings []CodeReading) error {
	switch {
	case len(readings) == 0:
		return Errorf(Invalid, "No code was given.")
	case len(readings) > 2:
		return Errorf(Invalid, "One code or two in a row are looked at, not %d.", len(readings))
	}
	for _, r := range readings {
		if r.Code.Empty() {
			return Errorf(Invalid, "The code is empty.")
		}
	}
	return nil
}

// lender returns the store as one that lends secrets.
func (c *Console) lender() (Lender, error) {
	l, ok := c.store.(Lender)
	if !ok || c.diagnostician == nil {
		return nil, Errorf(Denied, "Codes cannot be looked at in this store.")
	}
	return l, c.store.Able(AbleOpenSecrets)
}

// writeLook writes the event of a look that found something. Where nothing can
// be written, as on a read-only connection, nothing is.
func (c *Console) writeLook(ctx context.Context, e Event, found string) error {
	writable := c.store.Able(AbleChange) == nil
	if !writable {
		return nil
	}
	return c.store.Append(ctx, looked(e, found))
}

// looked is the event of a look that found something.
func looked(e Event, found string) Event {
	e.Outcome = Done
	e.Details = append(e.Details, Detail{Name: "verdict", Value: found})
	return e
}

// providerName is the name of a provider, or its code.
func (c *Console) providerName(code ProviderCode) string {
	if p, err := c.Provider(code); err == nil {
		return p.Name
	}
	return string(code)
}

// Owner is a user whose factor makes the codes that were read.
type Owner struct {
	ID       UserID
	User     User // filled in by the Console
	Provider ProviderCode
	Drift    Drift
}

// Owners is the answer to whose factor some codes belong to.
type Owners struct {
	Found  []Owner
	Tried  int     // factors
	Chance float64 // bound on the chance that codes of none of them fit one
	Sure   bool    // there is one, and chance alone is no likely explanation
	Next   bool    // the next code will tell
}

// MostOwners is how many candidates are named.
const MostOwners = 10

// WhoseCode looks for the users whose factor makes one or two codes in a row.
// It needs a permission of its own, since it tells of everybody. A single name
// is given only when chance alone does not explain it: until then Found is
// empty and Next asks for the next code. progress is told how many factors were
// tried; it may be nil.
func (c *Console) WhoseCode(ctx context.Context, readings []CodeReading, progress func(tried int)) (Owners, error) {
	operator, err := c.operator(ctx, CanIdentify)
	e := c.event(DoIdentify, operator, User{})
	if err == nil {
		err = checkReadings(readings)
	}
	if err != nil {
		return Owners{}, c.refuse(ctx, operator, e, err)
	}
	lender, err := c.lender()
	if err != nil {
		return Owners{}, err
	}
	o, err := c.diagnostician.Owners(ctx, readings, lender.LendAll(ctx), progress)
	if err != nil {
		return Owners{}, err
	}
	if len(o.Found) == 1 && !o.Sure || len(o.Found) > MostOwners {
		o.Found = nil
	}
	for i := range o.Found {
		if o.Found[i].User, err = c.store.User(ctx, o.Found[i].ID); err != nil {
			return Owners{}, err
		}
	}
	if o.Sure {
		e.TargetID, e.Target = o.Found[0].User.ID, o.Found[0].User.Username
	}
	e.Details = append(e.Details, Detail{Name: "factors", Value: strconv.Itoa(o.Tried)})
	return o, c.writeLook(ctx, e, strconv.Itoa(len(o.Found))+" found")
}
