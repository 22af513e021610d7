package kit_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/screens/kit"
	"github.com/factordesk/factordesk/screens/kit/kittest"
)

func TestLadderOpensAtAStep(t *testing.T) {
	d := kittest.New(t, fyne.NewSize(800, 600), nil)
	steps := []kit.Rung{
		{Name: "SSH", Detail: "bastion.example", Took: 84 * time.Millisecond, Word: "Done", State: kit.RungGood},
		{Name: "TCP", Detail: "db.example, port 3306", Took: 10 * time.Second, Word: "No answer", State: kit.RungBad},
		{Name: "TLS", Detail: "The certificate", Word: "Not tried"},
	}
	shut := kit.HeightFor(kit.Ladder(steps...), 700)
	assert.InDelta(t, 3*44, shut, 1)
	steps[1].Open = kit.NewText("Ask whether the database is up.")
	open := kit.Ladder(steps...)
	assert.Greater(t, kit.HeightFor(open, 700), shut+18)
	d.Show(open)
	for _, words := range []string{"SSH", "84 ms", "Done", "10.0 s", "No answer", "Ask whether the database is up.", "Not tried"} {
		assert.Contains(t, d.Text(), words)
	}
	assert.NotContains(t, d.Text(), "0 ms", "what was not tried took no time")
	assert.Greater(t, kit.HeightFor(open, 330), kit.HeightFor(open, 700), "long details wrap")
}

func TestPathFieldBrowsesFromItsOwnFolder(t *testing.T) {
	d := kittest.New(t, fyne.NewSize(1000, 700), nil)
	home := t.TempDir()
	t.Setenv("HOME", home)
	keys := filepath.Join(home, ".ssh")
	require.NoError(t, os.Mkdir(keys, 0o700))
	for _, name := range []string{"id_ed25519", "id_ed25519.pub"} {
		require.NoError(t, os.WriteFile(filepath.Join(keys, name), nil, 0o600))
	}
	p := kit.NewPath(d.Kit, "Private key", "~/.ssh")
	d.Show(kit.Column(0, p.Row))
	d.Focus(p.Browse)
	d.Key(fyne.KeyReturn)
	assert.Contains(t, d.Text(), keys, "browsing begins in a folder that is hidden elsewhere")
	d.Key(fyne.KeyReturn)
	assert.Equal(t, filepath.Join(keys, "id_ed25519"), p.Text())
	assert.True(t, p.Focused())

	p.SetText(" ~/.ssh/other ")
	assert.Equal(t, filepath.Join(keys, "other"), p.Path())
	assert.Equal(t, "~user/x", kit.FullPath("~user/x"), "somebody else’s home is not known")
	assert.NoError(t, kit.CheckPath("/srv/env.php"))
	assert.EqualError(t, kit.CheckPath(""), "The file is missing.")
	assert.EqualError(t, kit.CheckPath("env.php"), "This is not a full path. Begin with the topmost folder, or with ~ for your own.")
}

func TestBrowseStandsBesideTheFrame(t *testing.T) {
	d := kittest.New(t, small, nil)
	p := kit.NewPath(d.Kit, "CA", "")
	d.Show(kit.Column(0, p.Row))
	place := fyne.CurrentApp().Driver().AbsolutePositionForObject
	frame := place(p.Field).Y + p.Field.Size().Height - 36
	assert.InDelta(t, frame, place(p.Browse).Y, 1)
	p.SetError("There is no such file.", "")
	d.Show(kit.Column(0, p.Row))
	assert.InDelta(t, frame, place(p.Browse).Y, 1, "an error under the field moves nothing")
}

// What is scrolled away under a head must not take its taps.
func TestBetweenKeepsTapsFromWhatIsScrolledAway(t *testing.T) {
	d := kittest.New(t, small, nil)
	field := kit.NewField("")
	went := 0
	page := kit.Scroll(kit.Column(0, field, kit.Fix(0, 900, kit.Spacer())))
	d.Show(kit.Between(kit.Fix(0, 60, kit.Quiet("Connections", func() { went++ })), page, kit.Fix(0, 40, kit.Spacer())))
	page.ScrollBy(0.15) // the field is where the head is
	test.TapCanvas(d.Win.Canvas(), fyne.NewPos(20, 30))
	assert.Equal(t, 1, went)
	assert.False(t, field.Focused())
	page.ScrollToBottom()
	assert.InDelta(t, 936-300, page.Offset(), 1, "the page has the room between head and foot")
}
