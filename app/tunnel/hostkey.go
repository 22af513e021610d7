package tunnel

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/skeema/knownhosts"
	"golang.org/x/crypto/ssh"
	xknownhosts "golang.org/x/crypto/ssh/knownhosts"

	"github.com/factordesk/factordesk/app"
)

// hosts are the known hosts, as far as one server is concerned.
type hosts struct {
	config Config
	db     *knownhosts.HostKeyDB
}

// readHosts reads the files that are there.
func readHosts(c Config) (*hosts, error) {
	var files []string
	for _, file := range c.KnownHosts {
		if _, err := os.Stat(file); err == nil {
			files = append(files, file)
		}
	}
	db, err := knownhosts.NewDB(files...)
	if err != nil {
		return nil, badHosts(files, err)
	}
	return &hosts{config: c, db: db}, nil
}

// badHosts names the file and the line that cannot be used.
func badHosts(files []string, cause error) *app.Error {
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return app.Errorf(app.Unreachable, "The file %s cannot be read.", short(file)).
				WithHint("Look at who may read it.").Because(err)
		}
		for i, line := range bytes.Split(text, []byte("\n")) {
			line = bytes.TrimSpace(line)
			if len(line) == 0 || line[0] == '#' {
				continue
			}
			if _, _, _, _, _, err := ssh.ParseKnownHosts(line); err != nil {
				return app.Errorf(app.Unreadable, "The file %s cannot be used: line %d is no host with a key that Factordesk knows.", short(file), i+1).
					WithHint("Correct the line or remove it.").Because(cause)
			}
		}
	}
	return app.Errorf(app.Unreadable, "The files of known hosts cannot be used.").
		WithHint("Look at %s.", short(strings.Join(files, ", "))).Because(cause)
}

// name is what the files know the server by: host and port.
func (h *hosts) name() string {
	if h.config.HostKeyAlias != "" {
		return net.JoinHostPort(strings.ToLower(h.config.HostKeyAlias), "22")
	}
	c := h.config
	c.Host = strings.ToLower(c.Host)
	return c.address()
}

// algorithms lists the kinds of key to ask for: first those that are known, so
// that a server with several keys shows the one by which we know it. Signed keys
// are asked for only where a CA is known.
func (h *hosts) algorithms() []string {
	known := h.db.HostKeyAlgorithms(h.name())
	supported := ssh.SupportedAlgorithms().HostKeys
	out := slices.DeleteFunc(known, func(a string) bool { return !slices.Contains(supported, a) })
	for _, a := range supported {
		if !slices.Contains(out, a) && !strings.Contains(a, "-cert-v0") {
			out = append(out, a)
		}
	}
	return out
}

// anywhere stands for the server's address, by which it is not looked up.
var anywhere = &net.TCPAddr{IP: net.IPv4zero}

// check returns nil for a key by which the server is known. For an unknown server
// the person decides; isNew is true then.
func (h *hosts) check(ctx context.Context, key ssh.PublicKey, ask *asker) (isNew bool, err error) {
	err = h.db.HostKeyCallback()(h.name(), anywhere, key)
	var changed *xknownhosts.KeyError
	var revoked *xknownhosts.RevokedError
	switch {
	case err == nil:
		return false, nil
	case errors.As(err, &revoked):
		return false, app.Errorf(app.Denied, "The key of the SSH server %s was revoked in %s, line %d.",
			h.config.name(), short(revoked.Revoked.Filename), revoked.Revoked.Line).
			WithHint("Do not connect before its administrator has explained why.").Because(err)
	case errors.As(err, &changed) && len(changed.Want) > 0:
		return false, h.refuse(changed.Want, key).Because(err)
	case errors.As(err, &changed):
		return true, h.ask(ctx, key, ask)
	}
	return false, app.Errorf(app.Denied, "The SSH server %s cannot prove who it is.", h.config.name()).
		WithHint("Its key is signed, and the signature is not valid here.").Because(err)
}

// refuse is for a key other than the one that is known. No answer of the person
// gets past it: the file must be changed.
func (h *hosts) refuse(known []xknownhosts.KnownKey, key ssh.PublicKey) *app.Error {
	// The line of the same kind of key says most.
	at := known[0]
	for _, k := range known {
		if k.Key.Type() == key.Type() {
			at = k
			break
		}
	}
	return app.Errorf(app.Denied, "The key of the SSH server %s is not the one in %s, line %d. Somebody may be in between.",
		h.config.name(), short(at.Filename), at.Line).
		WithHint("It is %s %s now. If its administrator confirms that, remove the line and connect again.", key.Type(), ssh.FingerprintSHA256(key))
}

// ask lets the person decide about an unknown server, and remembers a yes.
func (h *hosts) ask(ctx context.Context, key ssh.PublicKey, ask *asker) error {
	yes, err := ask.trust(ctx, h.config.name(), key)
	switch {
	case errors.Is(err, errNobody):
		return app.Errorf(app.Denied, "The SSH server %s is not known any more.", h.config.name()).
			WithHint("Connect again, and compare the fingerprint of its key.").Because(err)
	case err != nil:
		return err
	case ctx.Err() != nil:
		return ctx.Err()
	case !yes:
		return app.Errorf(app.Denied, "The key of the SSH server %s was not accepted, so nothing was sent to it.", h.config.name()).
			WithHint("Ask its administrator for the fingerprint of its key.")
	}
	ask.keepHost(h.config.name(), key)
	return h.remember(key)
}

// remember appends the server to the person's file.
func (h *hosts) remember(key ssh.PublicKey) error {
	file := h.config.Remember
	if file == "" {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return unwritable(file, err)
	}
	before, err := os.ReadFile(file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return unwritable(file, err)
	}
	name := knownhosts.Normalize(h.name())
	if h.config.HashKnownHosts || hasHashed(before) {
		name = xknownhosts.HashHostname(name)
	}
	line := name + " " + strings.TrimSpace(string(ssh.MarshalAuthorizedKey(key))) + "\n"
	if len(before) > 0 && before[len(before)-1] != '\n' {
		line = "\n" + line
	}
	f, err := os.OpenFile(file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return unwritable(file, err)
	}
	_, err = f.WriteString(line)
	if err := errors.Join(err, f.Close()); err != nil {
		return unwritable(file, err)
	}
	return nil
}

// hasHashed says whether a file has names that cannot be read from it.
func hasHashed(text []byte) bool {
	lines := bufio.NewScanner(bytes.NewReader(text))
	for lines.Scan() {
		if bytes.HasPrefix(lines.Bytes(), []byte("|1|")) {
			return true
		}
	}
	return false
}

func unwritable(file string, err error) *app.Error {
	return app.Errorf(app.Unreachable, "The SSH server cannot be remembered, because the file %s cannot be written.", short(file)).
		WithHint("Look at the disk's free space and at who may write there.").Because(err)
}
