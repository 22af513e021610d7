//go:build e2e

package main_test

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app/servertest"
)

// desktop is the real window of the real program on a display, worked by
// keyboard through xdotool, with folders of its own.
type desktop struct {
	t        *testing.T
	home     string
	bin      string
	pictures string
	program  *exec.Cmd
	window   string
	ended    chan error
	log      *bytes.Buffer

	name string               // of the store, for the own stories
	team *servertest.Database // where it is; nil: in a file of the own
	bus  string               // address of the D-Bus session; empty: there is none
}

// build makes both programs and the folders of one person.
func build(t *testing.T) *desktop {
	t.Helper()
	require.NotEmpty(t, os.Getenv("DISPLAY"), "the end-to-end test needs a display: go run ./cmd/dev test starts one")
	d := &desktop{t: t, home: t.TempDir(), bin: t.TempDir(), pictures: os.Getenv("FACTORDESK_E2E_PICTURES"), log: &bytes.Buffer{}, name: "My Desk"}
	if d.pictures == "" {
		d.pictures = t.TempDir()
	}
	require.NoError(t, os.MkdirAll(d.pictures, 0o700))
	require.NoError(t, os.MkdirAll(filepath.Join(d.home, "run"), 0o700))
	d.goBuild(nil, "factordesk", "migrated_fynedo")
	d.goBuild([]string{"CGO_ENABLED=0"}, "factorctl", "")
	return d
}

func (d *desktop) goBuild(env []string, name, tags string) {
	d.t.Helper()
	cmd := exec.Command("go", "build", "-tags", tags, "-o", filepath.Join(d.bin, name), "../"+name)
	cmd.Env = append(os.Environ(), env...)
	out, err := cmd.CombinedOutput()
	require.NoError(d.t, err, "build %s: %s", name, out)
}

// env is the environment of a person of its own.
func (d *desktop) env() []string {
	env := []string{}
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "XDG_") && !strings.HasPrefix(v, "HOME=") && !strings.HasPrefix(v, "FACTORDESK_") && !strings.HasPrefix(v, "DBUS_") {
			env = append(env, v)
		}
	}
	if d.team != nil {
		env = append(env, "FACTORDESK_STORE="+d.name, "FACTORDESK_DB_PASSWORD="+d.team.Password)
	}
	return append(env, "DBUS_SESSION_BUS_ADDRESS="+d.bus, "HOME="+d.home, "XDG_CONFIG_HOME="+d.home+"/config", "XDG_DATA_HOME="+d.home+"/data",
		"FACTORDESK_CODE=", "XDG_STATE_HOME="+d.home+"/state", "XDG_RUNTIME_DIR="+d.home+"/run", "XDG_CACHE_HOME="+d.home+"/cache", "NO_AT_BRIDGE=1")
}

// start opens the window and gives it the keyboard.
func (d *desktop) start(args ...string) {
	d.t.Helper()
	d.program = exec.Command(filepath.Join(d.bin, "factordesk"), args...)
	d.program.Env = d.env()
	d.program.Stdout, d.program.Stderr = d.log, d.log
	require.NoError(d.t, d.program.Start())
	d.ended = make(chan error, 1)
	program, ended := d.program, d.ended
	go func() { ended <- program.Wait() }()
	d.t.Cleanup(d.kill)
	d.until("the window opens", 60*time.Second, func() bool {
		out, err := exec.Command("xdotool", "search", "--onlyvisible", "--name", "^Factordesk$").Output()
		d.window = strings.TrimSpace(strings.SplitN(string(out), "\n", 2)[0])
		return err == nil && d.window != ""
	})
	d.do("windowmove", d.window, "0", "0")
	d.do("windowsize", d.window, "1280", "820")
	d.do("windowfocus", d.window)
	d.do("mousemove", "1270", "810")
	d.until("the window is painted", 60*time.Second, func() bool { return colors(d.shot()) > 8 })
	d.settle()
}

// kill ends the program at once, if it still runs.
func (d *desktop) kill() {
	if d.program == nil {
		return
	}
	_ = d.program.Process.Kill()
	<-d.ended
	d.program = nil
	if d.t.Failed() {
		d.t.Logf("the window said: %s", d.log)
	}
}

// quit ends the program in order.
func (d *desktop) quit() {
	d.t.Helper()
	require.NoError(d.t, d.program.Process.Signal(os.Interrupt))
	select {
	case err := <-d.ended:
		require.NoError(d.t, err, "%s", d.log)
	case <-time.After(20 * time.Second):
		d.t.Fatal("the window did not end within 20 s")
	}
	d.program = nil
}

func (d *desktop) do(args ...string) {
	d.t.Helper()
	out, err := exec.Command("xdotool", args...).CombinedOutput()
	require.NoError(d.t, err, "xdotool %v: %s", args[0], out)
}

// key presses keys, one after the other, and waits until the window rests.
func (d *desktop) key(names ...string) {
	d.t.Helper()
	for _, n := range names {
		d.do("key", "--clearmodifiers", n)
		time.Sleep(40 * time.Millisecond)
	}
	d.settle()
}

// write types a text. It goes through standard input, because arguments of a
// program can be read by others.
func (d *desktop) write(text string) {
	d.t.Helper()
	cmd := exec.Command("xdotool", "type", "--clearmodifiers", "--delay", "25", "--file", "-")
	cmd.Stdin = strings.NewReader(text)
	out, err := cmd.CombinedOutput()
	require.NoError(d.t, err, "xdotool type: %s", out)
	time.Sleep(60 * time.Millisecond)
}

// fill types texts into fields that follow each other in the order of Tab.
func (d *desktop) fill(texts ...string) {
	d.t.Helper()
	for i, text := range texts {
		if i > 0 {
			d.do("key", "Tab")
			time.Sleep(40 * time.Millisecond)
		}
		d.write(text)
	}
}

// shot photographs the display.
func (d *desktop) shot() image.Image {
	d.t.Helper()
	out, err := exec.Command("import", "-window", "root", "png:-").Output()
	require.NoError(d.t, err)
	picture, err := png.Decode(bytes.NewReader(out))
	require.NoError(d.t, err)
	return picture
}

// picture keeps a photograph. Those with a QR code or a recovery key stay in the
// test's own folder.
func (d *desktop) picture(name string, secret bool) string {
	d.t.Helper()
	folder := d.pictures
	if secret {
		folder = d.home
	}
	path := filepath.Join(folder, name+".png")
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	require.NoError(d.t, err)
	require.NoError(d.t, png.Encode(f, d.shot()))
	require.NoError(d.t, f.Close())
	return path
}

// settle waits until the window rests: a cursor that blinks and a countdown
// that goes on do not count. A busy machine draws late, so it must rest for a
// while.
func (d *desktop) settle() {
	d.t.Helper()
	const restless = 900 // pixels
	time.Sleep(250 * time.Millisecond)
	last, rests := d.shot(), 0
	for range 80 {
		time.Sleep(150 * time.Millisecond)
		now := d.shot()
		if differing(last, now) < restless {
			rests++
		} else {
			rests = 0
		}
		if rests == 3 {
			return
		}
		last = now
	}
	d.t.Fatal("the window does not come to rest")
}

// turns does something and waits until the window shows another page, or a
// dialog, or that it has gone: much of it has changed, and it rests.
func (d *desktop) turns(what string, do func()) {
	d.t.Helper()
	before := d.shot()
	do()
	d.until(what, 60*time.Second, func() bool { return differing(before, d.shot()) > 40_000 })
	d.settle()
}

// press presses a key without waiting.
func (d *desktop) press(name string) {
	d.t.Helper()
	d.do("key", "--clearmodifiers", name)
}

// colors counts the colors of a coarse grid of points.
func colors(picture image.Image) int {
	seen := map[color.Color]bool{}
	for y := picture.Bounds().Min.Y; y < picture.Bounds().Max.Y; y += 4 {
		for x := picture.Bounds().Min.X; x < picture.Bounds().Max.X; x += 4 {
			seen[picture.At(x, y)] = true
		}
	}
	return len(seen)
}

func differing(a, b image.Image) int {
	n := 0
	for y := a.Bounds().Min.Y; y < a.Bounds().Max.Y; y++ {
		for x := a.Bounds().Min.X; x < a.Bounds().Max.X; x++ {
			if a.At(x, y) != b.At(x, y) {
				n++
			}
		}
	}
	return n
}

// until waits for something that another program can see.
func (d *desktop) until(what string, most time.Duration, ok func() bool) {
	d.t.Helper()
	end := time.Now().Add(most)
	for !ok() {
		if time.Now().After(end) {
			if d.window != "" {
				d.t.Logf("last picture: %s", d.picture("stuck", false))
			}
			d.t.Fatalf("waited in vain: %s\n%s", what, d.log)
		}
		time.Sleep(150 * time.Millisecond)
	}
}

// qr reads the one QR code on the display, as a phone does.
func (d *desktop) qr() string {
	d.t.Helper()
	path := d.picture("qr", true)
	defer func() { require.NoError(d.t, os.Remove(path)) }()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, "zbarimg", "--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", path)
	out, err := cmd.Output()
	require.NoError(d.t, err, "zbarimg reads no code on the display")
	return strings.TrimSpace(string(out))
}

var secretOf = regexp.MustCompile(`[?&]secret=([A-Z2-7]+)`)

// code makes the code of now for an otpauth URI, as an app on a phone does.
func (d *desktop) code(uri string) string {
	d.t.Helper()
	return d.codeAt(uri, 0)
}

// codeAt is the code that a phone shows whose clock is off.
func (d *desktop) codeAt(uri string, off time.Duration) string {
	d.t.Helper()
	m := secretOf.FindStringSubmatch(uri)
	require.NotNil(d.t, m, "the QR code has no secret")
	cmd := exec.Command("oathtool", "--totp", "-b", "--now", time.Now().Add(off).UTC().Format("2006-01-02 15:04:05 UTC"), "-")
	cmd.Stdin = strings.NewReader(m[1])
	out, err := cmd.Output()
	require.NoError(d.t, err)
	return strings.TrimSpace(string(out))
}

// ctl runs the terminal twin on the same store.
func (d *desktop) ctl(env []string, args ...string) (stdout string, exit int) {
	d.t.Helper()
	cmd := exec.Command(filepath.Join(d.bin, "factorctl"), args...)
	cmd.Env = append(d.env(), env...)
	var out, said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &said
	err := cmd.Run()
	if said.Len() > 0 {
		d.t.Logf("factorctl %v: %s", args, said.String())
	}
	if err != nil {
		exitErr := &exec.ExitError{}
		require.ErrorAs(d.t, err, &exitErr)
		return out.String(), exitErr.ExitCode()
	}
	return out.String(), 0
}

func (d *desktop) exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
