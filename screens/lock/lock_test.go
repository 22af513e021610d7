package lock_test

import (
	"context"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/store/memory"
	"github.com/factordesk/factordesk/screens/kit"
	"github.com/factordesk/factordesk/screens/kit/kittest"
	"github.com/factordesk/factordesk/screens/lock"
)

var _ lock.Service = (*app.Console)(nil)

// desk is a locked window over a memory store.
type desk struct {
	*kittest.Desk
	console  *app.Console
	store    *memory.Store
	screen   *lock.Screen
	unlocked int
	other    int
}

const password = "correct horse battery"

func locked(t *testing.T, runner kit.Runner, tag app.Tag) *desk {
	t.Helper()
	d := &desk{Desk: kittest.New(t, kittest.Wide, runner)}
	d.store = memory.New(memory.Options{Name: "Juniper Outfitters", Tag: tag, Now: d.Clock.Now})
	d.store.Place(memory.Person{User: app.User{
		Username: "olive", Email: "olive@juniper.example", FirstName: "Olive", LastName: "Bellwether",
		Role: app.Role{ID: app.Administrators}, Active: true, Operator: true,
	}, Password: app.NewSecret(password)})
	d.console = app.NewConsole(app.Options{Store: d.store, Desk: "test", Now: d.Clock.Now})
	_, err := d.console.SignIn(context.Background(), app.Credentials{
		Username: "olive", Password: app.NewSecret(password),
	})
	require.NoError(t, err)
	d.console.Lock()
	d.screen = lock.New(d.console, d.Kit,
		lock.Closing{Why: lock.Idle(5 * time.Minute), At: kittest.Start.Add(22 * time.Minute), Clipboard: true},
		lock.Actions{Unlocked: func() { d.unlocked++ }, Else: func() { d.other++ }})
	d.Show(d.screen.Content())
	d.screen.Show()
	return d
}

func TestUnlockByKeyboard(t *testing.T) {
	d := locked(t, nil, app.TagProduction)
	assert.Equal(t, "Your Password", d.FocusLabel())

	d.Type(password)
	d.Key(fyne.KeyReturn)

	assert.Equal(t, 1, d.unlocked)
	o, ok := d.console.Operator()
	assert.True(t, ok)
	assert.False(t, o.Locked)
	assert.Empty(t, d.Field("Your Password").Text(), "the password stays in no field")
}

func TestSaysWhenAndWhy(t *testing.T) {
	d := locked(t, nil, app.TagProduction)
	text := d.Text()
	assert.Contains(t, text, "after 5 minutes idle, at 14:31 (12:31 UTC)")
	assert.Contains(t, text, "Juniper Outfitters")
	assert.Contains(t, text, "PRODUCTION")
	assert.Contains(t, text, "olive · Administrators")
	assert.Contains(t, text, "Clipboard was cleared")
	assert.Equal(t, "after 1 minute idle", lock.Idle(time.Minute))
	assert.Equal(t, "after 30 seconds idle", lock.Idle(30*time.Second))
}

func TestSaysNothingOfTheClipboardWhenNothingWasInIt(t *testing.T) {
	d := locked(t, nil, app.TagLocal)
	d.screen.Close()
	d.screen = lock.New(d.console, d.Kit, lock.Closing{Why: lock.ByYou, At: kittest.Start}, lock.Actions{})
	d.Show(d.screen.Content())
	assert.NotContains(t, d.Text(), "Clipboard")
	assert.Contains(t, d.Text(), "by you, at 14:09 (12:09 UTC)")
}

func TestWrongPasswordEmptiesTheFieldAndKeepsTheFocus(t *testing.T) {
	d := locked(t, nil, app.TagLocal)
	d.Type("not the password")
	d.Key(fyne.KeyReturn)

	field := d.Field("Your Password")
	assert.Zero(t, d.unlocked)
	assert.Empty(t, field.Text())
	assert.True(t, field.Focused())
	assert.Equal(t, "That is not your password. 5 attempts left, then your own account is locked for 30 minutes.", field.Trouble())

	d.Type(password)
	d.Key(fyne.KeyReturn)
	assert.Equal(t, 1, d.unlocked)
}

func TestSixWrongPasswordsLockTheAccount(t *testing.T) {
	d := locked(t, nil, app.TagLocal)
	for range app.MaxFailures {
		d.Type("not the password")
		d.Key(fyne.KeyReturn)
	}
	assert.Equal(t, "Your own account is locked until 14:39 (12:39 UTC). Another operator can unlock it, or wait.",
		d.Field("Your Password").Trouble())

	d.Type(password)
	d.Key(fyne.KeyReturn)
	assert.Zero(t, d.unlocked, "the right password does not open a locked account")
	assert.Contains(t, d.Field("Your Password").Trouble(), "locked until 14:39 (12:39 UTC)")
}

func TestUnreachableStoreSaysSo(t *testing.T) {
	d := locked(t, nil, app.TagLocal)
	d.store.FailNext(app.Errorf(app.Unreachable, "The store cannot be reached.").WithHint("Look at the disk."))
	d.Type(password)
	d.Key(fyne.KeyReturn)
	assert.Zero(t, d.unlocked)
	assert.Equal(t, "The store cannot be reached. Look at the disk.", d.Field("Your Password").Trouble())
}

func TestAccountSwitchedOffMeanwhile(t *testing.T) {
	d := locked(t, nil, app.TagLocal)
	u, err := d.store.FindUser(context.Background(), "olive")
	require.NoError(t, err)
	u.Active = false
	d.store.Place(memory.Person{User: u, Password: app.NewSecret(password)})

	d.Type(password)
	d.Key(fyne.KeyReturn)
	assert.Zero(t, d.unlocked)
	assert.Equal(t, "Sign in as somebody else", d.FocusLabel())
	d.Key(fyne.KeyReturn)
	assert.Equal(t, 1, d.other)
}

func TestTabOrder(t *testing.T) {
	d := locked(t, nil, app.TagLocal)
	assert.Equal(t, []string{"Your Password", "Unlock", "Sign in as somebody else"}, d.TabOrder())
}

func TestChecksOnceWhileItIsAtWork(t *testing.T) {
	held := &kittest.Held{}
	d := locked(t, held, app.TagLocal)
	d.Type(password)
	d.Key(fyne.KeyReturn, fyne.KeyReturn)
	assert.Equal(t, 1, held.Waiting())
	assert.True(t, d.Button("Unlock").Busy())
	held.Step()
	assert.Equal(t, 1, d.unlocked)
}

func TestCloseDropsWhatIsGoingOn(t *testing.T) {
	held := &kittest.Held{}
	d := locked(t, held, app.TagLocal)
	d.Type(password)
	d.Key(fyne.KeyReturn)
	d.screen.Close()
	held.Step()
	assert.Zero(t, d.unlocked)
	assert.Empty(t, d.Field("Your Password").Text())
}

func TestGalleryLock(t *testing.T) {
	d := locked(t, nil, app.TagProduction)
	d.Pictures("lock", "production")
	d.Type("not the password")
	d.Key(fyne.KeyReturn)
	d.Pictures("lock", "wrong")
	d.Theme(kit.Light, 1.3)
	d.Picture("lock-large")
	d.Theme(kit.Light, 1)
	d.Resize(kittest.Small)
	d.Picture("lock-small")

	d = locked(t, nil, app.TagLocal)
	d.Pictures("lock", "local")
}
