package connections_test

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/connections"
	"github.com/factordesk/factordesk/screens/kit"
	"github.com/factordesk/factordesk/screens/kit/kittest"
)

// workshop is a saved team's store.
func workshop() connections.Saved {
	return connections.Saved{
		Name: "Workshop Team", Kind: app.TeamStore, Tag: app.TagTeam, Operator: "olive",
		Location: "postgres://factordesk@db.workshop.example:5433/desk?ssh=deploy%40gate&sslmode=verify-full&sslrootcert=%2Fetc%2Fca.pem",
	}
}

func TestConnectATeamByKeyboard(t *testing.T) {
	b := start(t, setup{computer: &computer{saved: opened()}})
	b.addTeam()
	require.Contains(t, b.Text(), "Connect a team’s store")
	require.Equal(t, "Host, or folder of a socket", b.FocusLabel())
	for i, text := range []string{"db.workshop.example", "5433", "desk", "factordesk"} {
		if i > 0 {
			b.Key(fyne.KeyReturn)
		}
		b.Type(text)
	}
	require.Contains(t, b.Text(), "Verify host name", "the strictest mode is the one of a new store")
	press(b.Desk, "Save")
	got := b.computer.saved[3]
	require.Equal(t, connections.Saved{
		Name: "desk at db.workshop.example", Kind: app.TeamStore, Tag: app.TagTeam,
		Location: "postgres://factordesk@db.workshop.example:5433/desk?sslmode=verify-full",
	}, got)
	require.Contains(t, b.Text(), "desk at db.workshop.example:5433")
}

func TestTheFormOfATeamHasAllOfItsWay(t *testing.T) {
	b := start(t, setup{computer: &computer{saved: append(opened(), workshop())}})
	b.Focus(kittest.Get[*kit.RowList](b.Desk, "My Desk"))
	b.Key(fyne.KeyEnd, fyne.KeyUp)
	require.Contains(t, b.Text(), "desk at db.workshop.example:5433")
	require.Contains(t, b.Text(), "deploy@gate")
	require.Contains(t, b.Text(), "Host name verified")
	press(b.Desk, "Edit")
	require.Equal(t, "db.workshop.example", exactly(b.Desk, "Host, or folder of a socket").Text())
	require.Equal(t, "gate", exactly(b.Desk, "SSH server").Text())
	box(b.Desk, "The database asks for a client certificate").Toggle()
	press(b.Desk, "Save")
	require.Contains(t, b.Text(), "The file is missing.", "a client certificate is two files")
	box(b.Desk, "The database asks for a client certificate").Toggle()
	exactly(b.Desk, "Name in the certificate").SetText("pg.workshop.example")
	box(b.Desk, "Read only").Toggle()
	kittest.Get[*kit.RadioList](b.Desk, "Ask each time").Choose(1)
	press(b.Desk, "Save")
	want := workshop()
	want.Location = "postgres://factordesk@db.workshop.example:5433/desk?ssh=deploy%40gate&ssl_name=pg.workshop.example&sslmode=verify-full&sslrootcert=%2Fetc%2Fca.pem"
	want.ReadOnly, want.Passwords.From = true, app.PasswordKept
	require.Equal(t, want, b.computer.saved[3])
	require.Contains(t, b.Text(), "None, read-only")
	require.Contains(t, b.Text(), "Team · PostgreSQL · through SSH · read-only")
}

func TestTheFormOfATeamSaysWhatIsMissing(t *testing.T) {
	b := start(t, setup{computer: &computer{saved: opened()}})
	b.addTeam()
	press(b.Desk, "Save")
	for _, sentence := range []string{"The host is missing.", "The database is missing.", "The username is missing.", "The name is missing."} {
		require.Contains(t, b.Text(), sentence)
	}
	require.Equal(t, "Host, or folder of a socket", b.FocusLabel())
	kittest.Get[*kit.RadioList](b.Desk, "Ask each time").Choose(2)
	exactly(b.Desk, "Host, or folder of a socket").SetText("db example")
	exactly(b.Desk, "Database").SetText("a/b")
	exactly(b.Desk, "Command").SetText("pass 'show")
	exactly(b.Desk, "Use it for, in minutes").SetText("2000")
	box(b.Desk, "Reach the database through SSH").Toggle()
	press(b.Desk, "Save")
	for _, sentence := range []string{
		"The host of the database cannot be \"db example\".", "The name of the database has a slash in it.",
		"leads nowhere", "A password cannot be used for 2000 minutes", "The SSH server is missing.",
	} {
		require.Contains(t, b.Text(), sentence)
	}
	require.Len(t, b.computer.saved, 3)
}

func TestPasswordsOfACommand(t *testing.T) {
	b := start(t, setup{computer: &computer{saved: []connections.Saved{workshop()}}})
	b.Key(fyne.KeyHome)
	press(b.Desk, "Edit")
	kittest.Get[*kit.RadioList](b.Desk, "Ask each time").Choose(2)
	exactly(b.Desk, "Command").SetText("pass show 'db/work shop'")
	require.Equal(t, "15", exactly(b.Desk, "Use it for, in minutes").Text())
	press(b.Desk, "Save")
	require.Equal(t, app.Passwords{From: app.PasswordCommand, Command: "pass show 'db/work shop'", Minutes: 15}, b.computer.saved[0].Passwords)
	require.Contains(t, b.Text(), "From a command")
	press(b.Desk, "Edit")
	require.Equal(t, "pass show 'db/work shop'", exactly(b.Desk, "Command").Text())
	b.Key(fyne.KeyEscape)
	require.NotContains(t, b.Text(), "not saved", "nothing was changed")
}

func TestThePasswordIsForgotten(t *testing.T) {
	kept := workshop()
	kept.Passwords.From, kept.Kept = app.PasswordKept, true
	b := start(t, setup{computer: &computer{saved: []connections.Saved{kept}}})
	b.Key(fyne.KeyHome)
	require.Contains(t, b.Text(), "It is asked for the next time.")
	require.Contains(t, b.Text(), "Kept, sealed by the keyring")
	b.Tap("Forget the password")
	require.Contains(t, b.Kit.ToastText(), "The password of Workshop Team is forgotten.")
	require.NotContains(t, b.Text(), "Forget the password")
	require.Contains(t, b.Text(), "Typed once, then kept")
	require.False(t, b.computer.saved[0].Kept)
}

func TestStoresAreMovedByKeyboard(t *testing.T) {
	b := start(t, setup{computer: &computer{saved: opened()}})
	names := func() (all []string) {
		for _, c := range b.computer.saved {
			all = append(all, c.Name)
		}
		return all
	}
	require.Contains(t, b.FocusLabel(), "My Desk")
	for _, step := range []struct {
		key  string
		want []string
	}{
		{"Alt+Up", []string{"Juniper Outfitters", "My Desk", "Juniper Staging"}},
		{"Alt+Up", []string{"My Desk", "Juniper Outfitters", "Juniper Staging"}},
		{"Alt+Up", []string{"My Desk", "Juniper Outfitters", "Juniper Staging"}},
		{"Alt+Down", []string{"Juniper Outfitters", "My Desk", "Juniper Staging"}},
		{"Alt+Down", []string{"Juniper Outfitters", "Juniper Staging", "My Desk"}},
		{"Alt+Down", []string{"Juniper Outfitters", "Juniper Staging", "My Desk"}}, // the made-up people stay last
	} {
		require.True(t, b.Kit.Press(step.key))
		require.Equal(t, step.want, names())
		require.Contains(t, b.FocusLabel(), "My Desk", "the store stays chosen")
	}
	b.Key(fyne.KeyEnd)
	b.Kit.Press("Alt+Up")
	require.Equal(t, "My Desk", names()[2], "the made-up people are not moved")
}

func TestAStoreIsDuplicated(t *testing.T) {
	used := workshop()
	used.Opened = time.Date(2026, time.June, 5, 9, 0, 0, 0, time.UTC)
	b := start(t, setup{computer: &computer{saved: append(opened(), used)}})
	b.Focus(kittest.Get[*kit.RowList](b.Desk, "My Desk"))
	b.Tap("Duplicate")
	require.Contains(t, b.Text(), "Duplicate My Desk")
	box(b.Desk, "Read only").Toggle()
	press(b.Desk, "Save")
	require.Equal(t, connections.Saved{
		Name: "My Desk copy", Kind: app.LocalStore, Tag: app.TagLocal, Location: "/home/olive/desk.db", ReadOnly: true,
	}, b.computer.saved[4])
	require.Contains(t, b.Text(), "Local · SQLite file · read-only")

	b.Focus(kittest.Find[*kit.RowList](b.Desk, "")[0])
	b.Key(fyne.KeyHome, fyne.KeyDown, fyne.KeyDown, fyne.KeyDown)
	require.Contains(t, b.FocusLabel(), "Workshop Team")
	b.Tap("Duplicate")
	require.Equal(t, "Workshop Team copy", exactly(b.Desk, "Name").Text())
	require.Equal(t, "Name", b.FocusLabel())
	exactly(b.Desk, "Username").SetText("auditor")
	press(b.Desk, "Save")
	got := b.computer.saved[5]
	require.Equal(t, "Workshop Team copy", got.Name)
	require.Contains(t, got.Location, "postgres://auditor@db.workshop.example:5433/desk")
	require.True(t, got.Opened.IsZero())
	require.Empty(t, got.Operator)
	require.Equal(t, used, b.computer.saved[3], "the first one stays as it was")
}

// climbed is a test of the way to a team's store that ends at a certificate.
func climbed() []app.Rung {
	return []app.Rung{
		{Name: "SSH", Detail: "gate, host key known", State: app.RungDone, Took: 84 * time.Millisecond},
		{Name: "Name", Detail: "db.workshop.example, looked up by gate", State: app.RungDone, Took: time.Millisecond},
		{Name: "Network", Detail: "db.workshop.example answers on port 5433", State: app.RungDone, Took: 12 * time.Millisecond},
		{
			Name: "TLS", Detail: "How the connection is encrypted", State: app.RungFailed, Took: 9 * time.Millisecond,
			Err: app.Errorf(app.Unreachable, "The certificate of the server is not for db.workshop.example but for pg-3.internal.").
				WithHint("Check the address, or give the name that the certificate is for."),
			Certificate: &app.Certificate{
				Subject: "CN=pg-3.internal,O=Workshop", Names: []string{"pg-3.internal", "10.0.4.3"}, Issuer: "CN=Workshop CA",
				From: time.Date(2026, time.January, 3, 0, 0, 0, 0, time.UTC), Until: time.Date(2027, time.January, 3, 0, 0, 0, 0, time.UTC),
				Fingerprint: "3F:9A:11:C0:8E:52:77:D4:19:AA:60:0B:5C:F1:E2:93:3F:9A:11:C0:8E:52:77:D4:19:AA:60:0B:5C:F1:E2:93",
			},
		},
		{Name: "Sign-in", Detail: "The database account factordesk", State: app.RungWaiting},
		{Name: "Schema", Detail: "A store of Factordesk in desk", State: app.RungWaiting},
		{Name: "Keys", Detail: "Who opens the secrets", State: app.RungWaiting},
	}
}

func TestWhatAServerPresentedIsShown(t *testing.T) {
	b := start(t, setup{computer: &computer{
		saved: []connections.Saved{workshop()}, rungs: [][]app.Rung{climbed()}, endErr: app.Errorf(app.Unreachable, "no"),
	}})
	b.Key(fyne.KeyHome)
	b.Tap("Test connection")
	for _, words := range []string{
		"not for db.workshop.example but for pg-3.internal", "What the server presented", "CN=pg-3.internal,O=Workshop", "pg-3.internal, 10.0.4.3",
		"CN=Workshop CA", "Jan 3, 2026 to Jan 3, 2027", "3F:9A:11:C0", "Not tried",
	} {
		require.Contains(t, b.Text(), words)
	}
}

func TestGalleryTeam(t *testing.T) {
	small := start(t, setup{size: kittest.Small, computer: &computer{saved: opened()}})
	small.Key(fyne.KeyHome)
	small.Picture("connections-shop-small-light")
	b := start(t, setup{computer: &computer{
		saved: append(opened(), workshop()), rungs: [][]app.Rung{climbed()}, endErr: app.Errorf(app.Unreachable, "no"),
	}})
	b.Focus(kittest.Get[*kit.RowList](b.Desk, "My Desk"))
	b.Key(fyne.KeyEnd, fyne.KeyUp)
	b.Tap("Test connection")
	b.Pictures("connections", "team-certificate")
	b.Tap("Add connection")
	b.Pictures("connections", "add")
	b.Tap("Connect a team’s store")
	b.Pictures("connect", "team")
	kittest.Get[*kit.RadioList](b.Desk, "Ask each time").Choose(2)
	box(b.Desk, "Reach the database through SSH").Toggle()
	press(b.Desk, "Save")
	b.Picture("connect-team-errors-light")
}
