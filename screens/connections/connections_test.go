package connections_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/connections"
	"github.com/factordesk/factordesk/screens/kit"
	"github.com/factordesk/factordesk/screens/kit/kittest"
)

// page is the room of a screen in a window: rail and top bar take the rest.
func page(window fyne.Size) fyne.Size { return fyne.NewSize(window.Width-88, window.Height-56) }

// computer is a Service in memory.
type computer struct {
	saved   []connections.Saved
	listErr error
	saveErr error

	draft   connections.Draft
	readErr error
	asked   []app.ShopAddress // whose env.php was read

	rungs  [][]app.Rung // what a test reports, one after the other
	endErr error
	tested []connections.Saved
	report func([]app.Rung) // of the last test
	hold   chan struct{}    // a test waits for it, or for its end
	ended  chan error       // what became of a test that was held
}

func (c *computer) Connections(context.Context) ([]connections.Saved, error) {
	return slices.Clone(c.saved), c.listErr
}

func (c *computer) SaveConnection(_ context.Context, was string, s connections.Saved) error {
	if c.saveErr != nil {
		return c.saveErr
	}
	for _, o := range c.saved {
		if strings.EqualFold(o.Name, s.Name) && !strings.EqualFold(o.Name, was) {
			return app.Errorf(app.Conflict, "There is a connection of that name already.").WithHint("Choose another name.")
		}
	}
	for i, o := range c.saved {
		if o.Name == was {
			c.saved[i] = s
			return nil
		}
	}
	c.saved = append(c.saved, s)
	return nil
}

func (c *computer) RemoveConnection(_ context.Context, name string) error {
	if c.saveErr != nil {
		return c.saveErr
	}
	c.saved = slices.DeleteFunc(c.saved, func(o connections.Saved) bool { return o.Name == name })
	return nil
}

func (c *computer) MoveConnection(_ context.Context, name string, to int) error {
	if c.saveErr != nil {
		return c.saveErr
	}
	i := slices.IndexFunc(c.saved, func(o connections.Saved) bool { return o.Name == name })
	moved := c.saved[i]
	c.saved = slices.Insert(slices.Delete(c.saved, i, i+1), to, moved)
	return nil
}

func (c *computer) ForgetPassword(_ context.Context, s connections.Saved) error {
	for i, o := range c.saved {
		if o.Name == s.Name {
			c.saved[i].Kept = false
		}
	}
	return c.saveErr
}

func (c *computer) ReadEnv(_ context.Context, a app.ShopAddress) (connections.Draft, error) {
	c.asked = append(c.asked, a)
	return c.draft, c.readErr
}

func (c *computer) TestConnection(ctx context.Context, s connections.Saved, report func([]app.Rung)) error {
	c.tested, c.report = append(c.tested, s), report
	for _, rungs := range c.rungs {
		report(rungs)
	}
	if c.hold != nil {
		select {
		case <-c.hold:
		case <-ctx.Done():
		}
		c.ended <- ctx.Err()
	}
	return c.endErr
}

// opened are the stores of the pictures.
func opened() []connections.Saved {
	day := func(d int) time.Time { return time.Date(2026, time.June, d, 7, 12, 0, 0, time.UTC) }
	return []connections.Saved{
		{
			Name: "Juniper Outfitters", Kind: app.MagentoStore, Tag: app.TagProduction, Operator: "olive", Opened: day(9),
			Shop: &app.ShopAddress{EnvPHP: "/srv/juniper/app/etc/env.php", OnServer: true, SSH: app.SSH{Host: "bastion.juniper.example", User: "deploy"}},
		},
		{
			Name: "Juniper Staging", Kind: app.MagentoStore, Tag: app.TagStaging, Operator: "olive", Opened: day(8),
			Shop: &app.ShopAddress{
				EnvPHP: "/home/olive/staging/env.php", Host: "db2.juniper.example", Port: 3306, Username: "factordesk",
				SSH: app.SSH{Host: "bastion.juniper.example", User: "deploy"}, TLS: app.TLS{Mode: app.TLSVerify, CA: "/home/olive/ca.pem"},
			},
		},
		{Name: "My Desk", Kind: app.LocalStore, Tag: app.TagLocal, Location: "/home/olive/desk.db", Operator: "olive", Opened: day(1)},
	}
}

// present is the store that is open: My Desk.
var present = app.StoreInfo{Name: "My Desk", Kind: app.LocalStore, Tag: app.TagLocal, Location: "/home/olive/desk.db"}

type bench struct {
	*kittest.Desk
	computer *computer
	screen   *connections.Screen
	opened   []string
}

type setup struct {
	size     fyne.Size
	scale    float32
	runner   kit.Runner
	computer *computer
	test     bool
}

func start(t *testing.T, o setup) *bench {
	t.Helper()
	if o.size == (fyne.Size{}) {
		o.size = kittest.Wide
	}
	if o.computer == nil {
		o.computer = &computer{saved: opened()}
	}
	t.Setenv("HOME", t.TempDir())
	b := &bench{Desk: kittest.New(t, page(o.size), o.runner), computer: o.computer}
	if o.scale != 0 {
		b.Theme(kit.Light, o.scale)
	}
	b.screen = connections.New(o.computer, b.Kit, connections.Options{Present: present, Test: o.test}, connections.Actions{
		Open: func(c connections.Saved) { b.opened = append(b.opened, c.Name) },
	})
	t.Cleanup(b.screen.Close)
	b.Show(kit.Stack(kit.Plate(kit.ColorBg), b.screen.Content()))
	b.screen.Show()
	return b
}

// refused is the ladder of the look: the database lets nobody in.
func refused() [][]app.Rung {
	done := func(name, detail string, ms int) app.Rung {
		return app.Rung{Name: name, Detail: detail, State: app.RungDone, Took: time.Duration(ms) * time.Millisecond}
	}
	waiting := []app.Rung{
		{Name: "SSH", Detail: "bastion.juniper.example", State: app.RungWaiting},
		{Name: "TCP", Detail: "db2.juniper.example, port 3306", State: app.RungWaiting},
		{Name: "TLS", Detail: "Encryption, the server’s certificate", State: app.RungWaiting},
		{Name: "Sign-in", Detail: "The database account", State: app.RungWaiting},
		{Name: "Schema", Detail: "Magento’s tables, prefix, version", State: app.RungWaiting},
		{Name: "Crypt key", Detail: "Opens one stored factor", State: app.RungWaiting},
	}
	trying := slices.Clone(waiting)
	trying[0] = done("SSH", "bastion.juniper.example, host key known since May 28", 84)
	trying[1].State = app.RungTrying
	end := slices.Clone(trying)
	end[1] = done("TCP", "db2.juniper.example answers on port 3306", 12)
	end[2] = done("TLS", "TLS 1.3, certificate right for this host, valid 41 more days", 31)
	end[3] = app.Rung{
		Name: "Sign-in", Detail: "Refused before any password was sent", State: app.RungRefused, Took: 9 * time.Millisecond,
		Err: app.Errorf(app.Denied, "The database lets nobody in from 10.0.4.12.").
			WithHint("Ask its administrator to allow “factordesk” from this address, then test again."),
		Command: "CREATE USER 'factordesk'@'10.0.4.12' IDENTIFIED BY '…';",
	}
	return [][]app.Rung{waiting, trying, end}
}

func whole() [][]app.Rung {
	all := refused()
	end := slices.Clone(all[2])
	end[3] = app.Rung{Name: "Sign-in", Detail: "MariaDB 10.11, as factordesk", State: app.RungDone, Took: 9 * time.Millisecond}
	end[4] = app.Rung{Name: "Schema", Detail: "Magento 2.4.7, no prefix", State: app.RungDone, Took: 22 * time.Millisecond}
	end[5] = app.Rung{Name: "Crypt key", Detail: "Opened a factor with 1 key", State: app.RungDone, Took: 3 * time.Millisecond}
	return append(all[:2], end)
}

func TestListsTheStoresWithTagAndInUse(t *testing.T) {
	b := start(t, setup{})
	text := b.Text()
	for _, words := range []string{
		"3 stores saved on this computer", "Juniper Outfitters", "PRODUCTION", "Magento · through SSH", "STAGING", "LOCAL", "in use",
		"Sample data", "SAMPLE", "none is in this list.",
	} {
		require.Contains(t, text, words)
	}
	require.Equal(t, "My Desk, Local · SQLite file, local, in use, chosen", b.FocusLabel(), "the open store is chosen first")
	require.Contains(t, text, "/home/olive/desk.db")
	require.Contains(t, text, "Jun 1, 2026, by olive")
	require.True(t, b.Button("Open").Disabled())
	require.True(t, b.Button("Remove…").Disabled())
	require.False(t, b.Button("Edit").Disabled())
}

func TestDetailSaysHowAShopIsReached(t *testing.T) {
	b := start(t, setup{})
	b.Key(fyne.KeyUp)
	text := b.Text()
	for _, words := range []string{
		"deploy@bastion.juniper.example", "db2.juniper.example:3306", "factordesk",
		"/home/olive/staging/env.php", "Host name verified", "From env.php, each time", "Allowed, password each time",
	} {
		require.Contains(t, text, words)
	}
	b.Key(fyne.KeyUp)
	require.Contains(t, b.Text(), "/srv/juniper/app/etc/env.php on the server")
	b.Key(fyne.KeyEnd)
	require.Contains(t, b.Text(), "25 made-up people, in memory")
	require.NotContains(t, b.Text(), "Connection test", "made-up people need none")
	require.Empty(t, kittest.Find[*kit.Button](b.Desk, "Edit"))
}

func TestATeamStoreIsNoFile(t *testing.T) {
	c := &computer{saved: []connections.Saved{{
		Name: "Workshop Team", Kind: app.TeamStore, Tag: app.TagTeam, Location: "factordesk on db.workshop.example",
	}}}
	b := start(t, setup{computer: c})
	require.Contains(t, b.Text(), "Team · PostgreSQL")
	require.Contains(t, b.Text(), "factordesk on db.workshop.example")
	require.NotContains(t, b.Text(), "SQLite")
}

func TestOpenAsksBeforeThePresentStoreIsLeft(t *testing.T) {
	b := start(t, setup{})
	b.Key(fyne.KeyHome, fyne.KeyReturn)
	require.Equal(t, "Open", b.FocusLabel())
	b.Key(fyne.KeyReturn)
	require.Contains(t, b.Text(), "Leave My Desk?")
	require.Contains(t, b.Text(), "You are signed out of My Desk, and sign in to Juniper Outfitters next.")
	b.Key(fyne.KeyEscape)
	require.Empty(t, b.opened)
	b.Key(fyne.KeyReturn, fyne.KeyReturn)
	require.Equal(t, []string{"Juniper Outfitters"}, b.opened)
}

func TestRemoveSaysWhatStays(t *testing.T) {
	b := start(t, setup{})
	b.Key(fyne.KeyHome)
	b.Tap("Remove…")
	text := b.Text()
	require.Contains(t, text, "Only this entry of the list on this computer goes.")
	require.Contains(t, text, "The shop stays as it is: no user and no factor changes.")
	require.Contains(t, text, "Its activity stays on this computer")
	b.Key(fyne.KeyReturn)
	require.False(t, b.DialogOpen(), "Enter is the safe answer")
	require.Len(t, b.computer.saved, 3)

	b.Tap("Remove…")
	b.computer.saveErr = app.Errorf(app.Unreachable, "The list cannot be written.")
	b.Tap("OK, remove")
	require.Contains(t, b.Text(), "The list cannot be written.")
	b.computer.saveErr = nil
	b.Tap("OK, remove")
	require.False(t, b.DialogOpen())
	require.Len(t, b.computer.saved, 2)
	require.Contains(t, b.ToastText(), "Juniper Outfitters is off the list. The store itself is as it was.")
	require.NotContains(t, b.Text(), "PRODUCTION")
	require.Contains(t, b.Text(), "2 stores saved on this computer")
}

func TestALocalStoreIsRenamed(t *testing.T) {
	b := start(t, setup{})
	b.Tap("Edit")
	field := b.Field("Name")
	field.SetText("Juniper Staging")
	b.Key(fyne.KeyReturn)
	require.Equal(t, "There is a connection of that name already. Choose another name.", field.Trouble())
	field.SetText("Desk/2")
	b.Key(fyne.KeyReturn)
	require.Contains(t, field.Trouble(), "The name has a slash in it.")
	field.SetText("Help desk")
	b.Key(fyne.KeyReturn)
	require.False(t, b.DialogOpen())
	require.Equal(t, "Help desk", b.computer.saved[2].Name)
	require.Equal(t, "/home/olive/desk.db", b.computer.saved[2].Location)
	require.Contains(t, b.FocusLabel(), "Help desk", "the same store stays chosen")
}

func TestTheLadderStopsAtTheFirstFailure(t *testing.T) {
	b := start(t, setup{computer: &computer{
		saved: opened(), rungs: refused(), endErr: app.Errorf(app.Denied, "The database lets nobody in from 10.0.4.12."),
	}})
	b.Key(fyne.KeyUp)
	require.Contains(t, b.Text(), "not tested yet")
	b.Tap("Test connection")
	text := b.Text()
	for _, words := range []string{
		"today 14:09, ended at step 4 of 6", "84 ms", "Done", "Refused", "Not tried",
		"The database lets nobody in from 10.0.4.12.", "CREATE USER 'factordesk'@'10.0.4.12'", "Magento’s tables, prefix, version",
	} {
		require.Contains(t, text, words)
	}
	require.Equal(t, "Juniper Staging", b.computer.tested[0].Name)
	b.Tap("Copy")
	require.Equal(t, "CREATE USER 'factordesk'@'10.0.4.12' IDENTIFIED BY '…';", b.Board.Content())

	b.Key(fyne.KeyUp)
	b.Focus(kittest.Get[*kit.RowList](b.Desk, "Juniper"))
	b.Key(fyne.KeyUp)
	require.NotContains(t, b.Text(), "10.0.4.12", "each store has its own test")
	b.Key(fyne.KeyDown)
	require.Contains(t, b.Text(), "10.0.4.12", "and keeps it")
	b.computer.rungs, b.computer.endErr = whole(), nil
	b.Tap("Test again")
	require.Contains(t, b.Text(), "today 14:09, all 6 steps done")
	require.NotContains(t, b.Text(), "10.0.4.12")
}

// What is opened may be below the small window; the keyboard gets there.
func TestTheRemedyIsInSight(t *testing.T) {
	b := start(t, setup{size: kittest.Small, computer: &computer{
		saved: opened(), rungs: refused(), endErr: app.Errorf(app.Denied, "The database lets nobody in from 10.0.4.12."),
	}})
	b.Key(fyne.KeyUp)
	b.Tap("Test connection")
	place := fyne.CurrentApp().Driver().AbsolutePositionForObject
	copied := b.Button("Copy")
	require.Less(t, place(copied).Y, kittest.Small.Height-56-40)
	require.Positive(t, place(copied).Y)
	at := place(copied).Y
	require.True(t, b.Press("PageUp"))
	require.Greater(t, place(copied).Y, at)
	require.True(t, b.Press("PageDown"))
	require.InDelta(t, at, place(copied).Y, 1)
}

func TestUnreachableIsNotRefused(t *testing.T) {
	c := &computer{saved: opened(), endErr: app.Errorf(app.Unreachable, "db2.juniper.example gives no answer.")}
	c.rungs = [][]app.Rung{{
		{Name: "TCP", Detail: "db2.juniper.example, port 3306", State: app.RungUnreachable, Took: 10 * time.Second, Err: c.endErr},
		{Name: "TLS", Detail: "The server’s certificate", State: app.RungWaiting},
	}}
	b := start(t, setup{computer: c})
	b.Key(fyne.KeyUp)
	b.Tap("Test connection")
	require.Contains(t, b.Text(), "No answer")
	require.Contains(t, b.Text(), "10.0 s")
	require.NotContains(t, b.Text(), "Refused")
	require.Empty(t, kittest.Find[*kit.Button](b.Desk, "Copy"), "there is nothing to run against it")
}

func TestWhatCannotBeginIsSaidInPlaceOfTheLadder(t *testing.T) {
	b := start(t, setup{computer: &computer{saved: opened(), endErr: app.Errorf(app.Invalid, "The SSH server is missing.")}})
	b.Key(fyne.KeyUp)
	b.Tap("Test connection")
	require.Contains(t, b.Text(), "The SSH server is missing.")
}

// later is work on a goroutine of its own that comes back when the test says so.
type later struct{ ends chan func() }

func (l *later) Go(work func(ctx context.Context) error, done func(err error)) {
	go func() {
		err := work(context.Background())
		l.ends <- func() { done(err) }
	}()
}

// step waits for the next work to end, and brings it back.
func (l *later) step() { (<-l.ends)() }

func TestCancelStopsTheTestItself(t *testing.T) {
	for name, stop := range map[string]func(b *bench){
		"button": func(b *bench) { b.Tap("Cancel") },
		"Esc":    func(b *bench) { b.Key(fyne.KeyEscape) },
		"another store": func(b *bench) {
			b.Focus(kittest.Get[*kit.RowList](b.Desk, "Juniper"))
			b.Key(fyne.KeyUp)
		},
		"the screen leaves": func(b *bench) { b.screen.Close() },
	} {
		t.Run(name, func(t *testing.T) {
			work := &later{ends: make(chan func(), 8)}
			c := &computer{saved: opened(), hold: make(chan struct{}), ended: make(chan error, 1)}
			b := start(t, setup{computer: c, runner: work})
			work.step()
			b.Key(fyne.KeyUp)
			b.Tap("Test connection")
			require.Contains(t, b.Text(), "begins")
			stop(b)
			select {
			case err := <-c.ended:
				require.ErrorIs(t, err, context.Canceled)
			case <-time.After(10 * time.Second):
				t.Fatal("the test goes on")
			}
			work.step()
			if name == "button" || name == "Esc" {
				require.Contains(t, b.Text(), "Stopped. Nothing was changed.")
				require.NotNil(t, b.Button("Test again"))
			}
		})
	}
}

// half is a Runner whose work is done at once, and comes to its end at step.
type half struct{ ends []func() }

func (h *half) Go(work func(ctx context.Context) error, done func(err error)) {
	err := work(context.Background())
	h.ends = append(h.ends, func() { done(err) })
}

func (h *half) step() {
	next := h.ends[0]
	h.ends = h.ends[1:]
	next()
}

func TestAStoppedLadderSaysWhere(t *testing.T) {
	work := &half{}
	c := &computer{saved: opened(), rungs: refused()[:2]}
	b := start(t, setup{computer: c, runner: work})
	work.step()
	b.Key(fyne.KeyUp)
	b.Tap("Test connection")
	require.Contains(t, b.Text(), "Trying…")
	require.Contains(t, b.Text(), "step 2 of 6")
	require.NotContains(t, b.Text(), "Not tried", "they may still be")
	b.Tap("Cancel")
	work.step()
	require.Contains(t, b.Text(), "today 14:09, stopped by you at step 2 of 6")
	require.Contains(t, b.Text(), "Stopped")
	require.Contains(t, b.Text(), "Not tried")
	c.report(refused()[2])
	require.NotContains(t, b.Text(), "10.0.4.12", "what it says after that comes too late")
}

func TestTheTestBeginsAtOnceForWhoComesFromAnUnreachableStore(t *testing.T) {
	c := &computer{saved: opened(), rungs: refused()[:1]}
	b := start(t, setup{computer: c, test: true})
	require.Len(t, c.tested, 1)
	require.Equal(t, "My Desk", c.tested[0].Name)
	b.screen.Refresh()
	require.Len(t, c.tested, 1, "once")
}

func TestTheListThatCannotBeRead(t *testing.T) {
	c := &computer{saved: opened(), listErr: app.Errorf(app.Unreadable, "The list of connections is damaged.").WithHint("Line 4.")}
	b := start(t, setup{computer: c})
	require.Contains(t, b.Text(), "The list of connections is damaged.")
	require.NotContains(t, b.Text(), "Connection test")
	c.listErr = nil
	b.Tap("Try again")
	require.Contains(t, b.Text(), "Juniper Outfitters")
	require.Contains(t, b.Text(), "Connection test")
}

func TestLoadingShowsGrayBars(t *testing.T) {
	held := &kittest.Held{}
	b := start(t, setup{runner: held})
	before := len(b.Objects())
	b.Clock.Advance(time.Second)
	require.Greater(t, len(b.Objects()), before)
	held.Step()
	require.Contains(t, b.Text(), "Juniper Outfitters")
}
