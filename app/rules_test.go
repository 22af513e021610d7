package app_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/otp"
)

// TestTheRulesHoldWhateverHappens lets an operator and a user do anything at
// any time through a Console, beside a model of who may what.
func TestTheRulesHoldWhateverHappens(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := signedIn(t, "helga")
		m := &model{desk: d, status: app.StatusActive, last: otp.NoStep, grants: map[*app.Grant]promise{}}
		t.Repeat(map[string]func(*rapid.T){
			"wait": m.wait, "retype": m.retype, "mistype": m.mistype, "reset": m.reset, "enroll": m.enroll,
			"confirm": m.confirm, "verify": m.verify, "test": m.test, "unlock": m.unlock, "screen": m.screen, "": m.agree,
		})
		r, err := d.store.VerifyChain(d.ctx, nil)
		require.NoError(t, err)
		require.True(t, r.Whole, r.Problem)
	})
}

// promise is what the model knows of a grant.
type promise struct {
	deed  app.Deed
	until time.Time
}

// lockout is the model of one count of failures.
type lockout struct {
	failures int
	until    time.Time
}

func (l *lockout) locked(now time.Time) bool { return l.until.After(now) }

// fail counts a failure that a locked account would not count.
func (l *lockout) fail(now time.Time) {
	if !l.until.IsZero() {
		*l = lockout{}
	}
	if l.failures++; l.failures == app.MaxFailures {
		l.until = now.Add(app.LockFor)
	}
}

// model is what should be so: the operator helga, the user ann.
type model struct {
	desk       *desk
	status     app.Status // of ann's factor
	last       int64      // her last step
	ann        lockout
	helga      lockout
	grants     map[*app.Grant]promise
	order      []*app.Grant
	mustEnroll bool
	closed     bool // the screen is locked
}

func (m *model) wait(t *rapid.T) {
	seconds := rapid.SampledFrom([]int{1, 29, 30, 119, 120, 121, 600, 1800}).Draw(t, "seconds")
	m.desk.now = m.desk.now.Add(time.Duration(seconds) * time.Second)
}

// deed draws what a grant is for.
func (m *model) deed(t *rapid.T) app.Deed {
	d := app.Deed{
		Action: rapid.SampledFrom([]app.Action{app.DoReset, app.DoEnroll, app.DoUnlock}).Draw(t, "action"),
		Target: m.desk.id["ann"], Provider: app.Google,
	}
	if d.Action == app.DoUnlock {
		d.Provider = ""
	}
	return d
}

func (m *model) retype(t *rapid.T) {
	deed := m.deed(t)
	g, err := m.desk.console.Reverify(m.desk.ctx, passwordOf("helga"), deed)
	switch {
	case m.closed:
		require.Equal(t, app.Denied, app.KindOf(err))
	case m.helga.locked(m.desk.now):
		require.Equal(t, app.Locked, app.KindOf(err))
	default:
		require.NoError(t, err)
		m.helga = lockout{}
		m.grants[g] = promise{deed, m.desk.now.Add(2 * time.Minute)}
		m.order = append(m.order, g)
	}
}

func (m *model) mistype(t *rapid.T) {
	deed := m.deed(t)
	_, err := m.desk.console.Reverify(m.desk.ctx, app.NewSecret("wrong"), deed)
	require.Error(t, err)
	if !m.closed && !m.helga.locked(m.desk.now) {
		m.helga.fail(m.desk.now)
	}
}

// grant draws a grant, used or not, and says whether it is good for a deed.
// A good one is spent by asking, and so is one that comes too late.
func (m *model) grant(t *rapid.T, deed app.Deed) (*app.Grant, bool) {
	if len(m.order) == 0 {
		return nil, false
	}
	g := rapid.SampledFrom(m.order).Draw(t, "grant")
	known, unspent := m.grants[g]
	if m.closed || !unspent || known.deed != deed {
		return g, false
	}
	delete(m.grants, g)
	return g, !m.desk.now.After(known.until)
}

func (m *model) reset(t *rapid.T) {
	g, good := m.grant(t, app.Deed{Action: app.DoReset, Target: m.desk.id["ann"], Provider: app.Google})
	err := m.desk.console.Reset(m.desk.ctx, g, app.ResetRequest{User: m.desk.id["ann"], Provider: app.Google})
	switch {
	case !good:
		require.Equal(t, app.Denied, app.KindOf(err))
	case m.status == app.StatusNotEnrolled:
		require.Equal(t, app.NotFound, app.KindOf(err))
	default:
		require.NoError(t, err)
		m.status, m.last, m.mustEnroll = app.StatusNotEnrolled, otp.NoStep, true
	}
}

func (m *model) enroll(t *rapid.T) {
	g, good := m.grant(t, app.Deed{Action: app.DoEnroll, Target: m.desk.id["ann"], Provider: app.Google})
	en, err := m.desk.console.Enroll(m.desk.ctx, g, app.EnrollRequest{User: m.desk.id["ann"], Provider: app.Google})
	switch {
	case !good:
		require.Equal(t, app.Denied, app.KindOf(err))
	case m.status == app.StatusActive:
		require.Equal(t, app.Conflict, app.KindOf(err))
	default:
		require.NoError(t, err)
		key, err := otp.Decode(en.Factor.Key.Reveal())
		require.NoError(t, err)
		m.desk.key["ann"] = key
		m.status, m.last = app.StatusPending, otp.NoStep
	}
}

func (m *model) unlock(t *rapid.T) {
	g, good := m.grant(t, app.Deed{Action: app.DoUnlock, Target: m.desk.id["ann"]})
	err := m.desk.console.Unlock(m.desk.ctx, g, app.UnlockRequest{User: m.desk.id["ann"], Version: m.desk.version("ann")})
	if !good {
		require.Equal(t, app.Denied, app.KindOf(err))
		return
	}
	require.NoError(t, err)
	m.ann = lockout{}
}

// code draws a code and what it should come to, the state of the account
// aside.
func (m *model) code(t *rapid.T) (app.Secret, app.Reason, int64) {
	steps := rapid.IntRange(-2, 3).Draw(t, "steps")
	if steps == 3 {
		return app.NewSecret("12345"), app.Wrong, 0
	}
	step := otp.Step(m.desk.now, 30*time.Second) + int64(steps)
	code := m.desk.code(t, "ann", steps)
	for other := -1; other <= 1; other++ { // by chance two steps may share a code
		if other != steps && m.desk.code(t, "ann", other).Reveal() == code.Reveal() {
			t.Skip("an ambiguous code")
		}
	}
	switch {
	case steps < -1 || steps > 1:
		return code, app.Wrong, 0
	case step <= m.last:
		return code, app.Replayed, 0
	}
	return code, app.OK, step
}

func (m *model) confirm(t *rapid.T) {
	if m.status != app.StatusPending {
		t.Skip("nothing to confirm")
	}
	code, want, step := m.code(t)
	a, err := m.desk.console.Confirm(m.desk.ctx, m.desk.id["ann"], app.Google, code)
	if m.closed {
		require.Equal(t, app.Denied, app.KindOf(err))
		return
	}
	require.NoError(t, err)
	require.Equal(t, want, a.Reason)
	if want == app.OK {
		m.status, m.last, m.mustEnroll = app.StatusActive, step, false
	}
}

// expect is what comes of a code that alone would come to want.
func (m *model) expect(want app.Reason) app.Reason {
	switch {
	case m.status == app.StatusNotEnrolled:
		return app.NoFactor
	case m.status == app.StatusPending:
		return app.IsPending
	case m.ann.locked(m.desk.now):
		return app.LockedOut
	}
	return want
}

func (m *model) verify(t *rapid.T) {
	code, want, step := m.code(t)
	a, err := m.desk.console.Verify(m.desk.ctx, m.desk.id["ann"], app.Google, code)
	if m.closed {
		require.Equal(t, app.Denied, app.KindOf(err))
		return
	}
	require.NoError(t, err)
	want = m.expect(want)
	require.Equal(t, want, a.Reason)
	switch want {
	case app.OK:
		m.last, m.ann, m.mustEnroll = step, lockout{}, false
	case app.Wrong, app.Replayed:
		m.ann.fail(m.desk.now)
	}
}

func (m *model) test(t *rapid.T) {
	code, want, _ := m.code(t)
	a, err := m.desk.console.TestCode(m.desk.ctx, m.desk.id["ann"], app.Google, code)
	if m.closed {
		require.Equal(t, app.Denied, app.KindOf(err))
		return
	}
	require.NoError(t, err)
	require.Equal(t, m.expect(want), a.Reason)
}

// screen locks the screen, or reopens it.
func (m *model) screen(t *rapid.T) {
	if !m.closed {
		m.desk.console.Lock()
		m.closed = true
		clear(m.grants)
		return
	}
	err := m.desk.console.Reopen(m.desk.ctx, passwordOf("helga"))
	if m.helga.locked(m.desk.now) {
		require.Equal(t, app.Locked, app.KindOf(err))
		return
	}
	require.NoError(t, err)
	m.closed, m.helga = false, lockout{}
}

// agree compares the store with the model.
func (m *model) agree(t *rapid.T) {
	ann, helga := m.desk.user(t, "ann"), m.desk.user(t, "helga")
	require.Equal(t, m.status, ann.Factor(app.Google).Status)
	require.Equal(t, m.mustEnroll, ann.MustEnroll)
	require.Equal(t, m.ann.failures, ann.Failures)
	require.Equal(t, m.ann.locked(m.desk.now), ann.Locked(m.desk.now))
	require.Equal(t, m.helga.failures, helga.Failures)
	require.Equal(t, m.helga.locked(m.desk.now), helga.Locked(m.desk.now))
	require.True(t, helga.Active && ann.Active)
}
