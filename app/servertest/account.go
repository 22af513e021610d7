package servertest

import (
	"crypto/rand"
	"errors"
	"strings"
	"sync"
	"testing"
)

// The account of this test binary, for which sshd knows a password. A test binary
// that needs one makes it, and its keeper removes it.
var account struct {
	sync.Mutex
	Account
	keeper *keeper // an unreachable one would be closed with its pipe
}

// login returns a system account of this test binary's own with a random password
// and no rights.
func login(tb testing.TB) Account {
	tb.Helper()
	find(tb, "useradd")
	account.Lock()
	defer account.Unlock()
	if account.User == "" {
		a := Account{User: "factordesk-" + strings.ToLower(rand.Text()[:10]), Password: rand.Text()}
		k, err := addAccount(a)
		if err != nil {
			tb.Fatalf("make an account for the SSH server, which needs root or a sudo that asks nothing: %v", err)
		}
		account.Account, account.keeper = a, k
	}
	return account.Account
}

// addAccount makes an account until the test binary ends.
func addAccount(a Account) (*keeper, error) {
	// Other test binaries may be about the same files, so they wait for each other.
	const alone = "flock -w 60 /etc "
	k, err := keep(true, alone+"userdel --force "+quote(a.User))
	if err != nil {
		return nil, err
	}
	// Without a home and a group of its own there is nothing to clean up but the account. The password
	// goes through a pipe: the arguments of a program are for everybody to see.
	err = k.do(alone + "useradd --system --no-create-home --home-dir / --no-user-group --shell /bin/sh " + quote(a.User) +
		" && printf '%s:%s\n' " + quoted(a.User, a.Password) + " | " + alone + "chpasswd")
	if err != nil {
		return nil, errors.Join(err, k.close())
	}
	return k, nil
}
