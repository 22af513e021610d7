package app

import (
	"context"
	"crypto/rand"
	"io"
	"sync"
	"time"
)

// Options is what a Console is made of.
type Options struct {
	Store     Store
	Providers []Provider
	Desk      string           // which console, for the audit: "desk-olive, Factordesk 1.0.0"
	Heads     HeadMemory       // remembers the newest event of each store; nil: none
	Now       func() time.Time // nil: time.Now
	Random    io.Reader        // nil: crypto/rand
	Diagnose  Diagnostician    // nil: codes cannot be looked at
	Network   NetworkClock     // nil: network time cannot be asked for
}

// Console is the one object that both front ends hold: a store with an
// operator before it. Its methods are the deeds; they may be called from any
// goroutine.
type Console struct {
	store     Store
	providers []Provider
	desk      string
	heads     HeadMemory
	now       func() time.Time
	random    io.Reader

	diagnostician Diagnostician
	network       NetworkClock

	entry   sync.Mutex // one sign-in at a time: two would take each other's keys
	mu      sync.Mutex
	session *session // nil: nobody is signed in
	ended   error    // why the last session ended at another desk; nil: it did not
	grants  map[*Grant]bool
}

// session is the operator at this console.
type session struct {
	user       User
	token      Secret // of a session that others can see, or that is kept
	kept       bool
	started    time.Time
	attended   time.Time // when the store was last told that the session is open
	breakGlass bool
	mustEnroll bool
	locked     bool
	setting    bool // the own password is being changed here
}

// outdated reports whether the password was changed at another desk since the
// session began with the one that user remembers. A store that was read before
// a change here knows less than the session, which is no such change.
func (s *session) outdated(u User) bool {
	return !s.setting && s.user.ID == u.ID && u.PasswordSince.After(s.user.PasswordSince)
}

// NewConsole puts a console before a store. Nobody is signed in.
func NewConsole(o Options) *Console {
	c := &Console{
		store: o.Store, providers: o.Providers, desk: o.Desk, heads: o.Heads,
		now: o.Now, random: o.Random, diagnostician: o.Diagnose, network: o.Network, grants: map[*Grant]bool{},
	}
	if c.now == nil {
		c.now = time.Now
	}
	if c.random == nil {
		c.random = rand.Reader
	}
	return c
}

// Store describes the store.
func (c *Console) Store() StoreInfo { return c.store.Info() }

// Able returns nil, or the sentence that says why the store cannot do it.
func (c *Console) Able(a Ability) error { return c.store.Able(a) }

// Providers returns every provider in the order of the screens.
func (c *Console) Providers() []Provider { return c.providers }

// Provider returns the provider of a code, or NotFound.
func (c *Console) Provider(code ProviderCode) (Provider, error) {
	for _, p := range c.providers {
		if p.Code == code {
			return p, nil
		}
	}
	return Provider{}, Errorf(NotFound, "There is no provider %q.", string(code)).
		WithHint(`"factorctl providers" lists them.`)
}

// Now returns the console's time, in UTC.
func (c *Console) Now() time.Time { return c.now().UTC() }

// Close remembers the newest event, ends nothing, and closes the store.
func (c *Console) Close() error {
	c.rememberHead(context.Background())
	c.store.Forget()
	return c.store.Close()
}

// Operator is who is signed in, as the screens show it.
type Operator struct {
	User       User
	BreakGlass bool // got in by break-glass, for this session only
	MustEnroll bool // nothing but EnrollSelf and ConfirmSelf is allowed
	Locked     bool // the screen is locked
}

// Operator returns who is signed in; ok is false when nobody is.
func (c *Console) Operator() (o Operator, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.session == nil {
		return Operator{}, false
	}
	s := c.session
	return Operator{User: s.user, BreakGlass: s.breakGlass, MustEnroll: s.mustEnroll, Locked: s.locked}, true
}

// Permits returns nil or a sentence that says why the operator's role does
// not allow p. It asks no store, so screens call it freely; the deed itself
// asks again.
func (c *Console) Permits(p Permission) error {
	o, ok := c.Operator()
	if !ok {
		return errNobody()
	}
	return permits(o.User, p)
}

// PermitsOn is Permits for a deed on one user.
func (c *Console) PermitsOn(p Permission, target User) error {
	if err := c.Permits(p); err != nil {
		return err
	}
	o, _ := c.Operator()
	return outranks(o.User, target)
}

func permits(operator User, p Permission) error {
	if operator.Role.Has(p) {
		return nil
	}
	if operator.Role.Name == "" {
		return Errorf(Denied, "You have no role, so nothing is permitted.").
			WithHint("Ask an Administrator for a role.")
	}
	return Errorf(Denied, "Not permitted for %s: %s.", operator.Role.Name, lowerFirst(p.Words())).
		WithHint("Ask an Administrator.")
}

// outranks keeps everybody but Administrators from acting on an Administrator.
func outranks(operator, target User) error {
	if target.Role.Administers() && !operator.Role.Administers() {
		return Errorf(Denied, "%s is an Administrator; only an Administrator may act on that account.", target.Name())
	}
	return nil
}

func errNobody() *Error {
	return Errorf(Denied, "Nobody is signed in.").WithHint("Sign in first.")
}

// signedIn returns the signed-in user as the store has it now. An account that
// was switched off a moment ago counts at once. With a refusal that somebody is
// held to account for, the user comes with the error.
func (c *Console) signedIn(ctx context.Context) (User, error) {
	o, ok := c.Operator()
	switch {
	case !ok:
		return User{}, errNobody()
	case o.Locked: // the program itself stops here, and not for want of a right
		return User{}, Errorf(Denied, "The screen is locked.").WithHint("Unlock it with your password.")
	case o.MustEnroll:
		return o.User, Errorf(Denied, "Your own authenticator comes first.").
			WithHint("Enroll it, then go on.")
	}
	return c.stillOn(ctx, o.User)
}

// stillOn reads the user of the session again, and ends the session of one who
// is no operator any more, or whose password is another by now: it is changed
// because somebody else may know the old one.
func (c *Console) stillOn(ctx context.Context, was User) (User, error) {
	u, err := c.store.User(ctx, was.ID)
	if err != nil && KindOf(err) != NotFound {
		return User{}, err
	}
	switch {
	case err != nil || !u.Active || !u.Operator:
		err = Errorf(Denied, "Your account was switched off meanwhile.").WithHint("Ask an Administrator.")
	case c.outdated(u):
		err = errPasswordChanged()
	case c.signedOff(u):
		err = errSessionEnded(was, u)
	}
	if err != nil {
		c.end(was.ID, err)
		return was, err
	}
	c.mu.Lock()
	if s := c.session; s != nil && s.user.ID == u.ID && s.user.PasswordSince.Equal(u.PasswordSince) {
		s.user = u
	}
	c.mu.Unlock()
	return u, nil
}

func (c *Console) outdated(u User) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.session != nil && c.session.outdated(u)
}

// signedOff reports whether the session was ended at another desk.
func (c *Console) signedOff(u User) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.session != nil && c.session.user.ID == u.ID && u.SessionsEnded.After(c.session.user.SessionsEnded)
}

func errSessionEnded(was, is User) *Error {
	if was.Role.Exceeds(is.Role) {
		return Errorf(Denied, "Your role was changed at another desk.").WithHint("Sign in again.")
	}
	return Errorf(Denied, "Your session was ended at another desk.").WithHint("Sign in again.")
}

func errPasswordChanged() *Error {
	return Errorf(Denied, "Your password was changed at another desk.").WithHint("Sign in again.")
}

// operator returns the signed-in user if the role, as the store has it now,
// allows p. On a refusal the user comes with the error, as signedIn says.
func (c *Console) operator(ctx context.Context, p Permission) (User, error) {
	u, err := c.signedIn(ctx)
	if err != nil {
		return u, err
	}
	return u, permits(u, p)
}

// target returns the operator and the user that a deed is about, if the
// operator may do p to that user. A refusal is an event.
func (c *Console) target(ctx context.Context, p Permission, id UserID, e Event) (operator, target User, err error) {
	operator, refusal, err := c.whilePermitted(ctx, p, func(ctx context.Context) (err error) {
		target, err = c.store.User(ctx, id)
		return err
	})
	switch {
	case refusal == nil && err == nil:
		err = outranks(operator, target)
	case refusal != nil:
		if operator.ID != "" && (err != nil || target.ID == "") {
			target, _ = c.store.User(ctx, id) // for the event's words only
		}
		err = refusal
	}
	if err != nil {
		e.TargetID, e.Target = target.ID, target.Username
		return operator, target, c.refuse(ctx, operator, e, err)
	}
	return operator, target, nil
}

// event begins an event of an operator on a target; either may be zero.
func (c *Console) event(a Action, operator, target User) Event {
	return Event{
		At: c.Now().Truncate(time.Microsecond), Console: c.desk, Action: a,
		OperatorID: operator.ID, Operator: operator.Username,
		TargetID: target.ID, Target: target.Username,
	}
}

// refuse writes a refused attempt and returns err itself, so that a caller
// says: return c.refuse(…). Failures of the store are not refusals.
func (c *Console) refuse(ctx context.Context, operator User, e Event, err error) error {
	switch KindOf(err) {
	case Denied, Locked, Invalid, Conflict:
	default:
		return err
	}
	if operator.ID == "" {
		return err // nobody to hold to account: not signed in
	}
	if c.store.Able(AbleChange) != nil {
		return err // nothing can be written down there, and nothing can be done
	}
	if werr := c.attempt(ctx, operator, e, Refused, err); werr != nil && KindOf(err) == Denied {
		return Errorf(KindOf(werr), "The refused attempt could not be recorded.").Because(werr)
	}
	return err
}

// answered returns what the store says of a deed. Where the store itself keeps
// a rule, because two consoles could race for it (the last Administrator), that
// is a refused attempt like any other. Where somebody else was faster the deed
// has failed, which is an event, too: who reads the activity later finds both
// of them there, and why only one changed something.
func (c *Console) answered(ctx context.Context, operator User, e Event, err error) error {
	switch KindOf(err) {
	case Denied:
		return c.refuse(ctx, operator, e, err)
	case Conflict:
		// Nothing was changed, so a store that cannot write it down now hides nothing.
		_ = c.attempt(ctx, operator, e, Failed, err)
	}
	return err
}

// attempt writes the event of a deed that changed nothing, with the words of
// the error as its reason.
func (c *Console) attempt(ctx context.Context, operator User, e Event, o Outcome, err error) error {
	message, _ := Explain(err)
	e.OperatorID, e.Operator = operator.ID, operator.Username
	e.At, e.Console, e.Outcome, e.Reason = c.Now().Truncate(time.Microsecond), c.desk, o, message
	return c.store.Append(ctx, e)
}

// drop ends the session in memory and takes the keys away.
func (c *Console) drop() {
	c.mu.Lock()
	c.session = nil
	clear(c.grants)
	c.mu.Unlock()
	c.store.Forget()
}

// end is dropUser, and remembers why.
func (c *Console) end(id UserID, why error) {
	c.mu.Lock()
	if c.session != nil && c.session.user.ID == id {
		c.ended = why
	}
	c.mu.Unlock()
	c.dropUser(id)
}

// dropUser is drop, unless somebody else has signed in meanwhile.
func (c *Console) dropUser(id UserID) {
	if o, ok := c.Operator(); ok && o.User.ID == id {
		c.drop()
	}
}
