package profile

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"time"

	"github.com/zalando/go-keyring"

	"github.com/factordesk/factordesk/app"
)

// Ring is a keyring: the Secret Service of a Linux desktop, the Keychain of macOS,
// the Credential Manager of Windows.
type Ring interface {
	Get(service, user string) (string, error) // ErrNoEntry when it has none
	Set(service, user, secret string) error
}

// ErrNoEntry is what a Ring says about an entry that it does not have.
var ErrNoEntry = keyring.ErrNotFound

// The one entry of ours.
const (
	ringService = "Factordesk"
	ringUser    = "key of saved passwords"
)

// ringPatience is how long a keyring may take. One that waits for somebody to
// unlock it takes longer; its answer counts then for the next question.
const ringPatience = 3 * time.Second

// SystemRing returns the keyring of the system. Where there is none it says so,
// and starts nothing.
func SystemRing() Ring { return systemRing{} }

type systemRing struct{}

var errNoBus = errors.New("there is no D-Bus session")

func (systemRing) Get(service, user string) (string, error) {
	if !hasBus() {
		return "", errNoBus
	}
	return keyring.Get(service, user)
}

func (systemRing) Set(service, user, secret string) error {
	if !hasBus() {
		return errNoBus
	}
	return keyring.Set(service, user, secret)
}

// hasBus reports whether there is a session bus, where keyrings are reached over
// one: the library would start a bus of its own, which no keyring is on.
func hasBus() bool {
	if !onBus() {
		return true
	}
	if address := os.Getenv("DBUS_SESSION_BUS_ADDRESS"); address != "" {
		return address != "autolaunch:"
	}
	for _, name := range []string{"bus", "dbus-session"} {
		if _, err := os.Stat(filepath.Join("/run/user", strconv.Itoa(os.Getuid()), name)); err == nil {
			return true
		}
	}
	return false
}

// onBus reports whether keyrings are reached over D-Bus here.
func onBus() bool { return runtime.GOOS != "darwin" && runtime.GOOS != "windows" }

// ask asks the keyring on a goroutine of its own, and waits no longer than its
// patience. While one question is out, no other is put.
func (p *Passwords) ask(ctx context.Context, question func(Ring) ([]byte, error)) ([]byte, error) {
	p.mu.Lock()
	if p.asking != nil {
		p.mu.Unlock()
		return nil, errSilent(p.patience)
	}
	done := make(chan struct{})
	p.asking = done
	p.mu.Unlock()
	var key []byte
	var err error
	go func() {
		defer close(done)
		key, err = question(p.ring)
		p.mu.Lock()
		defer p.mu.Unlock()
		p.asking = nil
		if err == nil {
			p.key = key
		}
	}()
	select {
	case <-done:
	case <-time.After(p.patience):
		return nil, errSilent(p.patience)
	case <-ctx.Done():
		return nil, app.Errorf(app.Canceled, "Stopped. Nothing was changed.").Because(ctx.Err())
	}
	switch {
	case err == nil:
		return key, nil
	case errors.Is(err, errNoBus):
		return nil, app.Errorf(app.Unreachable, "There is no keyring: this session has no D-Bus.").Because(err)
	}
	return nil, app.Errorf(app.Unreachable, "The system’s keyring cannot be used.").Because(err)
}

func errSilent(patience time.Duration) error {
	return app.Errorf(app.Unreachable, "The system’s keyring gave no answer within %s. It may wait to be unlocked.", spell(patience))
}
