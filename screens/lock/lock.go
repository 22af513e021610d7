package lock

import (
	"context"
	"time"

	"fyne.io/fyne/v2"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/kit"
)

// Service is what the curtain needs of the Console.
type Service interface {
	Store() app.StoreInfo
	Operator() (o app.Operator, ok bool)
	Reopen(ctx context.Context, password app.Secret) error
}

// Closing says how the screen came to be locked.
type Closing struct {
	Why       string // Idle, or ByYou
	At        time.Time
	Clipboard bool // a copied secret was taken out of the clipboard
}

// ByYou is the reason when the operator locked the screen.
const ByYou = "by you"

// Idle is the reason when nobody touched the desk for a while.
func Idle(d time.Duration) string {
	if d < time.Minute {
		return "after " + kit.CountOf(int(d/time.Second), "second", "seconds") + " idle"
	}
	return "after " + kit.CountOf(int(d/time.Minute), "minute", "minutes") + " idle"
}

// Actions are what leads away from the curtain.
type Actions struct {
	Unlocked func() // the password was right
	Else     func() // somebody else wants to sign in: the session ends
}

// Screen is the curtain. Its methods belong to the UI goroutine.
type Screen struct {
	service Service
	kit     *kit.Kit
	on      Actions
	content fyne.CanvasObject

	password *kit.Field
	unlock   *kit.Button
	other    *kit.Button
}

// New makes the curtain over whatever the window shows.
func New(s Service, k *kit.Kit, c Closing, on Actions) *Screen {
	l := &Screen{service: s, kit: k.Enter("Lock"), on: on}
	l.password = kit.NewPassword("Your Password").Tall()
	l.password.OnSubmit = func(string) { l.submit() }
	l.unlock = kit.Primary("Unlock", l.submit).Icon(kit.IconUnlock).Key("Enter").Tall()
	l.other = kit.Quiet("Sign in as somebody else", func() { on.Else() }).Icon(kit.IconLogout).OnRail()
	l.content = kit.Stack(kit.Plate(kit.ColorRail), kit.Scroll(kit.Center(432, l.column(c))))
	return l
}

// Content is what the window shows while it is locked.
func (l *Screen) Content() fyne.CanvasObject { return l.content }

// Show puts the cursor into the password.
func (l *Screen) Show() { l.password.Focus() }

// Refresh does nothing: nothing here is read from the store.
func (l *Screen) Refresh() {}

// Close forgets what was typed.
func (l *Screen) Close() {
	l.kit.Leave()
	l.password.Clear()
}

// submit proves the password. A wrong one is taken out of the field, which
// keeps the focus.
func (l *Screen) submit() {
	if l.unlock.Busy() || l.unlock.Disabled() || l.password.Text() == "" {
		return
	}
	password := app.NewSecret(l.password.Text())
	l.password.SetError("", "")
	l.unlock.SetBusy(true, "Checking…")
	l.kit.Go(func(ctx context.Context) error { return l.service.Reopen(ctx, password) }, l.checked)
}

func (l *Screen) checked(err error) {
	l.unlock.SetBusy(false, "")
	l.password.Clear()
	if err == nil {
		l.on.Unlocked()
		return
	}
	l.password.SetError(l.kit.Explain(err))
	l.content.Refresh()
	if _, ok := l.service.Operator(); !ok { // the account was switched off meanwhile
		l.password.Disable()
		l.unlock.DisableFor("Nobody is signed in any more.")
		l.kit.Focus(l.other)
		return
	}
	l.password.Focus()
}
