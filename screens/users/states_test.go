package users_test

import (
	"context"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/storage"
	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/store/memory"
	"github.com/factordesk/factordesk/screens/kit"
	"github.com/factordesk/factordesk/screens/kit/kittest"
)

func TestFirstRunOffersTheTwoWaysIn(t *testing.T) {
	b := start(t, setup{store: with("")})
	require.Contains(t, b.Text(), "1 person, you")
	require.Contains(t, b.Text(), "No users yet")
	require.Equal(t, "Add user", b.FocusLabel())
	require.Empty(t, kittest.Find[*kit.Button](b.Desk, "Import CSV…"), "the card holds the buttons")
	b.Key(fyne.KeyReturn)
	require.Equal(t, "Add user", kittest.Get[*kit.Text](b.Desk, "Add user").String())
	b.Key(fyne.KeyEscape)
	b.Tap("Choose file…")
	require.Contains(t, b.Text(), "Import users from a CSV file")
}

func TestFirstRunEndsWithTheFirstUser(t *testing.T) {
	b := start(t, setup{store: with("")})
	b.store.Place(crowd(1)[0])
	b.screen.Refresh()
	require.Contains(t, b.Text(), "2 people · 2 have no second factor")
	b.Button("Import CSV…")
}

func TestGrayBarsOnlyAfterAWhile(t *testing.T) {
	held := &kittest.Held{}
	b := start(t, setup{runner: held})
	bars := len(b.Objects())
	b.Clock.Advance(299 * time.Millisecond)
	require.Len(t, b.Objects(), bars)
	b.Clock.Advance(time.Millisecond)
	require.Greater(t, len(b.Objects()), bars+20, "gray bars in the shape of rows")
	require.Contains(t, b.Text(), "Loading…")
	held.Step()
	require.Contains(t, b.Text(), "25 people")
	b.screen.Refresh()
	rows := len(b.Objects())
	held.Step()
	b.Clock.Advance(time.Second)
	require.Len(t, b.Objects(), rows, "a quick answer shows no bars")
}

func TestUnreachableTriesAgainByItself(t *testing.T) {
	b := start(t, setup{hold: true})
	b.service.info = shop
	b.store.Fail(memory.Unreachable())
	b.screen.Show()
	text := b.Text()
	for _, want := range []string{
		"Not loaded", "The store cannot be reached", "Nothing was changed. Check the network and try again.",
		"This workstation", "db1.juniper.example", "MariaDB, port 3306", "No answer",
		"Tries again by itself in 2 s · F5 tries now", "What usually helps", "Last reached today 14:09 (12:09 UTC)",
		"All –", "Locked –",
	} {
		require.Contains(t, text, want)
	}
	require.Equal(t, "Try again", b.FocusLabel())
	require.True(t, b.Field("Search").Disabled())
	require.True(t, b.Button("Add user").Disabled())
	asked := len(b.service.pages)
	b.Clock.Advance(2 * time.Second)
	require.Contains(t, b.Text(), "Tries again by itself in 4 s")
	b.Clock.Advance(3 * time.Second)
	require.Contains(t, b.Text(), "Tries again by itself in 1 s")
	require.Len(t, b.service.pages, asked, "it is asked whether it answers, and not for a whole page")
	b.store.Fail(nil)
	b.Clock.Advance(15 * time.Second)
	require.Contains(t, b.Text(), "25 people")
	require.Equal(t, "Search name, username or email", b.FocusLabel())
	require.False(t, b.Field("Search").Disabled())
	asked = len(b.service.pages)
	b.Clock.Advance(time.Hour)
	require.Len(t, b.service.pages, asked, "nobody asks a store that answers")
}

func TestLocalFileHasAShorterWay(t *testing.T) {
	b := start(t, setup{hold: true})
	b.service.info = file
	b.store.Fail(app.Errorf(app.Unreachable, "The disk is full."))
	b.screen.Show()
	text := b.Text()
	for _, want := range []string{"The store’s file cannot be used", "The disk is full. Nothing was changed.", "desk.db", "SQLite file"} {
		require.Contains(t, text, want)
	}
	require.NotContains(t, text, "Test the connection")
	require.NotContains(t, text, "firewall")
}

func TestOtherTroubleIsExplained(t *testing.T) {
	b := start(t, setup{})
	b.store.FailNext(context.DeadlineExceeded)
	b.screen.Refresh()
	require.Contains(t, b.Text(), "The list could not be loaded")
	require.Contains(t, b.Text(), "The store gave no answer in time.")
	require.Equal(t, "Try again", b.FocusLabel())
	b.Key(fyne.KeyReturn)
	require.Contains(t, b.Text(), "25 people")
}

func TestWhoMayNotSeeUsers(t *testing.T) {
	b := start(t, setup{store: noSight})
	require.Contains(t, b.Text(), "You may not see users")
	require.Contains(t, b.Text(), "Not permitted for Clerk: see users. Ask an Administrator.")
	require.Empty(t, b.service.pages)
	require.NotContains(t, b.Text(), "Olive")
}

func TestAuditorSeesWhyNobodyCanBeAdded(t *testing.T) {
	b := start(t, setup{store: with(app.Auditor, crowd(2)...)})
	require.Contains(t, b.Text(), "Not permitted for Auditor: add, import, change and remove users. Ask an Administrator.")
	require.True(t, b.Button("Add user").Disabled())
	require.True(t, b.Button("Import CSV…").Disabled())
	b.tick("Person 001")
	require.True(t, b.Button("Test a code").Disabled())
}

func TestReadOnlyStoreSaysWhyNobodyCanBeAdded(t *testing.T) {
	b := start(t, setup{store: with("")})
	b.store.Disable(app.AbleEditUsers, app.Errorf(app.Invalid, "The store is read-only."))
	b.screen.Refresh()
	require.Contains(t, b.Text(), "The store is read-only.")
	require.True(t, b.Button("Add user").Disabled())
}

// elsewhere is what a shop says of its accounts.
const elsewhere = "Accounts, passwords and roles of a shop are changed in its own admin."

// ofShop is a store of a shop, whose accounts are not Factordesk's to edit.
func ofShop(people ...memory.Person) func(now func() time.Time) *memory.Store {
	return func(now func() time.Time) *memory.Store {
		s := memory.New(memory.Options{
			Name: "Juniper Outfitters", Kind: app.MagentoStore, Tag: app.TagProduction, Engine: "Magento 2.4.6 · MariaDB through SSH", Now: now,
		})
		s.Place(memory.Person{Password: app.NewSecret(password), User: app.User{
			Username: "olive", FirstName: "Olive", LastName: "Bellwether", Email: "olive@juniper.example",
			Active: true, Role: app.Role{ID: app.Administrators},
		}})
		for _, p := range people {
			s.Place(p)
		}
		s.Disable(app.AbleEditUsers, app.Errorf(app.Invalid, elsewhere).WithHint("There it is System > Permissions."))
		return s
	}
}

func TestShopSaysWhereItsAccountsAreMade(t *testing.T) {
	b := start(t, setup{store: ofShop(crowd(2)...)})
	require.Contains(t, b.Text(), elsewhere)
	require.True(t, b.Button("Add user").Disabled())
	require.True(t, b.Button("Import CSV…").Disabled())
	b.screen.Drop(storage.NewFileURI("/people.csv"))
	require.False(t, b.DialogOpen(), "a file that is dropped is not imported either")
}

func TestFirstRunOfAShop(t *testing.T) {
	b := start(t, setup{store: ofShop()})
	require.Contains(t, b.Text(), "Only your own account is in this shop. "+elsewhere+" There it is System > Permissions.")
	require.Empty(t, kittest.Find[*kit.Button](b.Desk, "Add user"), "what can never be done is not promised")
	require.Equal(t, "Search name, username or email", b.FocusLabel())
	b.store.Place(crowd(1)[0])
	b.Tap("Look again")
	require.Contains(t, b.Text(), "2 people")
}

func TestSetAsideItTakesNoFocusAndAsksNobody(t *testing.T) {
	b := start(t, setup{})
	b.store.Fail(memory.Unreachable())
	b.screen.Refresh()
	b.screen.Hide()
	other := kit.Secondary("Elsewhere", nil)
	b.Desk.Show(other)
	b.Focus(other)
	asked := len(b.service.pages)
	b.Clock.Advance(time.Minute)
	require.Len(t, b.service.pages, asked)
	b.screen.Drop(storage.NewFileURI("/people.csv"))
	require.Equal(t, "Elsewhere", b.FocusLabel())
	require.False(t, b.DialogOpen())
	b.store.Fail(nil)
	b.Desk.Show(b.screen.Content())
	b.screen.Show()
	require.Contains(t, b.Text(), "25 people")
}

func TestTheLockLetsNothingThrough(t *testing.T) {
	r := newThreads()
	b := start(t, setup{runner: r})
	r.pump(t)
	b.bring(csv(t, mixedFile))
	r.pump(t) // the file can be read
	b.answer(memory.SamplePassword)
	locked := make(chan bool)
	b.service.bring = func(context.Context, app.ImportRequest) { <-locked }
	r.pump(t) // the password is right, the import begins
	b.CloseDialogs()
	b.console.Lock()
	b.screen.Refresh()
	r.pump(t)
	require.NotContains(t, b.Text(), "You may not see users")
	require.NoError(t, b.console.Reopen(context.Background(), app.NewSecret(memory.SamplePassword)))
	b.console.Lock()
	close(locked)
	r.pump(t)
	require.False(t, b.DialogOpen(), "no report over the lock")
	require.NoError(t, b.console.Reopen(context.Background(), app.NewSecret(memory.SamplePassword)))
	b.screen.Refresh()
	r.pump(t)
	require.True(t, b.DialogOpen(), "the report waits for who opens the lock")
}
