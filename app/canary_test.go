package app_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/otp"
	"github.com/factordesk/factordesk/app/store/memory"
)

// cage keeps the canaries: every secret that goes through a story.
type cage struct {
	birds map[string]string // text by what it is
	out   bytes.Buffer      // whatever anybody could have printed
	log   *slog.Logger
}

func newCage() *cage {
	c := &cage{birds: map[string]string{}}
	c.log = slog.New(slog.NewJSONHandler(&c.out, &slog.HandlerOptions{Level: slog.LevelDebug}))
	return c
}

// keep makes a secret that must not be seen.
func (c *cage) keep(name, text string) app.Secret {
	c.birds[name] = text
	return app.NewSecret(text)
}

// see prints whatever a story got or gave, as careless code would.
func (c *cage) see(values ...any) {
	for _, v := range values {
		if err, ok := v.(error); ok && err != nil {
			message, hint := app.Explain(err)
			c.log.Error(message, "hint", hint, "err", err)
			for e := err; e != nil; e = errors.Unwrap(e) {
				c.log.Error("cause", "err", e, "text", fmt.Sprintf("%v %+v %#v %s", e, e, e, e.Error()))
			}
			continue
		}
		b, err := json.Marshal(v)
		c.log.Debug("value", "any", v, "json", string(b), "err", err, "text", fmt.Sprintf("%v %+v %#v %s", v, v, v, v))
	}
}

// escaped returns the canaries that are in a text, in any of the ways in
// which text leaves.
func (c *cage) escaped(text string) []string {
	var out []string
	folded := strings.ToLower(strings.NewReplacer(" ", "", "-", "").Replace(text))
	for name, bird := range c.birds {
		for _, form := range []string{
			bird, hex.EncodeToString([]byte(bird)), base64.StdEncoding.EncodeToString([]byte(bird)), fmt.Sprint([]byte(bird)),
		} {
			flat := strings.ToLower(strings.NewReplacer(" ", "", "-", "").Replace(form))
			if strings.Contains(text, form) || strings.Contains(folded, flat) {
				out = append(out, name)
				break
			}
		}
	}
	return out
}

func TestTheCageNoticesAnEscape(t *testing.T) {
	for _, how := range []func(s string) string{
		func(s string) string { return s }, strings.ToUpper,
		func(s string) string { return s[:4] + " " + s[4:] },
		func(s string) string { return hex.EncodeToString([]byte(s)) },
		func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) },
	} {
		c := newCage()
		c.keep("bird", "Canary12345")
		c.see("a text with " + how("Canary12345"))
		require.Equal(t, []string{"bird"}, c.escaped(c.out.String()))
	}
}

// Every deed is done, well and badly, with secrets that are known; then all
// that was returned, logged, explained, exported and written to the audit is
// searched for them.
func TestNoSecretLeaves(t *testing.T) {
	c := newCage()
	d := newDesk(t)
	rightPassword := c.keep("the operator's password", passwordOf("olive").Reveal())
	wrongPassword := c.keep("a wrong password", "Canary wrong password")
	newPassword := c.keep("a new password", "Canary new password 77")
	recovery := c.keep("the recovery key", d.store.RecoveryKey().Reveal())
	wrongRecovery := c.keep("a wrong recovery key", "CANARYRECOVERYWRONG")
	badCode := c.keep("a mistyped code", "canarycode")
	c.keep("a stored key", otp.Encode(d.key["ann"]))
	c.keep("a stored secret", string(d.key["ann"]))

	signIn := func(cr app.Credentials) {
		w, err := d.console.SignIn(d.ctx, cr)
		cr.Username = "" // one of them has a password there
		c.see(cr, w, err)
		if !w.Token.Empty() {
			c.keep("a token", w.Token.Reveal())
		}
	}
	for _, cr := range []app.Credentials{
		{Username: "olive", Password: wrongPassword},
		{Username: "nobody", Password: wrongPassword, Code: badCode},
		{Username: "olive", Password: rightPassword, Recovery: wrongRecovery},
		{Username: wrongPassword.Reveal(), Password: rightPassword}, // typed into the wrong field
		{Username: "rita", Password: passwordOf("rita"), Code: badCode},
		{Username: "agnes", Password: passwordOf("agnes"), Recovery: recovery, Keep: true},
		{Username: "olive", Password: rightPassword, Keep: true},
	} {
		signIn(cr)
	}
	require.Equal(t, "olive", d.operatorName())

	reverify := func(deed app.Deed) *app.Grant {
		_, err := d.console.Reverify(d.ctx, wrongPassword, deed)
		c.see(err)
		g, err := d.console.Reverify(d.ctx, rightPassword, deed)
		c.see(g, err)
		return g
	}
	code := func(name, who string, steps int) app.Secret {
		s := d.code(t, who, steps)
		return c.keep(name, s.Reveal())
	}

	// Enroll and confirm ben.
	en, err := d.console.Enroll(d.ctx, nil, app.EnrollRequest{User: d.id["ben"], Provider: app.Google})
	c.see(en, err)
	en, err = d.console.Enroll(d.ctx, reverify(app.Deed{Action: app.DoEnroll, Target: d.id["ben"], Provider: app.Google}),
		app.EnrollRequest{User: d.id["ben"], Provider: app.Google, Reason: "ticket 4471"})
	require.NoError(t, err)
	c.keep("a new key", en.Factor.Key.Reveal())
	c.keep("a new address", en.Factor.URI.Reveal())
	d.key["ben"], err = otp.Decode(en.Factor.Key.Reveal())
	require.NoError(t, err)
	c.keep("a new secret", string(d.key["ben"]))
	c.see(en, en.Factor)
	for _, s := range []app.Secret{badCode, code("a first code", "ben", 0)} {
		a, err := d.console.Confirm(d.ctx, d.id["ben"], app.Google, s)
		c.see(a, err)
	}

	// Verify and test ann, with every kind of answer.
	right := code("a right code", "ann", 0)
	for _, s := range []app.Secret{badCode, right, right, code("a stale code", "ann", -3), app.NewSecret("")} {
		a, err := d.console.TestCode(d.ctx, d.id["ann"], app.Google, s)
		c.see(a, err)
		a, err = d.console.Verify(d.ctx, d.id["ann"], app.Google, s)
		c.see(a, err)
		a, err = d.console.Verify(d.ctx, d.id["olive"], app.Google, s)
		c.see(a, err)
	}
	for _, codes := range [][]app.Secret{{badCode}, {right}, {code("an early code", "ann", 4), code("the next one", "ann", 5)}} {
		var read []app.CodeReading
		for i, s := range codes {
			read = append(read, app.CodeReading{Code: s, At: d.now.Add(time.Duration(i) * 30 * time.Second)})
		}
		for _, name := range []string{"ann", "lou"} {
			found, err := d.console.DiagnoseAmongAll(d.ctx, app.DiagnosisRequest{User: d.id[name], Provider: app.Google, Readings: read}, nil)
			c.see(read, found, err)
		}
		owners, err := d.console.WhoseCode(d.ctx, read, nil)
		c.see(owners, err)
	}
	late, next := code("a late code", "ann", 40), code("the late one after it", "ann", 41)
	for _, r := range []app.DeviceResync{
		{First: badCode, Second: right}, {First: late, Second: next}, {First: late, Second: next}, {Clear: true}, {User: d.id["olive"], First: late, Second: next},
	} {
		if r.Provider = app.Google; r.User == "" {
			r.User = d.id["ann"]
		}
		a, err := d.console.Resync(d.ctx, nil, r)
		c.see(a, err)
		a, err = d.console.Resync(d.ctx, reverify(app.Deed{Action: app.DoResync, Target: r.User, Provider: app.Google}), r)
		c.see(r, a, err)
	}
	d.store.Damage(d.id["lou"], app.Google, "by a test")
	a, err := d.console.Verify(d.ctx, d.id["lou"], app.Google, right)
	c.see(a, err)

	// Passwords, users, roles.
	for _, p := range []app.Secret{newPassword, c.keep("a short password", "Cnry8")} {
		c.see(d.console.SetPassword(d.ctx, reverify(app.Deed{Action: app.DoSetPassword, Target: d.id["helga"]}), d.id["helga"], p))
		n := stranger("new-" + fmt.Sprint(len(p.Reveal())))
		n.Password = p
		u, err := d.console.AddUser(d.ctx, reverify(app.Deed{Action: app.DoAddUser}), n)
		c.see(n, u, err)
		u, err = d.console.AddUser(d.ctx, nil, n)
		c.see(u, err)
	}
	for _, name := range []string{"reset", "unlock", "save user", "remove user", "save role", "remove role", "import"} {
		x := deedNamed(t, name)
		c.see(x.do(d, nil, x.on), x.do(d, reverify(x.grant(d, x.on)), x.on))
	}

	// A store that fails with whatever a driver says.
	for n := range 3 {
		for range n {
			d.store.FailNext(nil)
		}
		d.store.FailNext(errors.New("driver: connection lost"))
		_, err := d.console.Verify(d.ctx, d.id["ann"], app.Google, right)
		c.see(err)
	}
	d.store.FailNext(memory.Unreachable())
	signIn(app.Credentials{Username: "olive", Password: rightPassword})
	signIn(app.Credentials{Username: "olive", Password: rightPassword})

	// The session, the screen.
	d.console.Lock()
	c.see(d.console.Reopen(d.ctx, wrongPassword), d.console.Reopen(d.ctx, rightPassword), d.console.OpenKeys(d.ctx, rightPassword))
	o, _ := d.console.Operator()
	c.see(o, d.store, d.console)

	var export bytes.Buffer
	exported, err := d.console.Export(d.ctx, &export, app.EventQuery{})
	require.NoError(t, err)
	require.Greater(t, exported, 40)
	c.see(d.console.SignOut(d.ctx))

	// Nothing may have escaped.
	page, err := d.store.Events(d.ctx, app.EventQuery{Limit: 100_000})
	require.NoError(t, err)
	require.Greater(t, page.Total, 40)
	users, err := d.store.Users(d.ctx, app.Query{Limit: 1000})
	require.NoError(t, err)
	require.Greater(t, c.out.Len(), 50_000, "there is something to search")
	require.Greater(t, len(c.birds), 14)
	for name, text := range map[string]string{
		"the log": c.out.String(), "the export": export.String(),
		"the audit": fmt.Sprintf("%+v", page.Events), "the users": fmt.Sprintf("%+v", users.Users),
	} {
		// Six digits occur in clock times and hashes, too; codes are looked
		// for where they stand alone.
		for _, bird := range c.escaped(text) {
			if code := c.birds[bird]; len(code) == 6 && !standsAlone(text, code) {
				continue
			}
			require.Fail(t, bird+" is in "+name)
		}
	}
}

// standsAlone reports whether a code occurs with no digit or letter beside it.
func standsAlone(text, code string) bool {
	letter := func(i int) bool {
		return i >= 0 && i < len(text) && (text[i] >= '0' && text[i] <= '9' || text[i]|0x20 >= 'a' && text[i]|0x20 <= 'z')
	}
	for from := 0; ; {
		i := strings.Index(text[from:], code)
		if i < 0 {
			return false
		}
		if i += from; !letter(i-1) && !letter(i+len(code)) {
			return true
		}
		from = i + 1
	}
}

func TestStandsAlone(t *testing.T) {
	require.True(t, standsAlone("code 123456.", "123456"))
	require.True(t, standsAlone("0123456 123456", "123456"))
	require.False(t, standsAlone("01234567 a123456 "+time.Time{}.String(), "123456"))
}
