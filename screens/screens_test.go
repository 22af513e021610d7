package screens_test

import (
	"context"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/otp"
	"github.com/factordesk/factordesk/app/provider"
	"github.com/factordesk/factordesk/app/qr"
	"github.com/factordesk/factordesk/app/store/memory"
	"github.com/factordesk/factordesk/screens"
	"github.com/factordesk/factordesk/screens/connections"
	"github.com/factordesk/factordesk/screens/kit"
	"github.com/factordesk/factordesk/screens/kit/kittest"
	"github.com/factordesk/factordesk/screens/settings"
	"github.com/factordesk/factordesk/screens/signin"
)

// computer is a Backend in memory: one store, if it was made, and settings.
type computer struct {
	clock   *kittest.Clock
	saved   []signin.Saved
	store   *memory.Store
	console *app.Console // the one that was opened last
	values  settings.Values
	noted   int
	logged  []error
	openErr error
	make    func(now func() time.Time) *memory.Store                      // another store than the sample
	way     func(ctx context.Context, target string, ask app.Asker) error // to a store, where it is longer
	targets []string                                                      // that were opened
	rungs   []app.Rung
	slow    time.Duration // that the store takes to say whether it answers
	tested  []connections.Saved
	made    []screens.NewStore
	asks    []app.Asker
	moved   []string // what left the store, or came back
}

func (c *computer) SaveConnection(_ context.Context, was string, s connections.Saved) error {
	if was == "" {
		c.saved = append([]signin.Saved{signin.Saved(s)}, c.saved...)
	}
	return nil
}

func (c *computer) RemoveConnection(context.Context, string) error { return nil }

func (c *computer) MoveConnection(context.Context, string, int) error { return nil }

func (c *computer) ForgetPassword(context.Context, connections.Saved) error { return nil }

func (c *computer) ReadEnv(_ context.Context, a app.ShopAddress, ask app.Asker) (connections.Draft, error) {
	c.asks = append(c.asks, ask)
	a.Host, a.Database, a.Username = "db.juniper.example", "magento", "shop"
	return connections.Draft{Address: a, Keys: 1}, nil
}

func (c *computer) TestConnection(_ context.Context, s connections.Saved, ask app.Asker, report func([]app.Rung)) error {
	c.asks, c.tested = append(c.asks, ask), append(c.tested, s)
	report(c.rungs)
	return nil
}

func (c *computer) Version() string                      { return "1.0.0" }
func (c *computer) Saved() ([]signin.Saved, error)       { return c.saved, nil }
func (c *computer) DefaultPath() string                  { return "/home/olive/desk.db" }
func (c *computer) SignedIn(*app.Console) error          { c.noted++; return nil }
func (c *computer) Log(err error)                        { c.logged = append(c.logged, err) }
func (c *computer) Settings() (settings.Values, error)   { return c.values, nil }
func (c *computer) SaveSettings(v settings.Values) error { c.values = v; return nil }

func (c *computer) Picture(uri app.Secret) (kit.Matrix, error) { return qr.New(uri.Reveal()) }

func (c *computer) before(s *memory.Store) *app.Console {
	c.store = s
	var store app.Store = s
	if c.slow > 0 {
		store = slowly{s, c}
	}
	c.console = app.NewConsole(app.Options{Store: store, Providers: provider.All(), Desk: "desk, Factordesk 1.0.0", Now: c.clock.Now})
	return c.console
}

func (c *computer) Open(ctx context.Context, target string, ask app.Asker) (*app.Console, error) {
	c.targets = append(c.targets, target)
	if c.way != nil {
		if err := c.way(ctx, target, ask); err != nil {
			return nil, err
		}
	}
	if c.openErr != nil {
		return nil, c.openErr
	}
	if c.make != nil {
		return c.before(c.make(c.clock.Now)), nil
	}
	return c.before(memory.Sample(c.clock.Now)), nil
}

func (c *computer) Create(_ context.Context, n screens.NewStore, ask app.Asker) (*app.Console, app.Secret, error) {
	c.made, c.asks = append(c.made, n), append(c.asks, ask)
	return c.before(memory.Sample(c.clock.Now)), app.NewSecret("AAAA-BBBB"), nil
}

func (c *computer) Sample(ctx context.Context) (*app.Console, error) {
	console := c.before(memory.Sample(c.clock.Now))
	_, err := console.SignIn(ctx, app.Credentials{Username: memory.SampleOperator, Password: app.NewSecret(memory.SamplePassword)})
	return console, err
}

// world is the whole window.
type world struct {
	*kittest.Desk
	computer *computer
	shell    *screens.Shell
}

func open(t *testing.T, size fyne.Size, saved ...signin.Saved) *world {
	t.Helper()
	return openAt(t, size, nil, saved...)
}

// openAt is open with another store than the sample.
func openAt(t *testing.T, size fyne.Size, make func(now func() time.Time) *memory.Store, saved ...signin.Saved) *world {
	t.Helper()
	w := &world{Desk: kittest.New(t, size, nil)}
	w.computer = &computer{clock: w.Clock, make: make, saved: saved, values: settings.Values{
		Mode: kit.Light, TextSize: 100, IdleLock: 5 * time.Minute, HideQR: time.Minute, ClearClipping: 30 * time.Second,
	}}
	w.shell = screens.New(w.Win, w.computer, w.computer.values, kit.Options{Runner: kittest.Inline{}, Clock: w.Clock, Board: w.Board})
	w.Kit = w.shell.Kit()
	w.Win.Resize(size)
	w.shell.Start("")
	return w
}

var desk = signin.Saved{Name: "My Desk", Kind: app.LocalStore, Tag: app.TagLocal, Location: "/home/olive/desk.db", Operator: memory.SampleOperator}

func (w *world) signIn() {
	w.Type(memory.SamplePassword)
	w.Key(fyne.KeyReturn, fyne.KeyReturn)
}

func TestWithoutAStoreTheWindowWelcomes(t *testing.T) {
	w := open(t, kittest.Wide)
	require.Contains(t, w.Text(), "Where are your users?")
	w.Type("3")
	require.Contains(t, w.Text(), "Abel Thistle")
	require.Contains(t, w.Text(), "SAMPLE")
}

func TestWithAStoreTheWindowAsksForThePassword(t *testing.T) {
	w := open(t, kittest.Wide, desk)
	require.Contains(t, w.Text(), "Use your Factordesk password")
	w.signIn()
	require.Contains(t, w.Text(), "Abel Thistle")
	require.Equal(t, 1, w.computer.noted)
}

func TestAStoreThatDoesNotOpenIsExplained(t *testing.T) {
	w := &world{Desk: kittest.New(t, kittest.Wide, nil)}
	w.computer = &computer{clock: w.Clock, saved: []signin.Saved{desk}, openErr: app.Errorf(app.Unreadable, "This is no store of Factordesk.")}
	w.shell = screens.New(w.Win, w.computer, settings.Values{Mode: kit.Light, TextSize: 100, IdleLock: time.Hour}, kit.Options{
		Runner: kittest.Inline{}, Clock: w.Clock, Board: w.Board,
	})
	w.Kit = w.shell.Kit()
	w.shell.Start("")
	require.Contains(t, w.Text(), "This is no store of Factordesk.")
}

func TestTheRailLeadsToEachScreenByKeyboard(t *testing.T) {
	w := open(t, kittest.Wide)
	w.Type("3")
	for keys, words := range map[string]string{
		"Ctrl+2": "Why is my code refused?", "Ctrl+3": "Every change, who made it and why", "Ctrl+4": "Connection",
		"Ctrl+5": "Kept on this computer", "Ctrl+1": "people ·",
	} {
		require.True(t, w.Kit.Press(keys))
		require.Contains(t, w.Text(), words, keys)
	}
	w.Kit.Press("?")
	require.Contains(t, w.Text(), "Lock the screen")
}

func TestTheListHasTheShortcutsThatWork(t *testing.T) {
	w := open(t, kittest.Wide)
	w.Kit.ShowShortcuts()
	text := w.Text()
	for _, dead := range []string{"Ctrl+L", "Ctrl+1", "F5", "F8"} {
		require.NotContains(t, text, "key "+dead, "nobody is signed in")
	}
	require.Contains(t, text, "key ?")
	require.Contains(t, text, "key 1")
	w.Key(fyne.KeyEscape)
	w.Type("1") // to the form for a store
	w.Kit.ShowShortcuts()
	require.NotContains(t, w.Text(), "key 1", "the cards are gone")
	w.Key(fyne.KeyEscape, fyne.KeyEscape)
	w.Type("3")
	w.Kit.ShowShortcuts()
	text = w.Text()
	for _, key := range []string{"Ctrl+L", "Ctrl+1", "F5", "F8"} {
		require.Contains(t, text, "key "+key)
	}
}

func TestDoctorLeadsToTheUsersOfAFinding(t *testing.T) {
	w := open(t, kittest.Wide)
	w.Type("3")
	w.Type("marigold")
	w.Clock.Advance(time.Second)
	require.Contains(t, w.Text(), "Ann Marigold")
	w.Kit.Press("Ctrl+2")
	kittest.Get[*kit.Segmented](w.Desk, "Refused code").Choose(1)
	require.Contains(t, w.FocusLabel(), "that no key opens")
	w.Tap("Show these users")
	require.Contains(t, w.Text(), "Amir Drift")
	require.NotContains(t, w.Text(), "Abel Thistle", "only those whom the finding is about")
	require.Empty(t, w.Field("Search").Text(), "a search would hide some of them")
	require.True(t, kittest.Get[*kit.Chip](w.Desk, "Unreadable").Chosen())
	w.Clock.Advance(time.Second)
	require.Contains(t, w.Text(), "Amir Drift")
}

func TestAUserOpensAndTheListComesBackAsItWas(t *testing.T) {
	w := open(t, kittest.Wide)
	w.Type("3")
	w.Type("marigold")
	w.Clock.Advance(time.Second)
	w.Key(fyne.KeyDown, fyne.KeyReturn)
	require.Contains(t, w.Text(), "Configuration reset")
	require.False(t, w.Kit.Press("Ctrl+F"), "the covered list's shortcuts sleep")
	w.Key(fyne.KeyEscape)
	require.NotContains(t, w.Text(), "Configuration reset")
	require.Equal(t, "marigold", w.Field("Search").Text(), "the search is as it was")
	require.True(t, w.Kit.Press("Ctrl+F"))
}

func TestLockHidesEverythingAndKeepsThePlace(t *testing.T) {
	w := open(t, kittest.Wide)
	w.Type("3")
	require.True(t, w.Kit.Press("Ctrl+L"))
	require.Contains(t, w.Text(), "by you")
	require.NotContains(t, w.Text(), "Abel Thistle")
	require.False(t, w.Kit.Press("Ctrl+2") && !contains(w, "by you"), "the rail's keys do nothing")
	require.Contains(t, w.Text(), "by you")
	_, err := w.computer.console.Users(context.Background(), app.Query{})
	require.Equal(t, app.Denied, app.KindOf(err), "the Console itself is locked")

	w.Type("wrong password")
	w.Key(fyne.KeyReturn)
	require.Contains(t, w.Text(), "That is not your password.")
	w.Type(memory.SamplePassword)
	w.Key(fyne.KeyReturn)
	require.Contains(t, w.Text(), "Abel Thistle")
}

func contains(w *world, words string) bool {
	w.T.Helper()
	return kittest.Find[*kit.Text](w.Desk, words) != nil
}

func TestAnIdleDeskLocksAndClearsTheClipboard(t *testing.T) {
	w := open(t, kittest.Wide)
	w.Type("3")
	w.Kit.Clip.Life = time.Hour
	w.Kit.Clip.CopySecret("JBSWY3DP")
	w.Clock.Advance(4 * time.Minute)
	w.Type("x") // somebody is there
	w.Clock.Advance(4 * time.Minute)
	require.Contains(t, w.Text(), "Users", "the key began the five minutes anew")
	w.Clock.Advance(61 * time.Second)
	require.Contains(t, w.Text(), "after 5 minutes idle")
	require.Contains(t, w.Text(), "Clipboard was cleared")
	require.Empty(t, w.Board.Content())
}

func TestADialogDoesNotSurviveTheLock(t *testing.T) {
	w := open(t, kittest.Wide)
	w.Type("3")
	w.Tap("Add user")
	require.True(t, w.Kit.DialogOpen())
	w.Clock.Advance(6 * time.Minute)
	require.False(t, w.Kit.DialogOpen())
	require.Contains(t, w.Text(), "after 5 minutes idle")
}

func TestSomebodyElseSignsIn(t *testing.T) {
	w := open(t, kittest.Wide, desk)
	w.signIn()
	w.Kit.Press("Ctrl+L")
	w.Tap("Sign in as somebody else")
	require.Contains(t, w.Text(), "Use your Factordesk password")
	_, ok := w.computer.console.Operator()
	require.False(t, ok)
}

// After a reset the operator is led to enroll again before going on.
func TestAfterAResetTheOperatorEnrollsFirst(t *testing.T) {
	w := open(t, kittest.Wide, desk)
	ctx := context.Background()
	olive, err := w.computer.store.FindUser(ctx, memory.SampleOperator)
	require.NoError(t, err)
	f, err := provider.All()[0].Enroller.NewFactor(zeros{}, app.FactorForm{Issuer: "x"}, olive)
	require.NoError(t, err)
	e := app.Event{At: w.Clock.Now(), Action: app.DoEnroll, Outcome: app.Done}
	_, err = w.computer.store.CheckPassword(ctx, app.PasswordCheck{
		Username: memory.SampleOperator, Password: app.NewSecret(memory.SamplePassword), At: w.Clock.Now(), Event: e,
	})
	require.NoError(t, err)
	require.NoError(t, w.computer.store.PutFactor(ctx, app.NewFactor{User: olive.ID, Factor: f, At: w.Clock.Now()}, e))
	require.NoError(t, w.computer.store.Reset(ctx, app.FactorReset{User: olive.ID, Provider: app.Google}, e))

	w.signIn()
	require.Contains(t, w.Text(), "Enroll your Google Authenticator")
	require.NotContains(t, w.Text(), "Abel Thistle")
	_, err = w.computer.console.Users(ctx, app.Query{})
	require.Equal(t, app.Denied, app.KindOf(err), "nothing else is allowed")

	key := ""
	for _, text := range kittest.Find[*kit.Text](w.Desk, "") {
		if s := text.String(); len(s) == 4 && s == upper(s) {
			key += s
		}
	}
	secret, err := otp.Decode(key)
	require.NoError(t, err)
	code, err := otp.CodeAt(secret, otp.Default(), w.Clock.Now())
	require.NoError(t, err)
	w.Type(code)
	require.Contains(t, w.Text(), "Abel Thistle")
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = byte(i) + 1
	}
	return len(b), nil
}

func upper(s string) string {
	for _, r := range s {
		if (r < 'A' || r > 'Z') && (r < '2' || r > '7') {
			return ""
		}
	}
	return s
}

func TestQuitLeavesNoSecretBehind(t *testing.T) {
	w := open(t, kittest.Wide)
	w.Type("3")
	w.Kit.Clip.CopySecret("JBSWY3DP")
	w.shell.Quit()
	require.Empty(t, w.Board.Content())
}

func TestGalleryShell(t *testing.T) {
	for name, size := range map[string]fyne.Size{"wide": kittest.Wide, "small": kittest.Small} {
		w := open(t, size)
		w.Pictures("shell", "welcome-"+name)
		w.Type("3")
		w.Pictures("shell", "users-"+name)
		w.Type("marigold")
		w.Clock.Advance(time.Second)
		w.Key(fyne.KeyDown, fyne.KeyReturn)
		w.Pictures("shell", "user-"+name)
		w.Kit.Press("Ctrl+2")
		w.Pictures("shell", "troubleshoot-"+name)
		w.Kit.Press("Ctrl+3")
		w.Pictures("shell", "activity-"+name)
		w.Kit.Press("Ctrl+4")
		w.Pictures("shell", "connections-"+name)
		w.Kit.Press("Ctrl+5")
		w.Pictures("shell", "settings-"+name)
		w.Kit.Press("?")
		w.Pictures("shell", "shortcuts-"+name)
		w.Key(fyne.KeyEscape)
		w.Kit.Press("Ctrl+L")
		w.Pictures("shell", "lock-"+name)
	}
	w := open(t, kittest.Wide, desk)
	w.Pictures("shell", "signin-wide")
}
