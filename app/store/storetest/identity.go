package storetest

import (
	"crypto/rand"
	"strings"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/seal"
)

// password is one attempt with a password, now.
func (d *desk) password(t checker, username, password string, complete bool) app.Attempt {
	t.Helper()
	a, err := d.store.CheckPassword(d.ctx, app.PasswordCheck{
		Username: username, Password: app.NewSecret(password), Complete: complete, At: d.clock.now(),
		Event: app.Event{At: d.clock.now(), Console: "desk-test", Action: app.DoSignIn},
	})
	require.NoError(t, err)
	return a
}

const correct = "correct horse battery"

var passwordStories = []story{
	{"a right password writes nothing", func(d *desk) {
		t := d.t
		u := d.addAs(t, "ann", app.HelpDesk, correct)
		require.True(t, u.Operator)
		d.password(t, "ann", "wrong", false)
		before := d.everything(t)
		d.events(t, 0, func() {
			for _, name := range []string{"ann", "Ann", "ANN"} {
				a := d.password(t, name, correct, false)
				require.Equal(t, app.OK, a.Reason)
				require.Equal(t, u.ID, a.User.ID)
				require.Equal(t, 1, a.User.Failures)
			}
		})
		d.unchanged(t, before)
		d.events(t, 0, func() {
			a := d.password(t, "ann", correct, true)
			require.Equal(t, app.OK, a.Reason)
			require.Zero(t, a.User.Failures, "where no further proof follows, it clears the count")
		})
		require.Zero(t, d.user(t, u.ID).Failures)
	}},
	{"wrong passwords count, then lock, then count anew", func(d *desk) {
		t := d.t
		u := d.addAs(t, "ann", app.HelpDesk, correct)
		m := d.tally()
		for i := 1; i <= d.lock.Failures; i++ {
			m.fail(d.clock.now())
			e := d.refused(t, func() {
				a := d.password(t, "ann", "wrong", true)
				require.Equal(t, app.Wrong, a.Reason)
				require.Equal(t, d.lock.Failures-i, a.Left)
				require.Equal(t, i, a.User.Failures)
				require.Equal(t, i == d.lock.Failures, !a.LockedUntil.IsZero())
			})
			require.Equal(t, u.ID, e.OperatorID, "the store knows who that username is")
			require.Equal(t, "ann", e.Operator)
		}
		until := start.Add(d.lock.For)
		require.Equal(t, until, d.user(t, u.ID).LockedUntil)
		d.clock.move(time.Minute)
		for _, word := range []string{correct, "wrong", ""} {
			if word != correct {
				m.fail(d.clock.now())
			}
			d.refused(t, func() {
				a := d.password(t, "ann", word, true)
				require.Equal(t, app.LockedOut, a.Reason)
				require.Equal(t, m.until, a.LockedUntil)
				require.Zero(t, a.Left)
			})
			require.Equal(t, m.failures, d.user(t, u.ID).Failures)
		}
		if m.prolongs {
			until = until.Add(time.Minute)
		}
		require.Equal(t, until, d.user(t, u.ID).LockedUntil, "attempts prolong a lock-out in an application that says so only")
		d.clock.set(until.Add(-time.Microsecond))
		require.Equal(t, app.LockedOut, d.password(t, "ann", correct, true).Reason)
		d.clock.set(until)
		a := d.password(t, "ann", "wrong", true)
		require.Equal(t, app.Wrong, a.Reason)
		require.Equal(t, d.lock.Failures-1, a.Left, "after a lock-out the count starts anew")
		require.Equal(t, app.OK, d.password(t, "ann", correct, true).Reason)
		require.Zero(t, d.user(t, u.ID).Failures)
		require.False(t, d.user(t, u.ID).Locked(d.clock.now()))
	}},
	{"failures long ago are forgotten where the application says so", func(d *desk) {
		t := d.t
		u := d.addAs(t, "ann", app.HelpDesk, correct)
		m := d.tally()
		fail := func() {
			m.fail(d.clock.now())
			a := d.password(t, "ann", "wrong", true)
			require.Equal(t, m.left(), a.Left)
			require.Equal(t, m.failures, d.user(t, u.ID).Failures)
		}
		fail()
		fail()
		d.clock.set(start.Add(d.lock.For))
		fail()
		require.Equal(t, 3, m.failures, "one lock-out's length after the first it still counts on")
		d.clock.move(time.Second)
		fail()
		require.Equal(t, map[bool]int{true: 1, false: 4}[m.prolongs], m.failures)
	}},
	{"a locked administrator is locked, too, and can be unlocked", func(d *desk) {
		t := d.t
		for range d.lock.Failures {
			d.password(t, d.admin.Username, "wrong", true)
		}
		require.Equal(t, app.LockedOut, d.password(t, d.admin.Username, d.fixture.Password.Reveal(), true).Reason)
		u := d.user(t, d.admin.ID)
		d.done(t, func() { require.NoError(t, d.store.Unlock(d.ctx, u.ID, u.Version, d.event(app.DoUnlock, u))) })
		require.Equal(t, app.OK, d.password(t, d.admin.Username, d.fixture.Password.Reveal(), true).Reason)
	}},
	{"an empty password never matches", func(d *desk) {
		t := d.t
		d.addAs(t, "ann", app.HelpDesk, correct)
		d.addAs(t, "none", app.HelpDesk, "")
		d.refused(t, func() { require.Equal(t, app.Wrong, d.password(t, "ann", "", true).Reason) })
		for _, word := range []string{"", "x", "\x00"} {
			e := d.refused(t, func() {
				a := d.password(t, "none", word, true)
				require.Equal(t, app.NoOperator, a.Reason)
				require.Zero(t, a.User.Failures, "nobody locks out somebody who cannot sign in anyway")
			})
			require.Equal(t, "none", e.Operator)
		}
	}},
	{"nobody is refused like somebody, and what was typed is not kept", func(d *desk) {
		t := d.t
		before := d.everything(t)
		typed := "hunter2-typed-into-the-wrong-field"
		for range d.lock.Failures + 2 {
			e := d.refused(t, func() {
				a := d.password(t, typed, "wrong", true)
				require.Equal(t, app.NoOperator, a.Reason)
				require.Equal(t, app.User{}, a.User)
			})
			require.Empty(t, e.Operator+string(e.OperatorID)+e.Target+string(e.TargetID))
			require.NotContains(t, e.Reason, typed)
		}
		d.unchanged(t, before)
	}},
	{"an inactive operator is refused", func(d *desk) {
		t := d.t
		u := d.addAs(t, "ann", app.HelpDesk, correct)
		d.turn(t, u.ID, false)
		d.refused(t, func() {
			a := d.password(t, "ann", correct, true)
			require.Equal(t, app.NoOperator, a.Reason)
		})
	}},
	{"a password is set and replaced", func(d *desk) {
		t := d.t
		u := d.addAs(t, "ann", app.HelpDesk, "")
		for _, word := range []string{correct, "пароль с пробелами", strings.Repeat("long ", 200)} {
			if d.application != nil {
				d.setPassword(t, u.ID, word)
			} else {
				d.done(t, func() { d.setPassword(t, u.ID, word) })
			}
			require.True(t, d.user(t, u.ID).Operator)
			require.Equal(t, app.OK, d.password(t, "ann", word, true).Reason)
		}
		require.Equal(t, app.Wrong, d.password(t, "ann", correct, true).Reason)
		require.Equal(t, app.Wrong, d.password(t, "ann", strings.Repeat("long ", 199), true).Reason, "every character counts")
	}},
	{"when a password was set tells one from another", func(d *desk) {
		t := d.t
		if d.application != nil {
			d.passwordsDiffer(t)
			return
		}
		require.Equal(t, start, d.admin.PasswordSince)
		d.clock.move(1500*time.Nanosecond + time.Second)
		u := d.addAs(t, "ann", app.HelpDesk, "")
		require.True(t, u.PasswordSince.IsZero())
		set := func(id app.UserID) time.Time {
			require.NoError(t, d.store.SetPassword(d.ctx, id, app.NewSecret(correct), d.event(app.DoSetPassword, u)))
			u := d.user(t, id)
			timesAreUTC(t, u)
			return u.PasswordSince
		}
		first := set(u.ID)
		require.Equal(t, start.Add(time.Second+time.Microsecond), first)
		require.True(t, set(u.ID).After(first), "the clock stands, and yet it is another password")
		d.clock.set(start.Add(-time.Hour))
		last := set(u.ID)
		require.True(t, last.After(first), "a desk whose clock is slow sets a later password, too")
		require.True(t, set(d.admin.ID).After(d.admin.PasswordSince), "the own one")

		c := save(d.user(t, u.ID))
		c.LastName = "Other"
		_, err := d.store.SaveUser(d.ctx, c, d.event(app.DoSaveUser, u))
		require.NoError(t, err)
		d.password(t, "ann", "wrong", true)
		a := d.password(t, "ann", correct, true)
		require.Equal(t, last, a.User.PasswordSince, "nothing else moves it")
		page, err := d.store.Users(d.ctx, app.Query{Search: "ann@"})
		require.NoError(t, err)
		require.Equal(t, last, page.Users[0].PasswordSince)
		with := d.addAs(t, "bob", app.HelpDesk, correct)
		require.Equal(t, d.clock.now(), with.PasswordSince)
	}},
	{"the keys open for who works with secrets, and close", func(d *desk) {
		t := d.t
		d.addAs(t, "auditor", app.Auditor, correct)
		help := d.addAs(t, "help", app.HelpDesk, correct)
		d.enroll(t, help.ID, 1)
		d.store.Forget()
		if d.application != nil && d.application.KeysAtHand {
			require.NoError(t, d.store.Able(app.AbleOpenSecrets), "the keys came with the connection")
			require.Equal(t, app.OK, d.verify(t, help.ID, d.code(t, 1, standard, 1)).Reason)
			return
		}
		isError(t, app.KindOf(d.store.Able(app.AbleOpenSecrets)), d.store.Able(app.AbleOpenSecrets))
		require.Equal(t, app.OK, d.password(t, "auditor", correct, true).Reason)
		require.Error(t, d.store.Able(app.AbleOpenSecrets), "an Auditor gets no keys")
		require.Equal(t, app.Wrong, d.password(t, "help", "wrong", true).Reason)
		require.Error(t, d.store.Able(app.AbleOpenSecrets), "a wrong password opens nothing")

		before := d.everything(t)
		_, err := d.store.VerifyCode(d.ctx, d.check(app.DoVerify, help.ID, d.code(t, 1, standard, 1)))
		require.Error(t, err, "without keys no code can be checked")
		u := d.add(t, "ann")
		require.Error(t, d.store.PutFactor(d.ctx, app.NewFactor{User: u.ID, Factor: factor(2, standard), At: start}, d.event(app.DoEnroll, u)))
		d.remove(t, u.ID)
		d.unchanged(t, before)

		require.Equal(t, app.OK, d.password(t, "help", correct, true).Reason)
		require.NoError(t, d.store.Able(app.AbleOpenSecrets))
		require.Equal(t, app.OK, d.verify(t, help.ID, d.code(t, 1, standard, 1)).Reason)
		d.store.Forget()
		h := d.user(t, help.ID)
		require.NoError(t, d.store.Reset(d.ctx, app.FactorReset{User: h.ID, Version: h.Version, Provider: app.Google}, d.event(app.DoReset, h)),
			"a reset needs no key")
	}},
	{"break-glass wants the password and the recovery key", func(d *desk) {
		t := d.t
		require.False(t, d.fixture.Recovery.Empty(), "a store has a way in for who has lost the own factor")
		try := func(password, recovery app.Secret) app.Attempt {
			a, err := d.store.CheckPassword(d.ctx, app.PasswordCheck{
				Username: d.fixture.Username, Password: password, Recovery: recovery, At: d.clock.now(),
				Event: d.event(app.DoBreakGlass, app.User{}),
			})
			require.NoError(t, err)
			return a
		}
		d.store.Forget()
		wrong := app.NewSecret("fedcba9876543210fedcba9876543210") // what an application has for a key
		if d.application == nil {
			wrong = otherRecovery(t) // printed like a right one
		}
		d.refused(t, func() {
			a := try(d.fixture.Password, wrong)
			require.Equal(t, app.WrongKey, a.Reason)
			require.Equal(t, d.lock.Failures-1, a.Left, "a wrong recovery key counts")
		})
		d.refused(t, func() { require.Equal(t, app.Wrong, try(app.NewSecret("wrong"), d.fixture.Recovery).Reason) })
		d.keysAreShut(t, "a recovery key alone opens nothing")
		d.events(t, 0, func() { require.Equal(t, app.OK, try(d.fixture.Password, d.fixture.Recovery).Reason) })
		require.NoError(t, d.store.Able(app.AbleOpenSecrets))
		if d.application == nil {
			typed := app.NewSecret(" " + strings.ToLower(d.fixture.Recovery.Reveal()) + " ")
			require.Equal(t, app.OK, try(d.fixture.Password, typed).Reason, "as people type it")
		}

		e := d.done(t, func() {
			_, err := d.store.SignedIn(d.ctx, app.SignIn{ID: d.admin.ID, At: d.clock.now(), BreakGlass: true}, d.event(app.DoBreakGlass, app.User{}))
			require.NoError(t, err)
		})
		require.Equal(t, app.DoBreakGlass, e.Action)
		d.mustEnroll(t, d.user(t, d.admin.ID), true) // who broke the glass enrolls again
	}},
}

// passwordsDiffer requires of an application's store that it can tell a later
// password from the one before.
func (d *desk) passwordsDiffer(t checker) {
	t.Helper()
	u := d.addAs(t, "ann", app.HelpDesk, correct)
	for _, word := range []string{"another password", "yet another password"} {
		before := d.user(t, u.ID).PasswordSince
		d.password(t, "ann", "wrong", true)
		require.Equal(t, before, d.user(t, u.ID).PasswordSince, "nothing else moves it")
		d.clock.move(2 * time.Second)
		d.setPassword(t, u.ID, word)
		a := d.password(t, "ann", word, true)
		require.Equal(t, app.OK, a.Reason)
		require.True(t, a.User.PasswordSince.After(before), "%s is no later than %s", a.User.PasswordSince, before)
	}
}

// keysAreShut requires that the keys are not open, unless they always are.
func (d *desk) keysAreShut(t checker, why string) {
	t.Helper()
	err := d.store.Able(app.AbleOpenSecrets)
	if d.application != nil && d.application.KeysAtHand {
		require.NoError(t, err)
		return
	}
	require.Error(t, err, why)
}

// otherRecovery is the recovery key of another store.
func otherRecovery(t checker) app.Secret {
	printed, _, err := seal.NewRecovery(rand.Reader)
	require.NoError(t, err)
	return app.NewSecret(printed)
}
