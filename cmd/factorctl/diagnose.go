package main

import (
	"context"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/factordesk/factordesk/app"
)

func diagnoseCommand(d *desk) *cobra.Command {
	var p string
	cmd := &cobra.Command{
		Use:   "diagnose USER CODE [CODE]",
		Short: "Say why a code is refused",
		Long: `Says why a code of a user is refused, from one code that the person has just read
out, or better from two in a row: the second is read out as soon as the app shows
it, the first was the one before. It changes nothing: a code that is good stays
good, one that was used stays used, and nothing counts as a wrong attempt. That
somebody looked is in the audit; what it showed of the device's clock is kept, and
over time tells how that clock runs.

Where chance alone may explain what was found, no verdict is given, and the next
code is asked for. Who may find out whose code it is learns that, too.

It asks for your password (FACTORDESK_PASSWORD) where your sign-in has not just
opened the store's keys.

With --json: {"verdict","message","steps","drift_seconds":{"from","to"},
"other_user","advice":[],"course"}. verdict is one of accepted, drift, replayed,
wrong-algorithm, wrong-digits, wrong-period, old-secret, other-user, timezone,
typo, unknown, and besides counter-ahead (a token that counts), other-factor (of
the same user) and other-kind (no such code at all). steps is how many steps the
device is away from now, negative: behind; drift_seconds is how far its clock is
ahead of this computer's, from and to; both are null where nothing is known.
advice is sentences, gentlest first. course is how its clock runs, by what was seen
of it over time, {"observations","since","ppm":{"from","to"},"leaves":{"from","to"},
"message"}; null where that cannot be said, and leaves is null where no code is
refused within ten years, or codes are already.

Exit codes: 0 looked, whatever was found, 1 refused, 3 no such user or nothing
enrolled, 6 the factor cannot be read.`,
		Example: `  factorctl diagnose ann 123456
  factorctl diagnose ann 123456 654321 --json`,
		Args:              arguments("USER", "CODE", "[CODE]"),
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: d.signedIn(func(ctx context.Context, c *app.Console, args []string) error {
			return d.diagnose(ctx, c, args[0], app.ProviderCode(p), args[1:])
		}),
	}
	providerFlag(cmd, &p)
	return cmd
}

func (d *desk) diagnose(ctx context.Context, c *app.Console, username string, p app.ProviderCode, codes []string) error {
	if _, err := c.Provider(p); err != nil {
		return err
	}
	u, err := c.FindUser(ctx, username)
	if err != nil {
		return err
	}
	if permitted(c, app.CanVerify, u) {
		if err := d.openKeys(ctx, c, "look at a code of "+u.Username); err != nil {
			return err
		}
	}
	progress, end := d.trying()
	found, err := c.DiagnoseAmongAll(ctx, app.DiagnosisRequest{
		User: u.ID, Provider: p, Readings: readings(codes, u.Factor(p).Params.Period, c.Now()),
	}, progress)
	end()
	if err != nil {
		return err
	}
	if d.json {
		return d.print(diagnosisToJSON(found))
	}
	d.tell("%s", plain(diagnosisWords(found)))
	return nil
}

// readings are codes that were read out in a row, the last of them now: each was
// shown one period after the one before.
func readings(codes []string, period time.Duration, now time.Time) []app.CodeReading {
	if period < time.Second { // of a token that counts, or nothing is enrolled
		period = 30 * time.Second
	}
	all := make([]app.CodeReading, len(codes))
	for i, code := range codes {
		ago := time.Duration(len(codes)-1-i) * period
		all[i] = app.CodeReading{Code: app.NewSecret(code), At: now.Add(-ago)}
	}
	return all
}

// trying shows how many factors were tried, on a terminal only.
func (d *desk) trying() (progress func(tried int), end func()) {
	if !isTerminal(d.err) {
		return nil, func() {}
	}
	shown, last := false, time.Now()
	return func(tried int) {
			if time.Since(last) >= progressEach {
				shown, last = true, time.Now()
				fmt.Fprintf(d.err, "\r%s factors tried …", app.Thousands(int64(tried)))
			}
		}, func() {
			if shown {
				fmt.Fprint(d.err, "\r\x1b[K")
			}
		}
}

// diagnosisWords is a diagnosis for people: what is so, how sure that is, what to
// do.
func diagnosisWords(found app.Diagnosis) string {
	var b strings.Builder
	b.WriteString(wrapped(found.Title+".", "", "") + "\n" + wrapped(found.Message, "", "") + "\n")
	if found.Drift.Known {
		b.WriteString("\nClock of the device: " + driftWords(found.Drift) + "\n")
	}
	if found.Course.Known() {
		b.WriteString(wrapped(strings.TrimSpace(found.Course.Rate+" "+found.Course.Forecast), "", "") + "\n")
	}
	if found.Sure && found.Chance > 0 {
		b.WriteString(wrapped("By chance alone, at most one code in "+app.Thousands(oneIn(found.Chance))+" would look so.", "", "") + "\n")
	}
	if len(found.Advice) > 0 {
		b.WriteString("\nWhat to do, gentlest first:\n")
	}
	for i, a := range found.Advice {
		b.WriteString(wrapped(adviceWords(a), fmt.Sprintf("  %d. ", i+1), "     ") + "\n")
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func adviceWords(a app.Advice) string {
	s := a.Title + ". " + a.Text
	if a.Costs != "" {
		s += " " + a.Costs + "."
	}
	return s
}

// driftWords says where the device's clock is: "102 s to 131 s behind".
func driftWords(d app.Drift) string {
	from, to := wholeSeconds(d)
	switch {
	case d.OnTime():
		return "on time"
	case to <= 0:
		return fmt.Sprintf("%d s to %d s behind", -to, -from)
	}
	return fmt.Sprintf("%d s to %d s ahead", from, to)
}

// wholeSeconds are the bounds of a drift in seconds, never narrower than it is.
func wholeSeconds(d app.Drift) (from, to int64) {
	return int64(math.Floor(d.From.Seconds())), int64(math.Ceil(d.To.Seconds()))
}

// oneIn is a chance as one in so many.
func oneIn(chance float64) int64 { return int64(min(math.Floor(1/chance), 1e12)) }

func diagnosisToJSON(found app.Diagnosis) diagnosisJSON {
	j := diagnosisJSON{Verdict: found.Verdict, Message: found.Title + ". " + found.Message, Advice: []string{}}
	if found.Verdict == app.CodeUndecided { // nothing is known yet
		j.Verdict = app.CodeUnknown
	}
	if n := len(found.Places); n > 0 {
		j.Steps = &found.Places[n-1].Steps
	}
	if found.Drift.Known {
		from, to := wholeSeconds(found.Drift)
		j.Drift = &driftJSON{From: from, To: to}
	}
	j.Course = courseToJSON(found.Course)
	if found.OtherUser.ID != "" {
		j.OtherUser = &found.OtherUser.Username
	}
	for _, a := range found.Advice {
		j.Advice = append(j.Advice, adviceWords(a))
	}
	return j
}

func whoseCommand(d *desk) *cobra.Command {
	return &cobra.Command{
		Use:   "whose CODE [CODE]",
		Short: "Find out whose factor makes a code",
		Long: `Looks through the factors of all users for the one that makes a code, or two in a
row, the second of them now. It changes nothing, and needs a permission of its own:
"Find out whose code it is, among all users". A single name is given only where
chance alone does not explain it; until then the next code is asked for.

It asks for your password (FACTORDESK_PASSWORD) where your sign-in has not just
opened the store's keys.

With --json: {"found":[{"user","name","provider"}],"tried","one_in","sure"}; one_in
says that by chance alone at most one code in so many would fit somebody.

Exit codes: 0 looked, whatever was found, 1 refused.`,
		Example:           `  factorctl whose 123456 654321`,
		Args:              arguments("CODE", "[CODE]"),
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: d.signedIn(func(ctx context.Context, c *app.Console, args []string) error {
			return d.whose(ctx, c, args)
		}),
	}
}

func (d *desk) whose(ctx context.Context, c *app.Console, codes []string) error {
	if c.Permits(app.CanIdentify) == nil {
		if err := d.openKeys(ctx, c, "look through all factors"); err != nil {
			return err
		}
	}
	progress, end := d.trying()
	o, err := c.WhoseCode(ctx, readings(codes, 0, c.Now()), progress)
	end()
	if err != nil {
		return err
	}
	if d.json {
		return d.print(ownersToJSON(o))
	}
	d.tell("%s", plain(ownersWords(o)))
	return nil
}

func ownersWords(o app.Owners) string {
	var b strings.Builder
	switch {
	case o.Sure:
		b.WriteString("The code belongs to " + full(o.Found[0].User) + ".\n")
	case len(o.Found) > 1:
		b.WriteString("Candidates, of whom chance alone may explain each:\n")
		for _, w := range o.Found {
			b.WriteString("  " + full(w.User) + "\n")
		}
	default:
		b.WriteString("Nobody can be named.\n")
	}
	if o.Tried > 0 && o.Chance > 0 {
		b.WriteString(wrapped("By chance alone, up to one code in "+app.Thousands(oneIn(o.Chance))+" would fit one of the "+
			app.Thousands(int64(o.Tried))+" factors that were tried.", "", "") + "\n")
	}
	if o.Next {
		b.WriteString("Give the next code as well: two in a row will tell.\n")
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func ownersToJSON(o app.Owners) ownersJSON {
	j := ownersJSON{Found: []ownerJSON{}, Tried: o.Tried, Sure: o.Sure}
	if o.Chance > 0 {
		n := oneIn(o.Chance)
		j.OneIn = &n
	}
	for _, w := range o.Found {
		j.Found = append(j.Found, ownerJSON{User: w.User.Username, Name: w.User.Name(), Provider: w.Provider})
	}
	return j
}

func courseToJSON(c app.Course) *courseJSON {
	if !c.Known() {
		return nil
	}
	j := &courseJSON{
		Observations: c.Seen, Since: c.Since.UTC().Format(time.RFC3339),
		PPM: ppmJSON{From: c.From * 1e6, To: c.To * 1e6}, Message: strings.TrimSpace(c.Rate + " " + c.Forecast),
	}
	if !c.Leaves.IsZero() {
		j.Leaves = &leaveJSON{From: c.Leaves.UTC().Format(time.RFC3339), To: c.Left.UTC().Format(time.RFC3339)}
	}
	return j
}
