package connections_test

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/connections"
	"github.com/factordesk/factordesk/screens/kit"
	"github.com/factordesk/factordesk/screens/kit/kittest"
)

func TestGalleryConnections(t *testing.T) {
	tested := func(o setup) *bench {
		o.computer = &computer{saved: opened(), rungs: refused(), endErr: app.Errorf(app.Denied, "no")}
		b := start(t, o)
		b.Key(fyne.KeyUp)
		b.Tap("Test connection")
		return b
	}
	tested(setup{}).Pictures("connections", "refused")
	tested(setup{size: kittest.Small}).Pictures("connections", "refused-small")
	tested(setup{scale: 1.3}).Picture("connections-refused-large-light")
	tested(setup{size: kittest.Small, scale: 1.3}).Picture("connections-refused-small-large-light")

	b := start(t, setup{computer: &computer{saved: opened(), rungs: whole()}})
	b.Pictures("connections", "local")
	b.Key(fyne.KeyHome)
	b.Pictures("connections", "shop")
	b.Tap("Test connection")
	b.Pictures("connections", "tested")
	b.Tap("Remove…")
	b.Pictures("connections", "remove")
	b.Key(fyne.KeyEscape)
	b.Tap("Open")
	b.Pictures("connections", "open")
	b.Key(fyne.KeyEscape)
	b.Focus(kittest.Get[*kit.RowList](b.Desk, "Juniper"))
	b.Key(fyne.KeyEnd)
	b.Picture("connections-sample-light")

	work := &half{}
	going := start(t, setup{computer: &computer{saved: opened(), rungs: refused()[:2]}, runner: work})
	work.step()
	going.Key(fyne.KeyUp)
	going.Tap("Test connection")
	going.Pictures("connections", "testing")
	going.Tap("Cancel")
	going.Pictures("connections", "stopped")

	held := &kittest.Held{}
	loading := start(t, setup{runner: held})
	loading.Clock.Advance(time.Second)
	loading.Picture("connections-loading-light")
	bad := start(t, setup{computer: &computer{listErr: app.Errorf(app.Unreadable, "The list of connections is damaged.").WithHint("Line 4 of connections.toml cannot be read.")}})
	bad.Picture("connections-unreadable-light")
}

func TestGalleryConnect(t *testing.T) {
	fill := func(o setup) *bench {
		o.computer = &computer{saved: opened(), draft: juniper(), rungs: refused()}
		b := start(t, o)
		b.add()
		b.source(1)
		exactly(b.Desk, "Path on the server").SetText("/var/www/html/app/etc/env.php")
		exactly(b.Desk, "SSH server").SetText("bastion.juniper.example")
		exactly(b.Desk, "User").SetText("deploy")
		return b
	}
	b := start(t, setup{})
	b.add()
	b.Pictures("connect", "empty")
	press(b.Desk, "Save")
	b.Picture("connect-errors-light")

	b = fill(setup{})
	b.Tap("Read env.php")
	exactly(b.Desk, "Username").SetText("factordesk")
	b.Pictures("connect", "read")
	b.Tap("Test connection")
	b.Pictures("connect", "tested")
	fill(setup{size: kittest.Small}).Pictures("connect", "small")
	large := fill(setup{scale: 1.3})
	large.Tap("Read env.php")
	large.Picture("connect-large-light")
	fill(setup{size: kittest.Small, scale: 1.3}).Picture("connect-small-large-light")

	none := start(t, setup{})
	none.add()
	none.source(2)
	box(none.Desk, "The database asks for a client certificate").Toggle()
	none.Picture("connect-by-hand-light")

	o := connections.SetupOptions{Version: "1.0"}
	first := connect(t, kittest.Wide, 0, o, &computer{draft: juniper(), rungs: whole()})
	first.Pictures("connect", "before")
	first.Key(fyne.KeyTab)
	first.Type("/srv/juniper/app/etc/env.php")
	first.Key(fyne.KeyReturn)
	first.Tap("Test connection")
	first.Pictures("connect", "before-tested")
	connect(t, kittest.Small, 0, o, &computer{}).Pictures("connect", "before-small")
	connect(t, kittest.Wide, 1.3, o, &computer{}).Picture("connect-before-large-light")
}
