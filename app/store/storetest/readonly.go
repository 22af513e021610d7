package storetest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
)

// RunReadOnly tells the story of a store that must not write, because its file
// is protected or its connection is for looking only: everything can be read, a
// right password opens it, and every deed that would change it is refused with
// what Able says. Whether an audit that is elsewhere goes on is up to the store.
func RunReadOnly(t *testing.T, open Open) {
	t.Run("a store that is for looking only stays as it is", func(t *testing.T) {
		d := sitDown(t, open)
		require.True(t, d.store.Info().ReadOnly)
		why := d.store.Able(app.AbleChange)
		isError(t, app.KindOf(why), why)
		before := d.everything(t)

		u := d.admin
		deeds := d.deeds(u)
		deeds[app.AbleChange] = map[string]func() error{
			"PutFactor": func() error {
				return d.store.PutFactor(d.ctx, app.NewFactor{User: u.ID, Factor: factor(1, standard), At: start, Replace: true}, d.event(app.DoEnroll, u))
			},
			"ConfirmFactor": func() error {
				_, err := d.store.ConfirmFactor(d.ctx, d.check(app.DoConfirm, u.ID, app.NewSecret("123456")))
				return err
			},
			"VerifyCode": func() error {
				_, err := d.store.VerifyCode(d.ctx, d.check(app.DoVerify, u.ID, app.NewSecret("123456")))
				return err
			},
			"Reset": func() error {
				return d.store.Reset(d.ctx, app.FactorReset{User: u.ID, Provider: app.Google}, d.event(app.DoReset, u))
			},
			"Unlock": func() error { return d.store.Unlock(d.ctx, u.ID, 0, d.event(app.DoUnlock, u)) },
		}
		for a, some := range deeds {
			says := []string{why.Error()}
			if err := d.store.Able(a); err != nil {
				says = append(says, err.Error())
			}
			for name, deed := range some {
				err := deed()
				require.Error(t, err, name)
				require.Contains(t, says, err.Error(), name)
				d.unchanged(t, before)
			}
		}
		token, err := d.store.SignedIn(d.ctx, app.SignIn{ID: u.ID, At: start, Keep: true}, d.event(app.DoSignIn, u))
		require.NoError(t, err, "who may look may sign in")
		d.unchanged(t, before)
		if !token.Empty() {
			_, _, err := d.store.Resume(d.ctx, token, d.clock.now())
			require.NoError(t, err)
		}
		require.Equal(t, app.Wrong, d.password(t, u.Username, "wrong", true).Reason)
		require.Equal(t, app.OK, d.password(t, u.Username, d.fixture.Password.Reveal(), true).Reason)
		d.unchanged(t, before)
		d.chainIsWhole(t)
	})
}
