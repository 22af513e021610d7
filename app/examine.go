package app

import (
	"cmp"
	"context"
	"slices"
	"time"
)

// Severity says how much a finding matters.
type Severity string

// The severities, most serious first.
const (
	Critical Severity = "critical" // people cannot sign in, or anybody could
	Serious  Severity = "serious"  // some people are kept out, or soon will be
	Notice   Severity = "notice"   // worth knowing
)

// severities gives the order of findings.
var severities = []Severity{Critical, Serious, Notice}

// Finding is one thing that is wrong with a store, with what to do about it.
type Finding struct {
	Code     string   // stable, for scripts: "otp-window"
	Severity Severity //
	Title    string   // what is so: "Every Google code is refused"
	Summary  string   // one line beside it
	Scope    string   // whom it is about: "all users", "38 users", "setting"
	About    string   // some sentences: why it is so, and what follows
	Found    []Detail // the facts, by name
	Steps    []Step   // what to do, in order
	Filter   Filter   // of the users it is about; empty: none
}

// Step is one thing to do about a finding. Command is to be run on the
// application's own server; empty: there is none.
type Step struct{ Text, Command string }

// Examination is what a look at a store found.
type Examination struct {
	Findings []Finding     // most serious first
	Passed   []string      // the checks that found nothing, each in a few words
	Unseen   []string      // what cannot be seen from here, each in a sentence
	At       time.Time     // UTC
	Took     time.Duration //
}

// Examine looks for what is wrong with the store, most serious first: what the
// store itself finds, and whether its audit is whole. It changes nothing.
func (c *Console) Examine(ctx context.Context) (Examination, error) {
	if operator, err := c.operator(ctx, SeeUsers); err != nil {
		return Examination{}, c.refuse(ctx, operator, c.event(DoExamine, operator, User{}), err)
	}
	began := c.Now()
	x, err := c.store.Examine(ctx)
	if err != nil {
		return Examination{}, err
	}
	report, err := c.store.VerifyChain(ctx, nil)
	if err != nil {
		return Examination{}, err
	}
	if warning := c.checkHead(ctx); warning != "" && report.Whole {
		report.Whole, report.Problem = false, warning
	}
	switch {
	case !report.Whole:
		x.Findings = append(x.Findings, brokenActivity(report))
	case report.HeadChecked && report.ProvedFrom > 1:
		x.Findings = append(x.Findings, provedInPart(report))
	default:
		x.Passed = append(x.Passed, "The activity is whole")
		if proof := report.Proof(); proof != "" {
			x.Unseen = append(x.Unseen, proof)
		}
	}
	slices.SortStableFunc(x.Findings, func(a, b Finding) int {
		return cmp.Compare(slices.Index(severities, a.Severity), slices.Index(severities, b.Severity))
	})
	x.At = began
	x.Took = c.Now().Sub(began)
	return x, nil
}

// brokenActivity is the finding of an audit that is not whole.
func brokenActivity(r AuditReport) Finding {
	f := Finding{
		Code: "activity", Severity: Critical, Title: "The activity was changed from outside",
		Summary: r.Problem, Scope: "activity",
		About: "Each event holds the hash of the one before. One of them does not fit, so somebody has changed, removed " +
			"or inserted events without Factordesk, or an older copy was put back.",
		Steps: []Step{
			{Text: "Compare with a backup, and with the activity that was exported before."},
			{Text: "If a backup was put back on purpose, accept the history as it is now on the page Activity."},
		},
	}
	if r.BrokenAt > 0 {
		f.Found = []Detail{{"First event that does not fit", Thousands(r.BrokenAt)}, {"Events", Thousands(r.Events)}}
	}
	return f
}

// provedInPart is the finding of an audit that is whole, and whose older part no
// key proves.
func provedInPart(r AuditReport) Finding {
	return Finding{
		Code: "activity-proof", Severity: Notice, Title: "The key proves the activity from event " + Thousands(r.ProvedFrom) + " on",
		Summary: "The older part is whole, but not proved", Scope: "activity", About: r.Proof(),
		Found: []Detail{{"First event that is proved", Thousands(r.ProvedFrom)}, {"Events", Thousands(r.Events)}},
		Steps: []Step{
			{Text: "If the key was changed, or came later than the first events, that is the reason, and nothing is to be done."},
			{Text: "If not, compare the older events with the activity that was exported before."},
		},
	}
}

// StoreFacts is what every store knows about its own health.
type StoreFacts struct {
	Users            int    // all of them
	Unreadable       int    // users with a factor that no key opens
	Administrators   int    // active operators who administer
	Unproved         int    // of them, those without an active factor
	UnreadableRemedy string // what to do besides a reset; empty: nothing
}

// CommonFindings judges what every store knows of itself.
func CommonFindings(s StoreFacts) (findings []Finding, passed []string) {
	if s.Unreadable > 0 {
		f := Finding{
			Code: "unreadable", Severity: Critical, Filter: WithUnreadable, Scope: CountUsers(s.Unreadable),
			Title:   CountUsers(s.Unreadable) + " " + verb(s.Unreadable, "has a factor", "have factors") + " that no key opens",
			Summary: "No code of theirs can be checked",
			About: "The secret is stored, but none of the store’s keys opens it: it was sealed with a key that is gone, " +
				"or it was changed from outside.",
			Steps: []Step{{Text: "Show these users, and reset the factor of each: it is enrolled again."}},
		}
		if s.UnreadableRemedy != "" {
			f.Steps = append([]Step{{Text: s.UnreadableRemedy}}, f.Steps...)
		}
		findings = append(findings, f)
	} else {
		passed = append(passed, "Every stored factor can be read")
	}
	switch s.Administrators {
	case 0:
		findings = append(findings, Finding{
			Code: "no-administrator", Severity: Critical, Scope: "0 of " + Thousands(int64(s.Users)),
			Title:   "No Administrator can sign in",
			Summary: "Nobody can help everybody else, or give anybody a role",
			About: "Of the accounts that may do everything none is active and has a password. What is not permitted now " +
				"nobody can permit from inside.",
			Steps: []Step{{Text: "Put back a backup in which an Administrator is active."}},
		})
	case 1:
		findings = append(findings, Finding{
			Code: "one-administrator", Severity: Serious, Scope: "1 of " + Thousands(int64(s.Users)),
			Title:   "Only one Administrator can sign in",
			Summary: "Whoever that is must not lose phone and password at once",
			About: "One active account may do everything, and nobody else could help its owner: " +
				"a lost phone would end in a break-glass sign-in.",
			Steps: []Step{{Text: "Give a second person you trust an Administrator’s account."}},
		})
	default:
		passed = append(passed, "More than one Administrator can sign in")
	}
	switch {
	case s.Unproved > 0:
		findings = append(findings, Finding{
			Code: "unproved-administrators", Severity: Serious, Filter: NoTwoFactor, Scope: CountUsers(s.Unproved),
			Title:   CountUsers(s.Unproved) + " who " + verb(s.Unproved, "administers has", "administer have") + " no active factor",
			Summary: "A password alone opens " + verb(s.Unproved, "this account", "these accounts"),
			About:   "An Administrator may do everything. Without a factor, whoever learns the password may, too.",
			Steps:   []Step{{Text: "Enroll each of them, and confirm the first code."}},
		})
	case s.Administrators > 0:
		passed = append(passed, "Every Administrator has an active factor")
	}
	return findings, passed
}

// CountUsers returns a number of users in words: "1 user", "12,480 users".
func CountUsers(n int) string { return Thousands(int64(n)) + verb(n, " user", " users") }

func verb(n int, one, more string) string {
	if n == 1 {
		return one
	}
	return more
}
