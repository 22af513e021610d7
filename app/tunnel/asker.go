package tunnel

import (
	"context"
	"errors"
	"sync"

	"golang.org/x/crypto/ssh"

	"github.com/factordesk/factordesk/app"
)

// asker asks the person, and knows what let us in before, so that a connection
// that was lost is made again without a question.
type asker struct {
	person app.Asker              // nil once the tunnel is open: nobody is asked then
	pause  func() (resume func()) // called around a question; nil: nothing needs it
	*memory
}

// memory is what let us in.
type memory struct {
	mu      sync.Mutex
	answers map[string]app.Secret // by what was asked for
	trusted map[string]string     // fingerprint by host
}

func newAsker(person app.Asker) *asker {
	return &asker{person: person, memory: &memory{answers: map[string]app.Secret{}, trusted: map[string]string{}}}
}

// silent returns one with the same memory that asks nobody.
func (a *asker) silent() *asker { return &asker{memory: a.memory} }

// pausing returns one that calls pause before each question to the person, and
// what that returns after it.
func (a *asker) pausing(pause func() (resume func())) *asker {
	return &asker{person: a.person, pause: pause, memory: a.memory}
}

// errNobody is the answer to a new question when nobody is asked.
var errNobody = errors.New("nobody is asked while a connection is made again")

// secret returns what is kept, or asks. The first answer to a question may come
// from memory, and the next must not.
func (a *asker) secret(ctx context.Context, q app.Question) (app.Secret, error) {
	a.mu.Lock()
	kept, ok := a.answers[q.What]
	a.mu.Unlock()
	if ok && !q.Again {
		return kept, nil
	}
	if a.person == nil {
		return app.Secret{}, errNobody
	}
	if a.pause != nil {
		defer a.pause()()
	}
	return a.person.Secret(ctx, q)
}

// keep remembers an answer that was right.
func (m *memory) keep(what string, answer app.Secret) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.answers[what] = answer
}

// trust asks about an unknown host.
func (a *asker) trust(ctx context.Context, host string, key ssh.PublicKey) (bool, error) {
	fingerprint := ssh.FingerprintSHA256(key)
	a.mu.Lock()
	known := a.trusted[host] == fingerprint
	a.mu.Unlock()
	if known {
		return true, nil
	}
	if a.person == nil {
		return false, errNobody
	}
	if a.pause != nil {
		defer a.pause()()
	}
	return a.person.Trust(ctx, app.HostKey{Host: host, Type: key.Type(), Fingerprint: fingerprint})
}

// keepHost remembers a host that the person accepted.
func (m *memory) keepHost(host string, key ssh.PublicKey) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.trusted[host] = ssh.FingerprintSHA256(key)
}
