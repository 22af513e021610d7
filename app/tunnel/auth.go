package tunnel

import (
	"context"
	"errors"
	"net"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"

	"github.com/factordesk/factordesk/app"
)

// login is one attempt to sign in at one server: the agent's keys, the key files,
// then the server's questions or the password. All of it runs on the goroutine of
// the handshake.
type login struct {
	ctx    context.Context
	config Config
	ask    *asker

	began   bool     // the server has proved who it is
	offered []string // how the server lets people in
	refused []string // what it refused, in words
	trouble []string // what could not be tried, in words
	stopped error    // why nothing more is tried

	listed bool
	keys   []candidate // to be tried still
	tries  int         // of a password or of the server's questions
	silent bool        // the server's questions came to nothing
	parts  int         // how many ways the server wants it has accepted
	trying *try
}

// candidate is a key to try.
type candidate struct {
	name   string // in words
	file   string // empty: of the agent
	signer ssh.Signer
}

// try is what the server is judging.
type try struct {
	name   string                // in words; empty as long as nothing was said
	locked *lockedKey            // the key, if it has a passphrase
	given  map[string]app.Secret // the answers, by what was asked for
	method string
}

// errNoMore ends an attempt when everything was tried.
var errNoMore = errors.New("no way to sign in is left")

// next chooses what is tried next, whenever the server has refused or wants more.
// It has the form that package ssh asks for.
func (l *login) next(c *ssh.ClientAuthContext) (ssh.AuthMethod, error) {
	l.began, l.offered = true, c.AllowedMethods
	accepted := len(c.PartialSuccessMethods) > l.parts
	l.parts = len(c.PartialSuccessMethods)
	l.settle(accepted)
	takes := func(method string) bool { return slices.Contains(c.AllowedMethods, method) }
	if takes("publickey") {
		if method := l.nextKey(); method != nil {
			return method, nil
		}
	}
	switch {
	case l.stopped != nil:
		return nil, l.stopped
	case l.tries < maxTries && takes("keyboard-interactive") && !l.silent:
		l.tries++
		l.trying = &try{method: "keyboard-interactive", given: map[string]app.Secret{}}
		return ssh.KeyboardInteractive(l.questions), nil
	case l.tries < maxTries && takes("password"):
		l.tries++
		l.trying = &try{method: "password", given: map[string]app.Secret{}}
		return ssh.PasswordCallback(l.password), nil
	}
	return nil, errNoMore
}

// settle notes what the server made of the last try.
func (l *login) settle(accepted bool) {
	t := l.trying
	l.trying = nil
	switch {
	case t == nil:
	case accepted:
		for what, answer := range t.given {
			l.ask.keep(what, answer)
		}
		l.tries = 0 // the next thing that it wants is another
	case t.locked != nil && t.locked.failed != nil:
		l.cannot(t.locked.file, t.locked.failed)
	case t.name != "":
		if !slices.Contains(l.refused, t.name) {
			l.refused = append(l.refused, t.name)
		}
	case t.method == "keyboard-interactive":
		l.silent = true
		l.tries--
	}
}

// nextKey is the attempt with the next key that can be used, nil if there is none.
func (l *login) nextKey() ssh.AuthMethod {
	if !l.listed {
		l.listed = true
		l.listKeys()
	}
	for len(l.keys) > 0 && l.stopped == nil {
		c := l.keys[0]
		l.keys = l.keys[1:]
		if c.signer == nil {
			signer, err := readKey(l.ctx, c.file, l.ask)
			if err != nil {
				l.cannot(c.file, err)
				continue
			}
			c.signer = signer
		}
		l.trying = &try{name: c.name, method: "publickey"}
		l.trying.locked, _ = c.signer.(*lockedKey)
		return ssh.PublicKeys(c.signer)
	}
	return nil
}

// listKeys lists the agent's keys and the key files, each key once. Those of the
// agent that also lie in a key file come first, since they were chosen for this
// server and servers do not take many tries.
func (l *login) listKeys() {
	fromAgent := l.agentKeys()
	chosen := func(c candidate) bool {
		return slices.ContainsFunc(l.config.KeyFiles, func(file string) bool { return sameKey(publicOf(file), c.signer.PublicKey()) })
	}
	var first, rest []candidate
	for _, c := range fromAgent {
		if chosen(c) {
			first = append(first, c)
		} else if !l.config.OnlyKeyFiles {
			rest = append(rest, c)
		}
	}
	l.keys = slices.Concat(first, rest)
	for _, file := range l.config.KeyFiles {
		if public := publicOf(file); public != nil && slices.ContainsFunc(first, func(c candidate) bool { return sameKey(public, c.signer.PublicKey()) }) {
			continue // the agent signs with it
		}
		l.keys = append(l.keys, candidate{name: label(file), file: file})
	}
}

// publicOf returns the public half of a key file, nil if nothing but its
// passphrase gives it away.
func publicOf(file string) ssh.PublicKey {
	if key := publicHalf(file); key != nil {
		return key
	}
	signer, err := readKey(context.Background(), file, newAsker(nil))
	if err != nil {
		return nil
	}
	return signer.PublicKey()
}

func sameKey(a, b ssh.PublicKey) bool {
	return a != nil && b != nil && string(a.Marshal()) == string(b.Marshal())
}

// agentKeys asks the agent for its keys. One that does not answer has none.
func (l *login) agentKeys() []candidate {
	if l.config.Agent == "" {
		return nil
	}
	var d net.Dialer
	conn, err := d.DialContext(l.ctx, "unix", l.config.Agent)
	if err != nil {
		l.trouble = append(l.trouble, "the SSH agent does not answer")
		return nil
	}
	context.AfterFunc(l.ctx, func() { _ = conn.Close() })
	signers, err := agent.NewClient(conn).Signers()
	if err != nil {
		l.trouble = append(l.trouble, "the SSH agent does not answer")
		return nil
	}
	out := make([]candidate, len(signers))
	for i, s := range signers {
		out[i] = candidate{name: "a key of the SSH agent", signer: s}
	}
	return out
}

// cannot notes why a key file is passed over. What the person stops ends the
// whole attempt.
func (l *login) cannot(file string, err error) {
	var e *app.Error
	if errors.As(err, &e) || l.ctx.Err() != nil {
		l.stopped = err
		return
	}
	l.trouble = append(l.trouble, trouble(file, err))
}

// password asks for the account's password.
func (l *login) password() (string, error) {
	answer, err := l.secret(app.Question{About: app.AskSSH, What: "Password of " + l.config.who()}, "the password", true)
	return answer.Reveal(), err
}

// questions lets the person answer what the server asks.
func (l *login) questions(_, instruction string, questions []string, _ []bool) ([]string, error) {
	answers := make([]string, len(questions))
	for i, text := range questions {
		q, what := app.Question{About: app.AskSSH, What: "Password of " + l.config.who()}, "the password"
		plainPassword := asksPassword(text)
		if !plainPassword {
			q.What, what = "Answer of "+l.config.who()+" to: "+plain(text), "the answer to its question"
		}
		if said := plain(instruction); said != "" {
			q.Why = "The server says: " + said
		}
		answer, err := l.secret(q, what, plainPassword)
		if err != nil {
			return nil, err
		}
		answers[i] = answer.Reveal()
	}
	return answers, nil
}

// secret asks for something that the server then judges. Only what is right more
// than once may be kept.
func (l *login) secret(q app.Question, what string, keep bool) (app.Secret, error) {
	q.Again = l.tries > 1
	answer, err := l.ask.secret(l.ctx, q)
	switch {
	case err != nil:
		l.stopped = err
		return app.Secret{}, err
	case answer.Empty():
		l.tries = maxTries // nothing is not asked for again
		return app.Secret{}, errDeclined
	}
	l.trying.name = what
	if keep {
		l.trying.given[q.What] = answer
	}
	return answer, nil
}

// asksPassword says whether a server's question is the plain one for the account's
// password. Any other, such as one for a one-time password, is shown in its words.
func asksPassword(question string) bool {
	text := strings.ToLower(strings.TrimRight(strings.TrimSpace(question), ": "))
	return text == "password" || strings.HasSuffix(text, "'s password")
}

// plain is a server's text without what a terminal or a label would obey, and not
// longer than anybody reads.
func plain(text string) string {
	var out []rune
	for _, r := range strings.TrimSpace(text) {
		switch {
		case unicode.IsSpace(r):
			out = append(out, ' ')
		case unicode.IsPrint(r):
			out = append(out, r)
		}
		if len(out) == 200 {
			break
		}
	}
	return strings.TrimRight(string(out), ": ")
}
