package storetest

import (
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/otp"
)

var codeStories = []story{
	{"a right code is accepted once, in the window only", func(d *desk) {
		t := d.t
		for i, step := range []int{-2, -1, 0, 1, 2} {
			u := d.add(t, "user-"+string(rune('a'+i)))
			d.enrollBefore(t, u.ID, i)
			code := d.code(t, i, standard, step)
			if !d.accepts(step) {
				e := d.refused(t, func() { require.Equal(t, app.Wrong, d.verify(t, u.ID, code).Reason) })
				require.Equal(t, app.DoVerify, e.Action)
				continue
			}
			d.done(t, func() {
				a := d.verify(t, u.ID, code)
				require.Equal(t, app.OK, a.Reason)
				require.EqualValues(t, step, a.Step)
				require.Equal(t, d.lock.Failures, a.Left)
				d.fact(t, d.clock.now(), a.User.Factor(app.Google).LastUsed)
			})
			d.fact(t, d.clock.now(), d.user(t, u.ID).Factor(app.Google).LastUsed)
			d.refused(t, func() {
				a := d.verify(t, u.ID, code)
				require.Equal(t, app.Replayed, a.Reason)
				require.Equal(t, d.lock.Failures-1, a.Left, "a replayed code counts")
			})
		}
	}},
	{"A, B, A: a code stays used up after a later one", func(d *desk) {
		t := d.t
		u := d.add(t, "ann")
		d.enrollBefore(t, u.ID, 1)
		a, b := d.code(t, 1, standard, 0), d.code(t, 1, standard, 1)
		require.Equal(t, app.OK, d.verify(t, u.ID, a).Reason)
		d.clock.move(standard.Period)
		require.Equal(t, app.OK, d.verify(t, u.ID, b).Reason)
		require.Equal(t, app.Replayed, d.verify(t, u.ID, a).Reason)
		require.Equal(t, app.Replayed, d.verify(t, u.ID, b).Reason)
	}},
	{"a step that was skipped is used up, too", func(d *desk) {
		t := d.t
		u := d.add(t, "ann")
		d.enrollBefore(t, u.ID, 1)
		early, late := d.code(t, 1, standard, -1), d.code(t, 1, standard, 1)
		require.Equal(t, app.OK, d.verify(t, u.ID, late).Reason)
		require.Equal(t, app.Replayed, d.verify(t, u.ID, early).Reason, "only later steps are accepted")
	}},
	{"a clock that goes back lets no code in twice", func(d *desk) {
		t := d.t
		u := d.add(t, "ann")
		d.enrollBefore(t, u.ID, 1)
		code := d.code(t, 1, standard, 0)
		require.Equal(t, app.OK, d.verify(t, u.ID, code).Reason)
		d.clock.move(-standard.Period)
		require.Equal(t, app.Replayed, d.verify(t, u.ID, code).Reason)
	}},
	{"enrolled again, an old step is no reason to refuse", func(d *desk) {
		t := d.t
		u := d.add(t, "ann")
		d.enroll(t, u.ID, 1)
		require.Equal(t, app.OK, d.verify(t, u.ID, d.code(t, 1, standard, 1)).Reason)
		require.NoError(t, d.store.Reset(d.ctx, app.FactorReset{User: u.ID, Provider: app.Google}, d.event(app.DoReset, u)))
		d.put(t, u.ID, 2)
		a, err := d.store.ConfirmFactor(d.ctx, d.check(app.DoConfirm, u.ID, d.code(t, 2, standard, -1)))
		require.NoError(t, err)
		require.Equal(t, app.OK, a.Reason)
	}},
	{"the same code at two desks is accepted once", func(d *desk) {
		t := d.t
		for round := range 5 {
			u := d.add(t, "user-"+string(rune('a'+round)))
			d.enrollBefore(t, u.ID, round)
			code := d.code(t, round, standard, 0)
			reasons := make([]app.Reason, 5) // fewer than would lock
			d.events(t, len(reasons), func() {
				won, _ := d.together(len(reasons), func(i int) error {
					a, err := d.store.VerifyCode(d.ctx, d.check(app.DoVerify, u.ID, code))
					reasons[i] = a.Reason
					return err
				})
				require.Equal(t, len(reasons), won)
			})
			seen := map[app.Reason]int{}
			for _, r := range reasons {
				seen[r]++
			}
			require.Equal(t, map[app.Reason]int{app.OK: 1, app.Replayed: len(reasons) - 1}, seen)
		}
	}},
	{"no code of an account that is off is accepted, or used up", func(d *desk) {
		t := d.t
		u := d.add(t, "ann")
		d.enrollBefore(t, u.ID, 1)
		d.turn(t, u.ID, false)
		off := d.user(t, u.ID)
		code := d.code(t, 1, standard, 0)
		for _, c := range []app.Secret{code, d.wrongCode(t, 1)} {
			d.refused(t, func() { require.Equal(t, app.SwitchedOff, d.verify(t, u.ID, c).Reason) })
			d.refused(t, func() {
				a, err := d.store.TestCode(d.ctx, d.check(app.DoTestCode, u.ID, c))
				require.NoError(t, err)
				require.Equal(t, app.SwitchedOff, a.Reason)
			})
		}
		require.Equal(t, off, d.user(t, u.ID))
		d.turn(t, u.ID, true)
		require.Equal(t, app.OK, d.verify(t, u.ID, code).Reason)
	}},
	{"wrong codes count with wrong passwords, then lock", func(d *desk) {
		t := d.t
		u := d.addAs(t, "ann", app.HelpDesk, correct)
		d.enrollBefore(t, u.ID, 1)
		for i := 1; i <= d.lock.Failures; i++ {
			if i%2 == 0 {
				require.Equal(t, d.lock.Failures-i, d.password(t, "ann", "wrong", false).Left)
				continue
			}
			d.refused(t, func() {
				a := d.verify(t, u.ID, d.wrongCode(t, 1))
				require.Equal(t, app.Wrong, a.Reason)
				require.Equal(t, d.lock.Failures-i, a.Left)
			})
		}
		until := start.Add(d.lock.For)
		locked := d.user(t, u.ID)
		require.Equal(t, until, locked.LockedUntil)
		require.Equal(t, d.lock.Failures, locked.Failures)
		code := d.code(t, 1, standard, 0)
		d.refused(t, func() {
			a := d.verify(t, u.ID, code)
			require.Equal(t, app.LockedOut, a.Reason)
			require.Equal(t, until, a.LockedUntil)
		})
		require.Equal(t, locked, d.user(t, u.ID), "an attempt in a lock-out changes nothing")
		require.Equal(t, app.LockedOut, d.password(t, "ann", correct, true).Reason)

		d.clock.set(until)
		require.Equal(t, app.OK, d.verify(t, u.ID, d.code(t, 1, standard, 0)).Reason)
		free := d.user(t, u.ID)
		require.Zero(t, free.Failures)
		require.True(t, free.LockedUntil.IsZero())
	}},
	{"a right code clears the count, at the last moment", func(d *desk) {
		t := d.t
		u := d.add(t, "ann")
		d.enrollBefore(t, u.ID, 1)
		for range d.lock.Failures - 1 {
			d.verify(t, u.ID, d.wrongCode(t, 1))
		}
		require.Equal(t, d.lock.Failures-1, d.user(t, u.ID).Failures)
		require.Equal(t, app.OK, d.verify(t, u.ID, d.code(t, 1, standard, 0)).Reason)
		require.Zero(t, d.user(t, u.ID).Failures)
	}},
	{"many guesses at once are all counted", func(d *desk) {
		t := d.t
		u := d.add(t, "ann")
		d.enrollBefore(t, u.ID, 1)
		wrong := d.wrongCode(t, 1)
		seen := make([]app.Reason, 2*d.lock.Failures)
		d.events(t, len(seen), func() {
			d.together(len(seen), func(i int) error {
				a, err := d.store.VerifyCode(d.ctx, d.check(app.DoVerify, u.ID, wrong))
				seen[i] = a.Reason
				return err
			})
		})
		n := map[app.Reason]int{}
		for _, r := range seen {
			n[r]++
		}
		require.Equal(t, map[app.Reason]int{app.Wrong: d.lock.Failures, app.LockedOut: len(seen) - d.lock.Failures}, n)
	}},
	{"what is no code is a wrong code", func(d *desk) {
		t := d.t
		u := d.add(t, "ann")
		d.enrollBefore(t, u.ID, 1)
		right := d.code(t, 1, standard, 0).Reveal()
		for i, text := range []string{"", right[:5], right + "0", "abcdef", "１２３４５６"} {
			a := d.verify(t, u.ID, app.NewSecret(text))
			require.Equal(t, app.Wrong, a.Reason, "attempt %d", i)
			require.Equal(t, d.lock.Failures-i-1, a.Left)
		}
		require.Equal(t, app.OK, d.verify(t, u.ID, app.NewSecret(right[:3]+" "+right[3:]+"\n")).Reason)
	}},
	{"nothing enrolled or pending refuses every code and counts none", func(d *desk) {
		t := d.t
		u := d.add(t, "ann")
		for _, want := range []app.Reason{app.NoFactor, app.IsPending} {
			before := d.everything(t)
			for _, check := range []func(app.CodeCheck) (app.Attempt, error){
				func(c app.CodeCheck) (app.Attempt, error) { return d.store.VerifyCode(d.ctx, c) },
				func(c app.CodeCheck) (app.Attempt, error) { return d.store.TestCode(d.ctx, c) },
			} {
				d.refused(t, func() {
					a, err := check(d.check(app.DoVerify, u.ID, d.code(t, 1, standard, 0)))
					require.NoError(t, err)
					require.Equal(t, want, a.Reason)
				})
			}
			d.unchanged(t, before)
			d.put(t, u.ID, 1)
		}
	}},
	{"a test at the desk changes nothing", func(d *desk) {
		t := d.t
		u := d.add(t, "ann")
		d.enrollBefore(t, u.ID, 1)
		d.verify(t, u.ID, d.wrongCode(t, 1))
		test := func(code app.Secret) app.Attempt {
			var a app.Attempt
			before := d.everything(t)
			events := d.events(t, 1, func() {
				var err error
				a, err = d.store.TestCode(d.ctx, d.check(app.DoTestCode, u.ID, code))
				require.NoError(t, err)
			})
			require.Equal(t, app.DoTestCode, events[0].Action)
			require.Equal(t, a.Accepted(), events[0].Outcome == app.Done)
			d.unchanged(t, before)
			return a
		}
		code := d.code(t, 1, standard, 0)
		for range d.lock.Failures + 2 {
			require.Equal(t, app.OK, test(code).Reason)
			require.Equal(t, app.Wrong, test(d.wrongCode(t, 1)).Reason)
		}
		require.EqualValues(t, 1, test(d.code(t, 1, standard, 1)).Step)
		require.Equal(t, app.OK, d.verify(t, u.ID, code).Reason, "the tests have not used it up")
		require.Equal(t, app.Replayed, test(code).Reason, "a sign-in would refuse it now")
		for range d.lock.Failures {
			d.verify(t, u.ID, d.wrongCode(t, 1))
		}
		require.Equal(t, app.LockedOut, test(d.code(t, 1, standard, 1)).Reason, "a sign-in would refuse it now")
	}},
	{"codes by counter work, too", func(d *desk) {
		t := d.t
		p := app.CodeParams{Kind: "hotp", Algorithm: "SHA1", Digits: 6}
		at := func(counter uint64) app.Secret {
			c, err := otp.Code(secret(1), otpParams(p), counter)
			require.NoError(t, err)
			return app.NewSecret(c)
		}
		u := d.add(t, "ann")
		put := app.NewFactor{User: u.ID, Factor: factor(1, p), At: start}
		if d.application != nil && d.application.StandardOnly {
			d.fails(t, app.Invalid, func() error { return d.store.PutFactor(d.ctx, put, d.event(app.DoEnroll, u)) })
			return
		}
		require.NoError(t, d.store.PutFactor(d.ctx, put, d.event(app.DoEnroll, u)))
		a, err := d.store.ConfirmFactor(d.ctx, d.check(app.DoConfirm, u.ID, at(0)))
		require.NoError(t, err)
		require.Equal(t, app.OK, a.Reason)
		require.Equal(t, app.Replayed, d.verify(t, u.ID, at(0)).Reason)
		require.Equal(t, app.OK, d.verify(t, u.ID, at(2)).Reason, "the device may be one ahead")
		require.Equal(t, app.Wrong, d.verify(t, u.ID, at(5)).Reason)
		require.Equal(t, app.OK, d.verify(t, u.ID, at(3)).Reason)
	}},
	{"any attempts at any time, against a model", func(d *desk) {
		n := 0
		secrets := 0
		rapid.Check(d.t, func(t *rapid.T) {
			n++
			u := d.addAs(t, "user-"+time.Duration(n).String(), app.HelpDesk, "")
			m := &attempts{d: d, id: u.ID, secrets: &secrets, last: otp.NoStep, tally: d.tally()}
			t.Repeat(map[string]func(*rapid.T){
				"wait": m.wait, "enroll": m.enroll, "confirm": m.confirm, "verify": m.verify,
				"test": m.test, "reset": m.reset, "unlock": m.unlock, "": m.agree,
			})
		})
	}},
}

// enrollBefore enrolls a user an hour ago, so that no code near now is used up.
func (d *desk) enrollBefore(t checker, id app.UserID, n int) {
	t.Helper()
	now := d.clock.now()
	d.clock.set(now.Add(-time.Hour))
	d.enroll(t, id, n)
	d.clock.set(now)
}

// attempts is the model of one user with codes.
type attempts struct {
	d          *desk
	id         app.UserID
	secrets    *int // how many secrets there were: nobody gets one a second time
	number     int  // of this user's
	status     app.Status
	last       int64
	mustEnroll bool
	tally
}

func (m *attempts) wait(t *rapid.T) {
	lock := int(m.d.lock.For / time.Second)
	seconds := rapid.SampledFrom([]int{1, 10, 29, 30, 31, 60, lock - 1, lock}).Draw(t, "seconds")
	m.d.clock.move(time.Duration(seconds) * time.Second)
}

// draw returns a code and what the model expects of it, besides the lock-out.
func (m *attempts) draw(t *rapid.T) (app.Secret, app.Reason, int64) {
	steps := rapid.IntRange(-3, 4).Draw(t, "steps") // 4 is a wrong one
	if steps == 4 {
		return m.d.wrongCode(t, m.number), app.Wrong, 0
	}
	code := m.d.code(t, m.number, standard, steps)
	for other := -3; other <= 3; other++ { // by chance two steps may share a code
		if other != steps && m.d.accepts(other) && m.d.code(t, m.number, standard, other).Reveal() == code.Reveal() {
			t.Skip("an ambiguous code")
		}
	}
	step := otp.Step(m.d.clock.now(), standard.Period) + int64(steps)
	switch {
	case !m.d.accepts(steps):
		return code, app.Wrong, 0
	case step <= m.last:
		return code, app.Replayed, 0
	}
	return code, app.OK, step
}

func (m *attempts) enroll(t *rapid.T) {
	err := m.d.store.PutFactor(m.d.ctx, app.NewFactor{User: m.id, Factor: factor(*m.secrets+1, standard), At: m.d.clock.now()},
		m.d.event(app.DoEnroll, app.User{ID: m.id}))
	if m.status == app.StatusActive {
		isError(t, app.Conflict, err)
		return
	}
	require.NoError(t, err)
	*m.secrets++
	m.number, m.status, m.last = *m.secrets, app.StatusPending, otp.NoStep
}

func (m *attempts) confirm(t *rapid.T) {
	if m.status != app.StatusPending {
		t.Skip("nothing to confirm")
	}
	code, want, step := m.draw(t)
	a, err := m.d.store.ConfirmFactor(m.d.ctx, m.d.check(app.DoConfirm, m.id, code))
	require.NoError(t, err)
	require.Equal(t, want, a.Reason)
	if want == app.OK {
		m.status, m.last, m.mustEnroll = app.StatusActive, step, false
	}
}

// expect adds what comes before any code to what the model expects.
func (m *attempts) expect(want app.Reason) app.Reason {
	switch {
	case m.status == "":
		return app.NoFactor
	case m.status == app.StatusPending:
		return app.IsPending
	case m.locked(m.d.clock.now()):
		return app.LockedOut
	}
	return want
}

func (m *attempts) verify(t *rapid.T) {
	code, want, step := m.draw(t)
	want = m.expect(want)
	a := m.d.verify(t, m.id, code)
	require.Equal(t, want, a.Reason)
	switch want {
	case app.OK:
		m.last, m.mustEnroll = step, false
		m.clear()
	case app.Wrong, app.Replayed:
		m.fail(m.d.clock.now())
		require.Equal(t, m.left(), a.Left)
	}
}

func (m *attempts) test(t *rapid.T) {
	code, want, _ := m.draw(t)
	a, err := m.d.store.TestCode(m.d.ctx, m.d.check(app.DoTestCode, m.id, code))
	require.NoError(t, err)
	require.Equal(t, m.expect(want), a.Reason)
}

func (m *attempts) reset(t *rapid.T) {
	err := m.d.store.Reset(m.d.ctx, app.FactorReset{User: m.id, Provider: app.Google}, m.d.event(app.DoReset, app.User{ID: m.id}))
	if m.status == "" {
		isError(t, app.NotFound, err)
		return
	}
	require.NoError(t, err)
	m.status, m.last, m.mustEnroll = "", otp.NoStep, true
}

func (m *attempts) unlock(t *rapid.T) {
	u := m.d.user(t, m.id)
	require.NoError(t, m.d.store.Unlock(m.d.ctx, m.id, u.Version, m.d.event(app.DoUnlock, u)))
	m.clear()
}

// agree compares the store with the model.
func (m *attempts) agree(t *rapid.T) {
	u := m.d.user(t, m.id)
	want := m.status
	if want == "" {
		want = app.StatusNotEnrolled
	}
	require.Equal(t, want, u.Factor(app.Google).Status)
	m.d.mustEnroll(t, u, m.mustEnroll)
	require.Equal(t, m.locked(m.d.clock.now()), u.Locked(m.d.clock.now()))
	require.Equal(t, m.failures, u.Failures)
}
