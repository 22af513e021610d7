package storetest

import (
	"time"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
)

// lendStories are told of stores that lend secrets to a diagnosis.
var lendStories = []story{
	{"lent secrets make the codes that are accepted, and lending changes nothing", func(d *desk) {
		t := d.t
		lender, ok := d.store.(app.Lender)
		require.True(t, ok, "every store lends")
		ann, ben := d.add(t, "ann"), d.add(t, "ben")
		_, err := lender.Lend(d.ctx, ann.ID, app.Google)
		require.Equal(t, app.NotFound, app.KindOf(err))
		_, err = lender.Lend(d.ctx, "987654", app.Google)
		require.Equal(t, app.NotFound, app.KindOf(err))
		d.put(t, ann.ID, 1)
		d.put(t, ben.ID, 2)
		head, err := d.store.Head(d.ctx)
		require.NoError(t, err)

		lent, err := lender.Lend(d.ctx, ann.ID, app.Google)
		require.NoError(t, err)
		require.Len(t, lent, 1)
		require.Equal(t, app.Suspect{
			Relation: app.OwnFactor, User: ann.ID, Provider: app.Google, Params: standard, Last: app.NoStep,
			Key: lent[0].Key, Window: lent[0].Window,
		}, lent[0])
		require.Equal(t, factor(1, standard).Key.Reveal(), lent[0].Key.Reveal())

		all := map[app.UserID]string{}
		for s, err := range lender.LendAll(d.ctx) {
			require.NoError(t, err)
			require.Equal(t, app.OtherUsers, s.Relation)
			all[s.User] = s.Key.Reveal()
		}
		require.Equal(t, factor(1, standard).Key.Reveal(), all[ann.ID])
		require.Equal(t, factor(2, standard).Key.Reveal(), all[ben.ID])
		after, err := d.store.Head(d.ctx)
		require.NoError(t, err)
		require.Equal(t, head, after)

		d.clock.move(time.Minute)
		a, err := d.store.ConfirmFactor(d.ctx, d.check(app.DoConfirm, ann.ID, d.code(t, 1, standard, 0)))
		require.NoError(t, err)
		require.Equal(t, app.OK, a.Reason)
		lent, err = lender.Lend(d.ctx, ann.ID, app.Google)
		require.NoError(t, err)
		require.Equal(t, d.clock.now().Unix()/30, lent[0].Last, "the step that was accepted last")
	}},
}
