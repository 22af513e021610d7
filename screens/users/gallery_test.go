package users_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/store/memory"
	"github.com/factordesk/factordesk/screens/kit"
	"github.com/factordesk/factordesk/screens/kit/kittest"
)

// sizes are the two windows of the look.
var sizes = []struct {
	name string
	size fyne.Size
}{{"", kittest.Wide}, {"-small", kittest.Small}}

// pictures makes light and dark pictures of a state.
func (b *bench) pictures(state string) { b.Pictures("users", state) }

// large makes one with large text.
func (b *bench) large(state string) {
	b.Theme(kit.Light, 1.3)
	b.Picture("users-" + state + "-large")
	b.Theme(kit.Light, 1)
}

func TestGalleryUsers(t *testing.T) {
	for _, size := range sizes {
		b := start(t, setup{size: size.size})
		b.tick("Ann Marigold")
		b.Ctrl(fyne.KeyF)
		b.pictures("full" + size.name)
		b.large("full" + size.name)
		b.tick("Aiko Saffron")
		b.pictures("locked" + size.name)
		b.Ctrl(fyne.KeyF)
		b.Type("zzz")
		b.Key(fyne.KeyReturn)
		b.pictures("nothing" + size.name)
		b = start(t, setup{size: size.size, store: with("")})
		b.pictures("first" + size.name)
		b.large("first" + size.name)
		b = start(t, setup{size: size.size, store: ofShop(crowd(9)...)})
		b.pictures("shop" + size.name)
		b = start(t, setup{size: size.size, store: ofShop()})
		b.pictures("shop-first" + size.name)
	}
}

func TestGalleryUsersTroubles(t *testing.T) {
	for _, size := range sizes {
		silent := app.Errorf(app.Unreachable, "The jump host answers, but the database behind it gave no answer in 10 seconds.")
		b := start(t, setup{size: size.size, hold: true})
		b.service.info = shop
		b.store.Fail(silent)
		b.screen.Show()
		b.Clock.Advance(7 * time.Minute)
		b.pictures("unreachable" + size.name)
		b.large("unreachable" + size.name)

		b = start(t, setup{size: size.size})
		b.tick("Ann Marigold")
		b.service.info = shop
		b.store.Fail(silent)
		b.screen.Refresh()
		b.Clock.Advance(3*time.Minute + 2*time.Second)
		b.pictures("stale" + size.name)
		b.large("stale" + size.name)

		b = start(t, setup{size: size.size, hold: true})
		b.service.info = file
		b.store.Fail(app.Errorf(app.Unreachable, "The disk is full."))
		b.screen.Show()
		b.pictures("unreachable-file" + size.name)

		b.store.Fail(app.Errorf(app.Internal, "Something went wrong inside Factordesk.").WithHint("The log has the details."))
		b.screen.Refresh()
		b.pictures("failed" + size.name)

		held := &kittest.Held{}
		b = start(t, setup{size: size.size, runner: held})
		b.Clock.Advance(time.Second)
		b.pictures("loading" + size.name)
	}
	b := start(t, setup{store: with(app.Auditor, crowd(3)...)})
	b.pictures("auditor")
	b = start(t, setup{store: noSight})
	b.pictures("denied")
}

// noSight is a store whose operator has a role that does not see users.
func noSight(now func() time.Time) *memory.Store {
	s := with("clerk")(now)
	s.PlaceRole("clerk", "Clerk", app.SeeActivity)
	return s
}

func TestGalleryUsersDialogs(t *testing.T) {
	for _, size := range sizes {
		b := start(t, setup{size: size.size})
		b.Tap("Add user")
		b.Fill("Username", "ewillow")
		b.Fill("Email", "ember.willow@juniper.example")
		b.pictures("add" + size.name)
		b.choose("Administrators")
		kittest.Get[*kit.Checkbox](b.Desk, "Can sign in").Toggle()
		b.Fill("Email", "@@")
		b.Key(fyne.KeyReturn)
		b.pictures("add-refused" + size.name)
		b.large("add-refused" + size.name)
		b.Key(fyne.KeyEscape)

		path := filepath.Join(t.TempDir(), "new-starters.csv")
		require.NoError(t, os.WriteFile(path, []byte(mixedFile), 0o600))
		b.Tap("Import CSV…")
		b.Fill("File", "/home/olive/new-starters.csv")
		b.Key(fyne.KeyReturn)
		b.pictures("import" + size.name)
		b.Field("File").SetText(path)
		b.Key(fyne.KeyReturn)
		b.answer(memory.SamplePassword)
		b.pictures("import-report" + size.name)
	}
}
