package main

import (
	"context"
	"io"
	"log/slog"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/connect"
	"github.com/factordesk/factordesk/app/profile"
	"github.com/factordesk/factordesk/app/qr"
	"github.com/factordesk/factordesk/screens"
	"github.com/factordesk/factordesk/screens/connections"
	"github.com/factordesk/factordesk/screens/kit"
	"github.com/factordesk/factordesk/screens/settings"
	"github.com/factordesk/factordesk/screens/signin"
)

// backend is this computer, as the window needs it.
type backend struct {
	dirs      profile.Dirs
	passwords *profile.Passwords
	log       *slog.Logger
	file      io.Closer
}

var _ screens.Backend = (*backend)(nil)

func newBackend() *backend {
	log, file := connect.Log(connect.Options{})
	dirs := profile.UserDirs()
	return &backend{dirs: dirs, passwords: profile.NewPasswords(dirs, nil), log: log, file: file}
}

// asking are the options of a way on which the person can be asked.
func (b *backend) asking(ask app.Asker) connect.Options {
	return connect.Options{Ask: ask, Passwords: b.passwords}
}

func (b *backend) close() { _ = b.file.Close() } // nobody is left to tell

// Version implements screens.Backend.
func (b *backend) Version() string { return connect.Version }

// Log implements screens.Backend.
func (b *backend) Log(err error) { connect.LogCause(context.Background(), b.log, "window", err) }

// Saved implements screens.Backend.
func (b *backend) Saved() ([]signin.Saved, error) {
	all, err := b.dirs.Connections()
	saved := make([]signin.Saved, len(all))
	for i, c := range all {
		saved[i] = signin.Saved{
			Name: c.Name, Kind: c.Kind, Tag: c.Tag, Location: c.Location, Operator: c.Operator, Opened: c.Opened, Shop: c.Shop,
			ReadOnly: c.ReadOnly, Passwords: c.Passwords, Kept: b.dirs.HasPassword(c),
		}
	}
	return saved, err
}

// DefaultPath implements screens.Backend.
func (b *backend) DefaultPath() string { return b.dirs.DefaultStore() }

// Open implements screens.Backend.
func (b *backend) Open(ctx context.Context, target string, ask app.Asker) (*app.Console, error) {
	return connect.Open(ctx, target, b.asking(ask))
}

// SaveConnection implements screens.Ways.
func (b *backend) SaveConnection(_ context.Context, was string, c connections.Saved) error {
	return b.dirs.Replace(was, connection(c))
}

// RemoveConnection implements screens.Ways.
func (b *backend) RemoveConnection(_ context.Context, name string) error { return b.dirs.Remove(name) }

// MoveConnection implements screens.Ways.
func (b *backend) MoveConnection(_ context.Context, name string, to int) error {
	return b.dirs.Move(name, to)
}

// ForgetPassword implements screens.Ways.
func (b *backend) ForgetPassword(_ context.Context, c connections.Saved) error {
	_, err := b.passwords.Forget(connection(c))
	return err
}

// ReadEnv implements screens.Ways.
func (b *backend) ReadEnv(ctx context.Context, a app.ShopAddress, ask app.Asker) (connections.Draft, error) {
	env, err := connect.ReadEnv(ctx, a, b.asking(ask))
	return connections.Draft(env), err
}

// TestConnection implements screens.Ways.
func (b *backend) TestConnection(ctx context.Context, c connections.Saved, ask app.Asker, report func([]app.Rung)) error {
	return connect.Test(ctx, connection(c), b.asking(ask), report)
}

// connection is a store of the window's list as it is kept.
func connection(c connections.Saved) profile.Connection {
	return profile.Connection{
		Name: c.Name, Kind: c.Kind, Location: c.Location, Tag: c.Tag, Opened: c.Opened, Operator: c.Operator, Shop: c.Shop,
		ReadOnly: c.ReadOnly, Passwords: c.Passwords,
	}
}

// Create implements screens.Backend.
func (b *backend) Create(ctx context.Context, n screens.NewStore, ask app.Asker) (*app.Console, app.Secret, error) {
	return connect.Create(ctx, connect.NewStore{Target: n.Path, Name: n.Name, First: n.First}, b.asking(ask))
}

// Sample implements screens.Backend.
func (b *backend) Sample(ctx context.Context) (*app.Console, error) {
	return connect.Sample(ctx, connect.Options{})
}

// SignedIn implements screens.Backend.
func (b *backend) SignedIn(c *app.Console) error { return connect.SignedIn(c, connect.Options{}) }

// Picture implements screens.Backend.
func (b *backend) Picture(uri app.Secret) (kit.Matrix, error) {
	m, err := qr.New(uri.Reveal())
	if err != nil {
		return nil, app.Errorf(app.Invalid, "The store's name and the account are too long for a QR code.").
			WithHint("Type the key instead.").Because(err)
	}
	return m, nil
}

// modes maps the themes of the settings file to those of the kit.
var modes = map[profile.Theme]kit.Mode{
	profile.ThemeSystem: kit.System, profile.ThemeLight: kit.Light, profile.ThemeDark: kit.Dark,
}

// Settings implements settings.Service. With an error it returns the defaults.
func (b *backend) Settings() (settings.Values, error) {
	p, err := b.dirs.Settings()
	if err != nil {
		p = profile.DefaultSettings()
	}
	return settings.Values{
		Mode: modes[p.Theme], TextSize: p.TextSize, IdleLock: p.IdleLock, HideQR: p.HideQR, ClearClipping: p.ClearClipping,
	}, err
}

// SaveSettings implements settings.Service.
func (b *backend) SaveSettings(v settings.Values) error {
	p := profile.Settings{TextSize: v.TextSize, IdleLock: v.IdleLock, HideQR: v.HideQR, ClearClipping: v.ClearClipping}
	for theme, mode := range modes {
		if mode == v.Mode {
			p.Theme = theme
		}
	}
	return b.dirs.SaveSettings(p)
}
