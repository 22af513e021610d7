package welcome_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/kit"
	"github.com/factordesk/factordesk/screens/kit/kittest"
	"github.com/factordesk/factordesk/screens/welcome"
)

const (
	password = "correct horse battery"
	printed  = "ABCD-EFGH-IJKL-MNOP-QRST-UVWX-YZ23-4567-ABCD"
)

// stores makes and opens stores that are not there.
type stores struct {
	made   []welcome.MakeRequest
	opened []string
	err    error
}

func (s *stores) Create(_ context.Context, r welcome.MakeRequest) (app.Secret, error) {
	s.made = append(s.made, r)
	return app.NewSecret(printed), s.err
}

func (s *stores) Open(_ context.Context, path string) error {
	s.opened = append(s.opened, path)
	return s.err
}

// desk is the welcome screen in a window, and a home folder for its files.
type desk struct {
	*kittest.Desk
	stores *stores
	screen *welcome.Screen
	home   string
	went   []string // what led away
}

func show(t *testing.T, runner kit.Runner, back bool) *desk {
	t.Helper()
	d := &desk{Desk: kittest.New(t, kittest.Wide, runner), stores: &stores{}, home: t.TempDir()}
	t.Setenv("HOME", d.home)
	go_ := func(where string) func() { return func() { d.went = append(d.went, where) } }
	on := welcome.Actions{Made: go_("made"), Opened: go_("opened"), Shop: go_("shop"), Sample: go_("sample")}
	if back {
		on.Back = go_("back")
	}
	d.screen = welcome.New(d.stores, d.Kit, welcome.Options{
		Version: "1.0", Name: "My Desk", Path: "/home/olive/.local/share/factordesk/desk.db",
	}, on)
	d.Show(d.screen.Content())
	d.screen.Show()
	return d
}

// fillIn types the form to its end, without the last Enter.
func (d *desk) fillIn() {
	d.Key(fyne.KeyReturn)
	for _, text := range []string{"Olive", "Bellwether", "olive", "olive@juniper.example", password} {
		d.Type(text)
		d.Key(fyne.KeyReturn)
	}
	d.Type(password)
}

// make makes a store, so that its key is shown.
func (d *desk) make() {
	d.fillIn()
	d.Key(fyne.KeyReturn)
}

func TestCardsByKeyboard(t *testing.T) {
	d := show(t, nil, false)
	assert.Equal(t, "Make a local store", d.FocusLabel())
	d.Key(fyne.KeyUp)
	assert.Equal(t, "Make a local store", d.FocusLabel(), "the first card is the first")
	d.Key(fyne.KeyDown)
	assert.Equal(t, "Open a store", d.FocusLabel())
	d.Key(fyne.KeyDown, fyne.KeyDown)
	assert.Equal(t, "Look around with sample data", d.FocusLabel())
	d.Key(fyne.KeyReturn)
	assert.Equal(t, []string{"sample"}, d.went)
}

func TestCardsByNumber(t *testing.T) {
	d := show(t, nil, false)
	d.Type("3")
	assert.Equal(t, []string{"sample"}, d.went)
	d.Type("2")
	assert.Contains(t, d.Text(), "A Magento shop")
	d.Key(fyne.KeyEscape)
	assert.Equal(t, "Open a store", d.FocusLabel())
	d.Type("1")
	assert.Contains(t, d.Text(), "One file on this computer")
	d.Type("3")
	assert.Equal(t, []string{"sample"}, d.went, "in a field a number is a number")
	d.Win.Canvas().Unfocus()
	d.Type("3")
	assert.Equal(t, []string{"sample"}, d.went, "numbers belong to the cards")
}

func TestCardsByMouseAndSpace(t *testing.T) {
	d := show(t, nil, false)
	test.TapCanvas(d.Win.Canvas(), fyne.NewPos(860, 560))
	assert.Equal(t, []string{"sample"}, d.went)
	d.Key(fyne.KeySpace)
	assert.Equal(t, []string{"sample", "sample"}, d.went)
}

func TestTabOrder(t *testing.T) {
	d := show(t, nil, false)
	assert.Equal(t, []string{
		"Shortcuts: ?", "Make a local store", "Open a store", "Look around with sample data",
	}, d.TabOrder())
}

func TestBackOnlyWhereThereIsSomethingToGoBackTo(t *testing.T) {
	d := show(t, nil, false)
	assert.NotContains(t, d.Text(), "goes back")
	d.Key(fyne.KeyEscape)
	assert.Empty(t, d.went)

	d = show(t, nil, true)
	assert.Contains(t, d.Text(), "goes back")
	d.Key(fyne.KeyEscape)
	assert.Equal(t, []string{"back"}, d.went)
}

func TestOpenAFileByKeyboard(t *testing.T) {
	d := show(t, nil, false)
	d.Type("2")
	d.Key(fyne.KeyTab, fyne.KeyTab, fyne.KeyReturn)
	d.Type("desk.db")
	d.Key(fyne.KeyReturn)
	assert.Empty(t, d.stores.opened)
	assert.Contains(t, d.Text(), "This is not a full path.")

	d.Ctrl(fyne.KeyA)
	d.Key(fyne.KeyBackspace)
	d.stores.err = app.Errorf(app.Unreadable, "This file is no store.").WithHint("It stays as it is.")
	d.Type("~/desk.db")
	d.Key(fyne.KeyReturn)
	assert.Equal(t, []string{filepath.Join(d.home, "desk.db")}, d.stores.opened)
	assert.Equal(t, "This file is no store. It stays as it is.", d.Field("File").Trouble())
	assert.True(t, d.Field("File").Focused())
	assert.Empty(t, d.went)

	d.stores.err = nil
	d.Key(fyne.KeyReturn)
	assert.Equal(t, []string{"opened"}, d.went)
	assert.False(t, d.DialogOpen())
}

func TestAShopIsOneKeyFurther(t *testing.T) {
	d := show(t, nil, false)
	d.Type("2")
	assert.Equal(t, "Connect a shop", d.FocusLabel())
	d.Key(fyne.KeyReturn)
	assert.Equal(t, []string{"shop"}, d.went)
	assert.False(t, d.DialogOpen())
	d.Type("2")
	d.Key(fyne.KeyEscape)
	assert.Equal(t, "Open a store", d.FocusLabel())
}

func TestOpenByBrowsing(t *testing.T) {
	d := show(t, nil, false)
	path := filepath.Join(d.home, "found.db")
	require.NoError(t, os.WriteFile(path, nil, 0o600))
	d.Type("2")
	d.Tap("Choose a file…")
	d.Tap("Browse…")
	assert.Contains(t, d.Text(), "Choose a file")
	d.Key(fyne.KeyReturn)
	assert.Equal(t, path, d.Field("File").Text())
	d.Key(fyne.KeyReturn)
	assert.Equal(t, []string{path}, d.stores.opened)
}

func TestMakeByKeyboard(t *testing.T) {
	d := show(t, nil, false)
	d.Key(fyne.KeyReturn)
	assert.Equal(t, "First name", d.FocusLabel(), "name and file are filled in")
	d.Key(fyne.KeyEscape)
	d.make()

	require.Len(t, d.stores.made, 1)
	r := d.stores.made[0]
	assert.Equal(t, "My Desk", r.Name)
	assert.Equal(t, "/home/olive/.local/share/factordesk/desk.db", r.Path)
	assert.Equal(t, "olive", r.First.Username)
	assert.Equal(t, "olive@juniper.example", r.First.Email)
	assert.Equal(t, "Olive", r.First.FirstName)
	assert.Equal(t, "Bellwether", r.First.LastName)
	assert.True(t, r.First.Active)
	assert.Equal(t, password, r.First.Password.Reveal())

	text := d.Text()
	for _, group := range strings.Split(printed, "-") {
		assert.Contains(t, text, group)
	}
	assert.Empty(t, d.went)
}

func TestMakeRefusesWhatCannotBe(t *testing.T) {
	for _, c := range []struct {
		name, field, text, says string
	}{
		{"no name", "Name of the store", "", "The name of the store is missing."},
		{"a colon", "Name of the store", "Shop: EU", "The name of the store has a colon in it, at which authenticator apps split it."},
		{"no path", "File", "", "The file is missing."},
		{"no full path", "File", "desk.db", "This is not a full path. Begin with the topmost folder, or with ~ for your own."},
		{"no username", "Username", "", "The username is missing."},
		{"blank in username", "Username", "ol ive", "The username has a blank in it."},
		{"bad email", "Email", "olive", "The email address is not valid."},
		{"short password", "Password", "short", "The password is too short. Give it at least 10 characters."},
		{"another password", "Password again", "correct horse batter", "The two passwords are not the same."},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := show(t, nil, false)
			d.fillIn()
			field := exactly(d, c.field)
			field.SetText(c.text)
			d.Tap("Make the store")
			assert.Empty(t, d.stores.made)
			assert.Equal(t, c.says, field.Trouble())
			assert.True(t, field.Focused())
			d.Type("x")
			assert.Empty(t, field.Trouble(), "what is typed now is not judged yet")
		})
	}
}

// exactly is the field whose whole label is the text: "Password" is also a part
// of "Password again".
func exactly(d *desk, label string) *kit.Field {
	for _, f := range kittest.Find[*kit.Field](d.Desk, label) {
		if f.LabelText() == label {
			return f
		}
	}
	d.T.Fatalf("no field %q", label)
	return nil
}

func TestMakeWhereSomethingIs(t *testing.T) {
	d := show(t, nil, false)
	d.stores.err = app.Errorf(app.Conflict, "There is something at that path already.").WithHint("It stays as it is.")
	d.make()
	assert.Equal(t, "There is something at that path already. It stays as it is.", exactly(d, "File").Trouble())
	assert.Equal(t, "File", d.FocusLabel())
	assert.Equal(t, password, exactly(d, "Password").Text(), "the rest stays")

	d.stores.err = nil
	d.Tap("Make the store")
	assert.Contains(t, d.Text(), "Your recovery key")
}

func TestMakeOnAFullDisk(t *testing.T) {
	d := show(t, nil, false)
	d.stores.err = app.Errorf(app.Unreachable, "The disk is full.").WithHint("Nothing was made.")
	d.make()
	assert.Contains(t, d.Text(), "The disk is full. Nothing was made.")
	assert.NotContains(t, d.Text(), "It is shown only now")
}

func TestMakeCannotBeLeftOrDoneTwiceWhileAtWork(t *testing.T) {
	held := &kittest.Held{}
	d := show(t, held, false)
	d.make()
	assert.Contains(t, d.Text(), "Sealing the keys.")
	d.Key(fyne.KeyReturn, fyne.KeyEscape)
	assert.Equal(t, 1, held.Waiting())
	held.Step()
	assert.Contains(t, d.Text(), "It is shown only now and kept nowhere")
	assert.Len(t, d.stores.made, 1)
}

func TestBackFromTheFormForgetsThePasswords(t *testing.T) {
	d := show(t, nil, false)
	d.fillIn()
	d.Key(fyne.KeyEscape)
	assert.Equal(t, "Make a local store", d.FocusLabel())
	d.Key(fyne.KeyReturn)
	assert.Empty(t, exactly(d, "Password").Text())
	assert.Equal(t, "olive", d.Field("Username").Text())
	assert.Equal(t, "Password", d.FocusLabel())
}

func TestKeyMustBeNotedBeforeGoingOn(t *testing.T) {
	d := show(t, nil, false)
	d.make()
	assert.Contains(t, d.FocusLabel(), "I have printed or written it down")
	assert.Contains(t, d.Text(), "Tick the box first.")
	d.Key(fyne.KeyReturn)
	assert.Empty(t, d.went)

	d.Key(fyne.KeySpace)
	assert.NotContains(t, d.Text(), "Tick the box first.")
	d.Key(fyne.KeySpace, fyne.KeyReturn)
	assert.Empty(t, d.went, "not ticked any more")
	d.Key(fyne.KeySpace, fyne.KeyReturn)
	assert.Equal(t, []string{"made"}, d.went)
}

func TestEscAsksBeforeTheKeyIsLost(t *testing.T) {
	d := show(t, nil, false)
	d.make()
	d.Key(fyne.KeyEscape)
	assert.Contains(t, d.Text(), "Go on without the recovery key?")
	d.Key(fyne.KeyReturn)
	assert.False(t, d.DialogOpen(), "Enter is the safe answer")
	assert.Contains(t, d.Text(), "ABCD")
	assert.Empty(t, d.went)

	d.Key(fyne.KeyEscape)
	d.Tap("OK, go on without")
	assert.Equal(t, []string{"made"}, d.went)
}

func TestCopiedKeyLeavesTheClipboard(t *testing.T) {
	board := test.NewClipboard()
	d := show(t, nil, false)
	d.Clip = kit.NewClipboard(board, d.Clock)
	d.screen.Close()
	d.screen = welcome.New(d.stores, d.Kit, welcome.Options{Name: "My Desk", Path: "/tmp/desk.db"}, welcome.Actions{})
	d.Show(d.screen.Content())
	d.screen.Show()
	d.make()
	d.Tap("Copy key")
	assert.Equal(t, printed, board.Content())
	assert.Contains(t, d.ToastText(), "Copied.")
	d.Clock.Advance(kit.ClipboardLife)
	assert.Empty(t, board.Content())
}

func TestSavedKeyIsForTheOwnerAlone(t *testing.T) {
	d := show(t, nil, false)
	d.make()
	d.Tap("Save to file…")
	path := d.Field("File").Text()
	assert.Equal(t, filepath.Join(d.home, "recovery-key-my-desk.txt"), path)
	d.Key(fyne.KeyReturn)

	assert.False(t, d.DialogOpen())
	assert.Contains(t, d.ToastText(), "Saved")
	info, err := os.Stat(path)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Contains(t, string(text), printed)
	assert.Contains(t, string(text), "My Desk")
	assert.NotContains(t, string(text), password)

	d.Tap("Save to file…")
	d.Key(fyne.KeyReturn)
	assert.Equal(t, "There is something of this name already. It stays as it is. Choose another name.", d.Field("File").Trouble())
	d.Field("File").SetText(filepath.Join(d.home, "not", "there.txt"))
	d.Key(fyne.KeyReturn)
	assert.Equal(t, "There is no such folder.", d.Field("File").Trouble())
	again, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, text, again)
}

func TestCloseForgetsTheKey(t *testing.T) {
	d := show(t, nil, false)
	d.make()
	d.screen.Close()
	assert.NotContains(t, d.Text(), "EFGH")
}

func TestGalleryWelcome(t *testing.T) {
	d := show(t, nil, false)
	d.Pictures("welcome", "full")
	d.Resize(kittest.Small)
	d.Picture("welcome-small")
	d.Theme(kit.Light, 1.3)
	d.Resize(kittest.Wide)
	d.Picture("welcome-large")
	d.Theme(kit.Light, 1)
	d.Type("2")
	d.Pictures("welcome", "ways")
	d.Tap("Choose a file…")
	d.Type("/srv/desk.db")
	d.stores.err = app.Errorf(app.Unreadable, "This file is no store.").WithHint("It stays as it is.")
	d.Key(fyne.KeyReturn)
	d.Pictures("welcome", "open")
}

func TestGalleryMake(t *testing.T) {
	held := &kittest.Held{}
	d := show(t, held, false)
	d.fillIn()
	d.Pictures("welcome", "make")
	exactly(d, "Password again").SetText("x")
	d.Key(fyne.KeyReturn)
	d.Resize(kittest.Small)
	d.Picture("welcome-make-small")
	d.Resize(kittest.Wide)
	d.Key(fyne.KeyBackspace)
	d.Type(password)
	d.Key(fyne.KeyReturn)
	d.Picture("welcome-making")
	held.Step()
	d.Pictures("welcome", "key")
	d.Key(fyne.KeySpace)
	d.Resize(kittest.Small)
	d.Picture("welcome-key-small")
	d.Resize(kittest.Wide)
	d.Tap("Save to file…")
	d.Pictures("welcome", "save")
	d.Key(fyne.KeyEscape, fyne.KeyTab, fyne.KeySpace, fyne.KeyEscape)
	d.Pictures("welcome", "leave")
}
