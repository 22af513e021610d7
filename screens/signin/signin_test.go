package signin_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/store/memory"
	"github.com/factordesk/factordesk/screens/kit"
	"github.com/factordesk/factordesk/screens/kit/kittest"
	"github.com/factordesk/factordesk/screens/signin"
)

var _ signin.Service = (*app.Console)(nil)

const (
	password = "correct horse battery"
	printed  = "ABCD-EFGH-IJKL-MNOP-QRST-UVWX-YZ23-4567-ABCD"
)

// glass stands for a store whose recovery key is printed: the memory store's
// is shorter and has no check group.
type glass struct {
	signin.Service
	own  app.Secret
	seen []app.Credentials
}

func (g *glass) SignIn(ctx context.Context, c app.Credentials) (app.Welcome, error) {
	g.seen = append(g.seen, c)
	if c.Recovery.Reveal() == printed {
		c.Recovery = g.own
	}
	return g.Service.SignIn(ctx, c)
}

// desk is the sign-in screen over a memory store.
type desk struct {
	*kittest.Desk
	store    *memory.Store
	service  *glass
	screen   *signin.Screen
	chosen   []int
	added    int
	stopped  int
	looked   []int
	welcomes []app.Welcome
}

func saved() signin.Stores {
	day := 24 * time.Hour
	return signin.Stores{Version: "1.0", Saved: []signin.Saved{
		{Name: "My Desk", Kind: app.LocalStore, Tag: app.TagLocal, Location: "/home/olive/desk.db", Operator: "olive", Opened: kittest.Start.Add(-time.Hour)},
		{Name: "Juniper Outfitters", Kind: app.LocalStore, Tag: app.TagProduction, Location: "/srv/juniper.db", Operator: "olive", Opened: kittest.Start.Add(-day)},
		{Name: "Juniper Staging", Kind: app.LocalStore, Tag: app.TagStaging, Location: "/srv/staging.db", Opened: kittest.Start.Add(-7 * day)},
		{Name: "Workshop Team", Kind: app.LocalStore, Tag: app.TagTeam, Location: "/srv/workshop.db"},
		{Name: "Sample data", Kind: app.SampleStore, Tag: app.TagSample},
	}}
}

func show(t *testing.T, runner kit.Runner, stores signin.Stores) *desk {
	t.Helper()
	d := &desk{Desk: kittest.New(t, kittest.Wide, runner)}
	d.store = memory.New(memory.Options{Name: "My Desk", Now: d.Clock.Now})
	d.store.Place(memory.Person{User: app.User{
		Username: "olive", Email: "olive@juniper.example", FirstName: "Olive", LastName: "Bellwether",
		Role: app.Role{ID: app.Administrators}, Active: true, Operator: true,
	}, Password: app.NewSecret(password)})
	console := app.NewConsole(app.Options{Store: d.store, Desk: "test", Now: d.Clock.Now})
	d.service = &glass{Service: console, own: d.store.RecoveryKey()}
	d.screen = signin.New(d.Kit, stores, signin.Actions{
		Choose:   func(i int) { d.chosen = append(d.chosen, i) },
		Stop:     func() { d.stopped++ },
		Add:      func() { d.added++ },
		Look:     func(i int) { d.looked = append(d.looked, i) },
		SignedIn: func(w app.Welcome) { d.welcomes = append(d.welcomes, w) },
	})
	d.Show(d.screen.Content())
	d.screen.Show()
	return d
}

func opened(t *testing.T) *desk {
	t.Helper()
	d := show(t, nil, saved())
	d.screen.Opened(d.service)
	return d
}

func TestSignInByKeyboard(t *testing.T) {
	d := opened(t)
	assert.Equal(t, "olive", d.Field("Username").Text(), "the operator who signed in last")
	assert.Equal(t, "Password", d.FocusLabel())

	d.Type(password)
	d.Key(fyne.KeyReturn)
	assert.Equal(t, "Your code", d.FocusLabel())
	d.Key(fyne.KeyReturn)

	require.Len(t, d.welcomes, 1)
	assert.Equal(t, "olive", d.welcomes[0].Operator.User.Username)
	assert.Empty(t, d.Field("Password").Text(), "the password stays in no field")
}

func TestEnterGoesFromFieldToField(t *testing.T) {
	stores := saved()
	stores.Saved[0].Operator = ""
	d := show(t, nil, stores)
	d.screen.Opened(d.service)
	assert.Equal(t, "Username", d.FocusLabel())
	d.Key(fyne.KeyReturn)
	assert.Equal(t, "Username", d.FocusLabel(), "an empty username is not left with Enter")
	d.Type("olive")
	d.Key(fyne.KeyReturn)
	assert.Equal(t, "Password", d.FocusLabel())
}

func TestCodeGoesWithThePassword(t *testing.T) {
	d := opened(t)
	d.Type(password)
	d.Key(fyne.KeyReturn)
	d.Type("371920")
	d.Key(fyne.KeyReturn)
	require.Len(t, d.service.seen, 1)
	assert.Equal(t, "371920", d.service.seen[0].Code.Reveal())
	assert.Empty(t, d.Field("Your code").Text())
}

func TestRefusedSignInTellsNothingAndKeepsTheFocus(t *testing.T) {
	d := opened(t)
	d.Type("not the password")
	d.Key(fyne.KeyReturn, fyne.KeyReturn)

	assert.Empty(t, d.welcomes)
	assert.Empty(t, d.Field("Password").Text())
	assert.True(t, d.Field("Password").Focused())
	assert.Contains(t, d.Text(), "The username, password or code is not right, or the account is locked.")
	assert.Empty(t, d.Field("Password").Trouble(), "no field is marked: that would say which part is wrong")

	d.Type(password)
	d.Key(fyne.KeyReturn, fyne.KeyReturn)
	assert.Len(t, d.welcomes, 1)
	assert.NotContains(t, d.Text(), "is not right", "the old refusal is gone")
}

func TestNothingIsTriedWithoutAPassword(t *testing.T) {
	d := opened(t)
	d.Tap("Sign in")
	assert.Empty(t, d.service.seen)
	assert.Equal(t, "Password", d.FocusLabel())
}

func TestNothingIsTriedBeforeTheStoreIsOpen(t *testing.T) {
	d := show(t, nil, saved())
	assert.Contains(t, d.Text(), "Opening the store…")
	d.Type(password)
	d.Key(fyne.KeyReturn, fyne.KeyReturn)
	assert.Empty(t, d.service.seen)

	d.screen.Opened(d.service)
	assert.Contains(t, d.Text(), "Opens a file on this computer")
	assert.Equal(t, password, d.Field("Password").Text(), "what was typed ahead stays")
	d.Key(fyne.KeyReturn)
	assert.Len(t, d.welcomes, 1)
}

func TestChooseAnotherStoreByKeyboard(t *testing.T) {
	d := opened(t)
	d.Type("half a pass")
	d.Win.Canvas().Unfocus()
	d.Key(fyne.KeyTab, fyne.KeyDown, fyne.KeyDown, fyne.KeyReturn)

	assert.Equal(t, []int{2}, d.chosen)
	assert.Empty(t, d.Field("Password").Text(), "a password meant for one store is not offered to another")
	assert.Empty(t, d.Field("Username").Text(), "nobody signed in to this one yet")
	assert.Contains(t, d.Text(), "Opening the store…")
	d.screen.Opened(d.service)
	assert.Equal(t, "Username", d.FocusLabel())
}

func TestChooseAnotherStoreByMouse(t *testing.T) {
	d := opened(t)
	test.TapCanvas(d.Win.Canvas(), fyne.NewPos(100, 240)) // the second of the list
	assert.Equal(t, []int{1}, d.chosen)
	d.screen.Opened(d.service)
	assert.Equal(t, "olive", d.Field("Username").Text())
	assert.Contains(t, d.Text(), "juniper.db")
}

func TestAddAStore(t *testing.T) {
	d := opened(t)
	d.Tap("Add a store")
	assert.Equal(t, 1, d.added)
}

func TestStoreThatCannotBeOpened(t *testing.T) {
	d := show(t, nil, saved())
	d.screen.Failed(app.Errorf(app.Unreadable, "This file is no store.").WithHint("It is no SQLite database."))
	assert.Contains(t, d.Text(), "The store cannot be opened")
	assert.Contains(t, d.Text(), "This file is no store. It is no SQLite database.")
	assert.Equal(t, "Try again", d.FocusLabel())
	d.Key(fyne.KeyReturn)
	assert.Equal(t, []int{0}, d.chosen)
	d.screen.Failed(app.Errorf(app.Unreachable, "The file is gone."))
	d.screen.Refresh()
	assert.Equal(t, []int{0, 0}, d.chosen)
	d.screen.Opened(d.service)
	assert.Equal(t, "Password", d.FocusLabel())
	assert.NotContains(t, d.Text(), "Test or change the connection")
}

// The way to a shop may have changed, and nobody can sign in to change it.
func TestTheWayToAShopThatCannotBeOpenedIsWithinReach(t *testing.T) {
	stores := saved()
	d := show(t, nil, stores)
	d.screen.Failed(app.Errorf(app.Unreadable, "This file is no store."))
	assert.Empty(t, kittest.Find[*kit.Button](d.Desk, "Test or change"), "a file has no way to it")

	stores.Saved[0].Kind, stores.Saved[0].Shop = app.MagentoStore, &app.ShopAddress{EnvPHP: "/srv/env.php"}
	d = show(t, nil, stores)
	d.screen.Failed(app.Errorf(app.Unreachable, "bastion gives no answer."))
	assert.Equal(t, "Try again", d.FocusLabel())
	d.Key(fyne.KeyTab, fyne.KeyReturn)
	assert.Equal(t, []int{0}, d.looked)

	d = show(t, nil, stores)
	d.Key(fyne.KeyEscape)
	assert.Contains(t, d.Text(), "Stopped")
	d.Tap("Test or change the connection")
	assert.Equal(t, []int{0}, d.looked)
}

func TestStoreErrorAtSignIn(t *testing.T) {
	d := opened(t)
	d.store.FailNext(app.Errorf(app.Unreachable, "The store cannot be reached.").WithHint("Look at the disk."))
	d.Type(password)
	d.Key(fyne.KeyReturn, fyne.KeyReturn)
	assert.Empty(t, d.welcomes)
	assert.Contains(t, d.Text(), "The store cannot be reached. Look at the disk.")
}

func TestBreakGlassByKeyboard(t *testing.T) {
	d := opened(t)
	d.Tap("Your own factor is lost?")
	assert.Contains(t, d.Text(), "It is marked in the activity and shown to every operator; then you enroll again.")
	assert.Equal(t, "Password", d.FocusLabel())
	d.Type(password)
	d.Key(fyne.KeyReturn)
	assert.Equal(t, "Recovery key", d.FocusLabel())

	d.Type("abcd")
	d.Key(fyne.KeyReturn)
	assert.Empty(t, d.service.seen, "an incomplete key costs no attempt")
	assert.Contains(t, d.Text(), "32 characters are missing")

	d.Type(strings.ToLower(printed[4:]))
	d.Key(fyne.KeyReturn)
	require.Len(t, d.welcomes, 1)
	assert.True(t, d.welcomes[0].Operator.BreakGlass)
	assert.True(t, d.welcomes[0].Operator.MustEnroll)
	assert.True(t, d.service.seen[0].Code.Empty())
}

func TestRecoveryKeyIsPastedAndCorrected(t *testing.T) {
	d := opened(t)
	d.Tap("Your own factor is lost?")
	d.Type(password)
	d.Key(fyne.KeyReturn)
	d.Paste("  1bcd EFGH\nijkl-MNOP-QRST-UVWX-YZ23-4567-A8CD-and more")
	d.Key(fyne.KeyHome, fyne.KeyDelete)
	d.Type("a")
	d.Key(fyne.KeyReturn)
	require.Len(t, d.service.seen, 1)
	assert.Equal(t, printed, d.service.seen[0].Recovery.Reveal(), "0, 1 and 8 are read as O, I and B")
}

func TestWrongRecoveryKeyStaysToBeLookedAt(t *testing.T) {
	d := opened(t)
	d.Tap("Your own factor is lost?")
	d.Type(password)
	d.Key(fyne.KeyReturn)
	d.Paste(strings.Replace(printed, "MNOP", "MNOO", 1))
	d.Key(fyne.KeyReturn)
	assert.Empty(t, d.welcomes)
	assert.Contains(t, d.Text(), "Look at each group of the printed key.")
	assert.Equal(t, "Password", d.FocusLabel())

	d.Type(password)
	d.Key(fyne.KeyReturn, fyne.KeyHome)
	for range 15 {
		d.Key(fyne.KeyRight)
	}
	d.Key(fyne.KeyDelete)
	d.Type("p")
	d.Key(fyne.KeyReturn)
	assert.Len(t, d.welcomes, 1)
}

func TestBackFromBreakGlass(t *testing.T) {
	d := opened(t)
	d.Tap("Your own factor is lost?")
	d.Type(password)
	d.Key(fyne.KeyReturn)
	d.Type("ABCD")
	d.Key(fyne.KeyEscape)
	assert.Contains(t, d.Text(), "Your code")
	assert.NotContains(t, d.Text(), "Recovery key")
	assert.Equal(t, "Your code", d.FocusLabel())
	d.Tap("Your own factor is lost?")
	assert.Equal(t, "Recovery key", d.FocusLabel())
	d.Ctrl(fyne.KeyA)
	d.Paste(printed)
	d.Tap("Sign in with a code")
	d.Key(fyne.KeyReturn)
	require.Len(t, d.service.seen, 1)
	assert.True(t, d.service.seen[0].Recovery.Empty(), "a key typed before is not sent with a code")
}

func TestRecentBreakGlassStandsOverTheCard(t *testing.T) {
	d := opened(t)
	assert.NotContains(t, d.Text(), "recovery key")
	_, err := d.service.SignIn(context.Background(), app.Credentials{
		Username: "olive", Password: app.NewSecret(password), Recovery: app.NewSecret(printed),
	})
	require.NoError(t, err)
	d.Clock.Advance(3 * time.Hour)
	d.screen.Opened(d.service)
	assert.Contains(t, d.Text(), "olive signed in with the recovery key: Today 14:09 (12:09 UTC).")
}

func TestBreakGlassThatCannotBeReadIsSaid(t *testing.T) {
	d := show(t, nil, saved())
	d.store.FailNext(app.Errorf(app.Unreadable, "The activity cannot be read."))
	d.screen.Opened(d.service)
	assert.Contains(t, d.Text(), "Whether break-glass was used lately is not known. The activity cannot be read.")
}

func TestListSaysWhatAndWhen(t *testing.T) {
	d := opened(t)
	text := d.Text()
	for _, words := range []string{
		"5 saved", "SQLite file · last opened today", "SQLite file · yesterday", "SQLite file · Jun 2",
		"SQLite file · never opened", "In memory, forgotten on exit", "Version 1.0",
		"Wrong passwords count in this store: after 6 your account is locked for 30 minutes.",
	} {
		assert.Contains(t, text, words)
	}
}

func TestChecksOnceWhileItIsAtWork(t *testing.T) {
	held := &kittest.Held{}
	d := show(t, held, saved())
	d.screen.Opened(d.service)
	held.Step()
	d.Type(password)
	d.Key(fyne.KeyReturn, fyne.KeyReturn, fyne.KeyReturn)
	assert.Equal(t, 1, held.Waiting())
	d.Tap("Your own factor is lost?")
	assert.Contains(t, d.Text(), "Your code", "the form stays as it was sent")
	held.Step()
	assert.Len(t, d.welcomes, 1)
}

func TestCloseForgets(t *testing.T) {
	held := &kittest.Held{}
	d := show(t, held, saved())
	d.screen.Opened(d.service)
	held.Step()
	d.Type(password)
	d.Key(fyne.KeyReturn, fyne.KeyReturn)
	d.screen.Close()
	held.Step()
	assert.Empty(t, d.welcomes)
	assert.Empty(t, d.Field("Password").Text())
}

func TestTabOrder(t *testing.T) {
	d := opened(t)
	assert.Equal(t, []string{
		"My Desk", "Add a store", "Username", "Password", "Your code", "Sign in", "Your own factor is lost?",
	}, d.TabOrder())
}

func TestNoticeGoesOnAtOnceWhenThereIsNothingToTell(t *testing.T) {
	d := opened(t)
	went := 0
	signin.Notice(d.Kit, app.StoreInfo{Name: "My Desk"}, app.Welcome{}, func() { went++ })
	assert.Equal(t, 1, went)
	assert.False(t, d.DialogOpen())
}

func TestNoticeIsReadBeforeGoingOn(t *testing.T) {
	d := opened(t)
	went := 0
	signin.Notice(d.Kit, app.StoreInfo{Name: "My Desk"}, app.Welcome{
		Warning:    "The history of this store was rewritten.",
		BreakGlass: []app.Event{{Operator: "sam", At: kittest.Start}, {Operator: "olive", At: kittest.Start.Add(-time.Hour)}},
	}, func() { went++ })
	text := d.Text()
	assert.Contains(t, text, "The history of this store was rewritten.")
	assert.Contains(t, text, "2 sign-ins with the recovery key since you signed in the last time, the last one by sam: Today 14:09 (12:09 UTC).")
	d.Key(fyne.KeyEscape)
	assert.Zero(t, went, "Esc does not wave it away")
	d.Key(fyne.KeyReturn)
	assert.Equal(t, 1, went)
	assert.False(t, d.DialogOpen())
}
