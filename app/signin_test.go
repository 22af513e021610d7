package app_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/otp"
)

func TestSignIn(t *testing.T) {
	d := newDesk(t)
	var w app.Welcome
	events := d.events(t, func() { w = d.signIn(t, "helga") })
	require.Len(t, events, 1)
	require.Equal(t, app.DoSignIn, events[0].Action)
	require.Equal(t, "helga", events[0].Operator)
	require.Equal(t, "helga", w.Operator.User.Username)
	require.False(t, w.Operator.MustEnroll || w.Operator.BreakGlass || w.Operator.Locked)
	require.True(t, w.Token.Empty())
	require.Empty(t, w.Warning)
	require.Equal(t, start, d.user(t, "helga").LastSignIn)

	events = d.events(t, func() { require.NoError(t, d.console.SignOut(d.ctx)) })
	require.Len(t, events, 1)
	require.Equal(t, app.DoSignOut, events[0].Action)
	_, ok := d.console.Operator()
	require.False(t, ok)
	require.Error(t, d.console.Able(app.AbleOpenSecrets), "the keys leave with the operator")
}

// Whatever is wrong, the form says the same.
func TestAllRefusalsOfASignInReadAlike(t *testing.T) {
	d := newDesk(t)
	wrong := app.NewSecret("wrong")
	off := save(d.user(t, "helga"))
	off.Active = false
	_, err := d.store.SaveUser(d.ctx, off, app.Event{Action: app.DoSaveUser})
	require.NoError(t, err)
	for range app.MaxFailures {
		_, _ = d.console.SignIn(d.ctx, app.Credentials{Username: "agnes", Password: wrong})
	}
	said := map[string]string{}
	for name, c := range map[string]app.Credentials{
		"nobody":                {Username: "nobody", Password: wrong},
		"an empty name":         {Password: wrong},
		"a wrong password":      {Username: "olive", Password: wrong},
		"an empty password":     {Username: "olive"},
		"no operator":           {Username: "ann", Password: wrong},
		"no operator, empty":    {Username: "ann"},
		"switched off":          {Username: "helga", Password: passwordOf("helga")},
		"locked":                {Username: "agnes", Password: passwordOf("agnes")},
		"a wrong code":          {Username: "rita", Password: passwordOf("rita"), Code: app.NewSecret("000000")},
		"no code":               {Username: "rita", Password: passwordOf("rita")},
		"right code, wrong one": {Username: "rita", Password: wrong, Code: d.code(t, "rita", 0)},
	} {
		var err error
		events := d.events(t, func() { _, err = d.console.SignIn(d.ctx, c) })
		require.Len(t, events, 1, name)
		require.Equal(t, app.Refused, events[0].Outcome, name)
		require.Equal(t, app.Denied, app.KindOf(err), name)
		message, hint := app.Explain(err)
		said[message+" "+hint] = name
		_, ok := d.console.Operator()
		require.False(t, ok, name)
		require.Error(t, d.console.Able(app.AbleOpenSecrets), name)
	}
	require.Len(t, said, 1, "%v", said)
}

func TestARightCodeIsNeededAndUsedUp(t *testing.T) {
	d := newDesk(t)
	w := d.signIn(t, "rita")
	require.Equal(t, "rita", w.Operator.User.Username)
	require.NoError(t, d.console.SignOut(d.ctx))
	_, err := d.console.SignIn(d.ctx, d.credentials(t, "rita"))
	require.Equal(t, app.Denied, app.KindOf(err))
	require.Contains(t, err.Error(), "used before")
	d.now = start.Add(30 * time.Second)
	d.signIn(t, "rita")
}

func TestWrongCodesLockTheSignIn(t *testing.T) {
	d := newDesk(t)
	c := d.credentials(t, "rita")
	c.Code = app.NewSecret("000000")
	for range app.MaxFailures {
		_, err := d.console.SignIn(d.ctx, c)
		require.Equal(t, app.Denied, app.KindOf(err))
	}
	require.True(t, d.user(t, "rita").Locked(d.now))
	_, err := d.console.SignIn(d.ctx, d.credentials(t, "rita"))
	require.Equal(t, app.Denied, app.KindOf(err))
}

// looking is a store that takes no changes, but compares codes.
type looking struct {
	app.Store
	t *testing.T
}

func (s looking) Able(a app.Ability) error {
	if a == app.AbleChange {
		return app.Errorf(app.Denied, "This is for looking only.")
	}
	return s.Store.Able(a)
}

func (s looking) VerifyCode(context.Context, app.CodeCheck) (app.Attempt, error) {
	s.t.Error("a code cannot be used up here")
	return app.Attempt{}, s.Able(app.AbleChange)
}

func (s looking) TestCode(ctx context.Context, c app.CodeCheck) (app.Attempt, error) {
	a, err := s.Store.TestCode(ctx, c)
	a.User = app.User{}
	return a, err
}

// Where nothing can be written the code is compared and not used up: who may
// only look gets in as well, and nobody without a code does.
func TestACodeIsNeededWhereNothingIsWritten(t *testing.T) {
	d := newDesk(t)
	c := app.NewConsole(app.Options{Store: looking{d.store, t}, Now: d.clock})
	wrong := d.credentials(t, "rita")
	wrong.Code = app.NewSecret("000000")
	_, err := c.SignIn(d.ctx, wrong)
	require.Equal(t, app.Denied, app.KindOf(err))
	for range 2 {
		_, err = c.SignIn(d.ctx, d.credentials(t, "rita"))
		require.NoError(t, err)
	}
	require.Zero(t, d.user(t, "rita").Failures)
}

// Without a role there is nothing to do, and the refusal says so only to
// somebody who has proved to be the person.
func TestAnOperatorWithoutARoleStaysOut(t *testing.T) {
	d := newDesk(t)
	var err error
	events := d.events(t, func() { _, err = d.console.SignIn(d.ctx, d.credentials(t, "nora")) })
	require.Equal(t, app.Denied, app.KindOf(err))
	require.Contains(t, err.Error(), "no role")
	require.Len(t, events, 1)
	require.Equal(t, app.Refused, events[0].Outcome)
	require.Equal(t, "nora", events[0].Operator)
	require.Empty(t, d.operatorName())
}

// onlyEnrolls requires that the operator can do nothing but enroll, sign out
// and wait.
func (d *desk) onlyEnrolls(t *testing.T) {
	t.Helper()
	before := d.everything(t)
	for _, x := range deeds {
		err := x.do(d, nil, x.on)
		require.Equal(t, app.Denied, app.KindOf(err), x.name)
		require.Contains(t, err.Error(), "comes first", x.name)
	}
	_, err := d.console.Reverify(d.ctx, passwordOf(d.operatorName()), app.Deed{Action: app.DoImport})
	require.Equal(t, app.Denied, app.KindOf(err))
	d.unchanged(t, before)
}

// enrollSelf enrolls the operator at sign-in and returns the new key.
func (d *desk) enrollSelf(t *testing.T) []byte {
	t.Helper()
	name := d.operatorName()
	en, err := d.console.EnrollSelf(d.ctx, app.Google, "")
	require.NoError(t, err)
	require.Equal(t, name, en.User.Username)
	key, err := otp.Decode(en.Factor.Key.Reveal())
	require.NoError(t, err)
	a, err := d.console.ConfirmSelf(d.ctx, app.Google, app.NewSecret("000000"))
	require.NoError(t, err)
	require.False(t, a.Accepted())
	o, _ := d.console.Operator()
	require.True(t, o.MustEnroll, "a wrong first code changes nothing")
	a, err = d.console.ConfirmSelf(d.ctx, app.Google, codeOf(t, key, d.now))
	require.NoError(t, err)
	require.True(t, a.Accepted())
	o, _ = d.console.Operator()
	require.False(t, o.MustEnroll)
	require.False(t, d.user(t, name).MustEnroll)
	return key
}

func TestAfterAResetTheOperatorEnrollsFirst(t *testing.T) {
	d := signedIn(t, "olive")
	require.NoError(t, d.try(t, deedNamed(t, "reset"), "rita"))
	require.True(t, d.user(t, "rita").MustEnroll)
	_, err := d.console.EnrollSelf(d.ctx, app.Google, "")
	require.Equal(t, app.Denied, app.KindOf(err), "who need not enroll uses the desk, with a grant")
	_, err = d.console.ConfirmSelf(d.ctx, app.Google, app.NewSecret("000000"))
	require.Equal(t, app.Denied, app.KindOf(err))

	delete(d.key, "rita")
	w := d.signIn(t, "rita")
	require.True(t, w.Operator.MustEnroll)
	d.onlyEnrolls(t)
	d.console.Lock()
	_, err = d.console.EnrollSelf(d.ctx, app.Google, "")
	require.Equal(t, app.Denied, app.KindOf(err))
	require.NoError(t, d.console.Reopen(d.ctx, passwordOf("rita")))
	d.onlyEnrolls(t)
	d.key["rita"] = d.enrollSelf(t)
	_, err = d.console.Users(d.ctx, app.Query{})
	require.NoError(t, err)

	d.now = d.now.Add(time.Minute)
	w = d.signIn(t, "rita")
	require.False(t, w.Operator.MustEnroll)
}

func TestAnInterruptedEnrollmentIsNoWayIn(t *testing.T) {
	d := signedIn(t, "olive")
	require.NoError(t, d.try(t, deedNamed(t, "reset"), "rita"))
	delete(d.key, "rita")
	d.signIn(t, "rita")
	_, err := d.console.EnrollSelf(d.ctx, app.Google, "")
	require.NoError(t, err)
	require.NoError(t, d.console.SignOut(d.ctx))
	w := d.signIn(t, "rita") // pending is not active: no code is asked for
	require.True(t, w.Operator.MustEnroll)
	d.onlyEnrolls(t)
	d.enrollSelf(t)
}

func TestBreakGlass(t *testing.T) {
	for _, state := range []string{"lost", "unreadable", "never had one"} {
		t.Run(state, func(t *testing.T) {
			d := newDesk(t)
			name := "rita"
			switch state {
			case "unreadable":
				require.True(t, d.store.Damage(d.id[name], app.Google, "by a test"))
				_, err := d.console.SignIn(d.ctx, d.credentials(t, name))
				require.Equal(t, app.Unreadable, app.KindOf(err))
				require.Contains(t, err.Error(), "recovery key")
				require.Empty(t, d.operatorName())
			case "never had one":
				name = "helga"
			}
			c := app.Credentials{Username: name, Password: passwordOf(name), Recovery: app.NewSecret("WRONG")}
			_, err := d.console.SignIn(d.ctx, c)
			require.Equal(t, app.Denied, app.KindOf(err))
			require.Equal(t, 1, d.user(t, name).Failures)
			c.Password, c.Recovery = app.NewSecret("wrong"), d.store.RecoveryKey()
			_, err = d.console.SignIn(d.ctx, c)
			require.Equal(t, app.Denied, app.KindOf(err))
			c.Password = app.Secret{}
			_, err = d.console.SignIn(d.ctx, c)
			require.Equal(t, app.Denied, app.KindOf(err), "the recovery key alone opens nothing")

			c.Password = passwordOf(name)
			var w app.Welcome
			events := d.events(t, func() {
				w, err = d.console.SignIn(d.ctx, c)
				require.NoError(t, err)
			})
			require.Len(t, events, 1)
			require.Equal(t, app.DoBreakGlass, events[0].Action)
			require.Equal(t, app.Done, events[0].Outcome)
			require.True(t, w.Operator.BreakGlass && w.Operator.MustEnroll)
			d.onlyEnrolls(t)
			key := d.enrollSelf(t)
			o, _ := d.console.Operator()
			require.True(t, o.BreakGlass, "for the whole session")
			if state == "lost" {
				_, err := d.console.SignIn(d.ctx, app.Credentials{Username: name, Password: passwordOf(name), Code: d.code(t, name, 1)})
				require.Error(t, err, "the lost phone is of no use any more")
			}
			d.now = d.now.Add(time.Minute)
			d.key[name] = key
			w = d.signIn(t, name)
			require.False(t, w.Operator.BreakGlass)
		})
	}
}

func TestBreakGlassIsToldToEverybody(t *testing.T) {
	d := newDesk(t)
	d.signIn(t, "olive")
	require.NoError(t, d.console.SignOut(d.ctx))
	d.now = d.now.Add(time.Hour)
	_, err := d.console.SignIn(d.ctx, app.Credentials{Username: "helga", Password: passwordOf("helga"), Recovery: d.store.RecoveryKey()})
	require.NoError(t, err)
	require.NoError(t, d.console.SignOut(d.ctx))

	d.now = d.now.Add(time.Hour)
	uses, err := d.console.RecentBreakGlass(d.ctx)
	require.NoError(t, err)
	require.Len(t, uses, 1)
	require.Equal(t, "helga", uses[0].Operator)
	for _, name := range []string{"olive", "agnes"} {
		w := d.signIn(t, name)
		require.Len(t, w.BreakGlass, 1, name)
	}
	d.now = d.now.Add(time.Minute)
	w := d.signIn(t, "olive")
	require.Empty(t, w.BreakGlass, "told once")
	d.now = d.now.AddDate(0, 0, 7)
	uses, err = d.console.RecentBreakGlass(d.ctx)
	require.NoError(t, err)
	require.Empty(t, uses)
}

func TestLockAndReopen(t *testing.T) {
	d := signedIn(t, "helga")
	d.console.Lock()
	o, ok := d.console.Operator()
	require.True(t, ok && o.Locked)
	require.Error(t, d.console.Able(app.AbleOpenSecrets))
	before := d.everything(t)
	for _, x := range deeds {
		err := x.do(d, nil, x.on)
		require.Equal(t, app.Denied, app.KindOf(err), x.name)
		require.Contains(t, err.Error(), "locked", x.name)
	}
	_, err := d.console.Reverify(d.ctx, passwordOf("helga"), app.Deed{Action: app.DoImport})
	require.Equal(t, app.Denied, app.KindOf(err))
	d.unchanged(t, before)

	events := d.events(t, func() {
		err := d.console.Reopen(d.ctx, app.NewSecret("wrong"))
		require.Equal(t, app.Denied, app.KindOf(err))
	})
	require.Len(t, events, 1)
	require.Equal(t, app.DoReopen, events[0].Action)
	require.Equal(t, app.Refused, events[0].Outcome)
	require.Error(t, d.console.Reopen(d.ctx, passwordOf("olive")), "it takes the own password")
	o, _ = d.console.Operator()
	require.True(t, o.Locked)
	require.NoError(t, d.console.Reopen(d.ctx, passwordOf("helga")))
	require.NoError(t, d.console.Able(app.AbleOpenSecrets))
	require.NoError(t, d.try(t, deedNamed(t, "reset"), "ann"))
}

func TestALockedScreenCannotBeGuessedOpen(t *testing.T) {
	d := signedIn(t, "helga")
	d.console.Lock()
	for range app.MaxFailures {
		require.Error(t, d.console.Reopen(d.ctx, app.NewSecret("wrong")))
	}
	err := d.console.Reopen(d.ctx, passwordOf("helga"))
	require.Equal(t, app.Locked, app.KindOf(err))
	d.now = start.Add(app.LockFor)
	require.NoError(t, d.console.Reopen(d.ctx, passwordOf("helga")))
}

func TestAKeptSession(t *testing.T) {
	d := newDesk(t)
	c := d.credentials(t, "rita")
	c.Keep = true
	w, err := d.console.SignIn(d.ctx, c)
	require.NoError(t, err)
	require.False(t, w.Token.Empty())
	d.store.Forget() // another process knows no key

	d.console = d.another(d.store)
	o, err := d.console.ResumeSession(d.ctx, w.Token)
	require.NoError(t, err)
	require.Equal(t, "rita", o.User.Username)
	_, err = d.console.Users(d.ctx, app.Query{})
	require.NoError(t, err)
	_, err = d.console.Verify(d.ctx, d.id["ann"], app.Google, d.code(t, "ann", 0))
	require.Error(t, err, "a session opens no secret")
	require.Error(t, d.console.OpenKeys(d.ctx, app.NewSecret("wrong")))
	require.Equal(t, 1, d.user(t, "rita").Failures)
	require.NoError(t, d.console.OpenKeys(d.ctx, passwordOf("rita")))
	a, err := d.console.Verify(d.ctx, d.id["ann"], app.Google, d.code(t, "ann", 0))
	require.NoError(t, err)
	require.True(t, a.Accepted())
	require.NoError(t, d.try(t, deedNamed(t, "reset"), "ann"))

	d.now = d.now.Add(app.SessionIdle)
	_, err = d.another(d.store).ResumeSession(d.ctx, w.Token)
	require.Equal(t, app.Denied, app.KindOf(err))

	w, err = d.console.SignIn(d.ctx, app.Credentials{Username: "helga", Password: passwordOf("helga"), Keep: true})
	require.NoError(t, err)
	require.NoError(t, d.console.SignOut(d.ctx))
	_, err = d.console.ResumeSession(d.ctx, w.Token)
	require.Equal(t, app.Denied, app.KindOf(err))
	require.Empty(t, d.operatorName())
}

func TestAKeptSessionIsNoWayAroundEnrolling(t *testing.T) {
	d := newDesk(t)
	c := d.credentials(t, "rita")
	c.Keep = true
	w, err := d.another(d.store).SignIn(d.ctx, c)
	require.NoError(t, err)
	d.signIn(t, "olive")
	require.NoError(t, d.try(t, deedNamed(t, "reset"), "rita"))
	o, err := d.console.ResumeSession(d.ctx, w.Token)
	require.NoError(t, err)
	require.True(t, o.MustEnroll)
	d.onlyEnrolls(t)

	d = newDesk(t)
	w, err = d.console.SignIn(d.ctx, app.Credentials{
		Username: "helga", Password: passwordOf("helga"), Recovery: d.store.RecoveryKey(), Keep: true,
	})
	require.NoError(t, err)
	d.console = d.another(d.store)
	o, err = d.console.ResumeSession(d.ctx, w.Token)
	require.NoError(t, err)
	require.True(t, o.BreakGlass && o.MustEnroll)
	d.onlyEnrolls(t)
}
