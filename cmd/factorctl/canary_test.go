//go:build full && linux

package main

import (
	"bytes"
	"crypto/rand"
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app/otp"
	"github.com/factordesk/factordesk/app/otpauth"
	"github.com/factordesk/factordesk/app/seal"
)

// canaries are secrets that went through the program, by what they are.
type canaries struct {
	*home
	forms map[string][][]byte
	codes map[string]*regexp.Regexp
}

// keep adds a secret in every form in which it could leave.
func (c *canaries) keep(name, secret string) {
	c.t.Helper()
	require.Greater(c.t, len(secret), 8, name)
	c.forms[name] = forms([]byte(secret))
}

// keepKey adds the key of a factor: the text and the bytes that it stands for.
func (c *canaries) keepKey(name, key string) {
	c.t.Helper()
	raw, err := otp.Decode(key)
	require.NoError(c.t, err)
	c.keep(name, key)
	c.forms[name] = append(c.forms[name], forms(raw)...)
}

// keepCode adds a code of six digits, which may stand in a longer number, a
// fraction of a second or a hash by chance.
func (c *canaries) keepCode(name, code string) string {
	c.codes[name] = regexp.MustCompile(`(?:^|[^0-9a-f.])` + regexp.QuoteMeta(code) + `(?:[^0-9a-f]|$)`)
	return code
}

// forms are the ways to write a secret down. Blanks, hyphens and letter case
// make no difference to the search.
func forms(secret []byte) [][]byte {
	var wide []byte
	for _, u := range utf16.Encode([]rune(string(secret))) {
		wide = append(wide, byte(u), byte(u>>8))
	}
	all := [][]byte{secret, wide, []byte(hex.EncodeToString(secret)), []byte(strings.Trim(base32.StdEncoding.EncodeToString(secret), "="))}
	for shift := range 3 {
		// Base64 has three faces, as the secret begins within a longer text. The
		// characters at its ends hold bits of its neighbors.
		text := base64.StdEncoding.EncodeToString(append(make([]byte, shift), secret...))
		text = strings.Trim(text[(shift*8+5)/6:], "=")
		text = text[:len(text)-1]
		all = append(all, []byte(text), []byte(strings.NewReplacer("+", "-", "/", "_").Replace(text)))
	}
	for i, form := range all {
		all[i] = folded(form)
	}
	return all
}

func folded(text []byte) []byte {
	return bytes.ToLower(bytes.ReplaceAll(bytes.ReplaceAll(text, []byte(" "), nil), []byte("-"), nil))
}

// in returns the names of the canaries in a text.
func (c *canaries) in(text []byte) []string {
	var names []string
	flat := folded(text)
	for name, forms := range c.forms {
		if slices.ContainsFunc(forms, func(form []byte) bool { return bytes.Contains(flat, form) }) {
			names = append(names, name)
		}
	}
	for name, code := range c.codes {
		if code.Match(text) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// did fails if a command has shown anything but what it is for.
func (c *canaries) did(r ran, want int, may ...string) ran {
	c.t.Helper()
	require.Equal(c.t, want, r.code, r.errs)
	require.Empty(c.t, c.in([]byte(r.errs)), "on standard error")
	require.Equal(c.t, may, c.in([]byte(r.out)), "on standard output: %s", r.out)
	return r
}

// noneWritten fails if a canary is in any file of the home, or a file or
// folder is open to others. It returns how many files it has read.
func (c *canaries) noneWritten() int {
	c.t.Helper()
	files := 0
	c.eachFile(func(path string, info fs.FileInfo, text []byte) {
		files++
		require.Empty(c.t, c.in(text), path)
		require.Zero(c.t, info.Mode().Perm()&0o177, "%s has mode %o", path, info.Mode().Perm())
	})
	require.NoError(c.t, filepath.WalkDir(c.root, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.IsDir() && path != c.root {
			info, err := entry.Info()
			require.NoError(c.t, err)
			require.Equal(c.t, fs.FileMode(0o700), info.Mode().Perm(), path)
		}
		return err
	}))
	return files
}

// enrolled takes what "enroll --json" shows.
func (c *canaries) enrolled(name string, r ran) otpauth.Key {
	c.t.Helper()
	require.Zero(c.t, r.code, r.errs)
	var made enrollmentJSON
	require.NoError(c.t, json.Unmarshal([]byte(r.out), &made))
	c.keepKey(name, made.Secret)
	c.did(r, exitDone, name)
	key, err := otpauth.Parse(made.URI)
	require.NoError(c.t, err)
	return key
}

// code is the code of a factor some steps from now.
func (c *canaries) code(name string, key otpauth.Key, steps int) string {
	c.t.Helper()
	text, err := otp.CodeAt(key.Secret, key.Params, time.Now().Add(time.Duration(steps)*key.Params.Period))
	require.NoError(c.t, err)
	return c.keepCode(name, text)
}

// troubleshoots finds out, in every way, why a code of Ann's is refused, and lets
// the store follow her device and no longer: no code, and nothing of how far her
// device is off, may be in a file that people read.
func (c *canaries) troubleshoots(factorctl string, ann otpauth.Key) {
	c.t.Helper()
	do := func(want int, args ...string) ran {
		c.t.Helper()
		return c.did(c.run(factorctl, nil, args...), want)
	}
	first, second := c.code("early code", ann, 44), c.code("next early code", ann, 45)
	for _, codes := range [][]string{{c.keepCode("no code", "canary")}, {second}, {first, second}} {
		for _, form := range [][]string{nil, {"--json"}} {
			do(exitDone, slices.Concat([]string{"diagnose", "ann"}, codes, form)...)
		}
	}
	do(exitUsage, "whose", "canary")
	do(exitDone, "whose", first, second, "--json")
	do(exitDone, "whose", second)
	do(exitDone, "clock", "--json")
	do(exitRefused, "resync", "root", first, second) // the own one
	do(exitRefused, "resync", "ann", second, first)
	do(exitDone, "resync", "ann", first, second)
	do(exitRefused, "resync", "ann", first, second)
	do(exitDone, "diagnose", "ann", c.code("followed code", ann, 46))
	do(exitDone, "resync", "ann", "--clear")
	off := regexp.MustCompile(`\b13[2-8][0-9]\b|(ahead|behind|late|early)\b`) // 45 steps of 30 s
	require.Regexp(c.t, off, do(exitDone, "diagnose", "ann", first, second).out, "the answer itself says it")
	events := do(exitDone, "audit", "list", "--limit", "12").out
	require.Contains(c.t, events, "resync")
	require.NotRegexp(c.t, off, events)
	c.eachFile(func(path string, _ fs.FileInfo, text []byte) {
		if path == c.dirs.LogFile() {
			require.NotRegexp(c.t, off, string(text))
		}
	})
}

func TestTheCanariesAreFound(t *testing.T) {
	c := &canaries{home: &home{t: t}, forms: map[string][][]byte{}, codes: map[string]*regexp.Regexp{}}
	const bird = "Canary 12-Zwölf"
	c.keep("bird", bird)
	c.keepKey("key", "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
	c.keepCode("code", "123456")
	raw, err := otp.Decode("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
	require.NoError(t, err)
	for _, text := range []string{
		bird, strings.ToUpper(bird), "x" + hex.EncodeToString([]byte(bird)), base64.StdEncoding.EncodeToString([]byte("a" + bird + "b")),
		base64.RawURLEncoding.EncodeToString([]byte("ab" + bird)), base64.StdEncoding.EncodeToString([]byte(bird)), string(forms([]byte(bird))[1]),
	} {
		require.Equal(t, []string{"bird"}, c.in([]byte("..."+text+"...")), text)
	}
	for _, text := range []string{
		"jbsw y3dp ehpk 3pxp jbsw y3dp ehpk 3pxp", string(raw), strings.ToUpper(hex.EncodeToString(raw)), base64.StdEncoding.EncodeToString(raw),
	} {
		require.Equal(t, []string{"key"}, c.in([]byte(text)), text)
	}
	require.Equal(t, []string{"code"}, c.in([]byte("the code 123456.")))
	require.Empty(t, c.in([]byte("0.123456 1234567 a123456 nothing")))
}

// TestNoSecretIsWritten plays every command with secrets that are known, and
// then looks for them in all that was written and shown.
func TestNoSecretIsWritten(t *testing.T) {
	factorctl := build(t, ".")
	defer syscall.Umask(syscall.Umask(0)) // the program may not rely on it
	c := &canaries{home: newHome(t), forms: map[string][][]byte{}, codes: map[string]*regexp.Regexp{}}
	const first, second, third, wrong = "canary first Qx7vLm2p", "canary-zwölf-Zt9wKr4s", "Canary+third/Hd6nPb1c==", "canary wrong Bn3hYc8d"
	for name, secret := range map[string]string{"first": first, "second": second, "third": third, "wrong": wrong} {
		c.keep(name, secret)
	}
	c.env = append(c.env, envPassword+"="+first)
	do := func(want int, env []string, args ...string) ran {
		t.Helper()
		return c.did(c.run(factorctl, env, args...), want)
	}

	r := c.run(factorctl, []string{envNew + "=" + first}, "init", "--username", "root", "--email", "root@example.com", "--json")
	var made storeJSON
	require.NoError(t, json.Unmarshal([]byte(r.out), &made))
	c.keep("recovery", made.RecoveryKey)
	c.did(r, exitDone, "recovery")
	do(exitDone, nil, "signin")
	do(exitDone, []string{envNew + "=" + second}, "users", "add", "hal", "--email", "hal@example.com", "--role", "Help desk")
	do(exitDone, []string{envNew + "="}, "users", "add", "ann", "--email", "ann@example.com", "--name", "Ann Bauer")
	require.NoError(t, os.WriteFile(filepath.Join(c.root, "people.csv"), []byte("username,email\nbob,bob@example.com\n"), 0o600))
	do(exitDone, nil, "users", "import", "people.csv")

	// In the terminal, as a picture, and as JSON: each is a new secret.
	r = c.run(factorctl, nil, "enroll", "ann")
	_, key, ok := strings.Cut(r.out, "Key      ")
	require.True(t, ok, r.out)
	key, _, _ = strings.Cut(key, "\n")
	c.keepKey("first key of ann", strings.ReplaceAll(key, " ", ""))
	c.did(r, exitDone, "first key of ann")
	do(exitDone, nil, "enroll", "ann", "--png", "ann.png")
	ann := c.enrolled("key of ann", c.run(factorctl, nil, "enroll", "ann", "--json"))
	do(exitRefused, nil, "confirm", "ann", c.code("code of another time", ann, 50))
	do(exitDone, nil, "confirm", "ann", c.code("first code", ann, 0))
	do(exitRefused, nil, "verify", "ann", c.code("first code again", ann, 0), "--json")
	do(exitDone, nil, "verify", "ann", c.code("next code", ann, 1), "--json")
	c.troubleshoots(factorctl, ann)
	for range 5 {
		do(exitRefused, nil, "verify", "ann", c.keepCode("mistyped", "canary"))
	}
	do(exitRefused, nil, "verify", "ann", "canary")
	do(exitDone, nil, "unlock", "ann", "--reason", "called")

	// Wrong ones, one of them in the place of the username.
	for _, args := range [][]string{{"reset", "ann", "google", "--yes"}, {"users", "set", "ann", "--name", "Ann B"}} {
		do(exitRefused, []string{envPassword + "=" + wrong}, args...)
	}
	do(exitRefused, []string{envPassword + "=" + wrong}, "users", "list", "--as", "hal")
	do(exitRefused, nil, "signin", "--as", first)
	do(exitDone, nil, "reset", "ann", "google", "--yes", "--reason", "new phone")

	// Break-glass, with a mistyped key, with another store's and with the right one.
	hal := []string{envOperator + "=hal", envPassword + "=" + second, envRecovery + "=" + made.RecoveryKey}
	c.keep("wrong recovery", "CANA-RYRE-COVE-RYWR-ONGO-CANA-RYRE-COVE-RYWR")
	do(exitUsage, append(slices.Clone(hal), envRecovery+"=CANA-RYRE-COVE-RYWR-ONGO-CANA-RYRE-COVE-RYWR"), "signin", "--break-glass")
	other, _, err := seal.NewRecovery(rand.Reader)
	require.NoError(t, err)
	c.keep("recovery of another store", other)
	do(exitRefused, append(slices.Clone(hal), envRecovery+"="+other), "signin", "--break-glass")
	do(exitDone, hal, "signin", "--break-glass")
	own := c.enrolled("key of hal", c.run(factorctl, hal, "enroll", "hal", "--json"))
	do(exitDone, hal, "confirm", "hal", c.code("own code", own, 0))
	do(exitDone, hal, "signout")
	do(exitDone, append(slices.Clone(hal), envCode+"="+c.code("own next code", own, 1)), "signin")
	do(exitDone, []string{envNew + "=" + third}, "users", "set", "hal", "--password")

	do(exitDone, nil, "signin")

	// Typed on a terminal, while another console works.
	s := newScreen(t)
	cmd := c.command(factorctl, []string{envPassword + "="}, "users", "set", "bob", "--name", "Bob Carter")
	s.start(cmd)
	s.await("Your password, to save bob: ")
	bob := c.enrolled("key of bob", c.run(factorctl, nil, "enroll", "bob", "--json"))
	do(exitDone, nil, "confirm", "bob", c.code("code of bob", bob, 0))
	for _, ending := range []string{"", "-wal", "-shm"} {
		require.FileExists(t, c.dirs.DefaultStore()+ending)
	}
	open := c.noneWritten()
	s.typed(first + "\n")
	code, shown := s.end(cmd)
	require.Equal(t, exitConflict, code, shown)
	require.Empty(t, c.in([]byte(shown)))

	// New keys, with a new recovery key.
	c.keep("keyset in clear", "factordesk keyset")
	r = c.run(factorctl, nil, "keys", "rotate", "--yes", "--new-recovery-key", "--json")
	var rotated rotatedJSON
	require.NoError(t, json.Unmarshal([]byte(r.out), &rotated))
	c.keep("new recovery", rotated.RecoveryKey)
	c.did(r, exitDone, "new recovery")
	do(exitDone, nil, "keys", "show", "--json")
	do(exitDone, nil, "sessions", "list", "--json")
	do(exitDone, nil, "sessions", "end", "hal", "--reason", "laptop stolen")

	do(exitDone, nil, "audit", "list", "--json", "--limit", "0")
	do(exitDone, nil, "audit", "export", "events.jsonl")
	do(exitDone, nil, "audit", "verify", "--json")
	do(exitDone, nil, "users", "list", "--json")
	do(exitDone, nil, "users", "show", "ann", "--json")
	do(exitDone, nil, "users", "show", "hal")
	// What goes to the log.
	do(exitUnreachable, nil, "--store", "/dev/full/store.db", "users", "list")
	require.FileExists(t, c.dirs.LogFile())
	do(exitDone, nil, "users", "remove", "bob", "--yes")
	do(exitDone, nil, "signout")
	t.Logf("%d secrets and %d codes; %d files while the store was open, %d afterwards", len(c.forms), len(c.codes), open, c.noneWritten())
}
