package main

import (
	"bufio"
	"encoding/json"
	"strings"
	"time"

	"github.com/factordesk/factordesk/app"
)

// The JSON shapes. They are part of the program's promise: keys are neither
// renamed nor removed. Times are RFC 3339 in UTC, or null for never.

type userJSON struct {
	ID          app.UserID   `json:"id"`
	Username    string       `json:"username"`
	Email       string       `json:"email"`
	Name        string       `json:"name"`
	Role        string       `json:"role"`
	Active      bool         `json:"active"`
	LockedUntil *string      `json:"locked_until"` // null when the user is not locked now
	LastSignIn  *string      `json:"last_sign_in"`
	Factors     []factorJSON `json:"factors"`
}

type factorJSON struct {
	Provider app.ProviderCode `json:"provider"`
	Status   app.Status       `json:"status"`
	Since    *string          `json:"since"`
	LastUsed *string          `json:"last_used"`
	Note     string           `json:"note"`
}

type providerJSON struct {
	Code app.ProviderCode `json:"code"`
	Name string           `json:"name"`
}

type storeJSON struct {
	Store       string `json:"store"`
	Operator    string `json:"operator"`
	RecoveryKey string `json:"recovery_key"`
}

type signinJSON struct {
	Store      string `json:"store"`
	Operator   string `json:"operator"`
	BreakGlass bool   `json:"break_glass"`
	MustEnroll bool   `json:"must_enroll"`
}

type enrollmentJSON struct {
	User     string           `json:"user"`
	Provider app.ProviderCode `json:"provider"`
	URI      string           `json:"uri"`
	Secret   string           `json:"secret"`
}

type connectionJSON struct {
	Name     string        `json:"name"`
	Kind     app.StoreKind `json:"kind"`
	Tag      app.Tag       `json:"tag"`
	Location string        `json:"location"`
	Operator string        `json:"operator"` // who signed in last from this computer
	Opened   *string       `json:"opened"`
	ReadOnly bool          `json:"read_only"`

	Passwords sourceWord `json:"passwords"` // ask, keyring or command
}

type placeJSON struct {
	Name  string `json:"name"`
	Place int    `json:"place"` // 1 is the first
}

type forgotPasswordJSON struct {
	Name      string `json:"name"`
	Forgotten bool   `json:"forgotten"` // false: none was kept
}

type forgottenJSON struct {
	Name    string `json:"name"`
	Removed bool   `json:"removed"`
}

type grantsJSON struct {
	Account  string `json:"account"`
	ReadOnly bool   `json:"read_only"`
	SQL      string `json:"sql"`
}

type rungJSON struct {
	Step         string        `json:"step"`
	State        app.RungState `json:"state"`
	Detail       string        `json:"detail"`
	Milliseconds int64         `json:"milliseconds"`
	Problem      string        `json:"problem"`
	Hint         string        `json:"hint"`
	Command      string        `json:"command"`

	Certificate *certificateJSON `json:"certificate,omitempty"` // where the step failed because of it
}

type certificateJSON struct {
	Subject     string   `json:"subject"`
	Names       []string `json:"names"`
	Issuer      string   `json:"issuer"`
	From        *string  `json:"from"`
	Until       *string  `json:"until"`
	Fingerprint string   `json:"sha256"`
}

type diagnosisJSON struct {
	Verdict   app.Verdict `json:"verdict"`
	Message   string      `json:"message"`
	Steps     *int64      `json:"steps"`         // null where no step is known
	Drift     *driftJSON  `json:"drift_seconds"` // null where no clock is known
	OtherUser *string     `json:"other_user"`    // null where it is nobody else's
	Advice    []string    `json:"advice"`
	Course    *courseJSON `json:"course"` // null where it cannot be said
}

type courseJSON struct {
	Observations int        `json:"observations"`
	Since        string     `json:"since"`
	PPM          ppmJSON    `json:"ppm"`
	Leaves       *leaveJSON `json:"leaves"` // null where no code will be refused, or codes are already
	Message      string     `json:"message"`
}

type ppmJSON struct {
	From float64 `json:"from"`
	To   float64 `json:"to"`
}

type leaveJSON struct {
	From string `json:"from"`
	To   string `json:"to"`
}

type driftJSON struct {
	From int64 `json:"from"`
	To   int64 `json:"to"`
}

type ownersJSON struct {
	Found []ownerJSON `json:"found"`
	Tried int         `json:"tried"`
	OneIn *int64      `json:"one_in"` // null where nothing was tried
	Sure  bool        `json:"sure"`
}

type ownerJSON struct {
	User     string           `json:"user"`
	Name     string           `json:"name"`
	Provider app.ProviderCode `json:"provider"`
}

type clocksJSON struct {
	Workstation string          `json:"workstation"`
	Server      *readClockJSON  `json:"server"`  // null where the store has no server
	Network     *readClockJSON  `json:"network"` // null where it was not asked for
	Servers     []timeOfferJSON `json:"servers"` // that were asked for network time
}

type readClockJSON struct {
	Time   string  `json:"time"`
	Ahead  float64 `json:"ahead_seconds"`
	Within float64 `json:"within_seconds"`
	Off    bool    `json:"off"`
}

type timeOfferJSON struct {
	Server string   `json:"server"`
	Ahead  *float64 `json:"ahead_seconds"` // null where it gave no answer
}

type attemptJSON struct {
	Accepted bool       `json:"accepted"`
	Reason   app.Reason `json:"reason"`
}

type importJSON struct {
	Added    int            `json:"added"`
	Updated  int            `json:"updated"`
	Rejected []rejectedJSON `json:"rejected"`
}

type rejectedJSON struct {
	Line   int    `json:"line"`
	Reason string `json:"reason"`
}

type resetJSON struct {
	User  string             `json:"user"`
	Reset []app.ProviderCode `json:"reset"`
}

type endedJSON struct {
	User  string `json:"user"`
	Ended int    `json:"ended"`
}

type sessionJSON struct {
	Operator   string  `json:"operator"`
	Name       string  `json:"name"`
	Desk       string  `json:"desk"`
	Kind       string  `json:"kind"`
	BreakGlass bool    `json:"break_glass"`
	Since      *string `json:"since"`
	Seen       *string `json:"seen"`
}

type repairedJSON struct {
	User     string           `json:"user"`
	Provider app.ProviderCode `json:"provider"`
	Repaired bool             `json:"repaired"`
}

type keysJSON struct {
	Key     string  `json:"key"`
	Since   *string `json:"since"`
	Running bool    `json:"running"`
	Left    int     `json:"left"`
	Secrets int     `json:"secrets"`
}

type rotatedJSON struct {
	Key         string `json:"key"`
	Resumed     bool   `json:"resumed"`
	Resealed    int    `json:"resealed"`
	Unreadable  int    `json:"unreadable"`
	RecoveryKey string `json:"recovery_key"`
}

type findingJSON struct {
	Code     string       `json:"code"`
	Severity app.Severity `json:"severity"`
	Title    string       `json:"title"`
	Summary  string       `json:"summary"`
	Scope    string       `json:"scope"`
	About    string       `json:"about"`
	Found    []factJSON   `json:"found"`
	Steps    []stepJSON   `json:"steps"`
	Filter   app.Filter   `json:"filter"` // of "users list"; empty: none
}

type factJSON struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

type stepJSON struct {
	Text    string `json:"text"`
	Command string `json:"command"` // empty: there is none
}

type removedJSON struct {
	User    string `json:"user"`
	Removed bool   `json:"removed"`
}

type auditJSON struct {
	Whole    bool    `json:"whole"`
	Events   int64   `json:"events"`
	First    *string `json:"first"`
	Last     *string `json:"last"`
	BrokenAt int64   `json:"broken_at"` // 0 when whole
	Problem  string  `json:"problem"`
	Unsealed int64   `json:"unsealed"`
	Checked  *string `json:"checked"`

	SealChecked bool  `json:"seal_checked"`
	ProvedFrom  int64 `json:"proved_from"` // 0 when the key proves all of it, or was not at hand
}

type exportJSON struct {
	File   string `json:"file"`
	Events int    `json:"events"`
}

type copyJSON struct {
	From    string `json:"from"`
	To      string `json:"to"`
	Users   int64  `json:"users"`
	Factors int64  `json:"factors"`
	Events  int64  `json:"events"`
}

type restoredJSON struct {
	Store   string   `json:"store"`
	Made    *string  `json:"made"`
	Users   int64    `json:"users"`
	Factors int64    `json:"factors"`
	Events  int64    `json:"events"`
	Notices []string `json:"notices"`
}

type versionJSON struct {
	Version  string `json:"version"`
	Go       string `json:"go"`
	Platform string `json:"platform"`
}

// print writes one JSON object on one line of standard output.
func (d *desk) print(v any) error {
	e := json.NewEncoder(d.out)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return unprinted(err)
	}
	return nil
}

func unprinted(err error) error {
	return app.Errorf(app.Unreachable, "The answer could not be written to standard output.").Because(err)
}

// buffered collects what list prints and writes it in big pieces.
func (d *desk) buffered(list func() error) error {
	out := d.out
	b := bufio.NewWriterSize(out, 64<<10)
	d.out = b
	err := list()
	d.out = out
	if flush := b.Flush(); err == nil && flush != nil {
		err = unprinted(flush)
	}
	return err
}

// userToJSON puts a user into its stable form as of now.
func userToJSON(u app.User, now time.Time) userJSON {
	j := userJSON{
		ID: u.ID, Username: u.Username, Email: u.Email, Name: strings.TrimSpace(u.FirstName + " " + u.LastName),
		Role: u.Role.Name, Active: u.Active, LastSignIn: rfc3339(u.LastSignIn), Factors: []factorJSON{},
	}
	if u.Locked(now) {
		j.LockedUntil = rfc3339(u.LockedUntil)
	}
	for _, f := range u.Factors {
		j.Factors = append(j.Factors, factorJSON{
			Provider: f.Provider, Status: f.Status, Since: rfc3339(f.Since), LastUsed: rfc3339(f.LastUsed), Note: f.Note,
		})
	}
	return j
}

// rfc3339 returns a time in UTC to the second, nil for never.
func rfc3339(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	s := t.UTC().Format(time.RFC3339)
	return &s
}
