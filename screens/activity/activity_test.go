package activity_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

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

func TestUnreachableStoreOffersAnotherTry(t *testing.T) {
	var service *spy
	w := open(t, kittest.Wide, func(s *spy) {
		service = s
		s.err = app.Errorf(app.Unreachable, "The store cannot be reached.").Because(errors.New("dial tcp"))
	})
	require.Contains(t, w.Text(), "The store cannot be reached.")
	require.NotContains(t, w.Text(), "dial tcp")
	service.err = nil
	w.Tap("Try again")
	require.Contains(t, w.Text(), "Unlock, abramble")
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
