package app_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/otp"
	"github.com/factordesk/factordesk/app/store/memory"
)

func TestEndSessions(t *testing.T) {
	d := signedIn(t, "olive")
	id := d.store.Place(memory.Person{User: app.User{Username: "sam", Active: true, Sessions: 3}}).ID
	g := d.grant(t, app.Deed{Action: app.DoEndSessions, Target: id})
	events := d.events(t, func() {
		n, err := d.console.EndSessions(d.ctx, g, id, "stolen notebook")
		require.NoError(t, err)
		require.Equal(t, 3, n)
	})
	require.Len(t, events, 1)
	require.Equal(t, "3", events[0].Detail("open"))
	require.Equal(t, "stolen notebook", events[0].Reason)
	u, err := d.store.User(d.ctx, id)
	require.NoError(t, err)
	require.Zero(t, u.Sessions)
}

func TestAResetDoesWhatElseWasAsked(t *testing.T) {
	d := signedIn(t, "olive")
	id := d.store.Place(memory.Person{User: app.User{
		Username: "sam", Active: true, Sessions: 2, Failures: app.MaxFailures, LockedUntil: start.Add(time.Minute),
		Factors: []app.Factor{
			{Provider: app.Google, Status: app.StatusUnreadable, Whole: true},
			{Provider: app.Duo, Status: app.StatusUnreadable, Whole: true},
		},
	}}).ID
	g := d.grant(t, app.Deed{Action: app.DoReset, Target: id, Provider: app.Duo})
	events := d.events(t, func() {
		require.NoError(t, d.console.Reset(d.ctx, g, app.ResetRequest{
			User: id, Provider: app.Duo, EndSessions: true, Unlock: true,
		}))
	})
	require.Len(t, events, 1)
	require.Equal(t, "ended", events[0].Detail("sessions"))
	require.Equal(t, "cleared", events[0].Detail("lock-out"))
	require.NotEmpty(t, events[0].Detail("forgot"), "the audit says that more than one factor is gone")
	u, err := d.store.User(d.ctx, id)
	require.NoError(t, err)
	require.Empty(t, u.Factors, "what cannot be taken apart goes as a whole")
	require.Zero(t, u.Sessions)
	require.False(t, u.Locked(start))
}

func TestAResetWithoutSessionsToEndIsNotDoneByHalves(t *testing.T) {
	d := signedIn(t, "olive")
	no := app.Errorf(app.Invalid, "There are no sessions here.")
	d.store.Disable(app.AbleSessions, no)
	g := d.grant(t, app.Deed{Action: app.DoReset, Target: d.id["ann"], Provider: app.Google})
	before := d.everything(t)
	err := d.console.Reset(d.ctx, g, app.ResetRequest{User: d.id["ann"], Provider: app.Google, EndSessions: true})
	require.ErrorIs(t, err, no)
	d.unchanged(t, before)
}

func TestRepair(t *testing.T) {
	d := signedIn(t, "olive")
	deed := app.Deed{Action: app.DoRepair, Target: d.id["una"], Provider: app.Google}
	for key, kind := range map[string]app.Kind{"": app.Invalid, "another key that opens nothing": app.Unreadable} {
		before := d.everything(t)
		err := d.console.Repair(d.ctx, d.grant(t, deed), app.RepairRequest{
			User: d.id["una"], Provider: app.Google, Keys: app.NewSecret(key),
		})
		require.Equal(t, kind, app.KindOf(err))
		require.NotContains(t, err.Error(), "opens nothing")
		d.unchanged(t, before)
	}
	require.NoError(t, d.try(t, deedNamed(t, "repair"), "una"))
	require.Equal(t, app.StatusActive, d.user(t, "una").Factor(app.Google).Status)
}

func TestTheSecretHasTheFormThatWasChosen(t *testing.T) {
	d := signedIn(t, "olive")
	for form, length := range map[app.SecretForm]int{"": 32, app.TypedSecret: 32, app.MagentoSecret: 212} {
		g := d.grant(t, app.Deed{Action: app.DoEnroll, Target: d.id["ben"], Provider: app.Google})
		e, err := d.console.Enroll(d.ctx, g, app.EnrollRequest{User: d.id["ben"], Provider: app.Google, Secret: form})
		require.NoError(t, err)
		require.Len(t, e.Factor.Key.Reveal(), length, form)
	}
	g := d.grant(t, app.Deed{Action: app.DoEnroll, Target: d.id["ben"], Provider: app.Google})
	_, err := d.console.Enroll(d.ctx, g, app.EnrollRequest{User: d.id["ben"], Provider: app.Google, Secret: "long"})
	require.Equal(t, app.Invalid, app.KindOf(err))

	own := newDesk(t)
	own.store = memory.New(memory.Options{Now: own.clock})
	own.id["olive"] = own.store.Place(memory.Person{
		User:     app.User{Username: "olive", Email: "olive@juniper.example", Active: true, Role: app.Role{ID: app.Administrators}},
		Password: passwordOf("olive"),
	}).ID
	own.id["ben"] = own.store.Place(memory.Person{User: app.User{Username: "ben", Email: "ben@juniper.example", Active: true}}).ID
	own.console = own.another(own.store)
	own.signIn(t, "olive")
	g = own.grant(t, app.Deed{Action: app.DoEnroll, Target: own.id["ben"], Provider: app.Google})
	_, err = own.console.Enroll(own.ctx, g, app.EnrollRequest{User: own.id["ben"], Provider: app.Google, Secret: app.MagentoSecret})
	require.Equal(t, app.Invalid, app.KindOf(err), "our own stores make one form")
}

func TestWhoBrokeTheGlassOfAShop(t *testing.T) {
	shop := func(t *testing.T, factors ...app.Factor) *desk {
		d := newDesk(t)
		d.store = memory.New(memory.Options{Name: "Shop", Now: d.clock, Kind: app.MagentoStore})
		secret := app.NewSecret(otp.Encode([]byte("the secret of olive!")))
		d.id["olive"] = d.store.Place(memory.Person{
			User: app.User{
				Username: "olive", Email: "olive@juniper.example", FirstName: "Olive", Active: true,
				Role: app.Role{ID: app.Administrators}, Factors: factors,
			},
			Password: passwordOf("olive"), Keys: map[app.ProviderCode]app.Secret{app.Google: secret},
		}).ID
		d.console = d.another(d.store)
		return d
	}
	enter := func(d *desk) app.Welcome {
		w, err := d.console.SignIn(d.ctx, app.Credentials{
			Username: "olive", Password: passwordOf("olive"), Recovery: d.store.RecoveryKey(),
		})
		require.NoError(t, err)
		return w
	}
	own := func(d *desk, p app.ProviderCode) error {
		g := d.grant(t, app.Deed{Action: app.DoReset, Target: d.id["olive"], Provider: p})
		return d.console.Reset(d.ctx, g, app.ResetRequest{User: d.id["olive"], Provider: p})
	}
	google := app.Factor{Provider: app.Google, Status: app.StatusActive, Since: start.Add(-time.Hour)}
	duo := app.Factor{Provider: app.Duo, Status: app.StatusActive, Since: start}

	t.Run("enrolls the lost phone anew, then resets the rest", func(t *testing.T) {
		d := shop(t, google, duo)
		require.True(t, enter(d).Operator.MustEnroll)
		d.enrollSelf(t)
		require.NoError(t, d.console.PermitsReset(d.user(t, "olive")))
		require.NoError(t, own(d, app.Duo))
		require.Equal(t, app.StatusNotEnrolled, d.user(t, "olive").Factor(app.Duo).Status)
	})
	t.Run("goes to the desk where the lost factor is another", func(t *testing.T) {
		d := shop(t, duo)
		w, err := d.console.SignIn(d.ctx, app.Credentials{Username: "olive", Password: passwordOf("olive")})
		require.NoError(t, err)
		require.False(t, w.Operator.MustEnroll)
		require.Equal(t, app.Denied, app.KindOf(own(d, app.Duo)), "without break-glass the own factor stays")
		require.False(t, enter(d).Operator.MustEnroll)
		require.NoError(t, own(d, app.Duo))
	})
	t.Run("enrolls first in a kept session, too", func(t *testing.T) {
		d := shop(t, google)
		w, err := d.console.SignIn(d.ctx, app.Credentials{
			Username: "olive", Password: passwordOf("olive"), Recovery: d.store.RecoveryKey(), Keep: true,
		})
		require.NoError(t, err)
		// A shop's tables have no place for what our own stores mark on the user.
		require.True(t, d.store.Alter(d.id["olive"], func(u *app.User) { u.MustEnroll = false }))
		resume := func() app.Operator {
			t.Helper()
			d.console = d.another(d.store)
			o, err := d.console.ResumeSession(d.ctx, w.Token)
			require.NoError(t, err)
			require.NoError(t, d.console.OpenKeys(d.ctx, passwordOf("olive")))
			return o
		}
		require.True(t, resume().MustEnroll, "the lost factor is still the active one")
		d.now = d.now.Add(time.Minute)
		d.enrollSelf(t)
		require.False(t, resume().MustEnroll, "it was made anew since")
	})
	t.Run("repairs in a kept session, and keeps what can be read again", func(t *testing.T) {
		d := shop(t, app.Factor{Provider: app.Google, Status: app.StatusUnreadable})
		nothing := app.Errorf(app.Denied, "The key opens nothing yet.")
		d.store.Disable(app.AbleEnroll, nothing)
		w, err := d.console.SignIn(d.ctx, app.Credentials{
			Username: "olive", Password: passwordOf("olive"), Recovery: d.store.RecoveryKey(), Keep: true,
		})
		require.NoError(t, err)
		require.False(t, w.Operator.MustEnroll, "nothing can be enrolled")
		d.store.Disable(app.AbleEnroll, nil)
		resume := func() app.Operator {
			t.Helper()
			d.console = d.another(d.store)
			o, err := d.console.ResumeSession(d.ctx, w.Token)
			require.NoError(t, err)
			return o
		}
		require.True(t, resume().MustEnroll)
		e := app.Event{At: d.clock(), Action: app.DoRepair, OperatorID: d.id["olive"], Operator: "olive", Outcome: app.Done}
		require.NoError(t, d.store.Append(d.ctx, e))
		require.False(t, resume().MustEnroll, "who came in to repair goes on with it")
	})
	t.Run("is led nowhere where nothing can be enrolled", func(t *testing.T) {
		d := shop(t, google)
		d.store.Disable(app.AbleRepair, app.Errorf(app.Invalid, "There is no crypt key."))
		require.False(t, enter(d).Operator.MustEnroll)
		_, err := d.console.Users(d.ctx, app.Query{})
		require.NoError(t, err)
	})
	t.Run("does not get past a role that bars the factor", func(t *testing.T) {
		d := shop(t, google)
		require.True(t, enter(d).Operator.MustEnroll)
		require.True(t, d.store.Alter(d.id["olive"], func(u *app.User) { u.Barred = true }))
		_, err := d.console.EnrollSelf(d.ctx, app.Google, "")
		require.Equal(t, app.Denied, app.KindOf(err), "it was taken from the role meanwhile")
		require.ErrorContains(t, err, "lacks Two Factor Auth")
		_, err = d.console.Users(d.ctx, app.Query{})
		require.ErrorContains(t, err, "comes first")
		require.NoError(t, d.console.SignOut(d.ctx))
		_, err = d.console.SignIn(d.ctx, app.Credentials{
			Username: "olive", Password: passwordOf("olive"), Recovery: d.store.RecoveryKey(),
		})
		require.ErrorContains(t, err, "lacks Two Factor Auth")
		require.Empty(t, d.operatorName())
	})
	t.Run("hears of the crypt key", func(t *testing.T) {
		d := shop(t, google)
		_, err := d.console.SignIn(d.ctx, app.Credentials{
			Username: "olive", Password: passwordOf("olive"), Recovery: app.NewSecret("wrong"),
		})
		require.ErrorContains(t, err, "crypt key")
	})
}

func TestTheStoresOwnLockOutIsSaid(t *testing.T) {
	for _, c := range []struct {
		info app.StoreInfo
		want app.LockPolicy
	}{
		{app.StoreInfo{}, app.LockPolicy{Failures: app.MaxFailures, For: app.LockFor}},
		{app.StoreInfo{AuditHere: true, Lock: app.LockPolicy{Failures: 3, For: time.Minute}}, app.LockPolicy{Failures: 3, For: time.Minute}},
		{app.StoreInfo{AuditHere: true}, app.LockPolicy{}},
	} {
		require.Equal(t, c.want, c.info.LockPolicy())
	}
}

func TestExamine(t *testing.T) {
	d := signedIn(t, "olive")
	x, err := d.console.Examine(d.ctx)
	require.NoError(t, err)
	require.Equal(t, start, x.At)
	codes := make([]string, len(x.Findings))
	for i, f := range x.Findings {
		codes[i] = f.Code
		for _, sentence := range []string{f.Title, f.Summary, f.Scope, f.About} {
			require.NotEmpty(t, sentence, f.Code)
		}
		require.NotEmpty(t, f.Steps, f.Code)
	}
	require.Equal(t, []string{"unreadable", "unproved-administrators"}, codes, "most serious first")
	require.Equal(t, "1 user has a factor that no key opens", x.Findings[0].Title)
	require.Equal(t, "2 users", x.Findings[1].Scope)
	require.Contains(t, x.Passed, "The activity is whole")

	require.True(t, d.store.Tamper(1, "something else"))
	x, err = d.console.Examine(d.ctx)
	require.NoError(t, err)
	require.Equal(t, app.Critical, x.Findings[0].Severity)
	require.Contains(t, codesOf(x), "activity")
}

func codesOf(x app.Examination) []string {
	var codes []string
	for _, f := range x.Findings {
		codes = append(codes, f.Code)
	}
	return codes
}

func TestAResetUnlocksOnlyForWhoMayUnlock(t *testing.T) {
	d := newDesk(t)
	d.store.PlaceRole("resetters", "Resetters", app.SeeUsers, app.CanReset)
	d.id["resi"] = d.store.Place(memory.Person{
		User:     app.User{Username: "resi", Active: true, Role: app.Role{ID: "resetters"}},
		Password: passwordOf("resi"),
	}).ID
	d.signIn(t, "resi")
	deed := app.Deed{Action: app.DoReset, Target: d.id["lou"], Provider: app.Google}
	g := d.grant(t, deed)
	before := d.everything(t)
	d.refused(t, app.Denied, app.DoReset, func() error {
		return d.console.Reset(d.ctx, g, app.ResetRequest{User: d.id["lou"], Provider: app.Google, Unlock: true})
	})
	d.unchanged(t, before)
	require.NoError(t, d.console.Reset(d.ctx, d.grant(t, deed), app.ResetRequest{User: d.id["lou"], Provider: app.Google}))
	require.True(t, d.user(t, "lou").Locked(start), "without it the lock-out stays")
}

func TestHowManyAdministratorsThereAre(t *testing.T) {
	for n, test := range map[int]struct {
		code     string
		severity app.Severity
		passed   []string
	}{
		0: {"no-administrator", app.Critical, nil},
		1: {"one-administrator", app.Serious, []string{"Every Administrator has an active factor"}},
		2: {"", "", []string{"More than one Administrator can sign in", "Every Administrator has an active factor"}},
	} {
		findings, passed := app.CommonFindings(app.StoreFacts{Users: 5, Administrators: n})
		require.Equal(t, append([]string{"Every stored factor can be read"}, test.passed...), passed, n)
		if test.code == "" {
			require.Empty(t, findings)
			continue
		}
		require.Len(t, findings, 1)
		require.Equal(t, test.code, findings[0].Code)
		require.Equal(t, test.severity, findings[0].Severity)
		require.NotEmpty(t, findings[0].Steps)
	}
}
