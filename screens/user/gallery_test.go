package user_test

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
	"github.com/factordesk/factordesk/screens/user"
)

// framed puts the screen where the shell has it: beside the rail and under the
// top bar.
func framed(s *user.Screen) fyne.CanvasObject {
	return kit.RowFill(0, kit.Fix(88, 0, kit.Plate(kit.ColorRail)),
		kit.Grow(kit.Column(0, kit.Fix(0, 56, kit.Plate(kit.ColorSurface)),
			kit.Grow(kit.Stack(kit.Plate(kit.ColorBg), s.Content())))))
}

// TestGalleryUser draws every state of the screen into the build folder.
func TestGalleryUser(t *testing.T) {
	full := at(t, "amarigold")
	full.Pictures("user", "2fa")
	full.Theme(kit.Light, 1.3)
	full.screen.Refresh()
	full.Picture("user-2fa-large")
	full.Theme(kit.Light, 1)
	full.screen.Refresh()
	full.Resize(kittest.Small)
	full.Picture("user-2fa-small")
	full.Resize(kittest.Wide)

	for state, username := range map[string]string{
		"pending": "aquill", "unreadable": "gloom", "none": "lborage", "locked": "asaffron", "inactive": "dwhistle",
		"must-enroll": "cfennel",
	} {
		at(t, username).Pictures("user", state)
	}
	own := furnish(t, nil)
	own.placeOwn()
	own.open("mmirror")
	own.Pictures("user", "own")
	help := furnish(t, nil)
	help.helpDesk()
	help.open("aharbor")
	help.Pictures("user", "not-permitted")
	help.screen.Open(user.TabActivity)
	help.Picture("user-activity-denied-light")
	help.screen.Open(user.TabInfo)
	help.Picture("user-info-denied-light")
}

func TestGalleryUserDialogs(t *testing.T) {
	d := at(t, "amarigold")
	d.Tap("Reset Google Authenticator")
	d.Type("not the one")
	d.Key(fyne.KeyReturn)
	d.Pictures("user", "password")
	d.Type(password)
	d.Key(fyne.KeyReturn)
	d.Clock.Advance(8 * time.Second)
	d.Fill("Reason", "New phone, ticket 4471")
	d.Focus(d.Button("Cancel"))
	d.Pictures("user", "confirm")
	d.Clock.Advance(2 * time.Minute)
	d.Picture("user-confirm-over-light")
	d.Key(fyne.KeyReturn)

	d.Tap("Test a code")
	d.Type("123456")
	d.Key(fyne.KeyReturn)
	d.Pictures("user", "test-code")
	d.Key(fyne.KeyEscape)

	d.screen.Open(user.TabInfo)
	d.Pictures("user", "info")
	d.replace("Email", "ann@here.example")
	d.change("amarigold", func(c *app.UserChange) { c.Email = "ann@there.example" })
	d.Clock.Advance(5 * time.Second)
	d.Pictures("user", "changed")
	d.Tap("Show")
	d.Pictures("user", "conflict")
	d.Key(fyne.KeyEscape)
	d.Picture("user-conflict-later-light")
	d.screen.Open(user.TabInfo)
	d.Field("Email").Focus()
	d.Key(fyne.KeyEscape)
	d.Picture("user-leave-light")
	d.Key(fyne.KeyEscape)
	d.screen.Open(user.TabRole)
	d.Pictures("user", "role")
	d.Tap("New role…")
	d.Pictures("user", "new-role")
	d.Key(fyne.KeyEscape)
	d.screen.Open(user.TabActivity)
	d.Pictures("user", "activity")
	d.Focus(kittest.Get[*kit.Grid[app.Event]](d.Desk, "").Input())
	d.Key(fyne.KeyDown, fyne.KeyReturn)
	d.Picture("user-event-light")
	d.press("More to do with this account")
	d.Picture("user-menu-light")
	d.Key(fyne.KeyDown, fyne.KeyReturn)
	d.verify()
	d.Picture("user-remove-light")
}

func TestGalleryUserTrouble(t *testing.T) {
	d := furnish(t, nil)
	d.signIn(memory.SampleOperator, password)
	d.store.Fail(memory.Unreachable())
	id := app.UserID("9")
	d.screen = user.New(d.console, d.Kit, id, user.Actions{Back: func() { d.backs++ }})
	d.SetContent(framed(d.screen))
	d.Resize(kittest.Wide)
	d.Watch(d.console.Stamp)
	d.screen.Show()
	d.Pictures("user", "unreachable")
	d.store.Fail(nil)
	d.Tap("Try again")
	d.store.Fail(memory.Unreachable())
	d.screen.Refresh()
	d.Clock.Advance(3 * time.Minute)
	d.Pictures("user", "stale")
	d.screen.Open(user.TabInfo)
	d.Picture("user-stale-info-light")
	d.screen.Close()

	held := &kittest.Held{}
	slow := furnish(t, held)
	slow.signIn(memory.SampleOperator, password)
	slow.open("amarigold")
	slow.Clock.Advance(time.Second)
	slow.Pictures("user", "loading")
	_, err := slow.store.User(context.Background(), "9")
	require.NoError(t, err)
}

// TestGalleryShop draws what only shops have.
func TestGalleryShop(t *testing.T) {
	ann := atShop(t, "amarigold")
	ann.Pictures("user", "shop")
	ann.Resize(kittest.Small)
	ann.Picture("user-shop-small")
	ann.Resize(kittest.Wide)
	ann.Theme(kit.Light, 1.3)
	ann.screen.Refresh()
	ann.Picture("user-shop-large")
	ann.Theme(kit.Light, 1)
	ann.screen.Refresh()

	ann.Tap("Add a key…")
	ann.Pictures("user", "repair")
	ann.Paste("00000000000000000000000000000000")
	ann.Key(fyne.KeyReturn)
	ann.verify()
	ann.Pictures("user", "repair-refused")
	ann.CloseDialogs()

	for state, username := range map[string]string{"whole": "wquince", "locked": "asaffron", "left-over": "lborage"} {
		atShop(t, username).Pictures("user", "shop-"+state)
	}
	locked := atShop(t, "asaffron")
	locked.Resize(kittest.Small)
	locked.Picture("user-shop-locked-small")
	locked.Theme(kit.Light, 1.3)
	locked.screen.Refresh()
	locked.Picture("user-shop-locked-large")
}

func TestGalleryShopDialogs(t *testing.T) {
	d := atShop(t, "asaffron")
	d.Tap("Reset Google Authenticator")
	d.verify()
	d.Pictures("user", "shop-confirm")
	for _, box := range kittest.Find[*kit.Checkbox](d.Desk, "") {
		box.Toggle()
	}
	d.Fill("Reason", "Stolen phone, ticket 4471")
	d.Focus(d.Button("Cancel"))
	d.Clock.Advance(8 * time.Second)
	d.Pictures("user", "shop-confirm-all")
	d.Resize(kittest.Small)
	d.Picture("user-shop-confirm-small")
	d.Theme(kit.Light, 1.3)
	d.Picture("user-shop-confirm-large")
	d.Theme(kit.Light, 1)
	d.Resize(kittest.Wide)
	d.CloseDialogs()

	d.Tap("End sessions…")
	d.verify()
	d.Pictures("user", "end-sessions")
	d.CloseDialogs()
	d.screen.Open(user.TabInfo)
	d.Pictures("user", "shop-info")
	d.screen.Open(user.TabRole)
	d.Pictures("user", "shop-role")
	d.press("More to do with this account")
	d.Picture("user-shop-menu-light")

	whole := atShop(t, "wquince")
	whole.Tap("Reset Duo Security")
	whole.verify()
	whole.Pictures("user", "shop-confirm-whole")

	form := atShop(t, "lborage")
	form.press("Enroll")
	form.Pictures("user", "enroll-form")
	form.Back()
	form.Key(fyne.KeyDown)
	form.Picture("user-enroll-form-chosen-light")
	form.Resize(kittest.Small)
	form.Theme(kit.Light, 1.3)
	form.Picture("user-enroll-form-large")
}
