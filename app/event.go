package app

import "time"

// Action is what an event or a grant is about.
type Action string

// The actions.
const (
	DoCreateStore Action = "create store"
	DoSignIn      Action = "sign in"
	DoBreakGlass  Action = "break-glass sign-in"
	DoSignOut     Action = "sign out"
	DoPassword    Action = "password check" // Current User Identity Verification
	DoReopen      Action = "unlock screen"
	DoAddUser     Action = "add user"
	DoImport      Action = "import users"
	DoSaveUser    Action = "save user"
	DoRemoveUser  Action = "remove user"
	DoSetPassword Action = "set password"
	DoSaveRole    Action = "save role"
	DoRemoveRole  Action = "remove role"
	DoEnroll      Action = "enroll"
	DoConfirm     Action = "confirm first code"
	DoVerify      Action = "verify code"
	DoTestCode    Action = "test code"
	DoDiagnose    Action = "diagnose code"   // why it is refused
	DoIdentify    Action = "find whose code" // it is
	DoResync      Action = "resync"          // with a device whose clock or counter is off
	DoReset       Action = "reset"
	DoUnlock      Action = "unlock"
	DoSeeUsers    Action = "see users"
	DoExamine     Action = "examine"
	DoSeeActivity Action = "see activity"
	DoVerifyChain Action = "verify activity"
	DoExport      Action = "export activity"
	DoEndSessions Action = "end sessions" // of a user, in the application that the store belongs to
	DoRepair      Action = "repair"       // open a factor with an older key, and seal it anew
	DoRotate      Action = "rotate key"   // new keys seal from then on
	DoDropKey     Action = "drop old key" // nothing is sealed with it any more
	DoCopyStore   Action = "copy store"   // to another place, with everything
	DoBackUp      Action = "back up store"
	DoRestore     Action = "restore store" // from a backup, as a new store

	DoAcceptHistory Action = "accept history" // this console's memory of the store is set anew
	DoSealActivity  Action = "seal activity"  // an audit on this computer is sealed with a key that is new there
)

// Actions returns every action, in the order above.
func Actions() []Action {
	return []Action{
		DoCreateStore, DoSignIn, DoBreakGlass, DoSignOut, DoPassword, DoReopen,
		DoAddUser, DoImport, DoSaveUser, DoRemoveUser, DoSetPassword, DoSaveRole, DoRemoveRole,
		DoEnroll, DoConfirm, DoVerify, DoTestCode, DoDiagnose, DoIdentify, DoResync, DoReset, DoUnlock,
		DoSeeUsers, DoExamine, DoSeeActivity, DoVerifyChain, DoExport, DoEndSessions, DoRepair, DoRotate, DoDropKey,
		DoCopyStore, DoBackUp, DoRestore, DoAcceptHistory, DoSealActivity,
	}
}

// Outcome is how a deed ended.
type Outcome string

// The outcomes.
const (
	Done    Outcome = "done"
	Refused Outcome = "refused"
	Failed  Outcome = "failed"
	Intent  Outcome = "intent" // written before a deed where store and audit are not one transaction
)

// Detail is one more fact of an event, never a secret.
type Detail struct{ Name, Value string }

// Event is one line of the audit. Console and store fill it together: the
// Console says who, what, whom and why; the store adds Outcome, Seq and the
// hashes in the transaction of the change itself.
type Event struct {
	Seq        int64     // 1 is the first; no gaps
	At         time.Time // UTC, microseconds
	Console    string    // which desk: host name and version
	OperatorID UserID
	Operator   string // username; empty before anybody is signed in
	Action     Action
	TargetID   UserID
	Target     string // username
	Provider   ProviderCode
	Outcome    Outcome
	Reason     string // why: the operator's words, or why it was refused
	Details    []Detail
	Prev       []byte // SHA-256 of the event before; 32 zero bytes for the first
	Hash       []byte // SHA-256 over the canonical form and Prev
}

// Detail returns the value of a named detail, or "".
func (e Event) Detail(name string) string {
	for _, d := range e.Details {
		if d.Name == name {
			return d.Value
		}
	}
	return ""
}

// EventQuery chooses events, newest first. Zero fields choose all.
type EventQuery struct {
	Target   UserID // events on this user
	Operator UserID
	Action   Action
	Outcome  Outcome
	From     time.Time // inclusive
	Until    time.Time // exclusive
	Search   string    // part of an operator's or target's username, or of a reason
	Before   int64     // only events with a smaller Seq; 0: from the newest
	After    int64     // only events with a larger Seq, nearest first, still returned newest first; 0: no
	Limit    int       // 0: 50
	Intents  bool      // also intents whose outcome is known, which are left out
}

// EventPage is some events, newest first. Total counts all that the query
// (without Before and After) chooses, up to CountLimit.
type EventPage struct {
	Events []Event
	Total  int
	Older  bool // there are older ones
	Newer  bool // there are newer ones
}

// CountLimit is where stores stop to count what a query finds, so that a
// search in a large store stays fast. A Total of CountLimit reads "1,000+".
const CountLimit = 1000

// Head is the newest event of a chain. Each console remembers the last one
// that it saw of each store.
type Head struct {
	Seq  int64
	Hash []byte
}

// AuditReport is what a check of the whole chain found.
type AuditReport struct {
	Events   int64
	First    time.Time // of the first and the last event; UTC
	Last     time.Time
	Whole    bool   // nothing is changed, removed, reordered or inserted
	BrokenAt int64  // the first event that does not fit; 0 when Whole
	Problem  string // one sentence; empty when Whole
	Unsealed int64  // newest events that no key holder has sealed yet

	// HeadChecked says whether a key was open to check the seal of the newest
	// event. Without it, an end that was cut off and sealed anew goes unnoticed.
	HeadChecked bool

	// ProvedFrom is the first event that the key proves, where the key came to
	// events that were there already: those before it hang together, but whoever
	// could change the store then could have written them all. 0: all events.
	ProvedFrom int64

	Checked time.Time
	Head    Head
}

// SetBack reports whether the events hang together, but are not those that this
// console has seen before: AcceptHistory takes them, if that is right.
func (r AuditReport) SetBack() bool { return !r.Whole && r.BrokenAt == 0 }

// Proof says how far a whole chain is proved, in a sentence or two; it is empty
// where the key proves all of it.
func (r AuditReport) Proof() string {
	switch {
	case !r.Whole || r.Events == 0:
		return ""
	case !r.HeadChecked:
		return "No key was at hand to check the seal of the newest event, so an end that was cut off would go unnoticed."
	case r.ProvedFrom > 1:
		return "The key proves the events from " + Thousands(r.ProvedFrom) + " on. Those before were written with another key or with none, " +
			"so that whoever could change the file then could have written them anew."
	}
	return ""
}

// Title returns what was done, as a screen says it: "Reset Google
// Authenticator", "Password check".
func (e Event) Title(providers []Provider) string {
	title := upperFirst(string(e.Action))
	switch e.Action {
	case DoEnroll, DoReset, DoRepair, DoResync:
	default:
		return title
	}
	for _, p := range providers {
		if p.Code == e.Provider {
			return title + " " + p.Name
		}
	}
	return title + " " + string(e.Provider)
}
