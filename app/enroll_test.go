package app_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/otp"
	"github.com/factordesk/factordesk/app/otpauth"
	"github.com/factordesk/factordesk/app/provider"
)

func (d *desk) enroll(t checker, name string, version int64) (app.Enrollment, error) {
	t.Helper()
	deed := app.Deed{Action: app.DoEnroll, Target: d.id[name], Provider: app.Google}
	return d.console.Enroll(d.ctx, d.grant(t, deed), app.EnrollRequest{User: d.id[name], Version: version, Provider: app.Google})
}

func TestEnrollConfirmVerifyReset(t *testing.T) {
	d := signedIn(t, "helga")
	en, err := d.enroll(t, "ben", d.version("ben"))
	require.NoError(t, err)
	k, err := otpauth.Parse(en.Factor.URI.Reveal())
	require.NoError(t, err)
	require.Equal(t, "Desk", k.Issuer)
	require.Equal(t, "ben@juniper.example", k.Account)
	require.Equal(t, en.Factor.Key.Reveal(), otp.Encode(k.Secret))
	f := d.user(t, "ben").Factor(app.Google)
	require.Equal(t, app.StatusPending, f.Status)
	require.Equal(t, "helga", f.EnrolledBy)
	d.key["ben"] = k.Secret

	a, err := d.console.Verify(d.ctx, d.id["ben"], app.Google, d.code(t, "ben", 0))
	require.NoError(t, err)
	require.Equal(t, app.IsPending, a.Reason)
	a, err = d.console.Confirm(d.ctx, d.id["ben"], app.Google, d.code(t, "ben", 0))
	require.NoError(t, err)
	require.Equal(t, app.OK, a.Reason)
	a, err = d.console.Verify(d.ctx, d.id["ben"], app.Google, d.code(t, "ben", 0))
	require.NoError(t, err)
	require.Equal(t, app.Replayed, a.Reason)
	for range 3 {
		a, err = d.console.TestCode(d.ctx, d.id["ben"], app.Google, d.code(t, "ben", 1))
		require.NoError(t, err)
		require.Equal(t, app.OK, a.Reason)
		require.EqualValues(t, 1, a.Step)
	}
	_, err = d.enroll(t, "ben", 0)
	require.Equal(t, app.Conflict, app.KindOf(err), "an active factor is reset first")

	require.NoError(t, d.try(t, deedNamed(t, "reset"), "ben"))
	u := d.user(t, "ben")
	require.Empty(t, u.Factors)
	require.True(t, u.MustEnroll)
	again, err := d.enroll(t, "ben", 0)
	require.NoError(t, err)
	require.NotEqual(t, en.Factor.Key.Reveal(), again.Factor.Key.Reveal())
}

func TestEnrollmentMeetsAnotherConsole(t *testing.T) {
	d := signedIn(t, "helga")
	read := d.version("ben")
	_, err := d.enroll(t, "ben", read)
	require.NoError(t, err)
	_, err = d.enroll(t, "ben", read)
	require.Equal(t, app.Conflict, app.KindOf(err))
	g := d.grant(t, app.Deed{Action: app.DoReset, Target: d.id["ben"], Provider: app.Google})
	err = d.console.Reset(d.ctx, g, app.ResetRequest{User: d.id["ben"], Version: read, Provider: app.Google})
	require.Equal(t, app.Conflict, app.KindOf(err))
}

func TestProvidersThatFactordeskCannotEnroll(t *testing.T) {
	d := signedIn(t, "helga")
	for _, p := range provider.All() {
		g := d.grant(t, app.Deed{Action: app.DoEnroll, Target: d.id["ben"], Provider: p.Code})
		_, err := d.console.Enroll(d.ctx, g, app.EnrollRequest{User: d.id["ben"], Provider: p.Code})
		if p.Enroller != nil {
			require.NoError(t, err)
			continue
		}
		require.EqualError(t, err, p.WhyNot)
	}
	require.Equal(t, provider.All()[1].Code, d.console.Providers()[1].Code)
	g := d.grant(t, app.Deed{Action: app.DoEnroll, Target: d.id["ben"], Provider: "palm"})
	_, err := d.console.Enroll(d.ctx, g, app.EnrollRequest{User: d.id["ben"], Provider: "palm"})
	require.Equal(t, app.NotFound, app.KindOf(err))
	for _, f := range []func() error{
		func() error {
			return d.console.Reset(d.ctx, nil, app.ResetRequest{User: d.id["ann"], Provider: "palm"})
		},
		func() error {
			return d.try(t, deedNamed(t, "reset"), "nora") // has none
		},
	} {
		require.Equal(t, app.NotFound, app.KindOf(f()))
	}
}

// Without randomness there is no secret, and nothing is stored.
func TestEnrollWithoutRandomness(t *testing.T) {
	d := newDesk(t)
	d.console = app.NewConsole(app.Options{
		Store: d.store, Providers: provider.All(), Desk: "desk-test", Now: d.clock, Random: bytes.NewReader([]byte("too few")),
	})
	d.signIn(t, "helga")
	before := d.everything(t)
	_, err := d.enroll(t, "ben", 0)
	require.Error(t, err)
	d.unchanged(t, before)
}

// A reset takes out what no key opens, and unlocking leaves factors alone.
func TestTroubleIsCleared(t *testing.T) {
	d := signedIn(t, "helga")
	require.True(t, d.store.Damage(d.id["ann"], app.Google, "by a test"))
	_, err := d.console.Verify(d.ctx, d.id["ann"], app.Google, app.NewSecret("123456"))
	require.Equal(t, app.Unreadable, app.KindOf(err))
	_, err = d.enroll(t, "ann", 0)
	require.Equal(t, app.Conflict, app.KindOf(err))
	require.NoError(t, d.try(t, deedNamed(t, "reset"), "ann"))
	_, err = d.enroll(t, "ann", 0)
	require.NoError(t, err)

	lou := d.user(t, "lou")
	require.True(t, lou.Locked(d.now))
	a, err := d.console.Verify(d.ctx, lou.ID, app.Google, d.code(t, "lou", 0))
	require.NoError(t, err)
	require.Equal(t, app.LockedOut, a.Reason)
	require.Equal(t, start.Add(18*time.Minute), a.LockedUntil)
	require.NoError(t, d.try(t, deedNamed(t, "unlock"), "lou"))
	after := d.user(t, "lou")
	require.False(t, after.Locked(d.now))
	require.Equal(t, lou.Factors, after.Factors)
	a, err = d.console.Verify(d.ctx, lou.ID, app.Google, d.code(t, "lou", 0))
	require.NoError(t, err)
	require.Equal(t, app.OK, a.Reason)
}
