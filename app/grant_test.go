package app_test

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/store/memory"
)

// granted are the deeds that need a grant.
func granted() []deed {
	var all []deed
	for _, x := range deeds {
		if x.grant != nil {
			all = append(all, x)
		}
	}
	return all
}

func TestNothingDestructiveWithoutAGrant(t *testing.T) {
	for _, x := range granted() {
		t.Run(x.name, func(t *testing.T) {
			d := signedIn(t, "olive")
			for name, g := range map[string]*app.Grant{"none": nil, "made up": {}} {
				e := d.refused(t, app.Denied, x.action, func() error { return x.do(d, g, x.on) })
				require.Contains(t, e.Reason, "not verified", name)
			}
		})
	}
}

func TestAGrantIsUsedOnce(t *testing.T) {
	for _, x := range granted() {
		t.Run(x.name, func(t *testing.T) {
			d := signedIn(t, "olive")
			g := d.grant(t, x.grant(d, x.on))
			events := d.events(t, func() { require.NoError(t, x.do(d, g, x.on)) })
			require.Len(t, events, 1)
			require.Equal(t, app.Done, events[0].Outcome)
			require.Equal(t, x.action, events[0].Action)
			require.Equal(t, "re-typed 2026-06-09T12:08:00Z, used once", events[0].Detail("password"))
			if x.name == "remove user" || x.name == "remove role" {
				return // nothing is left to do it to again
			}
			d.refused(t, app.Denied, x.action, func() error { return x.do(d, g, x.on) })
		})
	}
}

func TestAGrantLivesTwoMinutes(t *testing.T) {
	for _, x := range granted() {
		t.Run(x.name, func(t *testing.T) {
			d := signedIn(t, "olive")
			g := d.grant(t, x.grant(d, x.on))
			require.Equal(t, start.Add(2*time.Minute), g.Expires())
			d.now = start.Add(2*time.Minute + time.Microsecond)
			e := d.refused(t, app.Denied, x.action, func() error { return x.do(d, g, x.on) })
			require.Contains(t, e.Reason, "two minutes")
			d.now = start // turning the clock back revives nothing
			d.refused(t, app.Denied, x.action, func() error { return x.do(d, g, x.on) })

			g = d.grant(t, x.grant(d, x.on))
			d.now = start.Add(2 * time.Minute)
			require.NoError(t, x.do(d, g, x.on))
		})
	}
}

func TestAGrantIsForOneDeed(t *testing.T) {
	d := signedIn(t, "olive")
	for _, x := range granted() {
		for _, other := range granted() {
			if x.name == other.name {
				continue
			}
			g := d.grant(t, other.grant(d, other.on))
			e := d.refused(t, app.Denied, x.action, func() error { return x.do(d, g, x.on) })
			require.Contains(t, e.Reason, "another action")
		}
	}
}

func TestAGrantIsForOneTargetAndProvider(t *testing.T) {
	for _, x := range granted() {
		if x.on == "" {
			continue
		}
		d := signedIn(t, "olive")
		g := d.grant(t, x.grant(d, "rita"))
		d.refused(t, app.Denied, x.action, func() error { return x.do(d, g, x.on) })
	}
	d := signedIn(t, "olive")
	g := d.grant(t, app.Deed{Action: app.DoReset, Target: d.id["ann"], Provider: app.Duo})
	d.refused(t, app.Denied, app.DoReset, func() error {
		return d.console.Reset(d.ctx, g, app.ResetRequest{User: d.id["ann"], Provider: app.Google})
	})
}

func TestAGrantIsForOneConsoleAndSignIn(t *testing.T) {
	x := deedNamed(t, "reset")
	d := signedIn(t, "olive")
	g := d.grant(t, x.grant(d, x.on))
	first := d.console

	// Another console of the same operator before the same store.
	d.console = d.another(d.store)
	d.signIn(t, "olive")
	d.refused(t, app.Denied, app.DoReset, func() error { return x.do(d, g, x.on) })

	// Another store.
	other := signedIn(t, "olive")
	other.refused(t, app.Denied, app.DoReset, func() error { return x.do(other, g, x.on) })

	// Another operator at the same console; and the same one, signed in again.
	d.console = first
	for _, name := range []string{"helga", "helga", "olive"} {
		g := d.grant(t, x.grant(d, x.on))
		d.signIn(t, name)
		d.refused(t, app.Denied, app.DoReset, func() error { return x.do(d, g, x.on) })
	}

	// Another operator's kept session, resumed at the same console.
	w, err := d.another(d.store).SignIn(d.ctx, app.Credentials{Username: "helga", Password: passwordOf("helga"), Keep: true})
	require.NoError(t, err)
	g = d.grant(t, x.grant(d, x.on))
	_, err = d.console.ResumeSession(d.ctx, w.Token)
	require.NoError(t, err)
	d.refused(t, app.Denied, app.DoReset, func() error { return x.do(d, g, x.on) })
	d.signIn(t, "olive")

	// Signed out and in again, locked and reopened.
	g = d.grant(t, x.grant(d, x.on))
	require.NoError(t, d.console.SignOut(d.ctx))
	require.Error(t, x.do(d, g, x.on))
	d.signIn(t, "olive")
	d.refused(t, app.Denied, app.DoReset, func() error { return x.do(d, g, x.on) })
	g = d.grant(t, x.grant(d, x.on))
	d.console.Lock()
	require.Error(t, x.do(d, g, x.on))
	require.NoError(t, d.console.Reopen(d.ctx, passwordOf("olive")))
	d.refused(t, app.Denied, app.DoReset, func() error { return x.do(d, g, x.on) })
}

func TestOneGrantInManyHandsIsSpentOnce(t *testing.T) {
	d := signedIn(t, "olive")
	g := d.grant(t, app.Deed{Action: app.DoAddUser})
	var done atomic.Int32
	var wait sync.WaitGroup
	for i := range 8 {
		wait.Go(func() {
			n := stranger("new" + string(rune('a'+i)))
			if _, err := d.console.AddUser(d.ctx, g, n); err == nil {
				done.Add(1)
			}
		})
	}
	wait.Wait()
	require.EqualValues(t, 1, done.Load())
}

func TestAWrongPasswordAtTheDeskCountsAndLocks(t *testing.T) {
	d := signedIn(t, "helga")
	deed := app.Deed{Action: app.DoReset, Target: d.id["ann"], Provider: app.Google}
	for i := 1; i <= app.MaxFailures; i++ {
		var err error
		events := d.events(t, func() { _, err = d.console.Reverify(d.ctx, app.NewSecret("wrong"), deed) })
		require.Len(t, events, 1)
		require.Equal(t, app.DoPassword, events[0].Action)
		require.Equal(t, app.Refused, events[0].Outcome)
		require.Equal(t, "helga", events[0].Operator)
		require.Equal(t, "ann", events[0].Target)
		require.Equal(t, app.Google, events[0].Provider)
		require.Equal(t, "reset google", events[0].Detail("for"))
		require.Equal(t, i, d.user(t, "helga").Failures)
		if i < app.MaxFailures {
			require.Equal(t, app.Denied, app.KindOf(err))
			continue
		}
		require.Equal(t, app.Locked, app.KindOf(err))
	}
	_, err := d.console.Reverify(d.ctx, passwordOf("helga"), deed)
	require.Equal(t, app.Locked, app.KindOf(err), "the right password is no way around it")
	_, err = d.another(d.store).SignIn(d.ctx, d.credentials(t, "helga"))
	require.Equal(t, app.Denied, app.KindOf(err), "nor is another console")

	d.now = start.Add(app.LockFor)
	require.NotNil(t, d.grant(t, deed))
	require.Zero(t, d.user(t, "helga").Failures)
}

func TestTheEmptyPasswordGrantsNothing(t *testing.T) {
	d := signedIn(t, "helga")
	_, err := d.console.Reverify(d.ctx, app.Secret{}, app.Deed{Action: app.DoImport})
	require.Equal(t, app.Denied, app.KindOf(err))
	require.Equal(t, 1, d.user(t, "helga").Failures)
}

// A store that fails gives no grant, and a grant that met a failing store is
// spent.
func TestAFailingStoreGrantsNothing(t *testing.T) {
	d := signedIn(t, "olive")
	x := deedNamed(t, "reset")
	for n := range 2 {
		for range n {
			d.store.FailNext(nil)
		}
		d.store.FailNext(memory.Unreachable())
		g, err := d.console.Reverify(d.ctx, passwordOf("olive"), app.Deed{Action: app.DoImport})
		require.Nil(t, g)
		require.Equal(t, app.Unreachable, app.KindOf(err))
	}
	g := d.grant(t, x.grant(d, x.on))
	for range 2 {
		d.store.FailNext(nil)
	}
	d.store.FailNext(memory.Unreachable())
	require.Equal(t, app.Unreachable, app.KindOf(x.do(d, g, x.on)))
	d.refused(t, app.Denied, app.DoReset, func() error { return x.do(d, g, x.on) })
}
