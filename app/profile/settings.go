package profile

import (
	"path/filepath"
	"time"

	"github.com/factordesk/factordesk/app"
)

// Theme is how the window is colored.
type Theme string

// The themes.
const (
	ThemeSystem Theme = "system" // as the desktop is
	ThemeLight  Theme = "light"
	ThemeDark   Theme = "dark"
)

// Settings are the person's choices for the window.
type Settings struct {
	Theme         Theme         // ThemeSystem
	TextSize      int           // percent of the designed size, MinTextSize to MaxTextSize; 100
	IdleLock      time.Duration // the screen locks after so long without a hand on it; 5 minutes
	HideQR        time.Duration // a QR code and its key are hidden after so long; 60 s
	ClearClipping time.Duration // a copied key leaves the clipboard after so long; 30 s
}

// Bounds of the settings. None can be switched off: each is there for the desk
// that somebody walks away from.
const (
	MinTextSize = 80
	MaxTextSize = 200

	MinIdleLock = time.Minute
	MaxIdleLock = 60 * time.Minute

	MinHideQR = 10 * time.Second
	MaxHideQR = 300 * time.Second

	MinClearClipping = 5 * time.Second
	MaxClearClipping = 300 * time.Second
)

// DefaultSettings returns the settings of somebody who chose nothing.
func DefaultSettings() Settings {
	return Settings{
		Theme: ThemeSystem, TextSize: 100,
		IdleLock: 5 * time.Minute, HideQR: time.Minute, ClearClipping: 30 * time.Second,
	}
}

// settingsFile is the form of settings.toml.
type settingsFile struct {
	Theme            Theme `toml:"theme"`
	TextPercent      int   `toml:"text_percent"`
	IdleLockMinutes  int   `toml:"idle_lock_minutes"`
	HideQRSeconds    int   `toml:"hide_qr_seconds"`
	ClipboardSeconds int   `toml:"clipboard_seconds"`
}

func (s Settings) file() settingsFile {
	return settingsFile{
		Theme: s.Theme, TextPercent: s.TextSize,
		IdleLockMinutes:  int(s.IdleLock / time.Minute),
		HideQRSeconds:    int(s.HideQR / time.Second),
		ClipboardSeconds: int(s.ClearClipping / time.Second),
	}
}

func (f settingsFile) settings() Settings {
	return Settings{
		Theme: f.Theme, TextSize: f.TextPercent,
		IdleLock:      times(f.IdleLockMinutes, time.Minute),
		HideQR:        times(f.HideQRSeconds, time.Second),
		ClearClipping: times(f.ClipboardSeconds, time.Second),
	}
}

// times multiplies without running over: a number of any size in the file
// stays out of bounds, and does not come around into them.
func times(n int, unit time.Duration) time.Duration {
	return time.Duration(max(-1, min(n, 1_000_000))) * unit
}

func (d Dirs) settingsPath() string { return filepath.Join(d.Config, "settings.toml") }

// Settings returns the person's choices, and the default for each that was not
// made. With an error it returns the defaults, so that a window can open and
// say what is wrong.
func (d Dirs) Settings() (Settings, error) {
	f := DefaultSettings().file()
	if err := readTOML(d.settingsPath(), &f); err != nil {
		return DefaultSettings(), err
	}
	s := f.settings()
	if err := s.check(); err != nil {
		return DefaultSettings(), err
	}
	return s, nil
}

// SaveSettings keeps the person's choices, in whole minutes and seconds.
func (d Dirs) SaveSettings(s Settings) error {
	if err := s.check(); err != nil {
		return err
	}
	return locked(d.settingsPath(), func() error {
		return writeTOML(d.settingsPath(), "How the window of Factordesk behaves for this person.", s.file())
	})
}

// check returns a sentence when a setting is out of its bounds.
func (s Settings) check() error {
	switch s.Theme {
	case ThemeSystem, ThemeLight, ThemeDark:
	default:
		return app.Errorf(app.Invalid, "There is no theme %q; it is system, light or dark.", string(s.Theme))
	}
	if s.TextSize < MinTextSize || s.TextSize > MaxTextSize {
		return app.Errorf(app.Invalid, "The text size is %d percent; it goes from %d to %d.", s.TextSize, MinTextSize, MaxTextSize)
	}
	for _, b := range []struct {
		what             string
		value, low, high time.Duration
	}{
		{"The idle lock", s.IdleLock, MinIdleLock, MaxIdleLock},
		{"The time until a QR code is hidden", s.HideQR, MinHideQR, MaxHideQR},
		{"The time until the clipboard is cleared", s.ClearClipping, MinClearClipping, MaxClearClipping},
	} {
		if b.value < b.low || b.value > b.high {
			return app.Errorf(app.Invalid, "%s is %s; it goes from %s to %s.",
				b.what, spell(b.value), spell(b.low), spell(b.high))
		}
	}
	return nil
}

// spell writes a duration as the settings screen does: 5 min, 45 s.
func spell(d time.Duration) string {
	if d%time.Minute == 0 {
		return app.Thousands(int64(d/time.Minute)) + " min"
	}
	return app.Thousands(int64(d/time.Second)) + " s"
}
