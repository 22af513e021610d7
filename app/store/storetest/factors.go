package storetest

import (
	"time"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
)

var factorStories = []story{
	{"from nothing to pending to active to nothing", func(d *desk) {
		t := d.t
		u := d.add(t, "ann")
		require.Equal(t, app.StatusNotEnrolled, u.Factor(app.Google).Status)
		e := d.done(t, func() { d.put(t, u.ID, 1) })
		require.Equal(t, app.DoEnroll, e.Action)

		pending := d.user(t, u.ID)
		require.Len(t, pending.Factors, 1)
		require.Equal(t, app.Factor{Provider: app.Google, Status: app.StatusPending, Params: standard},
			d.remembers(t, pending.Factors[0], start, time.Time{}, d.admin.Username))

		d.clock.move(time.Minute)
		e = d.done(t, func() {
			a, err := d.store.ConfirmFactor(d.ctx, d.check(app.DoConfirm, u.ID, d.code(t, 1, standard, 0)))
			require.NoError(t, err)
			require.Equal(t, app.OK, a.Reason)
			require.Equal(t, app.StatusActive, a.User.Factor(app.Google).Status)
			require.Zero(t, a.Step)
		})
		require.Equal(t, app.DoConfirm, e.Action)
		require.Equal(t, app.Google, e.Provider)
		active := d.user(t, u.ID)
		f := active.Factor(app.Google)
		require.Equal(t, app.StatusActive, f.Status)
		d.fact(t, d.clock.now(), f.Since)
		require.NotEqual(t, active.Version, pending.Version)

		e = d.done(t, func() {
			require.NoError(t, d.store.Reset(d.ctx, app.FactorReset{User: u.ID, Version: active.Version, Provider: app.Google}, d.event(app.DoReset, u)))
		})
		require.Equal(t, app.DoReset, e.Action)
		gone := d.user(t, u.ID)
		require.Empty(t, gone.Factors)
		d.mustEnroll(t, gone, true)
		require.NotEqual(t, gone.Version, active.Version)
		require.Equal(t, app.NoFactor, d.verify(t, u.ID, d.code(t, 1, standard, 1)).Reason)
	}},
	{"any parameters are kept and used", func(d *desk) {
		t := d.t
		for i, p := range []app.CodeParams{
			{Kind: "totp", Algorithm: "SHA1", Digits: 8, Period: 30 * time.Second},
			{Kind: "totp", Algorithm: "SHA256", Digits: 6, Period: 60 * time.Second},
			{Kind: "totp", Algorithm: "SHA512", Digits: 7, Period: 15 * time.Second},
			{Kind: "totp", Algorithm: "SHA1", Digits: 6, Period: 120 * time.Second},
		} {
			u := d.add(t, "user-"+string(rune('a'+i)))
			put := app.NewFactor{User: u.ID, Factor: factor(i, p), At: start}
			if d.application != nil && d.application.StandardOnly {
				d.fails(t, app.Invalid, func() error { return d.store.PutFactor(d.ctx, put, d.event(app.DoEnroll, u)) })
				continue
			}
			require.NoError(t, d.store.PutFactor(d.ctx, put, d.event(app.DoEnroll, u)))
			require.Equal(t, p, d.user(t, u.ID).Factor(app.Google).Params)
			a, err := d.store.ConfirmFactor(d.ctx, d.check(app.DoConfirm, u.ID, d.code(t, i, p, -1)))
			require.NoError(t, err)
			require.Equal(t, app.OK, a.Reason)
			require.EqualValues(t, -1, a.Step)
			require.Equal(t, app.OK, d.verify(t, u.ID, d.code(t, i, p, 1)).Reason)
		}
	}},
	{"what no app could use is not stored", func(d *desk) {
		u := d.add(d.t, "ann")
		useless := []app.FactorSecret{
			{Provider: app.Google, Params: standard},
			{Provider: app.Google, Params: standard, Key: app.NewSecret("not base32 1890")},
			{Provider: app.Google, Params: standard, Key: app.NewSecret("MFRGGZDF")}, // 40 bits
			{Provider: app.Google, Params: app.CodeParams{}, Key: factor(1, standard).Key},
			{Provider: app.Google, Params: app.CodeParams{Kind: "totp", Algorithm: "MD5", Digits: 6, Period: 30 * time.Second}, Key: factor(1, standard).Key},
		}
		if d.application != nil && d.application.StandardOnly {
			duo := factor(1, standard)
			duo.Provider = app.Duo
			useless = append(useless, duo)
		}
		for _, f := range useless {
			d.fails(d.t, app.Invalid, func() error {
				return d.store.PutFactor(d.ctx, app.NewFactor{User: u.ID, Factor: f, At: start}, d.event(app.DoEnroll, u))
			})
		}
	}},
	{"a pending factor is replaced, an active one is not", func(d *desk) {
		t := d.t
		u := d.add(t, "ann")
		d.put(t, u.ID, 1)
		d.put(t, u.ID, 2)
		require.Len(t, d.user(t, u.ID).Factors, 1)
		a, err := d.store.ConfirmFactor(d.ctx, d.check(app.DoConfirm, u.ID, d.code(t, 1, standard, 0)))
		require.NoError(t, err)
		require.Equal(t, app.Wrong, a.Reason, "the first secret is forgotten")
		a, err = d.store.ConfirmFactor(d.ctx, d.check(app.DoConfirm, u.ID, d.code(t, 2, standard, 0)))
		require.NoError(t, err)
		require.Equal(t, app.OK, a.Reason)

		again := app.NewFactor{User: u.ID, Factor: factor(3, standard), At: start}
		d.fails(t, app.Conflict, func() error { return d.store.PutFactor(d.ctx, again, d.event(app.DoEnroll, u)) })
		again.Replace = true
		d.done(t, func() { require.NoError(t, d.store.PutFactor(d.ctx, again, d.event(app.DoEnroll, u))) })
		require.Equal(t, app.StatusPending, d.user(t, u.ID).Factor(app.Google).Status)
		require.Equal(t, app.IsPending, d.verify(t, u.ID, d.code(t, 2, standard, 1)).Reason)
	}},
	{"a wrong first code counts nothing, a right one is used up", func(d *desk) {
		t := d.t
		u := d.add(t, "ann")
		d.put(t, u.ID, 1)
		for _, code := range []app.Secret{d.wrongCode(t, 1), app.NewSecret(""), app.NewSecret("12345"), app.NewSecret("abcdef"), d.code(t, 1, standard, 2)} {
			before := d.everything(t)
			d.refused(t, func() {
				a, err := d.store.ConfirmFactor(d.ctx, d.check(app.DoConfirm, u.ID, code))
				require.NoError(t, err)
				require.Equal(t, app.Wrong, a.Reason)
			})
			d.unchanged(t, before)
		}
		code := d.code(t, 1, standard, 0).Reveal()
		a, err := d.store.ConfirmFactor(d.ctx, d.check(app.DoConfirm, u.ID, app.NewSecret(" "+code[:3]+" "+code[3:])))
		require.NoError(t, err)
		require.Equal(t, app.OK, a.Reason, "apps show the code in two groups")
		require.Equal(t, app.Replayed, d.verify(t, u.ID, app.NewSecret(code)).Reason)
		require.Equal(t, app.OK, d.verify(t, u.ID, d.code(t, 1, standard, 1)).Reason)
	}},
	{"a first code for nothing or for an active factor", func(d *desk) {
		t := d.t
		u := d.add(t, "ann")
		d.refused(t, func() {
			a, err := d.store.ConfirmFactor(d.ctx, d.check(app.DoConfirm, u.ID, app.NewSecret("123456")))
			require.NoError(t, err)
			require.Equal(t, app.NoFactor, a.Reason)
		})
		d.enroll(t, u.ID, 1)
		d.fails(t, app.Conflict, func() error {
			_, err := d.store.ConfirmFactor(d.ctx, d.check(app.DoConfirm, u.ID, d.code(t, 1, standard, 1)))
			return err
		})
	}},
	{"a confirmed factor ends the need to enroll", func(d *desk) {
		t := d.t
		u := d.add(t, "ann")
		d.enroll(t, u.ID, 1)
		require.NoError(t, d.store.Reset(d.ctx, app.FactorReset{User: u.ID, Provider: app.Google}, d.event(app.DoReset, u)))
		d.mustEnroll(t, d.user(t, u.ID), true)
		d.put(t, u.ID, 2)
		d.mustEnroll(t, d.user(t, u.ID), true) // a pending factor proves nothing
		_, err := d.store.SignedIn(d.ctx, app.SignIn{ID: u.ID, At: start}, d.event(app.DoSignIn, u))
		require.NoError(t, err)
		d.mustEnroll(t, d.user(t, u.ID), true) // a sign-in alone does not end it
		a, err := d.store.ConfirmFactor(d.ctx, d.check(app.DoConfirm, u.ID, d.code(t, 2, standard, 0)))
		require.NoError(t, err)
		require.Equal(t, app.OK, a.Reason)
		d.mustEnroll(t, d.user(t, u.ID), false)
	}},
	{"a pending factor is reset, nothing is not", func(d *desk) {
		t := d.t
		u := d.add(t, "ann")
		e := d.event(app.DoReset, u)
		for _, p := range []app.ProviderCode{app.Google, app.Duo, app.U2F, "", "no-such"} {
			d.fails(t, app.NotFound, func() error { return d.store.Reset(d.ctx, app.FactorReset{User: u.ID, Provider: p}, e) })
		}
		d.put(t, u.ID, 1)
		d.fails(t, app.NotFound, func() error { return d.store.Reset(d.ctx, app.FactorReset{User: u.ID, Provider: app.Duo}, e) })
		d.done(t, func() { require.NoError(t, d.store.Reset(d.ctx, app.FactorReset{User: u.ID, Provider: app.Google}, e)) })
		require.Empty(t, d.user(t, u.ID).Factors)
		d.fails(t, app.NotFound, func() error { return d.store.Reset(d.ctx, app.FactorReset{User: u.ID, Provider: app.Google}, e) })
	}},
	{"of many consoles that reset at once one wins", func(d *desk) {
		u := d.add(d.t, "ann")
		d.enroll(d.t, u.ID, 1)
		u = d.user(d.t, u.ID)
		d.done(d.t, func() {
			won, lost := d.together(6, func(int) error {
				return d.store.Reset(d.ctx, app.FactorReset{User: u.ID, Version: u.Version, Provider: app.Google}, d.event(app.DoReset, u))
			})
			require.Equal(d.t, 1, won)
			for _, err := range lost {
				isError(d.t, app.Conflict, err)
			}
		})
	}},
	{"a factor that no key opens is reset or replaced, and nothing else", func(d *desk) {
		t := d.t
		if d.fixture.Damage == nil {
			require.NotEqual(t, app.LocalStore, d.store.Info().Kind, "a file can be damaged, so the test must be able to")
			require.Nil(t, d.application, "a database can be damaged, so the test must be able to")
			return
		}
		u := d.add(t, "ann")
		for i, way := range []string{"reset", "replace"} {
			n := i + 1
			d.enroll(t, u.ID, n)
			d.fixture.Damage(t, u.ID, app.Google)
			for _, check := range []func() error{
				func() error {
					_, err := d.store.VerifyCode(d.ctx, d.check(app.DoVerify, u.ID, d.code(t, n, standard, 1)))
					return err
				},
				func() error {
					_, err := d.store.TestCode(d.ctx, d.check(app.DoTestCode, u.ID, d.code(t, n, standard, 1)))
					return err
				},
			} {
				isError(t, app.Unreadable, check())
			}
			require.Zero(t, d.user(t, u.ID).Failures, "that is nobody's wrong code")
			again := app.NewFactor{User: u.ID, Factor: factor(9, standard), At: start}
			d.fails(t, app.Conflict, func() error { return d.store.PutFactor(d.ctx, again, d.event(app.DoEnroll, u)) })
			if way == "reset" {
				require.NoError(t, d.store.Reset(d.ctx, app.FactorReset{User: u.ID, Provider: app.Google}, d.event(app.DoReset, u)))
				require.Empty(t, d.user(t, u.ID).Factors)
				continue
			}
			again.Replace = true
			require.NoError(t, d.store.PutFactor(d.ctx, again, d.event(app.DoEnroll, u)))
			require.Equal(t, app.StatusPending, d.user(t, u.ID).Factor(app.Google).Status)
		}
	}},
	{"unlocking clears the lock-out and the count", func(d *desk) {
		t := d.t
		u := d.add(t, "ann")
		d.enroll(t, u.ID, 1)
		for range d.lock.Failures {
			d.verify(t, u.ID, d.wrongCode(t, 1))
		}
		u = d.user(t, u.ID)
		require.True(t, u.Locked(d.clock.now()))
		e := d.done(t, func() { require.NoError(t, d.store.Unlock(d.ctx, u.ID, u.Version, d.event(app.DoUnlock, u))) })
		require.Equal(t, app.DoUnlock, e.Action)
		after := d.user(t, u.ID)
		require.Zero(t, after.Failures)
		require.True(t, after.LockedUntil.IsZero())
		require.Equal(t, u.Factors, after.Factors, "unlocking is not resetting")
		require.Equal(t, app.OK, d.verify(t, u.ID, d.code(t, 1, standard, 1)).Reason)
		require.NoError(t, d.store.Unlock(d.ctx, u.ID, 0, d.event(app.DoUnlock, u)), "version 0 is any")
	}},
}
