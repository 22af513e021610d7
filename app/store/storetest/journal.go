package storetest

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/factordesk/factordesk/app"
)

var journalStories = []story{
	{"an event keeps what it was given", func(d *desk) {
		t := d.t
		given := app.Event{
			At: start.Add(123456789 * time.Nanosecond).In(time.FixedZone("UTC+2", 2*60*60)), Console: "desk “één”",
			OperatorID: d.admin.ID, Operator: d.admin.Username, Action: app.DoReset, TargetID: "77", Target: "gone",
			Provider: app.U2F, Outcome: app.Refused, Reason: "because; DROP TABLE \x00 events -- ü",
			Details: []app.Detail{{Name: "a", Value: "1"}, {Name: "a", Value: "2"}, {Name: "", Value: ""}},
		}
		head, err := d.store.Head(d.ctx)
		require.NoError(t, err)
		got := d.events(t, 1, func() { require.NoError(t, d.store.Append(d.ctx, given)) })[0]
		require.Equal(t, time.UTC, got.At.Location())
		require.Equal(t, start.Add(123456*time.Microsecond), got.At)
		require.Equal(t, head.Seq+1, got.Seq)
		require.Len(t, got.Hash, 32)
		require.Len(t, got.Prev, 32)
		if head.Seq > 0 {
			require.Equal(t, head.Hash, got.Prev)
		}
		got.At, got.Seq, got.Hash, got.Prev = given.At, 0, nil, nil
		require.Equal(t, given, got)
	}},
	{"the head and each hash can be read", func(d *desk) {
		t := d.t
		for range 3 {
			require.NoError(t, d.store.Append(d.ctx, d.event(app.DoSignOut, app.User{})))
		}
		head, err := d.store.Head(d.ctx)
		require.NoError(t, err)
		page, err := d.store.Events(d.ctx, app.EventQuery{Intents: true})
		require.NoError(t, err)
		require.Equal(t, head, app.Head{Seq: page.Events[0].Seq, Hash: page.Events[0].Hash})
		for i, e := range page.Events {
			hash, err := d.store.HashAt(d.ctx, e.Seq)
			require.NoError(t, err)
			require.Equal(t, e.Hash, hash)
			if i > 0 {
				require.Equal(t, e.Hash, page.Events[i-1].Prev)
				require.Equal(t, e.Seq+1, page.Events[i-1].Seq, "no gaps")
			}
		}
		for _, seq := range []int64{0, -1, head.Seq + 1, 1 << 60} {
			_, err := d.store.HashAt(d.ctx, seq)
			isError(t, app.NotFound, err)
		}
	}},
	{"a detail that is no secret is kept, one deed is one event", func(d *desk) {
		t := d.t
		u := d.add(t, "ann")
		e := d.done(t, func() { d.put(t, u.ID, 1) })
		want := d.event(app.DoEnroll, u)
		require.Equal(t, want.Details, e.Details[:len(want.Details)])
		require.Equal(t, want.Reason, e.Reason)
		require.Equal(t, want.Console, e.Console)
		require.Equal(t, want.At, e.At)
		require.Equal(t, u.ID, e.TargetID)
		require.Equal(t, d.admin.ID, e.OperatorID)
	}},
	{"no secret is in any event", func(d *desk) {
		t := d.t
		u := d.addAs(t, "ann", app.HelpDesk, "Canary-password-1")
		d.enrollBefore(t, u.ID, 1)
		code := d.code(t, 1, standard, 0)
		d.password(t, "ann", "Canary-password-2", true)
		d.verify(t, u.ID, code)
		d.verify(t, u.ID, code)
		d.verify(t, u.ID, app.NewSecret("canary-code"))
		_, err := d.store.TestCode(d.ctx, d.check(app.DoTestCode, u.ID, app.NewSecret("canary-code")))
		require.NoError(t, err)
		page, err := d.store.Events(d.ctx, app.EventQuery{Limit: 1000, Intents: true})
		require.NoError(t, err)
		text := strings.ToLower(fmt.Sprintf("%+v", page.Events))
		for _, s := range []string{"canary", code.Reveal(), strings.ToLower(factor(1, standard).Key.Reveal()), "secret 00"} {
			require.NotContains(t, text, s)
		}
	}},
	{"any query of events, against a model", func(d *desk) {
		t := d.t
		for i := range 70 {
			e := app.Event{
				At: start.Add(time.Duration(i) * time.Minute), Console: "desk", Action: []app.Action{app.DoReset, app.DoVerify, app.DoSignIn}[i%3],
				OperatorID: app.UserID(fmt.Sprint(i % 4)), Operator: []string{"olive", "Élodie", "", "ann"}[i%4],
				TargetID: app.UserID(fmt.Sprint(i % 5)), Target: []string{"ann", "bob", "", "100%", "a_b"}[i%5],
				Outcome: []app.Outcome{app.Done, app.Refused}[i%2], Reason: []string{"", "New phone, ticket 4471", "it's “lost”"}[i%3],
			}
			require.NoError(t, d.store.Append(d.ctx, e))
		}
		page, err := d.store.Events(d.ctx, app.EventQuery{Limit: 1000})
		require.NoError(t, err)
		require.False(t, page.Older || page.Newer)
		all := page.Events
		require.Len(t, all, page.Total)
		rapid.Check(t, func(t *rapid.T) { d.readEvents(t, drawEvents(t), all) })
	}},
	{"a count of events stops", func(d *desk) {
		t := d.t
		for range app.CountLimit + 5 {
			require.NoError(t, d.store.Append(d.ctx, d.event(app.DoSignOut, app.User{})))
		}
		page, err := d.store.Events(d.ctx, app.EventQuery{Action: app.DoSignOut})
		require.NoError(t, err)
		require.Equal(t, app.CountLimit, page.Total)
		require.Len(t, page.Events, 50)
		require.True(t, page.Older)
		require.False(t, page.Newer)
	}},
	{"what was meant is left out where it is known how it ended", func(d *desk) {
		t := d.t
		u := d.add(t, "ann")
		d.enroll(t, u.ID, 1)
		require.NoError(t, d.store.Reset(d.ctx, app.FactorReset{User: u.ID, Provider: app.Google}, d.event(app.DoReset, u)))
		all, err := d.store.Events(d.ctx, app.EventQuery{Limit: 100, Intents: true})
		require.NoError(t, err)
		some, err := d.store.Events(d.ctx, app.EventQuery{Limit: 100})
		require.NoError(t, err)
		require.Equal(t, len(all.Events), all.Total)
		require.Equal(t, len(some.Events), some.Total)
		outcomes := slices.DeleteFunc(slices.Clone(all.Events), func(e app.Event) bool { return e.Outcome == app.Intent })
		require.Equal(t, outcomes, some.Events)
		meant := len(all.Events) - len(outcomes)
		if d.application != nil && d.application.Intents {
			require.GreaterOrEqual(t, meant, 3, "to enroll, to confirm, to reset")
		} else {
			require.Zero(t, meant, "the deed and its event are one transaction")
		}
		newest, err := d.store.Events(d.ctx, app.EventQuery{Limit: 1})
		require.NoError(t, err)
		require.Equal(t, app.DoReset, newest.Events[0].Action)
		require.True(t, newest.Older)
	}},
	{"many desks write one chain", func(d *desk) {
		t := d.t
		d.events(t, 40, func() {
			won, _ := d.together(8, func(int) error {
				for range 5 {
					if err := d.store.Append(d.ctx, d.event(app.DoSignOut, app.User{})); err != nil {
						return err
					}
				}
				return nil
			})
			require.Equal(t, 8, won)
		})
		d.chainIsWhole(t)
	}},
}

// drawEvents draws a query of events.
func drawEvents(t *rapid.T) app.EventQuery {
	day := func(name string) time.Time {
		minutes := rapid.IntRange(-2, 75).Draw(t, name)
		if minutes < 0 {
			return time.Time{}
		}
		return start.Add(time.Duration(minutes) * time.Minute)
	}
	return app.EventQuery{
		Target:   rapid.SampledFrom([]app.UserID{"", "", "1", "3", "nobody"}).Draw(t, "target"),
		Operator: rapid.SampledFrom([]app.UserID{"", "", "0", "2"}).Draw(t, "operator"),
		Action:   rapid.SampledFrom([]app.Action{"", "", app.DoReset, app.DoVerify}).Draw(t, "action"),
		Outcome:  rapid.SampledFrom([]app.Outcome{"", "", app.Done, app.Refused}).Draw(t, "outcome"),
		From:     day("from"), Until: day("until"),
		Search: rapid.SampledFrom([]string{"", "", "OLIVE", "élod", "%", "_", "4471", "“", "'", "zz", "an"}).Draw(t, "search"),
		Limit:  rapid.IntRange(1, 30).Draw(t, "limit"),
	}
}

// fits is the model of a query of events.
func fits(e app.Event, q app.EventQuery) bool {
	text := strings.ToLower(e.Operator + "\n" + e.Target + "\n" + e.Reason)
	return (q.Target == "" || e.TargetID == q.Target) && (q.Operator == "" || e.OperatorID == q.Operator) &&
		(q.Action == "" || e.Action == q.Action) && (q.Outcome == "" || e.Outcome == q.Outcome) &&
		(q.From.IsZero() || !e.At.Before(q.From)) && (q.Until.IsZero() || e.At.Before(q.Until)) &&
		strings.Contains(text, strings.ToLower(q.Search))
}

// readEvents reads all pages of a query to the oldest and back to the newest, and
// compares them with the model.
func (d *desk) readEvents(t checker, q app.EventQuery, all []app.Event) {
	t.Helper()
	var want []app.Event
	for _, e := range all {
		if fits(e, q) {
			want = append(want, e)
		}
	}
	page := func(q app.EventQuery) app.EventPage {
		p, err := d.store.Events(d.ctx, q)
		require.NoError(t, err)
		require.Equal(t, len(want), p.Total)
		require.LessOrEqual(t, len(p.Events), q.Limit)
		return p
	}
	p := page(q)
	require.False(t, p.Newer)
	got := slices.Clone(p.Events)
	for p.Older {
		require.Len(t, p.Events, q.Limit)
		q.Before = p.Events[len(p.Events)-1].Seq
		p = page(q)
		require.True(t, p.Newer)
		require.NotEmpty(t, p.Events)
		got = append(got, p.Events...)
	}
	require.Equal(t, len(want), len(got))
	for i := range got {
		require.Equal(t, want[i], got[i])
	}
	back := slices.Clone(p.Events)
	q.Before = 0
	for p.Newer {
		q.After = p.Events[0].Seq
		p = page(q)
		require.NotEmpty(t, p.Events)
		require.True(t, p.Older)
		back = append(slices.Clone(p.Events), back...)
	}
	require.Equal(t, len(got), len(back))
	for i := range got {
		require.Equal(t, got[i].Seq, back[i].Seq)
	}
}
