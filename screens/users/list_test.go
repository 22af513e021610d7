package users_test

import (
	"context"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/store/memory"
	"github.com/factordesk/factordesk/screens/kit"
	"github.com/factordesk/factordesk/screens/kit/kittest"
)

func TestFocusStartsInSearchAndHeaderCounts(t *testing.T) {
	b := start(t, setup{})
	require.Equal(t, "Search name, username or email", b.FocusLabel())
	require.Contains(t, b.Text(), "25 people · 6 have no second factor")
	for _, chip := range []string{"All 25", "No 2FA 6", "Pending 2", "Locked 1", "Inactive 2", "Unreadable 3"} {
		kittest.Get[*kit.Chip](b.Desk, chip)
	}
	require.Contains(t, b.Text(), "1–25 of 25")
}

func TestUnreadableChipOnlyWhereSomethingIs(t *testing.T) {
	b := start(t, setup{store: with("", crowd(2)...)})
	require.Empty(t, kittest.Find[*kit.Chip](b.Desk, "Unreadable"))
}

func TestTypingSearchesOnceAfterAPause(t *testing.T) {
	b := start(t, setup{})
	asked, counted := len(b.service.pages), b.service.counted
	b.Type("ann")
	b.Clock.Advance(149 * time.Millisecond)
	b.Type(" m")
	b.Clock.Advance(149 * time.Millisecond)
	require.Len(t, b.service.pages, asked, "nobody is asked while the person types")
	b.Clock.Advance(time.Millisecond)
	require.Len(t, b.service.pages, asked+1)
	require.Equal(t, "ann m", b.service.pages[asked].Search)
	require.Equal(t, counted, b.service.counted, "a search does not change the chips")
	require.Contains(t, b.Text(), "1–1 of 1")
	b.Clock.Advance(time.Minute)
	require.Len(t, b.service.pages, asked+1)
}

func TestEnterSearchesAtOnceAndEscClears(t *testing.T) {
	b := start(t, setup{})
	b.Type("adrift")
	b.Key(fyne.KeyReturn)
	require.Contains(t, b.Text(), "1–1 of 1")
	b.Key(fyne.KeyEscape)
	require.Contains(t, b.Text(), "1–25 of 25")
	require.Empty(t, b.Field("Search").Text())
}

func TestStaleAnswerIsCanceledAndDropped(t *testing.T) {
	held := &kittest.Held{}
	b := start(t, setup{runner: held})
	held.Step()
	b.Type("Abel")
	b.Key(fyne.KeyReturn)
	b.Type(" Thistle")
	b.service.page = func(ctx context.Context, q app.Query) (app.Page, error) {
		if q.Search == "Abel" {
			select {
			case <-ctx.Done():
			case <-time.After(10 * time.Second):
				t.Error("the question before was not canceled")
			}
			return app.Page{Total: 77}, nil
		}
		return b.console.Users(ctx, q)
	}
	b.Key(fyne.KeyReturn)
	require.Equal(t, 2, held.Waiting())
	held.Step()
	require.NotContains(t, b.Text(), "77")
	require.Contains(t, b.Text(), "1–25 of 25", "the list stays until the right answer comes")
	held.Step()
	require.Contains(t, b.Text(), "1–1 of 1")
}

func TestNothingFoundSaysSoAndTakesItBack(t *testing.T) {
	b := start(t, setup{})
	b.tick("Abel Thistle")
	b.Ctrl(fyne.KeyF)
	b.Type("zzz")
	b.Key(fyne.KeyReturn)
	require.Contains(t, b.Text(), "Nobody matches “zzz”")
	require.Contains(t, b.Text(), "No name, username or email contains it.")
	b.Tap("Clear search")
	require.Contains(t, b.Text(), "1–25 of 25")
	require.NotContains(t, b.Text(), "selected")
	require.Equal(t, "Search name, username or email", b.FocusLabel())
}

func TestChipsFilterByKeyboard(t *testing.T) {
	b := start(t, setup{})
	chip := kittest.Get[*kit.Chip](b.Desk, "Locked")
	for range 10 {
		if b.FocusLabel() == "Locked 1" {
			break
		}
		b.Key(fyne.KeyTab)
	}
	b.Key(fyne.KeySpace)
	require.True(t, chip.Chosen())
	require.Equal(t, app.WithLock, b.service.pages[len(b.service.pages)-1].Filter)
	require.Contains(t, b.Text(), "1–1 of 1")
	b.Key(fyne.KeyReturn)
	require.False(t, chip.Chosen(), "the chosen chip takes the filter back")
	require.Contains(t, b.Text(), "1–25 of 25")
}

func TestEmptyFilterHasItsOwnSentence(t *testing.T) {
	b := start(t, setup{store: with("", crowd(2)...)})
	for chip, title := range map[string]string{
		"Pending": "Nothing is pending", "Locked": "Nobody is locked out", "Inactive": "No account is inactive",
	} {
		kittest.Get[*kit.Chip](b.Desk, chip).OnTapped()
		require.Contains(t, b.Text(), title)
		b.Tap("Show all users")
		require.Contains(t, b.Text(), "1–3 of 3")
	}
	b.Type("zzz")
	kittest.Get[*kit.Chip](b.Desk, "Locked").OnTapped()
	require.Contains(t, b.Text(), "No name, username or email under Locked contains it.")
}

func TestSortByHeader(t *testing.T) {
	b := start(t, setup{})
	b.Key(fyne.KeyDown)
	b.Back()
	require.Equal(t, "Tick all rows", b.FocusLabel())
	b.Key(fyne.KeyRight, fyne.KeyReturn)
	last := func() app.Query { return b.service.pages[len(b.service.pages)-1] }
	require.Equal(t, app.ByName, last().Sort)
	require.True(t, last().Descending, "the sorted column turns round")
	for _, column := range []app.Column{app.ByUsername, app.ByEmail, app.ByRole, app.ByLastSignIn} {
		b.Key(fyne.KeyRight, fyne.KeyReturn)
		require.Equal(t, column, last().Sort)
		require.False(t, last().Descending)
	}
	b.Key(fyne.KeyDown, fyne.KeyHome)
	require.Zero(t, b.openCurrent().LastSignIn, "who never signed in comes first")
}

func TestPagesTurnByKeyboard(t *testing.T) {
	b := start(t, setup{store: with("", crowd(60)...)})
	require.Contains(t, b.Text(), "1–25 of 61")
	b.Key(fyne.KeyDown, fyne.KeyEnd, fyne.KeyPageDown)
	require.Contains(t, b.Text(), "26–50 of 61")
	require.Equal(t, "Person 025", b.openCurrent().Name(), "the first row of the next page")
	b.Key(fyne.KeyEnd, fyne.KeyPageDown)
	require.Contains(t, b.Text(), "51–61 of 61")
	b.Key(fyne.KeyEnd, fyne.KeyPageDown)
	require.Contains(t, b.Text(), "51–61 of 61")
	require.Equal(t, "Person 060", b.openCurrent().Name())
	b.Key(fyne.KeyHome, fyne.KeyPageUp)
	require.Contains(t, b.Text(), "26–50 of 61")
	require.Equal(t, "Person 049", b.openCurrent().Name(), "the last row of the page before")
	b.Key(fyne.KeyHome, fyne.KeyPageUp)
	require.Contains(t, b.Text(), "1–25 of 61")
	asked := len(b.service.pages)
	b.Key(fyne.KeyHome, fyne.KeyPageUp)
	require.Len(t, b.service.pages, asked, "there is nothing before the first page")
}

func TestPagesTurnByButtonsAndStayOverReload(t *testing.T) {
	b := start(t, setup{store: with("", crowd(60)...)})
	require.True(t, b.Button("This is the first page.").Disabled())
	b.Tap("Next page")
	b.screen.Refresh()
	require.Contains(t, b.Text(), "26–50 of 61")
	b.Tap("Next page")
	require.True(t, b.Button("This is the last page.").Disabled())
	b.Tap("Previous page")
	b.screen.Refresh()
	require.Contains(t, b.Text(), "26–50 of 61")
	b.Tap("Previous page")
	require.Contains(t, b.Text(), "1–25 of 61")
	for _, q := range b.service.pages {
		require.Zero(t, q.Offset, "pages are turned by cursor")
	}
}

func TestPageThatHasGoneGivesWayToTheFirst(t *testing.T) {
	b := start(t, setup{store: with("", crowd(30)...)})
	b.Tap("Next page")
	require.Contains(t, b.Text(), "26–31 of 31")
	b.service.page = func(ctx context.Context, q app.Query) (app.Page, error) {
		if q.After != "" {
			return app.Page{Total: 25}, nil
		}
		return b.console.Users(ctx, q)
	}
	b.screen.Refresh()
	require.Contains(t, b.Text(), "1–25 of 31")
}

func TestSearchInAHugeListSaysThatItStoppedCounting(t *testing.T) {
	b := start(t, setup{})
	b.service.page = func(ctx context.Context, q app.Query) (app.Page, error) {
		p, err := b.console.Users(ctx, app.Query{})
		p.Total, p.Next = app.CountLimit, "more"
		return p, err
	}
	b.Type("e")
	b.Key(fyne.KeyReturn)
	require.Contains(t, b.Text(), "1–25 of 1,000+")
}

func TestTicksAndCurrentRowSurviveReload(t *testing.T) {
	b := start(t, setup{})
	b.tick("Ann Marigold")
	require.Contains(t, b.Text(), "1 selected")
	b.store.Place(memory.Person{User: app.User{Username: "aaron", FirstName: "Aaron", LastName: "Ash", Email: "a@a.example", Active: true}})
	b.screen.Refresh()
	require.Contains(t, b.Text(), "1 selected")
	require.Contains(t, b.Text(), "26 people")
	require.Equal(t, "Ann Marigold", b.openCurrent().Name())
	b.Tap("Open")
	require.Len(t, b.opened, 2)
	require.Equal(t, b.opened[0], b.opened[1])
}

func TestFooterShowsWhatCanBeDone(t *testing.T) {
	b := start(t, setup{})
	buttons := func() (labels []string) {
		for _, label := range []string{"Open", "Test a code", "Unlock", "Enroll now"} {
			if len(kittest.Find[*kit.Button](b.Desk, label)) > 0 {
				labels = append(labels, label)
			}
		}
		return labels
	}
	require.Empty(t, buttons())
	b.tick("Ann Marigold")
	require.Equal(t, []string{"Open", "Test a code"}, buttons())
	b.Tap("Test a code")
	require.Len(t, b.tested, 1)
	b.tick("Adrian Pebble")
	require.True(t, b.Button("Test a code").Disabled(), "there is no factor to test")
	b.tick("Aiko Saffron")
	require.Equal(t, []string{"Open", "Test a code", "Unlock"}, buttons())
	b.Ctrl(fyne.KeyF)
	b.Key(fyne.KeyDown)
	b.Ctrl(fyne.KeyA)
	require.Contains(t, b.Text(), "25 selected")
	require.Equal(t, []string{"Unlock"}, buttons())
}

func TestUnlockNeedsThePassword(t *testing.T) {
	b := start(t, setup{})
	b.tick("Aiko Saffron")
	b.Tap("Unlock")
	require.Contains(t, b.Text(), "unlock Aiko Saffron")
	b.answer("wrong")
	require.Contains(t, b.Text(), "That is not your password.")
	b.answer(memory.SamplePassword)
	require.Equal(t, "Aiko Saffron can sign in again.", b.ToastText())
	kittest.Get[*kit.Chip](b.Desk, "Locked 0")
	require.Empty(t, kittest.Find[*kit.Button](b.Desk, "Unlock"))
}

func TestUnlockOfSomebodyChangedMeanwhile(t *testing.T) {
	b := start(t, setup{})
	b.tick("Aiko Saffron")
	b.Tap("Unlock")
	aiko, err := b.store.FindUser(context.Background(), "asaffron")
	require.NoError(t, err)
	_, err = b.store.SaveUser(context.Background(), app.UserChange{
		ID: aiko.ID, Version: aiko.Version, Username: aiko.Username, Email: "new@juniper.example", Active: true,
	}, app.Event{})
	require.NoError(t, err)
	b.answer(memory.SamplePassword)
	require.Contains(t, b.Text(), "Aiko Saffron was not unlocked")
	require.Contains(t, b.Text(), "Somebody else has changed")
}

func TestUnlockSeveralWithOnePassword(t *testing.T) {
	b := start(t, setup{store: func(now func() time.Time) *memory.Store {
		people := crowd(3)
		for i := range people {
			people[i].LockedUntil = now().Add(time.Duration(i+1) * 10 * time.Minute)
		}
		return with("", people...)(now)
	}})
	kittest.Get[*kit.Chip](b.Desk, "Locked 3")
	b.Key(fyne.KeyDown)
	b.Ctrl(fyne.KeyA)
	b.Tap("Unlock")
	require.Contains(t, b.Text(), "unlock 3 users")
	b.answer(password)
	require.Equal(t, "3 users can sign in again.", b.ToastText())
	kittest.Get[*kit.Chip](b.Desk, "Locked 0")
}

func TestMinutesOfALockGoOnWithoutAsking(t *testing.T) {
	b := start(t, setup{})
	asked := len(b.service.pages)
	b.tick("Aiko Saffron")
	b.Clock.Advance(17 * time.Minute)
	require.Len(t, kittest.Find[*kit.Button](b.Desk, "Unlock"), 1)
	b.Clock.Advance(2 * time.Minute)
	require.Empty(t, kittest.Find[*kit.Button](b.Desk, "Unlock"), "the lock is over")
	require.Len(t, b.service.pages, asked)
}

func TestComingBackKeepsThePlace(t *testing.T) {
	b := start(t, setup{store: with("", crowd(60)...)})
	b.Tap("Next page")
	b.tick("Person 030")
	b.screen.Show()
	require.Contains(t, b.Text(), "26–50 of 61")
	require.Contains(t, b.Text(), "1 selected")
	require.Equal(t, "Person 030", b.openCurrent().Name())
}

func TestTabOrderIsAsRead(t *testing.T) {
	b := start(t, setup{})
	require.Equal(t, []string{
		"Import CSV…", "Add user", "Search name, username or email", "All 25", "No 2FA 6", "Pending 2", "Locked 1",
		"Inactive 2", "Unreadable 3", "Refresh (F5)", "Tick all rows", "25 rows",
	}, b.TabOrder())
}

func TestCloseEndsWorkAndTimers(t *testing.T) {
	held := &kittest.Held{}
	b := start(t, setup{runner: held})
	b.Type("ann")
	b.screen.Close()
	b.link.Close()
	require.Zero(t, b.Clock.Timers())
	held.Step()
	require.NotContains(t, b.Text(), "25 people")
}
