package app_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/provider"
	"github.com/factordesk/factordesk/app/store/memory"
)

// heads is a HeadMemory for one store.
type heads struct {
	head app.Head
	fail error
}

func (h *heads) Recall(string) (app.Head, bool) { return h.head, h.head.Seq > 0 }

func (h *heads) Remember(_ string, head app.Head) error {
	if h.fail == nil {
		h.head = head
	}
	return h.fail
}

// remembering gives the desk a console that remembers heads.
func (d *desk) remembering(h *heads) {
	d.console = app.NewConsole(app.Options{
		Store: d.store, Providers: provider.All(), Desk: "desk-test, Factordesk 1.0", Now: d.clock, Heads: h,
	})
}

func TestExport(t *testing.T) {
	d := signedIn(t, "olive")
	for range 3 {
		require.NoError(t, d.try(t, deedNamed(t, "add user"), ""))
		u, err := d.store.FindUser(d.ctx, "new")
		require.NoError(t, err)
		d.id["new"] = u.ID
		require.NoError(t, d.try(t, deedNamed(t, "remove user"), "new"))
	}
	var out bytes.Buffer
	var n int
	events := d.events(t, func() {
		var err error
		n, err = d.console.Export(d.ctx, &out, app.EventQuery{Limit: 2, After: 5, Before: 3})
		require.NoError(t, err)
	})
	require.Len(t, events, 1)
	require.Equal(t, app.DoExport, events[0].Action)
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	require.Len(t, lines, n)
	require.EqualValues(t, events[0].Seq, n, "all of them, and the export itself")
	var prev string
	for i, line := range lines {
		var e app.EventJSON
		r := json.NewDecoder(strings.NewReader(line))
		r.DisallowUnknownFields()
		require.NoError(t, r.Decode(&e))
		require.EqualValues(t, n-i, e.Seq)
		require.Len(t, e.Hash, 64)
		if i > 0 {
			require.Equal(t, prev, e.Hash)
		}
		prev = e.Prev
		at, err := time.Parse(time.RFC3339Nano, e.At)
		require.NoError(t, err)
		require.Equal(t, start, at)
		require.True(t, strings.HasSuffix(e.At, "Z"))
	}
	require.Contains(t, lines[0], `"details":{}`)

	out.Reset()
	n, err := d.console.Export(d.ctx, &out, app.EventQuery{Action: app.DoRemoveUser})
	require.NoError(t, err)
	require.Equal(t, 3, n)
	require.NotContains(t, out.String(), "add user")
}

// An export pages through more events than a store gives at once.
func TestExportOfManyEvents(t *testing.T) {
	d := signedIn(t, "olive")
	for range 1234 {
		require.NoError(t, d.store.Append(d.ctx, app.Event{Action: app.DoSignOut, Outcome: app.Done}))
	}
	var out bytes.Buffer
	n, err := d.console.Export(d.ctx, &out, app.EventQuery{Action: app.DoSignOut})
	require.NoError(t, err)
	require.Equal(t, 1234, n)
	require.Equal(t, 1234, strings.Count(out.String(), "\n"))
}

func TestExportToAFullDisk(t *testing.T) {
	d := signedIn(t, "olive")
	_, err := d.console.Export(d.ctx, full{}, app.EventQuery{})
	require.Equal(t, app.Unreachable, app.KindOf(err))
	require.NotContains(t, err.Error(), "sdb1")
}

type full struct{}

func (full) Write([]byte) (int, error) {
	return 0, errors.New("write /dev/sdb1: no space left on device")
}

func TestEventJSONIsStable(t *testing.T) {
	b, err := json.Marshal(app.EventToJSON(app.Event{
		Seq: 7, At: time.Date(2026, 6, 9, 14, 8, 0, 5000, time.FixedZone("", 7200)), Console: "desk", OperatorID: "1", Operator: "olive",
		Action: app.DoReset, TargetID: "2", Target: "ann", Provider: app.Google, Outcome: app.Done, Reason: "new phone",
		Details: []app.Detail{{Name: "before", Value: "active"}}, Prev: []byte{0, 1}, Hash: []byte{0xab},
	}))
	require.NoError(t, err)
	require.Equal(t, `{"seq":7,"at":"2026-06-09T12:08:00.000005Z","console":"desk","operator":"olive","action":"reset",`+
		`"target":"ann","provider":"google","outcome":"done","reason":"new phone","details":{"before":"active"},"prev":"0001","hash":"ab"}`, string(b))
}

func TestVerifyAuditNamesTheBrokenEvent(t *testing.T) {
	d := signedIn(t, "audrey")
	require.NoError(t, d.store.Append(d.ctx, app.Event{Action: app.DoSignOut, Outcome: app.Done}))
	r, err := d.console.VerifyAudit(d.ctx, nil)
	require.NoError(t, err)
	require.True(t, r.Whole)
	require.Equal(t, start, r.Checked)
	require.True(t, d.store.Tamper(1, "nothing happened"))
	r, err = d.console.VerifyAudit(d.ctx, nil)
	require.NoError(t, err)
	require.False(t, r.Whole)
	require.EqualValues(t, 1, r.BrokenAt)
}

func TestAStoreThatWasSetBackIsNoticed(t *testing.T) {
	for name, c := range map[string]struct {
		seen func(h app.Head) app.Head
		says string
	}{
		"an older copy": {func(h app.Head) app.Head { return app.Head{Seq: h.Seq + 1000, Hash: h.Hash} }, "older copy"},
		"rewritten":     {func(h app.Head) app.Head { return app.Head{Seq: h.Seq, Hash: make([]byte, 32)} }, "rewritten"},
	} {
		t.Run(name, func(t *testing.T) {
			d, h := newDesk(t), &heads{}
			d.remembering(h)
			require.Empty(t, d.signIn(t, "olive").Warning)
			require.NoError(t, d.console.SignOut(d.ctx))
			seen := c.seen(h.head)
			h.head = seen

			for range 2 { // the warning stays until it is accepted
				w := d.signIn(t, "olive")
				require.Contains(t, w.Warning, c.says)
				r, err := d.console.VerifyAudit(d.ctx, nil)
				require.NoError(t, err)
				require.False(t, r.Whole)
				require.Equal(t, w.Warning, r.Problem)
				require.True(t, r.SetBack())
				require.NoError(t, d.console.SignOut(d.ctx))
				require.NoError(t, d.console.Close())
				require.Equal(t, seen, h.head)
			}
			d.signIn(t, "olive")
			require.Equal(t, app.Denied, app.KindOf(d.console.AcceptHistory(d.ctx, nil)), "an unlocked desk is not enough")
			require.Equal(t, seen, h.head)
			g := d.grant(t, app.Deed{Action: app.DoAcceptHistory})
			events := d.events(t, func() { require.NoError(t, d.console.AcceptHistory(d.ctx, g)) })
			require.Len(t, events, 1)
			require.Contains(t, events[0].Detail("password"), "re-typed")
			require.Equal(t, app.DoAcceptHistory, events[0].Action)
			require.Equal(t, events[0].Seq, h.head.Seq)
			require.Empty(t, d.signIn(t, "olive").Warning)
		})
	}
}

// reporting is a store whose check of the chain says something else.
type reporting struct {
	app.Store
	change func(*app.AuditReport)
}

func (s reporting) VerifyChain(ctx context.Context, progress func(done, total int64)) (app.AuditReport, error) {
	r, err := s.Store.VerifyChain(ctx, progress)
	s.change(&r)
	return r, err
}

func TestHowFarAChainIsProvedIsSaid(t *testing.T) {
	for name, c := range map[string]struct {
		change        func(*app.AuditReport)
		proof         string
		finds, unseen bool
	}{
		"all of it":     {change: func(r *app.AuditReport) { r.HeadChecked = true }},
		"from one on":   {change: func(r *app.AuditReport) { r.HeadChecked, r.ProvedFrom = true, 1200 }, proof: "from 1,200 on", finds: true},
		"without a key": {change: func(r *app.AuditReport) { r.HeadChecked, r.ProvedFrom = false, 1200 }, proof: "No key was at hand", unseen: true},
		"broken":        {change: func(r *app.AuditReport) { r.Whole, r.BrokenAt, r.ProvedFrom = false, 1, 2 }},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			d.console = d.another(reporting{d.store, c.change})
			d.signIn(t, "olive")
			r, err := d.console.VerifyAudit(d.ctx, nil)
			require.NoError(t, err)
			require.Contains(t, r.Proof(), c.proof)
			require.Equal(t, c.proof == "", r.Proof() == "")
			require.False(t, r.SetBack())
			x, err := d.console.Examine(d.ctx)
			require.NoError(t, err)
			require.Equal(t, c.finds, slices.Contains(codesOf(x), "activity-proof"))
			require.Equal(t, c.unseen, slices.Contains(x.Unseen, r.Proof()))
		})
	}
}

func TestTheHeadIsRememberedAtEachChance(t *testing.T) {
	d, h := newDesk(t), &heads{}
	d.remembering(h)
	newest := func() int64 {
		head, err := d.store.Head(d.ctx)
		require.NoError(t, err)
		return head.Seq
	}
	d.signIn(t, "olive")
	require.Equal(t, newest(), h.head.Seq)
	require.NoError(t, d.try(t, deedNamed(t, "reset"), "ann"))
	require.NoError(t, d.try(t, deedNamed(t, "verify audit"), ""))
	require.Equal(t, newest(), h.head.Seq)
	require.NoError(t, d.console.SignOut(d.ctx))
	require.Equal(t, newest(), h.head.Seq)
	require.NoError(t, d.store.Append(d.ctx, app.Event{Action: app.DoSignOut, Outcome: app.Done}))
	require.NoError(t, d.console.Close())
	require.Equal(t, newest(), h.head.Seq)

	h.fail = errors.New("disk full")
	w := d.signIn(t, "olive")
	require.Empty(t, w.Warning, "forgetting the head costs a warning, never a sign-in")
}

func TestAFailingStoreIsNoTamperedStore(t *testing.T) {
	d, h := newDesk(t), &heads{}
	d.remembering(h)
	d.signIn(t, "olive")
	require.NoError(t, d.console.SignOut(d.ctx))
	d.failAfter(2, memory.Unreachable()) // password, events, then the hash
	w, err := d.console.SignIn(d.ctx, d.credentials(t, "olive"))
	require.NoError(t, err)
	require.Empty(t, w.Warning)
}

func TestTitles(t *testing.T) {
	all := provider.All()
	for _, c := range []struct {
		e    app.Event
		want string
	}{
		{app.Event{Action: app.DoReset, Provider: app.Google}, "Reset Google Authenticator"},
		{app.Event{Action: app.DoEnroll, Provider: app.U2F}, "Enroll U2F (Yubikey and others)"},
		{app.Event{Action: app.DoReset, Provider: "palm"}, "Reset palm"},
		{app.Event{Action: app.DoPassword, Provider: app.Google}, "Password check"},
		{app.Event{}, ""},
	} {
		require.Equal(t, c.want, strings.TrimSpace(c.e.Title(all)))
	}
}
