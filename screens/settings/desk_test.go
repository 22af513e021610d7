package settings_test

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
	"github.com/factordesk/factordesk/screens/settings"
)

// console is a team's store with two people at their desks.
type console struct {
	role     app.Role
	kind     app.StoreKind
	rotation app.Rotation
	at       []app.DeskSession
	err      error

	rotated  []app.RotateRequest
	rotating func(ctx context.Context, q app.RotateRequest) (app.RotateResult, error)
	ended    []app.UserID
	deeds    []app.Deed
	grants   *app.Console // makes the grants
}

func (c *console) Store() app.StoreInfo {
	return app.StoreInfo{Name: "Juniper", Kind: c.kind, Tag: app.TagTeam}
}

func (c *console) Operator() (app.Operator, bool) {
	return app.Operator{User: app.User{ID: "1", FirstName: "Olive", LastName: "Bellwether", Role: c.role}}, true
}

func (c *console) Permits(p app.Permission) error {
	if c.role.Has(p) {
		return nil
	}
	return app.Errorf(app.Denied, "Not permitted for %s.", c.role.Name)
}

func (c *console) CanRotate() error { return nil }

func (c *console) Rotation(context.Context) (app.Rotation, error) { return c.rotation, c.err }

func (c *console) Rotate(ctx context.Context, _ *app.Grant, q app.RotateRequest) (app.RotateResult, error) {
	c.rotated = append(c.rotated, q)
	return c.rotating(ctx, q)
}

func (c *console) CanSeeDesks() error { return c.Permits(app.SeeActivity) }

func (c *console) AtDesks(context.Context) ([]app.DeskSession, error) { return c.at, c.err }

func (c *console) EndSessions(_ context.Context, _ *app.Grant, id app.UserID, _ string) (int, error) {
	c.ended = append(c.ended, id)
	c.at = c.at[1:]
	return 1, nil
}

func (c *console) Reverify(ctx context.Context, password app.Secret, d app.Deed) (*app.Grant, error) {
	g, err := c.grants.Reverify(ctx, password, app.Deed{Action: d.Action})
	if err == nil {
		c.deeds = append(c.deeds, d)
	}
	return g, err
}

func newConsole() *console {
	roles := app.BuiltInRoles()
	now := func() time.Time { return kittest.Start }
	store := memory.New(memory.Options{Now: now})
	store.Place(memory.Person{User: app.User{Username: "olive", Active: true, Role: roles[0]}, Password: app.NewSecret("right")})
	grants := app.NewConsole(app.Options{Store: store, Now: now})
	if _, err := grants.SignIn(context.Background(), app.Credentials{Username: "olive", Password: app.NewSecret("right")}); err != nil {
		panic(err) // the password is right
	}
	return &console{
		grants: grants,
		role:   roles[0], kind: app.TeamStore,
		rotation: app.Rotation{Key: "6b3758fe", Since: kittest.Start.AddDate(0, -7, 0), Values: 1204},
		at: []app.DeskSession{
			{
				Operator: "2", Username: "hal", Name: "Hal Carter", Console: "desk-hal, Factordesk 1.0.0",
				Since: kittest.Start.Add(-40 * time.Minute), Seen: kittest.Start,
			},
			{
				Operator: "2", Username: "hal", Name: "Hal Carter", Console: "laptop-hal, Factordesk 1.0.0", Kept: true, BreakGlass: true,
				Since: kittest.Start.Add(-50 * time.Minute), Seen: kittest.Start,
			},
			{
				Operator: "1", Username: "olive", Name: "Olive Bellwether", Console: "desk-olive, Factordesk 1.0.0",
				Since: kittest.Start.Add(-3 * time.Hour), Seen: kittest.Start,
			},
		},
		rotating: func(_ context.Context, q app.RotateRequest) (app.RotateResult, error) {
			q.Progress(1204, 1204)
			return app.RotateResult{Key: "0f0f0f0f", Resealed: 1204}, nil
		},
	}
}

// openDesk shows the settings with the open store's cards.
func openDesk(t *testing.T, c *console, size fyne.Size) *kittest.Desk {
	t.Helper()
	d := kittest.New(t, size, nil)
	f := &file{saved: settings.Values{
		Mode: kit.Light, TextSize: 100, IdleLock: 5 * time.Minute, HideQR: time.Minute, ClearClipping: 30 * time.Second,
	}}
	o, _ := c.Operator()
	s := settings.New(f, d.Kit, settings.About{Version: "1.0.0", Store: c.Store(), Operator: o.User, Desk: c}, f.saved, settings.Actions{
		Changed: func(settings.Values) {}, SignOut: func() {}, SetPassword: func() {},
	})
	d.Show(s.Content())
	s.Show()
	return d
}

// prove types the right password into the dialog that asks for it.
func prove(d *kittest.Desk) {
	d.Fill("Your Password", "right")
	d.Key(fyne.KeyReturn)
}

func TestTheKeyIsRotated(t *testing.T) {
	c := newConsole()
	d := openDesk(t, c, kittest.Wide)
	require.Contains(t, d.Text(), "1,204 secrets are sealed with key 6b3758fe, since Nov 9, 2025")
	d.Tap("Rotate the key…")
	prove(d)
	require.Equal(t, []app.Deed{{Action: app.DoRotate}}, c.deeds)
	require.Contains(t, d.Text(), "The printed recovery key stays as it is.")
	require.Empty(t, c.rotated, "nothing before OK")
	d.Tap("OK, rotate")
	require.Len(t, c.rotated, 1)
	require.False(t, c.rotated[0].NewRecovery)
	require.False(t, c.rotated[0].Anew)
	require.Contains(t, d.Text(), "Key 0f0f0f0f seals now. 1,204 secrets were sealed anew.")
}

func TestANewRecoveryKeyIsShownUntilItIsWrittenDown(t *testing.T) {
	c := newConsole()
	d := openDesk(t, c, kittest.Wide)
	const key = "O77R-6FAE-234F-BNXG-X3EG-BFS5-YTV5-RBCS-MTCB"
	c.rotating = func(_ context.Context, q app.RotateRequest) (app.RotateResult, error) {
		require.NoError(t, q.ShowRecovery(app.NewSecret(key)))
		q.Progress(1204, 1204)
		return app.RotateResult{Key: "0f0f0f0f", Resealed: 1204}, nil
	}
	d.Tap("Rotate the key…")
	prove(d)
	kittest.Get[*kit.Checkbox](d, "Make a new recovery key, too").Tapped(nil)
	require.Contains(t, d.Text(), "The printed recovery key ends.")
	d.Tap("OK, rotate")
	require.True(t, c.rotated[0].NewRecovery)
	require.Contains(t, d.Text(), "O77R")
	d.Key(fyne.KeyEscape)
	require.Contains(t, d.Text(), "O77R", "it stays until the box is ticked")
	require.True(t, d.Button("Continue").Disabled())
	kittest.Get[*kit.Checkbox](d, "I have printed or written it down").Tapped(nil)
	d.Tap("Continue")
	require.NotContains(t, d.Text(), "O77R")

	// One that does not begin shows none.
	c.rotating = func(_ context.Context, q app.RotateRequest) (app.RotateResult, error) {
		require.NoError(t, q.ShowRecovery(app.NewSecret(key)))
		return app.RotateResult{}, app.Errorf(app.Unreachable, "The disk is full.")
	}
	d.Tap("Rotate the key…")
	prove(d)
	d.Tap("OK, rotate")
	require.NotContains(t, d.Text(), "O77R")
	require.Contains(t, d.Text(), "The disk is full.")
}

func TestARotationIsStoppedAndGoneOnWith(t *testing.T) {
	c := newConsole()
	d := openDesk(t, c, kittest.Wide)
	c.rotating = func(context.Context, app.RotateRequest) (app.RotateResult, error) {
		c.rotation = app.Rotation{Key: "0f0f0f0f", Since: kittest.Start, Running: true, Left: 804, Values: 1204}
		return app.RotateResult{Key: "0f0f0f0f", Resealed: 400}, app.Errorf(app.Canceled, "Stopped. 400 of 1,204 secrets are sealed with the new key.")
	}
	d.Tap("Rotate the key…")
	prove(d)
	d.Tap("OK, rotate")
	require.Contains(t, d.Text(), "Stopped. 400 of 1,204 secrets are sealed with the new key.")
	require.Contains(t, d.Text(), "804 of 1,204 secrets are still sealed with an older key")
	d.Tap("Go on…")
	prove(d)
	require.Contains(t, d.Text(), "804 secrets are sealed with key 0f0f0f0f.")
	d.Tap("OK, go on")
	require.Len(t, c.rotated, 2)
	require.False(t, c.rotated[1].Anew)
}

// The dialog with the progress stops the work when it is closed.
func TestTheProgressOfARotation(t *testing.T) {
	c := newConsole()
	runner := kittest.NewApart(t)
	d := kittest.New(t, kittest.Wide, runner)
	began, stopped := make(chan app.RotateRequest), make(chan struct{})
	c.rotating = func(ctx context.Context, q app.RotateRequest) (app.RotateResult, error) {
		q.Progress(400, 1204)
		began <- q
		<-ctx.Done()
		close(stopped)
		return app.RotateResult{Key: "0f0f0f0f", Resealed: 400}, app.Errorf(app.Canceled, "Stopped. 400 of 1,204 secrets are sealed with the new key.")
	}
	f := &file{}
	s := settings.New(f, d.Kit, settings.About{Version: "1.0.0", Store: c.Store(), Desk: c}, f.saved, settings.Actions{Changed: func(settings.Values) {}})
	d.Show(s.Content())
	s.Show()
	runner.Next(t)
	runner.Next(t)
	d.Tap("Rotate the key…")
	prove(d)
	runner.Next(t)
	d.Tap("OK, rotate")
	<-began
	d.Clock.Advance(time.Second)
	require.Contains(t, d.Text(), "400 of 1,204 secrets sealed anew")
	d.Pictures("settings", "rotating")
	d.Key(fyne.KeyEscape)
	<-stopped
	runner.Next(t)
	require.Contains(t, d.Text(), "Stopped. 400 of 1,204")
}

func TestWhoIsSignedIn(t *testing.T) {
	c := newConsole()
	d := openDesk(t, c, kittest.Wide)
	require.Contains(t, d.Text(), "Window at desk-hal, Factordesk 1.0.0 · since today")
	require.Contains(t, d.Text(), "Terminal at laptop-hal, Factordesk 1.0.0 · since today")
	require.Contains(t, d.Text(), "got in by break-glass")
	require.Contains(t, d.Text(), "Olive Bellwether (you)")
	require.Len(t, kittest.Find[*kit.Button](d, "End sessions…"), 1, "one for each person, and none for oneself")
	d.Tap("End sessions…")
	prove(d)
	require.Equal(t, []app.Deed{{Action: app.DoEndSessions, Target: "2"}}, c.deeds)
	d.Tap("OK, end sessions")
	require.Equal(t, []app.UserID{"2"}, c.ended)
	require.NotContains(t, d.Text(), "Window at desk-hal")
}

func TestWhatARoleDoesNotSee(t *testing.T) {
	c := newConsole()
	c.role = app.BuiltInRoles()[1]
	d := openDesk(t, c, kittest.Wide)
	require.Contains(t, d.Text(), "Not permitted for Help desk.")
	require.NotContains(t, d.Text(), "desk-hal")
	require.True(t, d.Button("Rotate the key…").Disabled())

	c = newConsole()
	c.kind = app.MagentoStore
	d = openDesk(t, c, kittest.Wide)
	require.NotContains(t, d.Text(), "Rotate the key")
	require.NotContains(t, d.Text(), "Signed in to")

	c = newConsole()
	c.err = app.Errorf(app.Unreachable, "The store cannot be reached.")
	d = openDesk(t, c, kittest.Wide)
	require.Contains(t, d.Text(), "The store cannot be reached.")
}

func TestGalleryKeysAndDesks(t *testing.T) {
	tall := fyne.NewSize(1280-88, 1100)
	c := newConsole()
	openDesk(t, c, tall).Pictures("settings", "store")
	c.rotation = app.Rotation{Key: "0f0f0f0f", Since: kittest.Start, Running: true, Left: 804, Values: 1204}
	c.role = app.BuiltInRoles()[2]
	openDesk(t, c, tall).Pictures("settings", "store-auditor")
	c = newConsole()
	d := openDesk(t, c, kittest.Wide)
	d.Tap("Rotate the key…")
	prove(d)
	d.Pictures("settings", "rotate-confirm")
	d.Key(fyne.KeyEscape)
	c.rotating = func(_ context.Context, q app.RotateRequest) (app.RotateResult, error) {
		_ = q.ShowRecovery(app.NewSecret("O77R-6FAE-234F-BNXG-X3EG-BFS5-YTV5-RBCS-MTCB"))
		q.Progress(1204, 1204)
		return app.RotateResult{Key: "0f0f0f0f", Resealed: 1204}, nil
	}
	d.Tap("Rotate the key…")
	prove(d)
	d.Tap("OK, rotate")
	d.Pictures("settings", "rotate-recovery")
}
