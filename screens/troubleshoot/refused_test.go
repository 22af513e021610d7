package troubleshoot_test

import (
	"context"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/diagnosis"
	"github.com/factordesk/factordesk/app/otp"
	"github.com/factordesk/factordesk/app/provider"
	"github.com/factordesk/factordesk/app/store/memory"
	"github.com/factordesk/factordesk/screens/kit"
	"github.com/factordesk/factordesk/screens/kit/kittest"
	"github.com/factordesk/factordesk/screens/troubleshoot"
)

var annsKey = []byte("12345678901234567890")

// call is a desk with Ann on the phone.
type call struct {
	*kittest.Desk
	screen *troubleshoot.Screen
	store  *memory.Store
	ann    app.UserID
	helped []app.Help
}

// clocked is a console whose store has a server with a clock.
type clocked struct {
	*app.Console
	server time.Duration
}

func (c clocked) ServerClock(context.Context) (app.ClockReading, bool, error) {
	return app.ClockReading{Ahead: c.server, Within: 20 * time.Millisecond, At: c.Now()}, true, nil
}

func (c clocked) NetworkTime(context.Context, []string) (app.ClockReading, []app.NetworkAnswer, error) {
	return app.ClockReading{Ahead: -300 * time.Millisecond, Within: 20 * time.Millisecond, At: c.Now()}, nil, nil
}

func ring(t *testing.T, size fyne.Size, role app.RoleID, server time.Duration) *call {
	t.Helper()
	return ringAt(t, kittest.New(t, page(size), nil), role, server)
}

// ringAt is ring at a desk of the test's own.
func ringAt(t *testing.T, desk *kittest.Desk, role app.RoleID, server time.Duration) *call {
	t.Helper()
	return ringIn(t, desk, role, server, memory.Options{
		Name: "Juniper Outfitters", Tag: app.TagProduction, Kind: app.MagentoStore, Engine: "Magento 2.4.6 · MariaDB through SSH",
	})
}

// ringIn is ringAt with a store of the test's own.
func ringIn(t *testing.T, desk *kittest.Desk, role app.RoleID, server time.Duration, o memory.Options) *call {
	t.Helper()
	c := &call{Desk: desk}
	o.Now = c.Clock.Now
	store := memory.New(o)
	store.Place(memory.Person{Password: app.NewSecret("correct horse battery"), User: app.User{
		Username: "olive", FirstName: "Olive", LastName: "Bellwether", Email: "olive@juniper.example", Active: true, Role: app.Role{ID: role},
	}})
	c.ann = store.Place(memory.Person{
		User: app.User{
			Username: "amarigold", FirstName: "Ann", LastName: "Marigold", Email: "ann@juniper.example", Active: true,
			Factors: []app.Factor{{Provider: app.Google, Status: app.StatusActive, Since: c.Clock.Now().Add(-time.Hour)}},
		},
		Keys: map[app.ProviderCode]app.Secret{app.Google: app.NewSecret(otp.Encode(annsKey))},
	}).ID
	store.Place(memory.Person{User: app.User{Username: "anton", FirstName: "Anton", LastName: "Marin", Email: "anton@juniper.example", Active: true}})
	c.store = store
	console := app.NewConsole(app.Options{Store: store, Providers: provider.All(), Desk: "test", Now: c.Clock.Now, Diagnose: diagnosis.Desk{}})
	_, err := console.SignIn(t.Context(), app.Credentials{Username: "olive", Password: app.NewSecret("correct horse battery")})
	require.NoError(t, err)
	c.screen = troubleshoot.New(clocked{console, server}, c.Kit, troubleshoot.Actions{
		Help: func(id app.UserID, p app.ProviderCode, h app.Help) {
			require.Equal(t, c.ann, id)
			require.Equal(t, app.Google, p)
			c.helped = append(c.helped, h)
		},
	})
	t.Cleanup(c.screen.Close)
	c.Show(kit.Stack(kit.Plate(kit.ColorBg), c.screen.Content()))
	c.screen.Show()
	return c
}

// reads out the code that Ann's phone shows now; its clock is off.
func (c *call) reads(t *testing.T, off time.Duration) string {
	t.Helper()
	code, err := otp.CodeAt(annsKey, otp.Default(), c.Clock.Now().Add(off))
	require.NoError(t, err)
	return code
}

// tells both codes by keyboard.
func (c *call) tells(t *testing.T, off time.Duration) {
	t.Helper()
	c.Type("ann mari")
	c.Key(fyne.KeyReturn)
	require.Contains(t, c.FocusLabel(), "Code")
	c.Type(c.reads(t, off))
	c.Key(fyne.KeyTab)
	c.Clock.Advance(31 * time.Second)
	c.Type(c.reads(t, off))
	c.Key(fyne.KeyReturn)
}

func TestACodeThatComesLateByKeyboard(t *testing.T) {
	c := ring(t, kittest.Wide, app.Administrators, 100*time.Millisecond)
	c.tells(t, -2*time.Minute)
	text := c.Text()
	for _, words := range []string{
		"Ann’s phone is 2 minutes behind", "Both codes are right, but came 4 steps late. This store accepts one step each side.",
		"4 steps behind", "Not the workstation, not the server", "Set the phone’s clock to automatic", "Ann does it",
		"Accepted: one step each side", "Ann’s two codes belong here", "Reset Google Authenticator", "Ends the enrollment",
	} {
		require.Contains(t, text, words)
	}
	require.NotContains(t, text, "Resync", "a shop keeps no offset")
	c.Tap("Reset…")
	require.Equal(t, []app.Help{app.HelpReset}, c.helped)
}

func TestTheServerIsBlamedFirst(t *testing.T) {
	c := ring(t, kittest.Wide, app.Administrators, 9*time.Second)
	c.tells(t, -2*time.Minute)
	require.NotContains(t, c.Text(), "Not the workstation")
	require.Contains(t, c.Text(), "9.0 s ahead")
}

func TestOneCodeAsksForTheNext(t *testing.T) {
	c := ring(t, kittest.Wide, app.Administrators, 0)
	c.Type("amarigold")
	c.Key(fyne.KeyReturn)
	c.Type(c.reads(t, 5*time.Hour+11*time.Minute))
	c.Key(fyne.KeyReturn)
	require.Contains(t, c.Text(), "One more code will tell")
	require.Contains(t, c.FocusLabel(), "Next code")
	require.NotContains(t, c.Text(), "ahead", "what it may be is not told yet")
}

func TestWhatIsMissingIsSaidWhereItIsMissing(t *testing.T) {
	c := ring(t, kittest.Wide, app.Administrators, 0)
	c.Tap("Find out why")
	require.Contains(t, c.Text(), "Choose a user.")
	c.Type("nobody of that name")
	c.Key(fyne.KeyReturn)
	require.Contains(t, c.Text(), "Nobody has that in the name.")
	c.Tap("Clear")
	c.Type("mari")
	c.Clock.Advance(time.Second)
	require.Contains(t, c.Text(), "Anton Marin")
	c.Key(fyne.KeyReturn, fyne.KeyDown, fyne.KeyUp, fyne.KeyReturn)
	c.Key(fyne.KeyReturn)
	require.Contains(t, c.Text(), "Type the code.")
}

func TestWhoseCodeByKeyboard(t *testing.T) {
	c := ring(t, kittest.Wide, app.Administrators, 0)
	c.Fill("Next code", "")
	c.Fill("Code", c.reads(t, 0))
	c.Tap("Whose code is it?")
	require.Contains(t, c.Text(), "It is a code of Ann Marigold")
	require.Contains(t, c.Text(), "1 factor was tried.")
}

func TestTheLockForgetsTheCodes(t *testing.T) {
	c := ring(t, kittest.Wide, app.Administrators, 0)
	c.tells(t, 0)
	require.Contains(t, c.Text(), "The code is good")
	c.screen.Wipe()
	require.Empty(t, c.Field("Next code").Text())
	require.Contains(t, c.Text(), "Why is my code refused?")
}

func TestAnAnswerThatComesAfterTheLockShowsNoCodes(t *testing.T) {
	held := &kittest.Held{}
	c := ringAt(t, kittest.New(t, page(kittest.Wide), held), app.Administrators, 0)
	held.Step() // the server's clock
	c.Type("amarigold")
	c.Key(fyne.KeyReturn)
	held.Step()
	code := c.reads(t, -2*time.Minute)
	c.Type(code)
	c.Key(fyne.KeyReturn)
	require.Equal(t, 1, held.Waiting())
	c.screen.Wipe()
	held.Step()
	require.Contains(t, c.Text(), "Why is my code refused?")
	require.NotContains(t, c.Text(), kit.GroupCode(code, len(code)))
	require.False(t, c.Button("Find out why").Busy())
}

func TestWhoMayNotLookAtCodes(t *testing.T) {
	c := ring(t, kittest.Wide, app.Auditor, 0)
	require.Contains(t, c.Text(), "You may not look at codes")
	require.True(t, c.Button("Find out why").Disabled())
	c = ring(t, kittest.Wide, app.HelpDesk, 0)
	require.NotContains(t, c.Text(), "Whose code is it?", "it tells of everybody")
}

func TestStepsForThePersonAreCopied(t *testing.T) {
	c := ring(t, kittest.Wide, app.Administrators, 0)
	c.tells(t, -2*time.Minute)
	c.Tap("Copy the steps")
	require.Contains(t, c.Text(), "Time correction for codes")
	c.Key(fyne.KeyReturn)
	require.Contains(t, c.Board.Content(), "1. Set the clock to automatic.")
	require.Contains(t, c.Kit.ToastText(), "The steps are in the clipboard.")
}

func TestNetworkTimeIsAskedForOnly(t *testing.T) {
	c := ring(t, kittest.Wide, app.Administrators, 0)
	require.NotContains(t, c.Text(), "reference")
	c.Tap("Ask NTP")
	require.Contains(t, c.Text(), "reference")
	require.Contains(t, c.Text(), "0.3 s ahead", "of this workstation, by the network")
}

func TestGalleryRefused(t *testing.T) {
	for name, size := range map[string]fyne.Size{"": kittest.Wide, "-small": kittest.Small} {
		c := ring(t, size, app.Administrators, 100*time.Millisecond)
		c.Pictures("troubleshoot", "refused-empty"+name)
		c.Tap("Ask NTP")
		c.Tap("Clear")
		c.tells(t, -2*time.Minute)
		c.Pictures("troubleshoot", "refused-drift"+name)
		c.Tap("Copy the steps")
		c.Pictures("troubleshoot", "refused-steps"+name)
		c.Key(fyne.KeyEscape)
		c.Tap("Clear")
		c.tells(t, 0)
		c.Pictures("troubleshoot", "refused-good"+name)
		c.Tap("Clear")
		c.tells(t, 35*time.Second)
		c.Pictures("troubleshoot", "refused-near"+name)
		c.Tap("Clear")
		c.tells(t, 4*time.Hour)
		c.Pictures("troubleshoot", "refused-zone"+name)
	}
}
