package settings_test

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/kit"
	"github.com/factordesk/factordesk/screens/kit/kittest"
	"github.com/factordesk/factordesk/screens/settings"
)

// file keeps settings in memory, and fails when told to.
type file struct {
	saved settings.Values
	err   error
}

func (f *file) Settings() (settings.Values, error) { return f.saved, f.err }

func (f *file) SaveSettings(v settings.Values) error {
	if f.err == nil {
		f.saved = v
	}
	return f.err
}

type world struct {
	*kittest.Desk
	file     *file
	applied  []settings.Values
	signOut  int
	password int
	backUp   int
}

func open(t *testing.T, size fyne.Size) *world {
	t.Helper()
	w := &world{Desk: kittest.New(t, size, nil), file: &file{saved: settings.Values{
		Mode: kit.Light, TextSize: 100, IdleLock: 5 * time.Minute, HideQR: time.Minute, ClearClipping: 30 * time.Second,
	}}}
	about := settings.About{
		Version: "1.0.0", Store: app.StoreInfo{Name: "My Desk", Kind: app.LocalStore},
		Operator: app.User{FirstName: "Olive", LastName: "Bellwether", Role: app.Role{Name: "Administrators", Permissions: app.Permissions()}},
	}
	s := settings.New(w.file, w.Kit, about, w.file.saved, settings.Actions{
		Changed: func(v settings.Values) { w.applied = append(w.applied, v) },
		SignOut: func() { w.signOut++ }, SetPassword: func() { w.password++ },
		BackUp: func() { w.backUp++ },
	})
	w.Show(s.Content())
	s.Show()
	return w
}

func TestASettingAppliesAtOnceAndIsKept(t *testing.T) {
	w := open(t, kittest.Wide)
	w.Key(fyne.KeyRight)
	require.Len(t, w.applied, 1)
	require.Equal(t, kit.Dark, w.applied[0].Mode)
	require.Equal(t, kit.Dark, w.file.saved.Mode)

	kittest.Find[*kit.Select](w.Desk, "5 minutes")[0].Choose(3)
	require.Equal(t, 10*time.Minute, w.file.saved.IdleLock)
}

func TestASettingThatCannotBeKeptComesBack(t *testing.T) {
	w := open(t, kittest.Wide)
	w.file.err = app.Errorf(app.Unreachable, "The settings could not be written.")
	w.Key(fyne.KeyRight)
	require.Contains(t, w.Text(), "The settings could not be written.")
	require.Equal(t, kit.Light, w.applied[len(w.applied)-1].Mode)
	require.Equal(t, kit.Light, w.file.saved.Mode)
}

func TestSignOutAndPassword(t *testing.T) {
	w := open(t, kittest.Wide)
	w.Tap("Sign out")
	w.Tap("Set password…")
	require.Equal(t, 1, w.signOut)
	require.Equal(t, 1, w.password)
	w.Tap("Back up now…")
	require.Equal(t, 1, w.backUp)
}

func TestGallerySettings(t *testing.T) {
	open(t, kittest.Wide).Pictures("settings", "full")
	small := open(t, fyne.NewSize(1024-88, 700-56))
	small.Pictures("settings", "small")
	small.Theme(kit.Light, 1.3)
	small.Picture("settings-large-light")
}
