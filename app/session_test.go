package app_test

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/store/memory"
)

// A sign-in at a console where somebody is signed in ends that session first:
// otherwise a failed one would leave an operator without keys, and a check on
// its way would lend one operator the keys of another.
func TestASignInEndsTheSessionBefore(t *testing.T) {
	d := newDesk(t)
	w, err := d.console.SignIn(d.ctx, app.Credentials{Username: "helga", Password: passwordOf("helga"), Keep: true})
	require.NoError(t, err)
	events := d.events(t, func() {
		_, err := d.console.SignIn(d.ctx, app.Credentials{Username: "olive", Password: app.NewSecret("wrong")})
		require.Equal(t, app.Denied, app.KindOf(err))
	})
	require.Len(t, events, 2)
	require.Equal(t, app.DoSignOut, events[0].Action)
	require.Equal(t, "helga", events[0].Operator)
	require.Equal(t, app.DoSignIn, events[1].Action)
	require.Empty(t, d.operatorName())
	require.Error(t, d.console.Able(app.AbleOpenSecrets))
	_, err = d.console.ResumeSession(d.ctx, w.Token)
	require.Equal(t, app.Denied, app.KindOf(err))
}

func TestSignInsAtOnceLeaveOneOperatorWithKeys(t *testing.T) {
	d := newDesk(t)
	var wait sync.WaitGroup
	for _, name := range []string{"olive", "helga", "agnes", "olive"} {
		wait.Go(func() {
			_, _ = d.console.SignIn(d.ctx, app.Credentials{Username: name, Password: passwordOf(name)})
		})
	}
	wait.Wait()
	require.NotEmpty(t, d.operatorName())
	require.NoError(t, d.console.Able(app.AbleOpenSecrets))
}

func TestAResumedSessionInheritsNoKeys(t *testing.T) {
	d := newDesk(t)
	w, err := d.another(d.store).SignIn(d.ctx, app.Credentials{Username: "audrey", Password: passwordOf("audrey"), Keep: true})
	require.NoError(t, err)
	d.signIn(t, "olive")
	_, err = d.console.ResumeSession(d.ctx, w.Token)
	require.NoError(t, err)
	require.Equal(t, "audrey", d.operatorName())
	require.Error(t, d.console.Able(app.AbleOpenSecrets))
}

// Each refused attempt is in the audit: those of a session that must enroll
// first, and of an account that was switched off under it, too.
func TestWhoMustEnrollIsHeldToAccount(t *testing.T) {
	d := newDesk(t)
	_, err := d.console.SignIn(d.ctx, app.Credentials{Username: "helga", Password: passwordOf("helga"), Recovery: d.store.RecoveryKey()})
	require.NoError(t, err)
	for _, x := range deeds {
		if x.action != "" {
			e := d.refused(t, app.Denied, x.action, func() error { return x.do(d, nil, x.on) })
			require.Contains(t, e.Reason, "comes first", x.name)
		}
	}
	e := d.refused(t, app.Denied, app.DoPassword, d.retype)
	require.Equal(t, "import users", e.Detail("for"))
}

func TestWhoIsSwitchedOffIsHeldToAccount(t *testing.T) {
	off := func(d *desk) {
		c := save(d.user(t, "helga"))
		c.Active = false
		_, err := d.store.SaveUser(d.ctx, c, app.Event{Action: app.DoSaveUser})
		require.NoError(t, err)
	}
	for _, x := range deeds {
		if x.action == "" {
			continue
		}
		d := signedIn(t, "helga")
		off(d)
		e := d.refused(t, app.Denied, x.action, func() error { return x.do(d, nil, x.on) })
		require.Contains(t, e.Reason, "switched off", x.name)
		require.Empty(t, d.operatorName())
	}
	for action, f := range map[app.Action]func(*desk) error{
		app.DoEnroll: func(d *desk) error { _, err := d.console.EnrollSelf(d.ctx, app.Google, ""); return err },
		app.DoConfirm: func(d *desk) error {
			_, err := d.console.ConfirmSelf(d.ctx, app.Google, app.NewSecret("123456"))
			return err
		},
	} {
		d := newDesk(t)
		_, err := d.console.SignIn(d.ctx, app.Credentials{Username: "helga", Password: passwordOf("helga"), Recovery: d.store.RecoveryKey()})
		require.NoError(t, err)
		off(d)
		d.refused(t, app.Denied, action, func() error { return f(d) })
		require.Empty(t, d.operatorName(), "the own factor is no way to stay")
	}
}

// A password is changed because somebody else may know the old one: whatever
// was opened with it ends, with its keys.
func TestANewPasswordEndsTheOpenWindow(t *testing.T) {
	change := func(d *desk) {
		require.NoError(t, d.store.SetPassword(d.ctx, d.id["helga"], app.NewSecret("another password"), app.Event{Action: app.DoSetPassword}))
	}
	for _, x := range deeds {
		if x.action == "" {
			continue
		}
		d := signedIn(t, "helga")
		change(d)
		e := d.refused(t, app.Denied, x.action, func() error { return x.do(d, nil, x.on) })
		require.Equal(t, "Your password was changed at another desk.", e.Reason, x.name)
		require.Empty(t, d.operatorName(), x.name)
		require.Error(t, d.console.Able(app.AbleOpenSecrets), x.name)
	}

	d := newDesk(t)
	_, err := d.console.SignIn(d.ctx, app.Credentials{Username: "helga", Password: passwordOf("helga"), Recovery: d.store.RecoveryKey()})
	require.NoError(t, err)
	change(d)
	d.refused(t, app.Denied, app.DoEnroll, func() error { _, err := d.console.EnrollSelf(d.ctx, app.Google, ""); return err })
	require.Empty(t, d.operatorName(), "the own factor is no way to stay")

	for name, open := range map[string]func(*desk) error{
		"unlock":    func(d *desk) error { return d.console.Reopen(d.ctx, app.NewSecret("another password")) },
		"open keys": func(d *desk) error { return d.console.OpenKeys(d.ctx, app.NewSecret("another password")) },
	} {
		d := signedIn(t, "helga")
		change(d)
		d.console.Lock()
		err := open(d)
		require.Equal(t, app.Denied, app.KindOf(err), name)
		message, hint := app.Explain(err)
		require.Equal(t, "Your password was changed at another desk. Sign in again.", message+" "+hint, name)
		require.Empty(t, d.operatorName(), name)
		require.Error(t, d.console.Able(app.AbleOpenSecrets), name)
	}
}

func TestWhoChangesTheOwnPasswordStays(t *testing.T) {
	d := signedIn(t, "helga")
	there := d.another(d.store)
	_, err := there.SignIn(d.ctx, d.credentials(t, "helga"))
	require.NoError(t, err)
	g := d.grant(t, app.Deed{Action: app.DoSetPassword, Target: d.id["helga"]})
	require.NoError(t, d.console.SetPassword(d.ctx, g, d.id["helga"], app.NewSecret("another password")))
	_, err = d.console.Users(d.ctx, app.Query{})
	require.NoError(t, err)
	require.Equal(t, "helga", d.operatorName())
	require.NoError(t, d.console.Able(app.AbleOpenSecrets))
	_, err = there.Users(d.ctx, app.Query{})
	require.Equal(t, app.Denied, app.KindOf(err))
	_, ok := there.Operator()
	require.False(t, ok)
}

// A list that loads while the own password is changed meets the old password
// or the new one, and neither ends the session.
func TestALoadingListDoesNotEndTheSessionOfANewPassword(t *testing.T) {
	for _, nth := range []int{1, 2} {
		synctest.Test(t, func(t *testing.T) {
			d := signedIn(t, "helga")
			g := d.grant(t, app.Deed{Action: app.DoSetPassword, Target: d.id["helga"]})
			err := during(t, d, nth, func() error { _, err := d.console.Users(d.ctx, app.Query{}); return err }, func() {
				require.NoError(t, d.console.SetPassword(d.ctx, g, d.id["helga"], app.NewSecret("another password")))
			})
			require.NoError(t, err)
			_, err = d.console.Users(d.ctx, app.Query{})
			require.NoError(t, err)
		})
	}
	synctest.Test(t, func(t *testing.T) {
		d := signedIn(t, "helga")
		g := d.grant(t, app.Deed{Action: app.DoSetPassword, Target: d.id["helga"]})
		var seen error
		// The fourth call reads what was set: the password is the new one, and
		// the session does not know it yet.
		err := during(t, d, 4, func() error {
			return d.console.SetPassword(d.ctx, g, d.id["helga"], app.NewSecret("another password"))
		}, func() { _, seen = d.console.Users(d.ctx, app.Query{}) })
		require.NoError(t, err)
		require.NoError(t, seen)
		_, err = d.console.Users(d.ctx, app.Query{})
		require.NoError(t, err)
	})
}

// With a recovery key the form tells no more than with a code: above all not
// that a guessed password is right.
func TestABreakGlassRefusalTellsNothing(t *testing.T) {
	d := newDesk(t)
	said := map[string]bool{}
	for name, c := range map[string]app.Credentials{
		"nobody":           {Username: "nobody", Password: app.NewSecret("wrong")},
		"a wrong password": {Username: "olive", Password: app.NewSecret("wrong")},
		"a right password": {Username: "olive", Password: passwordOf("olive")},
	} {
		c.Recovery = app.NewSecret("WRONG")
		_, err := d.console.SignIn(d.ctx, c)
		require.Equal(t, app.Denied, app.KindOf(err), name)
		said[err.Error()] = true
	}
	require.Len(t, said, 1, "%v", said)
}

func TestAnUnreadableOwnFactorIsWrittenDown(t *testing.T) {
	d := newDesk(t)
	require.True(t, d.store.Damage(d.id["rita"], app.Google, "by a test"))
	events := d.events(t, func() {
		_, err := d.console.SignIn(d.ctx, d.credentials(t, "rita"))
		require.Equal(t, app.Unreadable, app.KindOf(err))
	})
	require.Len(t, events, 1)
	require.Equal(t, app.Failed, events[0].Outcome)
	require.Equal(t, "rita", events[0].Operator)
	require.Error(t, d.console.Able(app.AbleOpenSecrets))
}

// The activity is read at each sign-in. Who damages it must not lock everybody
// out; a store that does not answer leaves no keys behind.
func TestASignInOverADamagedActivity(t *testing.T) {
	d := newDesk(t)
	d.failAfter(1, app.Errorf(app.Unreadable, "An event cannot be read."))
	w, err := d.console.SignIn(d.ctx, d.credentials(t, "olive"))
	require.NoError(t, err)
	require.Equal(t, "An event cannot be read.", w.Warning)

	d = newDesk(t)
	d.failAfter(1, memory.Unreachable())
	_, err = d.console.SignIn(d.ctx, d.credentials(t, "olive"))
	require.Equal(t, app.Unreachable, app.KindOf(err))
	require.Error(t, d.console.Able(app.AbleOpenSecrets))
}

func TestAnUnlockedScreenIsAnEvent(t *testing.T) {
	d := signedIn(t, "helga")
	d.console.Lock()
	events := d.events(t, func() { require.NoError(t, d.console.Reopen(d.ctx, passwordOf("helga"))) })
	require.Len(t, events, 1)
	require.Equal(t, app.DoReopen, events[0].Action)
	require.Equal(t, app.Done, events[0].Outcome)

	d.console.Lock()
	d.failAfter(1, memory.Unreachable())
	require.Equal(t, app.Unreachable, app.KindOf(d.console.Reopen(d.ctx, passwordOf("helga"))))
	o, _ := d.console.Operator()
	require.True(t, o.Locked, "what cannot be written down is not done")
	require.Error(t, d.console.Able(app.AbleOpenSecrets))
}

// The keys of a kept session are opened by a password check, which is no
// unlocking of a screen.
func TestOpeningTheKeysIsAPasswordCheck(t *testing.T) {
	d := signedIn(t, "helga")
	d.store.Forget()
	e := d.refusedAndCounted(t, app.DoPassword, func() error { return d.console.OpenKeys(d.ctx, app.NewSecret("wrong")) })
	require.Equal(t, "helga", e.Operator)
	require.Empty(t, d.events(t, func() { require.NoError(t, d.console.OpenKeys(d.ctx, passwordOf("helga"))) }))
	require.NoError(t, d.console.Able(app.AbleOpenSecrets))
}

// refusedAndCounted is refused for an attempt that counts, and so changes the operator.
func (d *desk) refusedAndCounted(t checker, action app.Action, f func() error) app.Event {
	t.Helper()
	var err error
	events := d.events(t, func() { err = f() })
	require.Equal(t, app.Denied, app.KindOf(err), "%v", err)
	require.Len(t, events, 1)
	require.Equal(t, app.Refused, events[0].Outcome)
	require.Equal(t, action, events[0].Action)
	return events[0]
}

// A store that cannot be written to records nothing, and says so by what it
// refuses; the operator still gets the true answer, and out.
func TestAStoreThatCannotBeWrittenTo(t *testing.T) {
	d := signedIn(t, "audrey")
	d.store.Disable(app.AbleChange, app.Errorf(app.Unreachable, "The file is write-protected."))
	require.Empty(t, d.events(t, func() {
		_, err := d.console.Verify(d.ctx, d.id["ann"], app.Google, app.NewSecret("123456"))
		require.Equal(t, app.Denied, app.KindOf(err))
		d.console.Lock()
		require.NoError(t, d.console.Reopen(d.ctx, passwordOf("audrey")))
		require.NoError(t, d.console.SignOut(d.ctx))
	}))
	require.Empty(t, d.operatorName())
}

// during runs f, lets it into its nth call to the store, and does something
// else while it waits there.
func during(t *testing.T, d *desk, n int, f func() error, meanwhile func()) error {
	t.Helper()
	d.store.Delay(time.Second)
	answer := make(chan error)
	go func() { answer <- f() }()
	time.Sleep(time.Duration(n-1)*time.Second + time.Second/2)
	synctest.Wait()
	d.store.ForgetFaults()
	meanwhile()
	return <-answer
}

func TestAScreenThatLocksWhileTheKeysAreOpenedStaysLocked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := signedIn(t, "helga")
		d.store.Forget()
		err := during(t, d, 1, func() error { return d.console.OpenKeys(d.ctx, passwordOf("helga")) }, d.console.Lock)
		require.Equal(t, app.Denied, app.KindOf(err))
		o, _ := d.console.Operator()
		require.True(t, o.Locked)
		require.Error(t, d.store.Able(app.AbleOpenSecrets))
	})
}

// What is learned about one operator is no reason to end the session of the
// next one.
func TestALateAnswerEndsNobodyElsesSession(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := signedIn(t, "helga")
		c := save(d.user(t, "helga"))
		c.Active = false
		err := during(t, d, 1, func() error { _, err := d.console.Users(d.ctx, app.Query{}); return err }, func() {
			d.signIn(t, "olive")
			_, err := d.store.SaveUser(d.ctx, c, app.Event{Action: app.DoSaveUser})
			require.NoError(t, err)
		})
		require.Equal(t, app.Denied, app.KindOf(err))
		require.Equal(t, "olive", d.operatorName())
		require.NoError(t, d.store.Able(app.AbleOpenSecrets))
	})
}

// Usernames can be changed, and passed on.
func TestAPasswordIsCheckedForThePersonAndNotForTheName(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := signedIn(t, "helga")
		rename := func(who, name string) {
			c := save(d.user(t, who))
			c.Username = name
			_, err := d.store.SaveUser(context.Background(), c, app.Event{Action: app.DoSaveUser})
			require.NoError(t, err)
		}
		err := during(t, d, 2, func() error {
			_, err := d.console.Reverify(d.ctx, passwordOf("olive"), app.Deed{Action: app.DoImport})
			return err
		}, func() {
			rename("helga", "helga2")
			rename("olive", "helga")
		})
		require.Equal(t, app.Denied, app.KindOf(err))
		require.Error(t, d.store.Able(app.AbleOpenSecrets))
	})
}
