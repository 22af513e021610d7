package servertest

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Key is a key pair that ssh-keygen made. The public half lies beside the private
// one, with .pub at the end.
type Key struct {
	File       string
	Passphrase string
}

// NewKey makes a key of a type that ssh-keygen knows: ed25519, ecdsa, rsa. Without
// a passphrase the file is not encrypted.
func NewKey(tb testing.TB, kind, passphrase string) Key {
	tb.Helper()
	return makeKey(tb, kind, passphrase)
}

// NewOldKey makes an RSA key in the format of OpenSSL, which was the usual one
// before 2018. It says nothing without its passphrase.
func NewOldKey(tb testing.TB, passphrase string) Key {
	tb.Helper()
	return makeKey(tb, "rsa", passphrase, "-m", "PEM")
}

func makeKey(tb testing.TB, kind, passphrase string, more ...string) Key {
	tb.Helper()
	k := Key{File: filepath.Join(tb.TempDir(), "id_"+kind), Passphrase: passphrase}
	words := append([]string{"-q", "-t", kind, "-N", passphrase, "-C", "factordesk test", "-f", k.File}, more...)
	if out, err := exec.CommandContext(tb.Context(), find(tb, "ssh-keygen"), words...).CombinedOutput(); err != nil {
		tb.Fatalf("ssh-keygen: %v: %s", err, out)
	}
	return k
}

// Public is the public half as it stands in authorized_keys: type, key, comment.
func (k Key) Public(tb testing.TB) string {
	tb.Helper()
	return strings.TrimSpace(readFile(tb, k.File+".pub"))
}

// Fingerprint is what ssh-keygen says of the key: SHA256: and base64.
func (k Key) Fingerprint(tb testing.TB) string {
	tb.Helper()
	out, err := exec.CommandContext(tb.Context(), find(tb, "ssh-keygen"), "-l", "-E", "sha256", "-f", k.File+".pub").Output()
	if err != nil {
		tb.Fatalf("ssh-keygen: %v", err)
	}
	return strings.Fields(string(out))[1]
}

func readFile(tb testing.TB, path string) string {
	tb.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		tb.Fatal(err)
	}
	return string(text)
}

// Agent starts an ssh-agent of this test's own that holds the keys, and returns
// the path of its socket, which is what SSH_AUTH_SOCK names.
func Agent(tb testing.TB, keys ...Key) string {
	tb.Helper()
	folder, err := os.MkdirTemp("", "factordesk-agent-") // t.TempDir's paths may be too long for a socket
	if err != nil {
		tb.Fatal(err)
	}
	k, err := keep(false, `[ -z "$server" ] || { kill -KILL "$server"; wait; }`+"\nrm -rf -- "+quote(folder))
	if err != nil {
		tb.Fatalf("start ssh-agent: %v", err)
	}
	tb.Cleanup(func() {
		if err := k.close(); err != nil {
			tb.Errorf("stop ssh-agent: %v", err)
		}
	})
	socket := filepath.Join(folder, "agent")
	err = k.do(quoted(find(tb, "ssh-agent"), "-D", "-a", socket) + " </dev/null >/dev/null 2>&1 & server=$!")
	if err != nil || !eventually(func() bool { _, err := os.Stat(socket); return err == nil }) {
		tb.Fatalf("start ssh-agent: %v", err)
	}
	ask := quote(filepath.Join(folder, "ask"))
	for _, key := range keys {
		// ssh-add asks for a passphrase by starting a program.
		err := k.do("printf '#!/bin/sh\\necho %s\\n' " + quote(quote(key.Passphrase)) + " >" + ask + " && chmod 700 " + ask +
			" && SSH_AUTH_SOCK=" + quote(socket) + " SSH_ASKPASS=" + ask + " SSH_ASKPASS_REQUIRE=force DISPLAY=:0 " +
			quoted(find(tb, "ssh-add"), "-q", key.File))
		if err != nil {
			tb.Fatalf("ssh-add: %v", err)
		}
	}
	return socket
}
