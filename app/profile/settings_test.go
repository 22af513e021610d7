package profile_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/profile"
)

func TestSettings(t *testing.T) {
	d := fresh(t)
	s, err := d.Settings()
	require.NoError(t, err)
	require.Equal(t, profile.DefaultSettings(), s)

	want := profile.Settings{
		Theme: profile.ThemeDark, TextSize: 125, IdleLock: 15 * time.Minute,
		HideQR: 90 * time.Second, ClearClipping: 10 * time.Second,
	}
	require.NoError(t, d.SaveSettings(want))
	s, err = d.Settings()
	require.NoError(t, err)
	require.Equal(t, want, s)
	require.Equal(t, fs.FileMode(0o600), mode(t, filepath.Join(d.Config, "settings.toml")))
}

func TestSettingsOutOfBounds(t *testing.T) {
	change := func(f func(*profile.Settings)) profile.Settings {
		s := profile.DefaultSettings()
		f(&s)
		return s
	}
	for want, s := range map[string]profile.Settings{
		"theme":            change(func(s *profile.Settings) { s.Theme = "pink" }),
		"text size":        change(func(s *profile.Settings) { s.TextSize = 20 }),
		"idle lock is 0":   change(func(s *profile.Settings) { s.IdleLock = 0 }),
		"idle lock is 120": change(func(s *profile.Settings) { s.IdleLock = 2 * time.Hour }),
		"QR code":          change(func(s *profile.Settings) { s.HideQR = time.Second }),
		"clipboard":        change(func(s *profile.Settings) { s.ClearClipping = time.Hour }),
	} {
		d := fresh(t)
		err := d.SaveSettings(s)
		require.Equal(t, app.Invalid, app.KindOf(err))
		require.ErrorContains(t, err, want)
		require.NoDirExists(t, d.Config)
	}
}

func TestSettingsFile(t *testing.T) {
	for text, kind := range map[string]app.Kind{
		"idle_lock_minutes = 1000000000000000000\n": app.Invalid, // comes around to something small as a duration
		"idle_lock_minutes = -5\n":                  app.Invalid,
		"theme = \"dark\"\nidle = 3\n":              app.Unreadable,
		"theme = 3\n":                               app.Unreadable,
		"theme = \n":                                app.Unreadable,
	} {
		d := fresh(t)
		require.NoError(t, os.MkdirAll(d.Config, 0o700))
		require.NoError(t, os.WriteFile(filepath.Join(d.Config, "settings.toml"), []byte(text), 0o600))
		s, err := d.Settings()
		require.Equal(t, kind, app.KindOf(err), text)
		require.Equal(t, profile.DefaultSettings(), s, "a window can open all the same")
	}
	d := fresh(t)
	require.NoError(t, os.MkdirAll(d.Config, 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(d.Config, "settings.toml"), []byte("theme = \"light\"\n"), 0o600))
	s, err := d.Settings()
	require.NoError(t, err)
	want := profile.DefaultSettings()
	want.Theme = profile.ThemeLight
	require.Equal(t, want, s, "what is not said stays as it is")
}

func TestHeads(t *testing.T) {
	d := fresh(t)
	h := d.Heads()
	_, ok := h.Recall("store")
	require.False(t, ok)
	head := app.Head{Seq: 7, Hash: make([]byte, 32)}
	head.Hash[3] = 0xab
	for _, store := range []string{"store", "../../../etc/passwd", "", "a/b\x00c"} {
		require.NoError(t, h.Remember(store, head))
		got, ok := h.Recall(store)
		require.True(t, ok)
		require.Equal(t, head, got)
	}
	files, err := os.ReadDir(filepath.Join(d.State, "heads"))
	require.NoError(t, err)
	require.Len(t, files, 4, "no ID leaves the folder")
	path := filepath.Join(d.State, "heads", files[0].Name())
	require.Equal(t, fs.FileMode(0o600), mode(t, path))

	// Remembering the same writes nothing, another one replaces it.
	before, err := os.Stat(filepath.Join(d.State, "heads", files[0].Name()))
	require.NoError(t, err)
	for _, store := range []string{"store", "../../../etc/passwd", "", "a/b\x00c"} {
		require.NoError(t, h.Remember(store, head))
	}
	after, err := os.Stat(path)
	require.NoError(t, err)
	require.True(t, os.SameFile(before, after))
	head.Seq = 8
	require.NoError(t, h.Remember("store", head))
	got, ok := h.Recall("store")
	require.True(t, ok)
	require.Equal(t, int64(8), got.Seq)

	for _, damage := range []string{"", "8", "x y\n", "8 abcd\n", "-1 " + string(make([]byte, 64)) + "\n"} {
		for _, f := range files {
			require.NoError(t, os.WriteFile(filepath.Join(d.State, "heads", f.Name()), []byte(damage), 0o600))
		}
		_, ok := h.Recall("store")
		require.False(t, ok, "%q", damage)
	}
}
