package troubleshoot_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/provider"
	"github.com/factordesk/factordesk/app/store/memory"
	"github.com/factordesk/factordesk/screens/kit"
	"github.com/factordesk/factordesk/screens/kit/kittest"
	"github.com/factordesk/factordesk/screens/troubleshoot"
)

var _ troubleshoot.Service = (*app.Console)(nil)

// page is the room of a screen in a window: rail and top bar take the rest.
func page(window fyne.Size) fyne.Size { return fyne.NewSize(window.Width-88, window.Height-56) }

// bench is the screen over a store in memory, with what went up from it.
type bench struct {
	*kittest.Desk
	store  *memory.Store
	screen *troubleshoot.Screen
	shown  []app.Filter
	tested int
}

// spy changes what the console answers.
type spy struct {
	*app.Console
	denied bool
	err    error
	asked  int
}

func (s *spy) Permits(p app.Permission) error {
	if s.denied {
		return app.Errorf(app.Denied, "Not permitted for Editor: see users.").WithHint("Ask an Administrator.")
	}
	return s.Console.Permits(p)
}

func (s *spy) Examine(ctx context.Context) (app.Examination, error) {
	s.asked++
	if s.err != nil {
		return app.Examination{}, s.err
	}
	x, err := s.Console.Examine(ctx)
	x.Took = 1800 * time.Millisecond
	return x, err
}

type setup struct {
	size   fyne.Size
	scale  float32 // of the text
	runner kit.Runner
	kind   app.StoreKind
	found  *app.Examination
	change func(*spy)
}

func start(t *testing.T, o setup) (*bench, *spy) {
	t.Helper()
	if o.size == (fyne.Size{}) {
		o.size = kittest.Wide
	}
	if o.kind == "" {
		o.kind = app.MagentoStore
	}
	b := &bench{Desk: kittest.New(t, page(o.size), o.runner)}
	if o.scale != 0 {
		b.Theme(kit.Light, o.scale)
	}
	b.store = memory.New(memory.Options{
		Name: "Juniper Staging", Tag: app.TagStaging, Kind: o.kind, Engine: "Magento 2.4.7 · MariaDB through SSH", Now: b.Clock.Now,
	})
	b.store.Place(memory.Person{Password: app.NewSecret("correct horse battery"), User: app.User{
		Username: "olive", FirstName: "Olive", LastName: "Bellwether", Email: "olive@juniper.example",
		Active: true, Role: app.Role{ID: app.Administrators},
	}})
	console := app.NewConsole(app.Options{Store: b.store, Providers: provider.All(), Desk: "test", Now: b.Clock.Now})
	_, err := console.SignIn(context.Background(), app.Credentials{Username: "olive", Password: app.NewSecret("correct horse battery")})
	require.NoError(t, err)
	if o.found != nil {
		b.store.PlaceExamination(*o.found)
	}
	service := &spy{Console: console}
	if o.change != nil {
		o.change(service)
	}
	b.screen = troubleshoot.New(service, b.Kit, troubleshoot.Actions{
		ShowUsers:      func(f app.Filter) { b.shown = append(b.shown, f) },
		TestConnection: func() { b.tested++ },
	})
	t.Cleanup(b.screen.Close)
	b.Show(kit.Stack(kit.Plate(kit.ColorBg), b.screen.Content()))
	b.screen.Show()
	if held, ok := o.runner.(*kittest.Held); ok {
		held.Step() // the server's clock
	}
	kittest.Get[*kit.Segmented](b.Desk, "Refused code").Choose(1)
	return b, service
}

// upgraded is a shop after an upgrade that nobody looked after.
func upgraded() *app.Examination {
	return &app.Examination{
		Findings: []app.Finding{
			{
				Code: "otp-window", Severity: app.Critical, Scope: "all users",
				Title: "Every Google code is refused", Summary: "OTP Window is 30; Magento 2.4.7 reads it in seconds and allows 1 to 29",
				About: "The setting OTP Window holds 30. Up to 2.4.6 that meant 30 steps; from 2.4.7 on it means seconds, " +
					"and 30 or more makes Magento answer with an internal error.",
				Found: []app.Detail{
					{Name: "Setting", Value: "twofactorauth/google/otp_window"},
					{Name: "Value now", Value: "30"},
					{Name: "Allowed", Value: "1 to 29"},
					{Name: "Also set in env.php", Value: "Not known from the database"},
				},
				Steps: []app.Step{
					{Text: "Set OTP Window to 29 on the shop’s server.", Command: "bin/magento config:set twofactorauth/google/otp_window 29"},
					{Text: "Clean the configuration cache, or nothing changes.", Command: "bin/magento cache:clean config"},
					{Text: "Test a code of any user on the user’s page."},
				},
			},
			{
				Code: "unreadable", Severity: app.Critical, Scope: "38 users", Filter: app.WithUnreadable,
				Title: "38 users have factors that no key opens", Summary: "Sealed with crypt key 1; the key list holds only key 0",
				About: "The secret is stored, but none of the store’s keys opens it.",
				Found: []app.Detail{
					{Name: "twofactorauth/general/force_providers", Value: "duo, google (in the database)"},
					{Name: "Missing", Value: "crypt key 1"},
				},
				Steps: []app.Step{{Text: "Add the older key on the page of each user."}, {Text: "Or reset the factor: it is enrolled again."}},
			},
			{
				Code: "one-administrator", Severity: app.Serious, Scope: "1 of 5",
				Title: "Only one administrator can sign in", Summary: "Astrid Fjord is the only one in Administrators with an active factor",
				About: "A lost phone would end in a break-glass sign-in.", Steps: []app.Step{{Text: "Enroll a second person you trust."}},
			},
			{
				Code: "role-without-2fa", Severity: app.Serious, Scope: "14 users",
				Title: "Role Merchandising lacks “Two Factor Auth”", Summary: "Its people see “Sorry, you need permissions” instead of the code page",
				About: "A custom role needs the resource Two Factor Auth to reach its own code page.",
				Steps: []app.Step{{Text: "Tick it for the role in the shop’s admin, under System, User Roles."}},
			},
			{
				Code: "duo-keys", Severity: app.Serious, Scope: "setting",
				Title: "Duo Security is required but not set up", Summary: "It has no keys, so Magento drops it silently from the required list",
				About: "A provider without its keys counts as not configured.", Steps: []app.Step{{Text: "Take it off the list, or give it its keys."}},
			},
			{
				Code: "sender", Severity: app.Notice, Scope: "setting",
				Title: "2FA mail is sent from owner@example.com", Summary: "The sender was never changed; mail servers reject it",
				About: "The address is the one of the installation.", Steps: []app.Step{{Text: "Set the general contact’s address."}},
			},
			{
				Code: "duplicates", Severity: app.Notice, Scope: "3 users",
				Title: "3 users have two rows of 2FA data", Summary: "Magento reads one of them; a reset here treats both",
				About: "Two rows of one user differ, and Magento reads the first.", Steps: []app.Step{{Text: "Reset these users when it suits them."}},
			},
		},
		Passed: []string{
			"The database’s clock is right", "Every required provider exists", "No module switches 2FA off",
			"Nobody signs in through Adobe IMS", "Every account has a role", "No account is expired",
			"The tables are Magento 2.4’s", "The crypt key has the right length",
		},
		Unseen: []string{
			"Settings in app/etc/env.php or the environment can override those in the database.",
			"Whether the shop’s own clock is right cannot be seen from its database.",
		},
	}
}

func TestFindingsStandMostSeriousFirstAndOneOpens(t *testing.T) {
	b, _ := start(t, setup{found: upgraded()})
	text := b.Text()
	for _, words := range []string{
		"7 findings", "2 critical", "3 serious", "2 notices", "Every Google code is refused",
		"bin/magento cache:clean config", "twofactorauth/google/otp_window", "Doctor",
		"Checked today 14:09 (12:09 UTC), 1.8 s",
	} {
		require.Contains(t, text, words)
	}
	require.NotContains(t, text, "Add the older key", "only the chosen finding is open")
	require.Contains(t, b.FocusLabel(), "Every Google code is refused")
}

func TestTheListGoesByKeyboardAndEnterLeadsIntoTheFinding(t *testing.T) {
	b, _ := start(t, setup{found: upgraded()})
	b.Key(fyne.KeyDown)
	require.Contains(t, b.Text(), "Add the older key on the page of each user.")
	require.NotContains(t, b.Text(), "bin/magento cache:clean config")
	b.Key(fyne.KeyEnd)
	require.Contains(t, b.FocusLabel(), "3 users have two rows")
	b.Key(fyne.KeyDown)
	require.Contains(t, b.FocusLabel(), "3 users have two rows", "the last one is the last")
	b.Key(fyne.KeyHome, fyne.KeyUp, fyne.KeyReturn)
	require.Equal(t, "Copy the command", b.FocusLabel())
	b.Key(fyne.KeyReturn)
	require.Equal(t, "bin/magento config:set twofactorauth/google/otp_window 29", b.Board.Content())
	b.Key(fyne.KeyTab, fyne.KeySpace)
	require.Equal(t, "bin/magento cache:clean config", b.Board.Content())
	b.Key(fyne.KeyEscape)
	require.Contains(t, b.FocusLabel(), "Every Google code is refused", "Esc is back in the list")
}

func TestShowTheseUsersLeadsToTheirFilter(t *testing.T) {
	b, _ := start(t, setup{found: upgraded()})
	require.Empty(t, kittest.Find[*kit.Button](b.Desk, "Show these users"), "a setting has no users")
	b.Key(fyne.KeyDown, fyne.KeyReturn)
	b.Tap("Show these users")
	require.Equal(t, []app.Filter{app.WithUnreadable}, b.shown)
}

func TestPassedChecksAndWhatCannotBeSeen(t *testing.T) {
	b, _ := start(t, setup{found: upgraded()})
	require.Contains(t, b.Text(), "9 checks passed · 2 cannot be seen from here") // with the activity's own
	require.NotContains(t, b.Text(), "No account is expired")
	b.Tap("Show them")
	require.Contains(t, b.Text(), "No account is expired")
	require.Contains(t, b.Text(), "Settings in app/etc/env.php or the environment can override those in the database.")
	require.Equal(t, "Copy for a ticket", b.FocusLabel())
	b.Key(fyne.KeyEscape)
	require.NotContains(t, b.Text(), "No account is expired")
	require.Contains(t, b.Text(), "bin/magento cache:clean config")
}

func TestTicketHasTheFindingAndNoOther(t *testing.T) {
	b, _ := start(t, setup{found: upgraded()})
	b.Tap("Copy for a ticket")
	require.Equal(t, `Store: Juniper Staging (Magento 2.4.7 · MariaDB through SSH)
Checked: 2026-06-09 12:09:16 UTC

Every Google code is refused (critical, all users)
The setting OTP Window holds 30. Up to 2.4.6 that meant 30 steps; from 2.4.7 on it means seconds, and 30 or more makes Magento answer with an internal error.
  Setting: twofactorauth/google/otp_window
  Value now: 30
  Allowed: 1 to 29
  Also set in env.php: Not known from the database
1. Set OTP Window to 29 on the shop’s server.
     bin/magento config:set twofactorauth/google/otp_window 29
2. Clean the configuration cache, or nothing changes.
     bin/magento cache:clean config
3. Test a code of any user on the user’s page.
`, b.Board.Content())
	require.Equal(t, "The finding is in the clipboard.", b.ToastText())

	b.Tap("Show them")
	b.Tap("Copy for a ticket")
	all := b.Board.Content()
	for _, words := range []string{
		"3 users have two rows of 2FA data (notice, 3 users)", "\nPassed:\n- The database’s clock is right\n",
		"\nCannot be seen from here:\n- Settings in app/etc/env.php",
	} {
		require.Contains(t, all, words)
	}
}

func TestCheckAgainKeepsThePlaceAndTheOldAnswerMeanwhile(t *testing.T) {
	held := &kittest.Held{}
	b, service := start(t, setup{found: upgraded(), runner: held})
	held.Step()
	b.Key(fyne.KeyDown, fyne.KeyDown)
	b.screen.Refresh()
	require.True(t, b.Button("Check").Busy())
	b.screen.Refresh()
	require.Equal(t, 1, held.Waiting(), "one question at a time")
	require.Contains(t, b.Text(), "Enroll a second person you trust.")
	x := upgraded()
	x.Findings = x.Findings[1:] // somebody has repaired the first
	b.store.PlaceExamination(*x)
	b.Clock.Advance(time.Minute)
	held.Step()
	require.Equal(t, 2, service.asked)
	require.Contains(t, b.Text(), "6 findings")
	require.Contains(t, b.Text(), "Enroll a second person you trust.")
	require.Contains(t, b.Text(), "Checked today 14:10")
	require.Contains(t, b.FocusLabel(), "Only one administrator can sign in")
}

func TestAFindingThatIsGoneGivesWayToTheFirst(t *testing.T) {
	b, _ := start(t, setup{found: upgraded()})
	x := upgraded()
	x.Findings = x.Findings[2:]
	b.store.PlaceExamination(*x)
	b.screen.Refresh()
	require.Contains(t, b.Text(), "Enroll a second person you trust.")
}

func TestNothingIsWrong(t *testing.T) {
	x := upgraded()
	x.Findings = nil
	b, _ := start(t, setup{found: x})
	require.Contains(t, b.Text(), "Nothing is wrong")
	require.Contains(t, b.Text(), "9 checks were made, and each of them passed.")
	require.Contains(t, b.Text(), "No account is expired", "what was checked is there at once")
	require.Equal(t, "Check again", b.FocusLabel())
	b.Key(fyne.KeyEscape)
	require.Equal(t, "Check again", b.FocusLabel(), "there is no list to go back to")
	b.store.PlaceExamination(*upgraded())
	b.Key(fyne.KeyReturn)
	require.Contains(t, b.Text(), "7 findings")
	require.Contains(t, b.Text(), "9 checks passed")
}

func TestEveryStoreIsExamined(t *testing.T) {
	b, _ := start(t, setup{kind: app.LocalStore})
	require.Contains(t, b.Text(), "Only one Administrator can sign in")
	require.Contains(t, b.Text(), "1 user who administers has no active factor")
	b.Key(fyne.KeyDown)
	b.Tap("Show these users")
	require.Equal(t, []app.Filter{app.NoTwoFactor}, b.shown)
}

func TestLoadingShowsGrayBarsAfterAMoment(t *testing.T) {
	held := &kittest.Held{}
	b, _ := start(t, setup{found: upgraded(), runner: held})
	before := len(b.Objects())
	b.Clock.Advance(299 * time.Millisecond)
	require.Len(t, b.Objects(), before)
	b.Clock.Advance(2 * time.Millisecond)
	require.Greater(t, len(b.Objects()), before)
	require.Contains(t, b.Text(), "Check again")
	held.Step()
	require.Contains(t, b.Text(), "7 findings")
}

func TestNotPermitted(t *testing.T) {
	b, service := start(t, setup{found: upgraded(), change: func(s *spy) { s.denied = true }})
	require.Contains(t, b.Text(), "You may not examine this store")
	require.Contains(t, b.Text(), "Not permitted for Editor: see users. Ask an Administrator.")
	require.True(t, b.Button("Check again").Disabled())
	b.screen.Refresh()
	require.Zero(t, service.asked)
}

func TestUnreachable(t *testing.T) {
	b, service := start(t, setup{found: upgraded(), change: func(s *spy) {
		s.err = app.Errorf(app.Unreachable, "The store cannot be reached.").WithHint("Look at the network.").Because(errors.New("dial tcp"))
	}})
	require.Contains(t, b.Text(), "The store cannot be reached\nLook at the network. Nothing was changed.")
	require.NotContains(t, b.Text(), "dial tcp")
	require.Equal(t, "Try again", b.FocusLabel())
	b.Tap("Test the connection")
	require.Equal(t, 1, b.tested)
	service.err = nil
	b.Tap("Try again")
	require.Contains(t, b.Text(), "7 findings")
	service.err = app.Errorf(app.Unreadable, "A table is missing.")
	b.screen.Refresh()
	require.Contains(t, b.Text(), "The store could not be examined\nA table is missing.")
}

func TestWhatWasFoundStaysInAnOutage(t *testing.T) {
	b, service := start(t, setup{found: upgraded()})
	service.err = memory.Unreachable()
	l := b.Watch(func(context.Context) (string, error) { return "", service.err })
	require.Contains(t, b.Text(), "7 findings")
	require.Contains(t, b.Text(), "Nothing can be changed until it answers. Trying again in 2 s.")
	require.True(t, b.Button("Check again").Disabled())
	b.Pictures("troubleshoot", "stale")
	asked := service.asked
	b.screen.Refresh()
	require.Equal(t, asked, service.asked, "F5 tries whether the store answers")
	service.err = nil
	b.Tap("Try now")
	require.False(t, l.Lost())
	require.False(t, b.Button("Check again").Disabled())
	require.Equal(t, asked, service.asked, "what was found is not looked for again by itself")
}

func TestAnExaminationThatFailedIsMadeUpFor(t *testing.T) {
	var service *spy
	b, _ := start(t, setup{found: upgraded(), change: func(s *spy) { service, s.err = s, memory.Unreachable() }})
	b.Watch(func(context.Context) (string, error) { return "", service.err })
	require.Contains(t, b.Text(), "Trying again in 2 s.")
	require.NotContains(t, b.Text(), "Nothing can be changed", "the view itself says it")
	service.err = nil
	b.Clock.Advance(2 * time.Second)
	require.Contains(t, b.Text(), "7 findings")
}

func TestTheScreenLeavesNothingBehind(t *testing.T) {
	held := &kittest.Held{}
	b, _ := start(t, setup{found: upgraded(), runner: held})
	b.screen.Close()
	held.Step()
	require.Zero(t, b.Clock.Timers())
	require.NotContains(t, b.Text(), "7 findings")
	require.False(t, b.Press("Esc"))
}

func TestGalleryTroubleshoot(t *testing.T) {
	b, _ := start(t, setup{found: upgraded()})
	b.Pictures("troubleshoot", "doctor")
	b.Key(fyne.KeyDown, fyne.KeyReturn)
	b.Picture("troubleshoot-doctor-finding-light")
	b.Tap("Show them")
	b.Pictures("troubleshoot", "passed")
	large, _ := start(t, setup{found: upgraded(), scale: 1.3})
	large.Picture("troubleshoot-doctor-large-light")

	small, _ := start(t, setup{found: upgraded(), size: kittest.Small})
	small.Pictures("troubleshoot", "doctor-small")
	smallest, _ := start(t, setup{found: upgraded(), size: kittest.Small, scale: 1.3})
	smallest.Picture("troubleshoot-doctor-small-large-light")
	smallest.Key(fyne.KeyDown, fyne.KeyReturn)
	smallest.Picture("troubleshoot-doctor-small-large-finding-light")

	calm := upgraded()
	calm.Findings = nil
	none, _ := start(t, setup{found: calm})
	none.Pictures("troubleshoot", "calm")
	local, _ := start(t, setup{kind: app.LocalStore})
	local.Pictures("troubleshoot", "local")

	held := &kittest.Held{}
	loading, _ := start(t, setup{found: upgraded(), runner: held})
	loading.Clock.Advance(time.Second)
	loading.Pictures("troubleshoot", "loading")
	denied, _ := start(t, setup{change: func(s *spy) { s.denied = true }})
	denied.Pictures("troubleshoot", "denied")
	gone, _ := start(t, setup{change: func(s *spy) { s.err = memory.Unreachable() }})
	gone.Pictures("troubleshoot", "unreachable")
}
