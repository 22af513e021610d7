package connections_test

import (
	"os"
	"path/filepath"
	"testing"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/connections"
	"github.com/factordesk/factordesk/screens/kit"
	"github.com/factordesk/factordesk/screens/kit/kittest"
)

// juniper is what the env.php of a shop comes to.
func juniper() connections.Draft {
	return connections.Draft{
		Address: app.ShopAddress{
			EnvPHP: "/var/www/html/app/etc/env.php", OnServer: true, Host: "db1.juniper.example", Port: 3306, Database: "magento",
			Username: "shop", Prefix: "m2_", TLS: app.TLS{Mode: app.TLSOff}, SSH: app.SSH{Host: "bastion"},
		},
		Keys: 2, Mode: "production",
	}
}

// exactly is the field whose whole label is the text.
func exactly(d *kittest.Desk, label string) *kit.Field {
	d.T.Helper()
	for _, f := range kittest.Find[*kit.Field](d, label) {
		if f.LabelText() == label {
			return f
		}
	}
	d.T.Fatalf("no field %q", label)
	return nil
}

// press presses the button whose whole label is the text.
func press(d *kittest.Desk, label string) {
	d.T.Helper()
	for _, b := range kittest.Find[*kit.Button](d, label) {
		if b.Text() == label {
			b.Press()
			return
		}
	}
	d.T.Fatalf("no button %q", label)
}

func box(d *kittest.Desk, label string) *kit.Checkbox {
	d.T.Helper()
	return kittest.Get[*kit.Checkbox](d, label)
}

func (b *bench) add() {
	b.Tap("Add connection")
	b.Tap("Connect a shop")
}

func (b *bench) addTeam() {
	b.Tap("Add connection")
	b.Tap("Connect a team’s store")
}

func (b *bench) source(i int) {
	b.T.Helper()
	kittest.Find[*kit.RadioList](b.Desk, "")[0].Choose(i)
}

func TestConnectOverSSHByKeyboard(t *testing.T) {
	b := start(t, setup{computer: &computer{saved: opened(), draft: juniper()}})
	b.add()
	require.Contains(t, b.FocusLabel(), "A file on this computer, chosen")
	b.Key(fyne.KeyDown, fyne.KeyTab)
	require.Equal(t, "Path on the server", b.FocusLabel())
	b.Type("/var/www/html/app/etc/env.php")
	b.Key(fyne.KeyTab)
	require.Equal(t, "SSH server", b.FocusLabel())
	b.Type("bastion")
	b.Key(fyne.KeyReturn)
	require.Equal(t, "Port", b.FocusLabel(), "Enter leads on")
	b.Type("2222")
	b.Key(fyne.KeyTab)
	b.Type("deploy")
	b.Tap("Read env.php")

	way := app.ShopAddress{
		EnvPHP: "/var/www/html/app/etc/env.php", OnServer: true, SSH: app.SSH{Host: "bastion", Port: 2222, User: "deploy"},
	}
	require.Equal(t, []app.ShopAddress{way}, b.computer.asked)
	require.Contains(t, b.Text(), "It holds 2 crypt keys.")
	require.Equal(t, "db1.juniper.example", exactly(b.Desk, "Host, or path of a socket").Text())
	require.Equal(t, "m2_", exactly(b.Desk, "Table prefix").Text())
	require.Contains(t, b.Text(), "Here it comes to: off.")
	require.Contains(t, b.Text(), "from env.php")
	require.Contains(t, b.Text(), "Here it comes to: off.")
	require.Equal(t, "Read again", b.FocusLabel(), "the focus stays, and what was read is beside it")
	require.Equal(t, "bastion", exactly(b.Desk, "Name").Text(), "a name is offered")
	require.Contains(t, b.Text(), "Production")
	exactly(b.Desk, "Name").Focus()
	b.Key(fyne.KeyReturn)

	require.Len(t, b.computer.saved, 4)
	got := b.computer.saved[3]
	require.Equal(t, "bastion", got.Name)
	require.Equal(t, app.MagentoStore, got.Kind)
	require.Equal(t, app.TagProduction, got.Tag, "the careful default")
	require.Equal(t, &way, got.Shop, "what env.php says is read each time, and not kept")
	require.Contains(t, b.Text(), "Leave My Desk?")
	b.Key(fyne.KeyReturn)
	require.Equal(t, []string{"bastion"}, b.opened)
}

func TestWhatIsTypedCountsInPlaceOfEnvPHP(t *testing.T) {
	b := start(t, setup{computer: &computer{saved: opened(), draft: juniper()}})
	b.add()
	exactly(b.Desk, "File").SetText("/srv/env.php")
	b.Tap("Read env.php")
	exactly(b.Desk, "Host, or path of a socket").SetText("127.0.0.1")
	exactly(b.Desk, "Username").SetText("desk")
	require.Contains(t, b.Text(), "in place of env.php")
	press(b.Desk, "Save")
	require.Equal(t, &app.ShopAddress{
		EnvPHP: "/srv/env.php", Host: "127.0.0.1", Port: 3306, Username: "desk",
	}, b.computer.saved[3].Shop, "another host brings the port that is shown")
	require.Contains(t, b.Text(), "4 stores saved on this computer", "Save leads back to the list")
	require.Empty(t, b.opened)

	b.Tap("Edit")
	require.Equal(t, "127.0.0.1", exactly(b.Desk, "Host, or path of a socket").Text())
	require.Empty(t, exactly(b.Desk, "Database").Text())
	b.Tap("Read env.php")
	require.Equal(t, "127.0.0.1", exactly(b.Desk, "Host, or path of a socket").Text(), "one’s own stays")
	require.Equal(t, "magento", exactly(b.Desk, "Database").Text())
	exactly(b.Desk, "Username").SetText("")
	exactly(b.Desk, "Host, or path of a socket").SetText("/run/mysqld/mysqld.sock")
	require.True(t, exactly(b.Desk, "Port").Disabled(), "a socket has no port")
	press(b.Desk, "Save")
	require.Equal(t, &app.ShopAddress{EnvPHP: "/srv/env.php", Socket: "/run/mysqld/mysqld.sock"}, b.computer.saved[3].Shop)
}

func TestAPrefixIsTakenOutInPlaceOfEnvPHPs(t *testing.T) {
	b := start(t, setup{computer: &computer{saved: opened(), draft: juniper()}})
	b.add()
	exactly(b.Desk, "File").SetText("/srv/env.php")
	b.Tap("Read env.php")
	require.Equal(t, "m2_", exactly(b.Desk, "Table prefix").Text())
	exactly(b.Desk, "Table prefix").SetText("")
	press(b.Desk, "Save")
	want := &app.ShopAddress{EnvPHP: "/srv/env.php", NoPrefix: true}
	require.Equal(t, want, b.computer.saved[3].Shop)

	b.Tap("Edit")
	press(b.Desk, "Save")
	require.Equal(t, want, b.computer.saved[3].Shop, "an edit keeps it")
	b.Tap("Edit")
	exactly(b.Desk, "Table prefix").SetText("p_")
	press(b.Desk, "Save")
	require.Equal(t, &app.ShopAddress{EnvPHP: "/srv/env.php", Prefix: "p_"}, b.computer.saved[3].Shop)
}

// The steps come into being while the form is at its end, and below it in a small
// window.
func TestTheStepsOfATestAreInSight(t *testing.T) {
	work := &half{}
	b := start(t, setup{size: kittest.Small, runner: work, computer: &computer{saved: opened(), draft: juniper()}})
	work.step()
	b.add()
	exactly(b.Desk, "File").SetText("/srv/env.php")
	b.Tap("Test connection")
	b.computer.report(refused()[0])
	place := fyne.CurrentApp().Driver().AbsolutePositionForObject
	sees := func(words string) {
		t.Helper()
		for _, o := range b.Objects() {
			if text, ok := o.(*kit.Text); ok && text.String() == words {
				require.Positive(t, place(text).Y)
				require.Less(t, place(text).Y+text.Size().Height, place(b.Button("Stop the test")).Y)
				return
			}
		}
		require.Fail(t, "nothing says "+words)
	}
	sees("Connection test")
	sees("SSH")
	sees("Crypt key")
	b.computer.report(refused()[1])
	sees("Crypt key")
	b.Picture("connect-testing-small-light")
}

func TestWithoutEnvPHPEverythingIsTyped(t *testing.T) {
	b := start(t, setup{})
	b.add()
	b.source(2)
	require.Empty(t, kittest.Find[*kit.Button](b.Desk, "Read env.php"))
	press(b.Desk, "Save")
	require.Equal(t, "The host is missing.", exactly(b.Desk, "Host, or path of a socket").Trouble())
	require.Equal(t, "The database is missing.", exactly(b.Desk, "Database").Trouble())
	require.Equal(t, "The username is missing.", exactly(b.Desk, "Username").Trouble())
	require.Equal(t, "The name is missing.", exactly(b.Desk, "Name").Trouble())
	require.True(t, exactly(b.Desk, "Host, or path of a socket").Focused(), "the first one has the focus")
	exactly(b.Desk, "Host, or path of a socket").SetText("db.example")
	exactly(b.Desk, "Database").SetText("magento")
	exactly(b.Desk, "Username").SetText("desk")
	exactly(b.Desk, "Table prefix").SetText("m2_")
	exactly(b.Desk, "Name").SetText("Shop")
	box(b.Desk, "Read only").Toggle()
	kittest.Get[*kit.Select](b.Desk, "TLS").Choose(3)
	exactly(b.Desk, "CA").SetText("~/ca.pem")
	press(b.Desk, "Save")
	home, err := os.UserHomeDir()
	require.NoError(t, err)
	require.Equal(t, &app.ShopAddress{
		Host: "db.example", Database: "magento", Username: "desk", Prefix: "m2_", ReadOnly: true,
		TLS: app.TLS{Mode: app.TLSVerifyCA, CA: filepath.Join(home, "ca.pem")},
	}, b.computer.saved[3].Shop)
	require.Contains(t, b.Text(), "None, read-only")
	require.Contains(t, b.Text(), "Magento · read-only")
}

func TestFieldsSayWhatIsWrongInOneSentence(t *testing.T) {
	for _, c := range []struct{ name, field, text, says string }{
		{"no file", "File", "", "The file is missing."},
		{"no full path", "File", "env.php", "This is not a full path. Begin with the topmost folder, or with ~ for your own."},
		{"SSH server", "SSH server", "", "The SSH server is missing."},
		{"SSH server with a user", "SSH server", "deploy@bastion", `The SSH server cannot be "deploy@bastion". Give a name or an address.`},
		{"SSH port", "Port", "ssh", "This is no port. Ports go from 1 to 65535."},
		{"key", "Private key", "id_ed25519", "This is not a full path. Begin with the topmost folder, or with ~ for your own."},
		{"host", "Host, or path of a socket", "https://shop", `The host of the database cannot be "https://shop". Give a name or an address.`},
		{"prefix", "Table prefix", "m2-", `The table prefix "m2-" cannot be one of Magento's. It has letters, digits and underscores.`},
		{"CA", "CA", "ca.pem", "This is not a full path. Begin with the topmost folder, or with ~ for your own."},
		{"certificate", "Client certificate", "", "The file is missing."},
		{"certificate's key", "Its private key", "", "The file is missing."},
		{"name", "Name", "a/b", "The name has a slash in it. The terminal takes such a text for a path."},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := start(t, setup{})
			b.add()
			box(b.Desk, "Reach the database through SSH").Toggle()
			box(b.Desk, "The database asks for a client certificate").Toggle()
			for label, text := range map[string]string{
				"File": "/srv/env.php", "SSH server": "bastion", "Name": "Shop",
				"Client certificate": "/srv/cert.pem", "Its private key": "/srv/key.pem",
			} {
				exactly(b.Desk, label).SetText(text)
			}
			field := kittest.Find[*kit.Field](b.Desk, c.field)[0]
			if c.field != "Port" {
				field = exactly(b.Desk, c.field)
			}
			field.SetText(c.text)
			press(b.Desk, "Save")
			require.Equal(t, c.says, field.Trouble())
			require.True(t, field.Focused())
			require.Len(t, b.computer.saved, 3)
		})
	}
}

func TestEnvPHPThatCannotBeRead(t *testing.T) {
	c := &computer{saved: opened(), readErr: app.Errorf(app.Invalid, "Line 12 of env.php calls a function.").WithHint("Only literal values are read.")}
	b := start(t, setup{computer: c})
	b.add()
	b.Key(fyne.KeyTab)
	b.Type("/srv/env.php")
	b.Key(fyne.KeyReturn)
	require.Equal(t, "Line 12 of env.php calls a function. Only literal values are read.", exactly(b.Desk, "File").Trouble())
	require.Empty(t, exactly(b.Desk, "Database").Text(), "nothing is taken")
	b.source(1)
	exactly(b.Desk, "Path on the server").SetText("/var/www/env.php")
	exactly(b.Desk, "SSH server").SetText("bastion")
	c.readErr = app.Errorf(app.Denied, "bastion refuses the key.").WithHint("Ask its administrator to add it.")
	b.Tap("Read env.php")
	require.Contains(t, b.Text(), "bastion refuses the key.")
	c.readErr, c.draft = nil, juniper()
	c.draft.Keys = 1
	c.draft.Notes = []string{"The password is in the variable MAGENTO_DB_PASSWORD of the web server."}
	b.Tap("Read env.php")
	require.Contains(t, b.Text(), "It holds 1 crypt key. The password is in the variable MAGENTO_DB_PASSWORD of the web server.")
	require.NotContains(t, b.Text(), "bastion refuses the key.")
}

func TestAnotherPlaceForgetsWhatTheFirstOneSaid(t *testing.T) {
	b := start(t, setup{computer: &computer{saved: opened(), draft: juniper()}})
	b.add()
	exactly(b.Desk, "File").SetText("/srv/env.php")
	b.Tap("Read env.php")
	exactly(b.Desk, "Username").SetText("desk")
	b.source(2)
	require.Empty(t, exactly(b.Desk, "Database").Text())
	require.Equal(t, "desk", exactly(b.Desk, "Username").Text(), "one’s own stays")
	require.NotContains(t, b.Text(), "crypt keys")
}

func TestTagSaysWhyItIsAGoodOne(t *testing.T) {
	c := &computer{saved: opened(), draft: juniper()}
	c.draft.Mode = "developer"
	b := start(t, setup{computer: c})
	b.add()
	require.Contains(t, b.Text(), "so that nobody takes it for a copy")
	exactly(b.Desk, "File").SetText("/srv/env.php")
	b.Tap("Read env.php")
	require.Contains(t, b.Text(), "This shop runs in developer mode: if it is a copy, choose Staging.")
	for _, s := range kittest.Find[*kit.Select](b.Desk, "Production") {
		s.Choose(1)
	}
	require.Contains(t, b.Text(), "A copy, where a mistake harms nobody.")
	press(b.Desk, "Save")
	require.Equal(t, app.TagStaging, b.computer.saved[3].Tag)
}

func TestTestingWhatIsTypedBeforeItIsSaved(t *testing.T) {
	c := &computer{saved: opened(), rungs: refused(), endErr: app.Errorf(app.Denied, "no")}
	b := start(t, setup{computer: c})
	b.add()
	b.Tap("Test connection")
	require.Empty(t, c.tested)
	require.Equal(t, "The file is missing.", exactly(b.Desk, "File").Trouble())
	exactly(b.Desk, "File").SetText("/srv/env.php")
	b.Tap("Test connection")
	require.Len(t, c.tested, 1, "a name is not needed for a test")
	require.Equal(t, "/srv/env.php", c.tested[0].Shop.EnvPHP)
	require.Contains(t, b.Text(), "The database lets nobody in from 10.0.4.12.")
	require.Len(t, c.saved, 3, "nothing was saved")
}

func TestImportReadsAtOnce(t *testing.T) {
	b := start(t, setup{computer: &computer{saved: opened(), draft: juniper()}})
	home, err := os.UserHomeDir()
	require.NoError(t, err)
	path := filepath.Join(home, "env.php")
	require.NoError(t, os.WriteFile(path, []byte("<?php return [];"), 0o600))
	b.Tap("Import env.php…")
	require.Contains(t, b.Text(), "Choose a file")
	b.Key(fyne.KeyReturn)
	require.Equal(t, path, b.computer.asked[0].EnvPHP)
	require.Equal(t, "magento", exactly(b.Desk, "Database").Text())
	require.Equal(t, path, exactly(b.Desk, "File").Text())
}

func TestTheFormIsNotLostByAccident(t *testing.T) {
	b := start(t, setup{})
	b.add()
	b.Key(fyne.KeyEscape)
	require.Contains(t, b.Text(), "3 stores saved", "nothing was typed")
	b.add()
	b.Key(fyne.KeyTab)
	b.Type("/srv/env.php")
	left := 0
	b.screen.Leave(func() { left++ })
	require.Contains(t, b.Text(), "The connection is not saved")
	b.Key(fyne.KeyReturn)
	require.Zero(t, left, "Enter stays")
	require.Equal(t, "/srv/env.php", exactly(b.Desk, "File").Text())
	b.screen.Refresh()
	require.Equal(t, "/srv/env.php", exactly(b.Desk, "File").Text(), "F5 keeps it")
	b.Key(fyne.KeyEscape)
	b.Tap("Leave without saving")
	require.Contains(t, b.Text(), "3 stores saved")
	b.screen.Leave(func() { left++ })
	require.Equal(t, 1, left)
}

func TestSaveThatFails(t *testing.T) {
	c := &computer{saved: opened()}
	b := start(t, setup{computer: c})
	b.add()
	exactly(b.Desk, "File").SetText("/srv/env.php")
	exactly(b.Desk, "Name").SetText("my desk")
	press(b.Desk, "Save")
	require.Equal(t, "There is a connection of that name already. Choose another name.", exactly(b.Desk, "Name").Trouble())
	require.True(t, exactly(b.Desk, "Name").Focused())
	exactly(b.Desk, "Name").SetText("Shop")
	c.saveErr = app.Errorf(app.Unreachable, "The list cannot be written.").WithHint("Look whether the disk is full.")
	press(b.Desk, "Save")
	require.Contains(t, b.Text(), "The list cannot be written. Look whether the disk is full.")
	c.saveErr = nil
	press(b.Desk, "Save")
	require.Len(t, c.saved, 4)
	require.NotContains(t, b.Text(), "disk is full")
}

func TestAnOpenShopIsChangedForTheNextTime(t *testing.T) {
	c := &computer{saved: opened()}
	c.saved[2] = connections.Saved{Name: "my desk", Kind: app.MagentoStore, Shop: &app.ShopAddress{EnvPHP: "/srv/env.php"}}
	b := &bench{Desk: kittest.New(t, page(kittest.Wide), nil)}
	info := app.StoreInfo{Name: "My Desk", Kind: app.MagentoStore}
	b.screen = connections.New(c, b.Kit, connections.Options{Present: info}, connections.Actions{})
	b.Show(b.screen.Content())
	b.screen.Show()
	require.Contains(t, b.FocusLabel(), "in use")
	b.Tap("Edit")
	require.Contains(t, b.Text(), "What you change counts when it is opened the next time.")
	b.Key(fyne.KeyEscape)
	b.Key(fyne.KeyUp)
	b.Tap("Edit")
	require.NotContains(t, b.Text(), "the next time")

	info.Name, info.Shop = "Renamed", &app.ShopAddress{EnvPHP: "/srv/env.php", Username: "desk"}
	b.screen.Close()
	b.screen = connections.New(c, b.Kit, connections.Options{Present: info}, connections.Actions{})
	b.Show(b.screen.Content())
	b.screen.Show()
	require.Contains(t, b.FocusLabel(), "my desk, Magento", "the same place is the same store, whatever it is called")
}

func TestEditedShopKeepsWhoOpenedIt(t *testing.T) {
	b := start(t, setup{})
	b.Key(fyne.KeyUp)
	b.Tap("Edit")
	require.Contains(t, b.Text(), "Edit Juniper Staging")
	exactly(b.Desk, "Name").SetText("Juniper Copy")
	press(b.Desk, "Save")
	want := opened()[1]
	got := b.computer.saved[1]
	require.Equal(t, "Juniper Copy", got.Name)
	require.Equal(t, want.Operator, got.Operator)
	require.Equal(t, want.Opened, got.Opened)
	require.Equal(t, want.Shop, got.Shop)
	require.Contains(t, b.FocusLabel(), "Juniper Copy")
}

// before is the form of somebody who is not signed in.
type before struct {
	*kittest.Desk
	computer *computer
	saved    []string
	left     int
}

func connect(t *testing.T, size fyne.Size, scale float32, o connections.SetupOptions, c *computer) *before {
	t.Helper()
	t.Setenv("HOME", t.TempDir())
	b := &before{Desk: kittest.New(t, size, nil), computer: c}
	if scale != 0 {
		b.Theme(kit.Light, scale)
	}
	s := connections.NewSetup(c, b.Kit, o, connections.SetupActions{
		Saved: func(s connections.Saved) { b.saved = append(b.saved, s.Name) },
		Back:  func() { b.left++ },
	})
	t.Cleanup(s.Close)
	b.Show(s.Content())
	s.Show()
	return b
}

func TestConnectBeforeSignIn(t *testing.T) {
	b := connect(t, kittest.Wide, 0, connections.SetupOptions{Version: "1.0"}, &computer{draft: juniper(), rungs: whole()})
	require.Contains(t, b.Text(), "Sign in with your own account in the shop’s admin")
	b.Key(fyne.KeyTab)
	b.Type("/srv/env.php")
	b.Key(fyne.KeyReturn)
	require.Equal(t, "magento", exactly(b.Desk, "Database").Text())
	require.True(t, b.Press("Ctrl+T"))
	require.Contains(t, b.Text(), "all 6 steps done")
	require.Len(t, kittest.Find[*kit.Button](b.Desk, "Save"), 1, "there is one way on")
	require.True(t, b.Press("Ctrl+S"))
	require.Equal(t, []string{"bastion"}, b.saved)
	require.Zero(t, b.left)
}

func TestBackFromConnectBeforeSignIn(t *testing.T) {
	b := connect(t, kittest.Wide, 0, connections.SetupOptions{}, &computer{})
	b.Key(fyne.KeyEscape)
	require.Equal(t, 1, b.left)
	b.Key(fyne.KeyTab)
	b.Type("/srv")
	b.Key(fyne.KeyEscape)
	require.Equal(t, 1, b.left)
	b.Tap("Leave without saving")
	require.Equal(t, 2, b.left)
}

func TestAShopThatDoesNotOpenIsTestedAtOnce(t *testing.T) {
	edit := opened()[1]
	b := connect(t, kittest.Wide, 0, connections.SetupOptions{Edit: &edit, Test: true}, &computer{saved: opened(), rungs: refused()})
	require.Contains(t, b.Text(), "Edit Juniper Staging")
	require.Contains(t, b.Text(), "The database lets nobody in from 10.0.4.12.")
	exactly(b.Desk, "Username").SetText("desk")
	b.Tap("Save and open")
	require.Equal(t, "desk", b.computer.saved[1].Shop.Username)
	require.Equal(t, []string{"Juniper Staging"}, b.saved)
}
