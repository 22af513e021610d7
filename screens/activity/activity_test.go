package activity_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/provider"
	"github.com/factordesk/factordesk/app/store/memory"
	"github.com/factordesk/factordesk/screens/activity"
	"github.com/factordesk/factordesk/screens/kit"
	"github.com/factordesk/factordesk/screens/kit/kittest"
)

// world is the activity of the sample store in a window.
type world struct {
	*kittest.Desk
	store   *memory.Store
	console *app.Console
	screen  *activity.Screen
	opened  []app.UserID
}

// spy changes what the console answers.
type spy struct {
	*app.Console
	err    error
	report *app.AuditReport
	denied bool
	shop   bool // the audit is on this computer
}

func (s *spy) Store() app.StoreInfo {
	i := s.Console.Store()
	if s.shop {
		i.Kind, i.AuditHere, i.Name, i.Tag = app.MagentoStore, true, "Juniper Outfitters", app.TagProduction
	}
	return i
}

func (s *spy) Permits(p app.Permission) error {
	if s.denied {
		return app.Errorf(app.Denied, "Not permitted for Help desk: see activity.").WithHint("Ask an Administrator.")
	}
	return s.Console.Permits(p)
}

func (s *spy) Events(ctx context.Context, q app.EventQuery) (app.EventPage, error) {
	if s.err != nil {
		return app.EventPage{}, s.err
	}
	return s.Console.Events(ctx, q)
}

func (s *spy) VerifyAudit(ctx context.Context, p func(done, total int64)) (app.AuditReport, error) {
	if s.report != nil {
		return *s.report, nil
	}
	return s.Console.VerifyAudit(ctx, p)
}

func open(t *testing.T, size fyne.Size, change func(*spy)) *world {
	t.Helper()
	w := &world{Desk: kittest.New(t, size, nil)}
	store := memory.Sample(w.Clock.Now)
	w.store = store
	w.console = app.NewConsole(app.Options{Store: store, Providers: provider.All(), Desk: "desk-olive, Factordesk 1.0.0", Now: w.Clock.Now})
	_, err := w.console.SignIn(context.Background(), app.Credentials{
		Username: memory.SampleOperator, Password: app.NewSecret(memory.SamplePassword),
	})
	require.NoError(t, err)
	service := &spy{Console: w.console}
	if change != nil {
		change(service)
	}
	w.screen = activity.New(service, w.Kit, activity.Actions{
		OpenUser: func(id app.UserID) { w.opened = append(w.opened, id) },
	})
	w.Show(w.screen.Content())
	w.screen.Show()
	return w
}

func TestShowsTheChainAndTheNewestEvents(t *testing.T) {
	w := open(t, kittest.Wide, nil)
	require.Contains(t, w.Text(), "The chain is whole")
	require.Contains(t, w.Text(), "Unlock, abramble")
	require.Contains(t, w.Text(), "Sign in")
	require.Equal(t, "Search user, operator or reason", w.FocusLabel())
}

func TestABrokenChainIsNamedFirst(t *testing.T) {
	w := open(t, kittest.Wide, func(s *spy) {
		s.report = &app.AuditReport{Events: 20, BrokenAt: 12, Problem: "Event 12 was changed after it was written."}
	})
	require.Contains(t, w.Text(), "The chain is broken at event 12")
	require.Contains(t, w.Text(), "Event 12 was changed after it was written.")
}

func TestAChainThatIsProvedInPartSaysFromWhereOn(t *testing.T) {
	w := open(t, kittest.Wide, func(s *spy) {
		s.report = &app.AuditReport{Events: 20, Whole: true, HeadChecked: true, ProvedFrom: 12}
	})
	require.Contains(t, w.Text(), "The chain is whole, and proved from event 12 on")
	require.Contains(t, w.Text(), "written with another key or with none")
}

func TestAHistoryThatWasSetBackIsAcceptedWithThePassword(t *testing.T) {
	var service *spy
	w := open(t, kittest.Wide, func(s *spy) {
		service = s
		s.report = &app.AuditReport{Events: 20, Problem: "This store was set back to an older copy."}
	})
	require.Contains(t, w.Text(), "This is not the history that this console has seen")
	w.Picture("activity-setback")
	w.Tap("Accept this history…")
	require.Contains(t, w.Text(), "To accept the history as it is now, type your own password.")
	w.Type("not the one")
	w.Key(fyne.KeyReturn)
	require.Contains(t, w.Field("Your Password").Trouble(), "That is not your password.")
	accepted := func() int {
		p, err := w.store.Events(context.Background(), app.EventQuery{Action: app.DoAcceptHistory, Outcome: app.Done})
		require.NoError(t, err)
		return len(p.Events)
	}
	require.Zero(t, accepted())
	service.report = nil
	w.Type(memory.SamplePassword)
	w.Key(fyne.KeyReturn)
	require.Contains(t, w.Text(), "The chain is whole")
	require.NotContains(t, w.Text(), "Accept this history…")
	require.Equal(t, 1, accepted())
}

func TestRefusedChipAndSearch(t *testing.T) {
	w := open(t, kittest.Wide, nil)
	kittest.Get[*kit.Chip](w.Desk, "Refused").Tapped(nil)
	require.Contains(t, w.Text(), "Refused")
	require.NotContains(t, w.Text(), "Done\n")
	kittest.Find[*kit.Chip](w.Desk, "All ")[0].Tapped(nil)
	w.Field("Search").Focus()
	w.Type("no such words")
	w.Clock.Advance(searchRest)
	require.Contains(t, w.Text(), "No event fits")
	w.Tap("Clear the filters")
	require.NotContains(t, w.Text(), "No event fits")
}

const searchRest = 200_000_000 // nanoseconds; longer than typing rests before a search

func TestOneEventOpensInPlaceByKeyboard(t *testing.T) {
	w := open(t, kittest.Wide, nil)
	w.Key(fyne.KeyDown, fyne.KeyReturn)
	require.Contains(t, w.Text(), "This event")
	require.Contains(t, w.Text(), "Copy as text")
	w.Tap("Copy as text")
	require.Contains(t, w.Board.Content(), "Hash: ")
}

func TestAnOpenResetReadsAsTheDeskDidIt(t *testing.T) {
	w := open(t, kittest.Wide, nil)
	ctx := context.Background()
	ann, err := w.console.FindUser(ctx, "amarigold")
	require.NoError(t, err)
	g, err := w.console.Reverify(ctx, app.NewSecret(memory.SamplePassword), app.Deed{Action: app.DoReset, Target: ann.ID, Provider: app.Google})
	require.NoError(t, err)
	require.NoError(t, w.console.Reset(ctx, g, app.ResetRequest{User: ann.ID, Provider: app.Google, Reason: "new phone"}))
	w.screen.Refresh()
	w.Key(fyne.KeyDown, fyne.KeyReturn)
	for _, fact := range []string{
		"Password\nRe-typed " + kit.ClockTime(w.Clock.Now()) + ", used once",
		"Before\nGoogle Authenticator active", "After\nNot enrolled",
	} {
		require.Contains(t, w.Text(), fact)
	}
	require.NotContains(t, w.Text(), "Fits the chain", "it came after the check")
	w.Tap("Verify now")
	w.screen.Refresh()
	require.Contains(t, w.Text(), "Check\nFits the chain")
}

func TestUnreachableStoreOffersAnotherTry(t *testing.T) {
	var service *spy
	w := open(t, kittest.Wide, func(s *spy) {
		service = s
		s.err = app.Errorf(app.Unreachable, "The store cannot be reached.").Because(errors.New("dial tcp"))
	})
	require.Contains(t, w.Text(), "The store cannot be reached\n", "a title has no period")
	require.NotContains(t, w.Text(), "dial tcp")
	require.NotContains(t, w.Text(), "The chain is whole", "nothing is known of what cannot be read")
	require.Contains(t, w.Text(), "The chain cannot be checked now")
	service.err = nil
	w.Tap("Try again")
	require.Contains(t, w.Text(), "Unlock, abramble")
	require.Contains(t, w.Text(), "The chain is whole")
}

func TestNotPermitted(t *testing.T) {
	w := open(t, kittest.Wide, func(s *spy) { s.denied = true })
	require.Contains(t, w.Text(), "Not permitted for Help desk")
	require.True(t, w.Button("Export…").Disabled())
}

func TestExportWritesAFileOfOnesOwn(t *testing.T) {
	w := open(t, kittest.Wide, nil)
	path := filepath.Join(t.TempDir(), "activity.jsonl")
	w.Tap("Export…")
	field := w.Field("File")
	field.SetText(path)
	w.Key(fyne.KeyReturn)
	info, err := os.Stat(path)
	require.NoError(t, err, w.Text())
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	var e app.EventJSON
	require.NoError(t, json.Unmarshal([]byte(lines[0]), &e))
	require.Equal(t, app.DoExport, e.Action, "the export itself is the newest event")

	w.Tap("Export…")
	w.Field("File").SetText(path)
	w.Key(fyne.KeyReturn)
	require.Contains(t, w.Text(), "There is a file of that name already.")
}

// cut is the activity of a shop whose connection ended in the middle of a deed.
func cut(t *testing.T, size fyne.Size) *world {
	t.Helper()
	w := open(t, size, func(s *spy) { s.shop = true })
	ctx := context.Background()
	ann, err := w.store.FindUser(ctx, "amarigold")
	require.NoError(t, err)
	o, _ := w.console.Operator()
	e := app.Event{
		Console: "desk-olive, Factordesk 1.0.0", Operator: o.User.Username, OperatorID: o.User.ID,
		Target: ann.Username, TargetID: ann.ID, At: w.Clock.Now().Add(-time.Minute),
	}
	repaired := e
	repaired.Action, repaired.Provider, repaired.Outcome = app.DoRepair, app.Google, app.Done
	repaired.Details = []app.Detail{{Name: "intent", Value: "48206"}}
	sessions := e
	sessions.Action, sessions.Outcome, sessions.Reason = app.DoEndSessions, app.Done, "Left a laptop on the train"
	sessions.Details = []app.Detail{{Name: "ended", Value: "2"}}
	reset := e
	reset.Action, reset.Provider, reset.Outcome, reset.Reason = app.DoReset, app.Google, app.Intent, "New phone, ticket 4471"
	reset.Details = []app.Detail{{Name: "writes", Value: strings.Repeat("0badcafe", 8)}}
	for _, e := range []app.Event{repaired, sessions, reset} {
		require.NoError(t, w.store.Append(ctx, e))
	}
	w.screen.Refresh()
	return w
}

func TestAnIntentIsNotTakenForADeed(t *testing.T) {
	w := cut(t, kittest.Wide)
	require.Contains(t, w.Text(), "Reset Google Authenticator, amarigold, New phone, ticket 4471, Intended · outcome not known")
	w.Key(fyne.KeyDown, fyne.KeyReturn)
	for _, words := range []string{
		"It is not known whether this was done.", "Look at the user, then repeat it or not.", "Would write", "0bad cafe 0bad cafe … 0bad cafe",
	} {
		require.Contains(t, w.Text(), words)
	}
	w.Tap("Copy as text")
	require.Contains(t, w.Board.Content(), "Reset Google Authenticator, intended, outcome not known")
	w.Tap("Open amarigold")
	require.Len(t, w.opened, 1)
}

func TestDeedsOfAShopReadWell(t *testing.T) {
	w := cut(t, kittest.Wide)
	require.Contains(t, w.Text(), "End sessions, amarigold, Left a laptop on the train, Done")
	require.Contains(t, w.Text(), "Repair Google Authenticator, amarigold")
	w.Key(fyne.KeyDown, fyne.KeyDown, fyne.KeyDown, fyne.KeyReturn)
	require.Contains(t, w.Text(), "Intended as")
	require.Contains(t, w.Text(), "Event 48,206")
	require.NotContains(t, w.Text(), "not known whether")
	w.Tap("More like this")
	require.Contains(t, w.Text(), "Repair Google Authenticator")
	require.NotContains(t, w.Text(), "End sessions, amarigold")
}

func TestEventsOfOtherDesksComeByThemselves(t *testing.T) {
	w := open(t, kittest.Wide, nil)
	w.Watch(w.console.Stamp)
	w.Key(fyne.KeyDown, fyne.KeyReturn)
	require.Contains(t, w.Text(), "This event")
	require.Equal(t, "21 rows", w.FocusLabel())
	other := app.NewConsole(app.Options{Store: w.store, Providers: provider.All(), Desk: "another desk", Now: w.Clock.Now})
	in := app.Credentials{Username: memory.SampleOperator, Password: app.NewSecret(memory.SamplePassword)}
	_, err := other.SignIn(context.Background(), in)
	require.NoError(t, err)
	w.Clock.Advance(time.Second)
	require.NoError(t, other.SignOut(context.Background()))
	require.NotContains(t, w.Text(), "Sign out")
	w.Clock.Advance(4 * time.Second)
	require.Contains(t, w.Text(), "Sign out")
	require.Contains(t, w.Text(), "This event", "the one that was open still is")
	require.Equal(t, "23 rows", w.FocusLabel(), "the cursor stays")
}

func TestNewEventsLeaveTheCursorInAnOpenOne(t *testing.T) {
	w := open(t, kittest.Wide, nil)
	w.Watch(w.console.Stamp)
	w.Key(fyne.KeyDown, fyne.KeyReturn)
	w.Focus(w.Button("Copy as text"))
	was := w.Button("Copy as text")
	other := app.NewConsole(app.Options{Store: w.store, Providers: provider.All(), Desk: "another desk", Now: w.Clock.Now})
	_, err := other.SignIn(context.Background(), app.Credentials{Username: memory.SampleOperator, Password: app.NewSecret(memory.SamplePassword)})
	require.NoError(t, err)
	w.Clock.Advance(5 * time.Second)
	require.NotSame(t, was, w.Button("Copy as text"))
	require.Equal(t, "Copy as text", w.FocusLabel())
}

func TestEventsThatWereReadStayInAnOutage(t *testing.T) {
	var service *spy
	w := open(t, kittest.Wide, func(s *spy) { service = s })
	w.Watch(func(context.Context) (string, error) { return "", service.err })
	service.err = memory.Unreachable()
	w.screen.Refresh()
	require.Contains(t, w.Text(), "Unlock, abramble")
	require.Contains(t, w.Text(), "What you see is as of today 14:09, just now.")
	require.Contains(t, w.Text(), "The chain cannot be checked now")
	for _, off := range []string{"Export…", "Verify now"} {
		require.True(t, w.Button(off).Disabled(), off)
	}
	w.Pictures("activity", "stale")
	w.Field("Search").Focus()
	w.Type("nora")
	w.Clock.Advance(searchRest)
	require.NotContains(t, w.Text(), "Unlock, abramble", "what shows is not what is searched for")
	require.Contains(t, w.Text(), "The store cannot be reached")
	service.err = nil
	w.Clock.Advance(30 * time.Second)
	require.NotContains(t, w.Text(), "cannot be reached")
	require.Contains(t, w.Text(), "The chain is whole")
	require.False(t, w.Button("Export…").Disabled())
	require.Equal(t, "nora", w.Field("Search").Text())
}

func TestActivityOfAShopSaysWhereItIsKept(t *testing.T) {
	words := "This activity is kept on this computer; what other desks do is not in it."
	require.Contains(t, cut(t, kittest.Wide).Text(), words)
	require.NotContains(t, open(t, kittest.Wide, nil).Text(), words)
}

func TestGalleryShop(t *testing.T) {
	for name, size := range map[string]fyne.Size{
		"": fyne.NewSize(1280-88, 820-56), "-small": fyne.NewSize(1024-88, 700-56),
	} {
		w := cut(t, size)
		w.Key(fyne.KeyDown, fyne.KeyReturn)
		w.Pictures("activity", "shop"+name)
	}
	w := cut(t, fyne.NewSize(1280-88, 820-56))
	w.Theme(kit.Light, 1.3)
	w.Picture("activity-shop-large-light")
}

func TestGalleryActivity(t *testing.T) {
	w := open(t, kittest.Wide, nil)
	w.Key(fyne.KeyDown, fyne.KeyDown, fyne.KeyReturn)
	w.Pictures("activity", "full")
	w.Theme(kit.Light, 1.3)
	w.Picture("activity-large-light")

	small := open(t, fyne.NewSize(1024-88, 700-56), nil)
	small.Pictures("activity", "small")

	broken := open(t, kittest.Wide, func(s *spy) {
		s.report = &app.AuditReport{Events: 20, BrokenAt: 12, Problem: "Event 12 was changed after it was written.", Checked: kittest.Start}
	})
	broken.Pictures("activity", "broken")

	denied := open(t, kittest.Wide, func(s *spy) { s.denied = true })
	denied.Pictures("activity", "denied")

	gone := open(t, kittest.Wide, func(s *spy) { s.err = app.Errorf(app.Unreachable, "The store cannot be reached.") })
	gone.Pictures("activity", "unreachable")

	none := open(t, kittest.Wide, nil)
	none.Type("zebra")
	none.Clock.Advance(searchRest)
	none.Pictures("activity", "nothing")
}

var _ activity.Service = (*app.Console)(nil)
