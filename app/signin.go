package app

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Credentials is what a person types at sign-in. Recovery makes it a
// break-glass sign-in: the recovery key takes the place of the code.
type Credentials struct {
	Username string
	Password Secret
	Code     Secret // of the own Google factor; empty when there is none
	Recovery Secret // the recovery key; of a shop: its crypt key
	Keep     bool   // keep a session that outlives the process (the terminal)
	Stay     bool   // the console is open until it signs out, for others to see (the window)
}

// Welcome is what to tell an operator who has just signed in.
type Welcome struct {
	Operator   Operator
	Token      Secret // of the kept session, with Credentials.Keep
	BreakGlass []Event
	Warning    string // the store's history does not fit what this console saw; empty: it fits
}

// SignIn checks password and code (or recovery key) and makes the person the
// operator of this console. Whoever was before is signed out first, right or
// wrong. All refusals before a right password and code read alike, so that the
// form tells nobody who exists, has a factor, or is locked.
func (c *Console) SignIn(ctx context.Context, cr Credentials) (Welcome, error) {
	c.entry.Lock()
	defer c.entry.Unlock()
	if err := c.SignOut(ctx); err != nil {
		return Welcome{}, err
	}
	action := DoSignIn
	if !cr.Recovery.Empty() {
		action = DoBreakGlass
	}
	e := c.event(action, User{}, User{})
	a, err := c.store.CheckPassword(ctx, PasswordCheck{
		Username: cr.Username, Password: cr.Password, Recovery: cr.Recovery, At: e.At, Event: e,
	})
	if err != nil {
		return Welcome{}, err
	}
	if !a.Accepted() {
		c.store.Forget()
		return Welcome{}, c.errSignIn(ctx, cr)
	}
	proved, err := c.secondProof(ctx, a.User, cr, e)
	if err != nil {
		c.store.Forget()
		return Welcome{}, err
	}
	e.OperatorID, e.Operator = a.User.ID, a.User.Username
	if err := c.comesIn(a.User, proved, !cr.Recovery.Empty()); err != nil {
		c.store.Forget()
		return Welcome{}, c.refuse(ctx, a.User, e, err)
	}
	return c.begin(ctx, a.User, proved, cr, e)
}

// comesIn returns nil, or why somebody who has proved to be the person does not
// get in all the same: the role permits nothing here, or it keeps its members
// from the factor that the sign-in asks for. To let those in without one would
// leave the desk open to a password alone.
func (c *Console) comesIn(u User, proved, breakGlass bool) error {
	shop := c.store.Info().Kind == MagentoStore
	switch {
	case len(u.Role.Permissions) == 0 && shop && u.Role.Name != "":
		return Errorf(Denied, "Your role, %s, permits nothing at this desk.", u.Role.Name).
			WithHint("It takes All Users, and Two Factor Auth for the factors: an Administrator ticks them in the shop's admin, System > Permissions > User Roles.")
	case len(u.Role.Permissions) == 0:
		return permits(u, SeeUsers)
	case u.Barred && c.leadsToEnroll(u, proved, breakGlass):
		return errBarred(u)
	}
	return nil
}

func errBarred(u User) *Error {
	return Errorf(Denied, "Your role, %s, lacks Two Factor Auth, so you cannot set up the factor that the shop asks for.", u.Role.Name).
		WithHint("An Administrator ticks Two Factor Auth for the role in the shop's admin: System > Permissions > User Roles. Then sign in again.")
}

// secondProof checks the operator's own code where that factor is active. A
// break-glass sign-in has proved the recovery key instead.
func (c *Console) secondProof(ctx context.Context, u User, cr Credentials, e Event) (proved bool, err error) {
	f := u.Factor(Google)
	switch {
	case !cr.Recovery.Empty():
		return false, nil
	case f.Status != StatusActive && f.Status != StatusUnreadable:
		return false, nil
	}
	e.OperatorID, e.Operator, e.Provider = u.ID, u.Username, Google
	e.TargetID, e.Target = u.ID, u.Username
	check := c.store.VerifyCode
	if c.store.Able(AbleChange) != nil { // nothing can be consumed or counted there
		check = c.store.TestCode
	}
	a, err := check(ctx, CodeCheck{User: u.ID, Provider: Google, Code: cr.Code, At: e.At, Event: e})
	if KindOf(err) == Unreadable {
		return false, Errorf(Unreadable, "Your own Google Authenticator cannot be read, so no code can be checked.").
			WithHint("Sign in with the %s: Your own factor is lost?", c.glass()).
			Because(errors.Join(ErrOwnFactor, err))
	}
	if err != nil {
		return false, err
	}
	switch a.Reason {
	case OK:
		return true, nil
	case Replayed:
		return false, Errorf(Denied, "That code was used before.").WithHint("Wait for the next one.")
	}
	return false, c.errSignIn(ctx, cr)
}

// begin records the sign-in and looks for what the operator must hear first.
func (c *Console) begin(ctx context.Context, u User, proved bool, cr Credentials, e Event) (Welcome, error) {
	e.Outcome = Done
	breakGlass := !cr.Recovery.Empty()
	history := make(chan string, 1)
	go func() { history <- c.checkHead(ctx) }() // at once: the store may be far away
	uses, err := c.store.Events(ctx, EventQuery{Action: DoBreakGlass, Outcome: Done, From: c.lastHere(u), Limit: 10})
	warning := <-history
	if err != nil && KindOf(err) != Unreadable {
		c.store.Forget()
		return Welcome{}, err
	}
	if err != nil { // who damages an event must not keep everybody out with it
		warning, _ = Explain(err)
	}
	token, err := c.store.SignedIn(ctx, SignIn{ID: u.ID, At: e.At, Keep: cr.Keep, Stay: cr.Stay, BreakGlass: breakGlass}, e)
	if err != nil {
		c.store.Forget()
		return Welcome{}, err
	}
	c.mu.Lock()
	c.session = &session{
		user: u, token: token, kept: cr.Keep, started: e.At, attended: e.At, breakGlass: breakGlass,
		mustEnroll: c.leadsToEnroll(u, proved, breakGlass),
	}
	c.ended = nil
	clear(c.grants)
	c.mu.Unlock()
	if warning == "" {
		c.rememberHead(ctx)
	}
	o, _ := c.Operator()
	return Welcome{Operator: o, Token: token, BreakGlass: uses.Events, Warning: warning}, nil
}

// leadsToEnroll reports whether the operator enrolls before anything else. Who
// broke the glass has lost the factor, so it is made anew; but a shop's operator
// may have lost one of another provider, which is reset from inside.
//
// Where nothing can be enrolled, nobody is led there: a shop that is open to look
// only, without its crypt key, or with one that opens nothing yet.
func (c *Console) leadsToEnroll(u User, proved, breakGlass bool) bool {
	if c.store.Info().Kind == MagentoStore {
		for _, a := range []Ability{AbleChange, AbleRepair, AbleEnroll} {
			if c.store.Able(a) != nil {
				return false
			}
		}
	}
	if breakGlass && c.store.Info().Kind == MagentoStore {
		return u.MustEnroll || u.Factor(Google).Status != StatusNotEnrolled
	}
	return breakGlass || (u.MustEnroll && !proved)
}

// stillLost reports whether the operator of a kept break-glass session has yet to
// make the lost factor anew. Our own stores mark the user; in a shop's tables
// there is no place for that.
func (c *Console) stillLost(s Session, u User) bool {
	if !s.BreakGlass || c.store.Info().Kind != MagentoStore {
		return false
	}
	f := u.Factor(Google)
	anew := f.Status == StatusActive && !f.Since.Before(s.Started)
	return c.leadsToEnroll(u, false, true) && !anew
}

// repairing reports whether a session has repaired a factor with an older key. Who
// came in for that goes on with it, and may have the own factor back the same way:
// nobody is lost who needs a new one.
func (c *Console) repairing(ctx context.Context, s Session) (bool, error) {
	p, err := c.store.Events(ctx, EventQuery{Action: DoRepair, Operator: s.Operator, Outcome: Done, From: s.Started, Limit: 1})
	if err != nil && KindOf(err) != Unreadable {
		return false, err
	}
	return len(p.Events) > 0, nil
}

// lastHere is since when the operator has not heard of break-glass sign-ins.
// Where the audit is on this computer, the user's last sign-in was elsewhere.
func (c *Console) lastHere(u User) time.Time {
	if c.store.Info().AuditHere {
		return c.Now().AddDate(0, 0, -7)
	}
	return u.LastSignIn
}

// glass is what a break-glass sign-in proves besides the password.
func (c *Console) glass() string {
	if c.store.Info().Kind == MagentoStore {
		return "shop's crypt key"
	}
	return "recovery key"
}

// errSignIn is the one refusal of a form. With a recovery key it is the same
// for a wrong key and a wrong password, or else the form would tell that a
// guessed password is right.
func (c *Console) errSignIn(ctx context.Context, cr Credentials) *Error {
	info := c.store.Info()
	second, hint := "code", ""
	switch {
	case cr.Recovery.Empty():
	case info.Kind == MagentoStore:
		second = "crypt key"
	default:
		second, hint = "recovery key", "Look at each group of the printed key."
	}
	if lock := info.LockPolicy(); lock.Failures > 0 {
		hint = strings.TrimSpace(fmt.Sprintf("%s After %d wrong attempts an account is locked for %d minutes.",
			hint, lock.Failures, int(lock.For.Minutes())))
	}
	if cr.Recovery.Empty() {
		hint = strings.TrimSpace(hint + " " + c.clockHint(ctx))
	}
	return Errorf(Denied, "The username, password or %s is not right, or the account is locked.", second).WithHint("%s", hint)
}

// ResumeSession makes the operator of a kept session the operator of this
// console, without keys: what opens secrets asks for the password again.
func (c *Console) ResumeSession(ctx context.Context, token Secret) (Operator, error) {
	s, u, err := c.store.Resume(ctx, token, c.Now())
	if err != nil {
		return Operator{}, err
	}
	mustEnroll := c.leadsToEnroll(u, false, false) || c.stillLost(s, u)
	if mustEnroll && s.BreakGlass {
		repairing, err := c.repairing(ctx, s)
		if err != nil {
			return Operator{}, err
		}
		mustEnroll = !repairing
	}
	c.drop() // the keys of whoever was before
	c.mu.Lock()
	c.session = &session{user: u, token: token, kept: true, started: s.Started, attended: c.Now(), breakGlass: s.BreakGlass, mustEnroll: mustEnroll}
	c.mu.Unlock()
	o, _ := c.Operator()
	return o, nil
}

// SignOut ends the session, here and in the store. Where nobody is signed in it
// does nothing.
func (c *Console) SignOut(ctx context.Context) error {
	c.mu.Lock()
	if c.session == nil {
		c.mu.Unlock()
		return nil
	}
	s := *c.session
	c.mu.Unlock()
	e := c.event(DoSignOut, s.user, User{})
	e.Outcome = Done
	var err error
	if c.store.Able(AbleChange) == nil { // else the store has written no sign-in either
		err = c.store.EndSession(ctx, s.token, e)
	}
	c.rememberHead(ctx)
	c.drop()
	return err
}

// Lock locks the screen: grants end, the keys leave the memory, and nothing
// but Reopen and SignOut is allowed.
func (c *Console) Lock() {
	c.mu.Lock()
	if c.session != nil {
		c.session.locked = true
	}
	clear(c.grants)
	c.mu.Unlock()
	c.store.Forget()
}

// Reopen unlocks the screen with the operator's password, which is an event.
func (c *Console) Reopen(ctx context.Context, password Secret) error {
	u, e, err := c.ownPassword(ctx, DoReopen, password)
	if err != nil {
		return err
	}
	if e.Outcome = Done; c.store.Able(AbleChange) == nil {
		if err := c.store.Append(ctx, e); err != nil {
			c.store.Forget()
			return err
		}
	}
	c.mu.Lock()
	open := c.session != nil && c.session.user.ID == u.ID
	if open {
		c.session.locked = false
		c.session.user = u
	}
	c.mu.Unlock()
	if !open { // signed out while the password was checked
		c.store.Forget()
		return errNobody()
	}
	return nil
}

// OpenKeys opens the store's keys with the operator's password for deeds that
// need no grant (Verify, Confirm, a chain check): a resumed session has none.
func (c *Console) OpenKeys(ctx context.Context, password Secret) error {
	if c.store.Able(AbleOpenSecrets) == nil {
		return nil
	}
	u, _, err := c.ownPassword(ctx, DoPassword, password)
	if err != nil {
		return err
	}
	if o, ok := c.Operator(); !ok || o.Locked || o.User.ID != u.ID { // meanwhile
		c.store.Forget()
		return Errorf(Denied, "The screen was locked meanwhile.").WithHint("Unlock it with your password.")
	}
	return nil
}

// ownPassword checks the password of whoever is signed in, the screen locked or
// not, which opens the keys. It returns the user, and the event so far.
func (c *Console) ownPassword(ctx context.Context, a Action, password Secret) (User, Event, error) {
	o, ok := c.Operator()
	if !ok {
		return User{}, Event{}, errNobody()
	}
	e := c.event(a, o.User, User{})
	t, err := c.store.CheckPassword(ctx, PasswordCheck{
		Username: o.User.Username, Password: password, Complete: true, At: e.At, Event: e,
	})
	if err != nil {
		return User{}, e, err
	}
	if !t.Accepted() {
		if t.Reason == NoOperator {
			c.dropUser(o.User.ID)
		}
		return User{}, e, c.ownPasswordRefused(t)
	}
	if c.outdated(t.User) {
		c.end(o.User.ID, errPasswordChanged())
		return User{}, e, errPasswordChanged()
	}
	if c.signedOff(t.User) {
		c.end(o.User.ID, errSessionEnded(o.User, t.User))
		return User{}, e, errSessionEnded(o.User, t.User)
	}
	return t.User, e, nil
}

// RecentBreakGlass returns the break-glass sign-ins of the last seven days, for
// the note above the sign-in card. It needs nobody to be signed in.
func (c *Console) RecentBreakGlass(ctx context.Context) ([]Event, error) {
	p, err := c.store.Events(ctx, EventQuery{
		Action: DoBreakGlass, Outcome: Done, From: c.Now().AddDate(0, 0, -7), Limit: 10,
	})
	return p.Events, err
}
