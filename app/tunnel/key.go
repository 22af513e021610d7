package tunnel

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"golang.org/x/crypto/ssh"

	"github.com/factordesk/factordesk/app"
)

// maxTries is how often a password or a passphrase is asked for.
const maxTries = 3

// errDeclined says that the person gave no answer, which passes one way to sign in
// over and goes on with the next.
var errDeclined = errors.New("no answer was given")

// label is a key file for people.
func label(file string) string { return "the key " + short(file) }

// readKey reads a private key. One with a passphrase is opened when it signs; its
// public half is known before, from the file or from the one beside it.
func readKey(ctx context.Context, file string, ask *asker) (ssh.Signer, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	signer, err := ssh.ParsePrivateKey(text)
	var locked *ssh.PassphraseMissingError
	if err == nil || !errors.As(err, &locked) {
		return signer, err
	}
	k := &lockedKey{ctx: ctx, file: file, text: text, ask: ask, public: locked.PublicKey}
	if k.public == nil {
		k.public = publicHalf(file)
	}
	if k.public == nil {
		// An old format that says nothing without its passphrase.
		return k.open()
	}
	return k, nil
}

// publicHalf reads the public key that lies beside a private one, nil if there is
// none.
func publicHalf(file string) ssh.PublicKey {
	text, err := os.ReadFile(file + ".pub")
	if err != nil {
		return nil
	}
	key, _, _, _, err := ssh.ParseAuthorizedKey(text)
	if err != nil {
		return nil
	}
	return key
}

// lockedKey is a private key whose passphrase is asked for when the server has
// said that it takes the key.
type lockedKey struct {
	ctx    context.Context
	file   string
	text   []byte
	public ssh.PublicKey
	ask    *asker
	opened ssh.Signer
	failed error // why it did not open
}

// PublicKey returns the public half.
func (k *lockedKey) PublicKey() ssh.PublicKey { return k.public }

// Algorithms lists how the key can sign.
func (k *lockedKey) Algorithms() []string {
	if k.public.Type() == ssh.KeyAlgoRSA {
		return []string{ssh.KeyAlgoRSASHA512, ssh.KeyAlgoRSASHA256}
	}
	return []string{k.public.Type()}
}

// Sign signs with the key's own algorithm.
func (k *lockedKey) Sign(rand io.Reader, data []byte) (*ssh.Signature, error) {
	return k.SignWithAlgorithm(rand, data, k.Algorithms()[0])
}

// SignWithAlgorithm opens the key and signs.
func (k *lockedKey) SignWithAlgorithm(rand io.Reader, data []byte, algorithm string) (*ssh.Signature, error) {
	if k.opened == nil {
		opened, err := k.open()
		if err == nil && !bytes.Equal(opened.PublicKey().Marshal(), k.public.Marshal()) {
			err = fmt.Errorf("%s.pub belongs to another key", k.file)
		}
		if err != nil {
			k.failed = err
			return nil, err
		}
		k.opened = opened
	}
	signer, ok := k.opened.(ssh.AlgorithmSigner)
	if !ok {
		return nil, fmt.Errorf("the key %s cannot sign with %s", k.file, algorithm)
	}
	return signer.SignWithAlgorithm(rand, data, algorithm)
}

// open asks for the passphrase until it is right.
func (k *lockedKey) open() (ssh.Signer, error) {
	q := app.Question{About: app.AskSSHKey, What: "Passphrase of " + label(k.file)}
	for range maxTries {
		answer, err := k.ask.secret(k.ctx, q)
		if err != nil {
			return nil, err
		}
		if answer.Empty() {
			return nil, errDeclined
		}
		signer, err := ssh.ParsePrivateKeyWithPassphrase(k.text, []byte(answer.Reveal()))
		if err == nil {
			k.ask.keep(q.What, answer)
			return signer, nil
		}
		if !errors.Is(err, x509.IncorrectPasswordError) {
			return nil, err
		}
		q.Again = true
	}
	return nil, errWrong
}

// errWrong says that every answer was wrong.
var errWrong = errors.New("the answers were wrong")

// trouble says in words why a key cannot be used.
func trouble(file string, err error) string {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return label(file) + " is not there"
	case errors.Is(err, fs.ErrPermission):
		return label(file) + " may not be read"
	case errors.Is(err, errDeclined):
		return label(file) + " was not opened"
	case errors.Is(err, errWrong):
		return label(file) + " does not open with that passphrase"
	}
	return label(file) + " cannot be used here"
}
