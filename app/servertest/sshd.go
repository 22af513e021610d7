package servertest

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"
)

// SSHServer is OpenSSH's own server with a host key and settings of one test. Its
// clients reach it through a Relay, so that a test can cut or hold them.
type SSHServer struct {
	// Relay is the way to the server; Relay.Port is the port for clients.
	*Relay
	// Account is who may sign in, with the password unless NoPassword is set, or
	// with a key that was authorized.
	Account
	// Folder is one that the account can read.
	Folder string

	keeper   *keeper
	lines    map[string]string
	hostKeys []Key
}

// Setting is a line of sshd_config: a keyword and its value.
type Setting struct {
	Keyword, Value string
}

// What tests set most.
var (
	NoPassword   = Setting{"PasswordAuthentication", "no"}
	NoKeys       = Setting{"PubkeyAuthentication", "no"}
	NoForwarding = Setting{"AllowTcpForwarding", "no"}
)

// Interactive lets people in by questions and answers (keyboard-interactive)
// alone. The machine's own PAM asks them, for the password.
var Interactive = []Setting{{"UsePAM", "yes"}, {"KbdInteractiveAuthentication", "yes"}, NoPassword, NoKeys}

// SSHD starts an SSH server on loopback, with an ed25519 host key, that takes
// passwords and keys and passes connections on. Settings replace ours.
func SSHD(tb testing.TB, settings ...Setting) *SSHServer {
	tb.Helper()
	find(tb, "sshd")
	s := &SSHServer{Account: login(tb), lines: map[string]string{
		"AllowTcpForwarding":           "yes",
		"AllowStreamLocalForwarding":   "yes",
		"PasswordAuthentication":       "yes",
		"PubkeyAuthentication":         "yes",
		"KbdInteractiveAuthentication": "no",
		"UsePAM":                       "no",
		"MaxAuthTries":                 "20",
		"MaxStartups":                  "200",
		"UseDNS":                       "no",
		"LogLevel":                     "VERBOSE",
		"PermitRootLogin":              "no",
		"StrictModes":                  "no", // the keys lie in a temporary folder
	}}
	for _, set := range settings {
		s.lines[set.Keyword] = set.Value
	}
	var err error
	if s.Folder, err = os.MkdirTemp("", "factordesk-sshd-"); err != nil {
		tb.Fatal(err)
	}
	if s.keeper, err = keep(true, `[ -z "$server" ] || { kill -KILL "$server"; wait; }`+"\nrm -rf -- "+quote(s.Folder)); err != nil {
		tb.Fatalf("start sshd, which needs root or a sudo that asks nothing: %v", err)
	}
	tb.Cleanup(func() {
		if err := s.keeper.close(); err != nil {
			tb.Errorf("stop sshd: %v", err)
		}
	})
	// /run/sshd is where sshd locks itself in; the machine's own service makes it when it starts.
	s.do(tb, "chmod 755 "+quote(s.Folder)+" && mkdir -p -m 755 /run/sshd && : >"+quote(s.authorized()))
	s.hostKeys = []Key{s.newHostKey(tb, "ed25519")}
	port, err := freePort()
	if err != nil {
		tb.Fatal(err)
	}
	s.lines["ListenAddress"] = "127.0.0.1:" + strconv.Itoa(port)
	s.start(tb)
	s.Relay = NewRelay(tb, "tcp", s.lines["ListenAddress"])
	return s
}

func (s *SSHServer) do(tb testing.TB, script string) {
	tb.Helper()
	if err := s.keeper.do(script); err != nil {
		tb.Fatalf("sshd: %v\n%s", err, s.Log(tb))
	}
}

func (s *SSHServer) authorized() string { return filepath.Join(s.Folder, "authorized_keys") }
func (s *SSHServer) logFile() string    { return filepath.Join(s.Folder, "log") }

// newHostKey makes a host key.
func (s *SSHServer) newHostKey(tb testing.TB, kind string) Key {
	tb.Helper()
	k := Key{File: filepath.Join(s.Folder, fmt.Sprintf("host_%s_%d", kind, time.Now().UnixNano()))}
	s.do(tb, quoted(find(tb, "ssh-keygen"), "-q", "-t", kind, "-N", "", "-C", "", "-f", k.File))
	return k
}

// Start starts a server that was stopped, and nothing if it runs.
func (s *SSHServer) Start(tb testing.TB) {
	tb.Helper()
	if s.keeper.do(`[ -n "$server" ] && kill -0 "$server"`) != nil {
		s.start(tb)
	}
}

// start writes the configuration and starts sshd with it.
func (s *SSHServer) start(tb testing.TB) {
	tb.Helper()
	file := filepath.Join(s.Folder, "config")
	text := "AuthorizedKeysFile " + s.authorized() + "\nPidFile none\nAllowUsers " + s.User + "\n"
	for _, key := range s.hostKeys {
		text += "HostKey " + key.File + "\n"
	}
	for keyword, value := range s.lines {
		text += keyword + " " + value + "\n"
	}
	sshd := find(tb, "sshd")
	// Newer ones slow down an address from which many attempts fail, as those of tests do; older ones do
	// not know the keyword.
	penalties := "PerSourcePenalties no\n"
	s.do(tb, "printf %s "+quote(text+penalties)+" >"+quote(file)+"; "+quoted(sshd, "-t", "-f", file)+
		" 2>/dev/null || printf %s "+quote(text)+" >"+quote(file))
	s.do(tb, quoted(sshd, "-D", "-e", "-f", file)+" </dev/null >>"+quote(s.logFile())+" 2>&1 & server=$!")
	listens := func() bool {
		c, err := net.Dial("tcp", s.lines["ListenAddress"])
		if err != nil {
			return false
		}
		return c.Close() == nil
	}
	if !eventually(listens) {
		tb.Fatalf("sshd does not listen:\n%s", s.Log(tb))
	}
}

// stop ends the server's listener. Connections that there are go on.
func (s *SSHServer) stop(tb testing.TB) {
	tb.Helper()
	s.do(tb, `kill -KILL "$server"; wait "$server"; server=`)
}

// Stop ends the server and every connection to it.
func (s *SSHServer) Stop(tb testing.TB) {
	tb.Helper()
	s.stop(tb)
	s.Cut()
}

// Change restarts the server with other settings. Connections that there are go
// on under the old ones; Cut ends them.
func (s *SSHServer) Change(tb testing.TB, settings ...Setting) {
	tb.Helper()
	for _, set := range settings {
		s.lines[set.Keyword] = set.Value
	}
	s.stop(tb)
	s.start(tb)
}

// ChangeHostKey restarts the server with a new host key of a kind that ssh-keygen
// knows: ed25519, ecdsa, rsa. Connections that there are go on.
func (s *SSHServer) ChangeHostKey(tb testing.TB, kind string) {
	tb.Helper()
	s.hostKeys = []Key{s.newHostKey(tb, kind)}
	s.stop(tb)
	s.start(tb)
}

// AddHostKey restarts the server with one more host key, of another kind.
func (s *SSHServer) AddHostKey(tb testing.TB, kind string) {
	tb.Helper()
	s.hostKeys = append(s.hostKeys, s.newHostKey(tb, kind))
	s.stop(tb)
	s.start(tb)
}

// SignHostKey restarts the server with a signature of a CA over its first host
// key, for a name.
func (s *SSHServer) SignHostKey(tb testing.TB, ca Key, name string) {
	tb.Helper()
	key := s.hostKeys[0].File
	s.do(tb, quoted(find(tb, "ssh-keygen"), "-q", "-s", ca.File, "-I", "factordesk test", "-h", "-n", name, key+".pub"))
	s.Change(tb, Setting{"HostCertificate", key + "-cert.pub"})
}

// HostKeys are the keys that the server proves itself with.
func (s *SSHServer) HostKeys() []Key { return s.hostKeys }

// KnownHost is a line for known_hosts that names the server by the way through
// its relay, with its first host key.
func (s *SSHServer) KnownHost(tb testing.TB) string {
	tb.Helper()
	return fmt.Sprintf("[127.0.0.1]:%d %s", s.Port(), s.hostKeys[0].Public(tb))
}

// Authorize lets in who has the key.
func (s *SSHServer) Authorize(tb testing.TB, key Key) {
	tb.Helper()
	s.do(tb, "echo "+quote(key.Public(tb))+" >>"+quote(s.authorized()))
}

// Put writes a file that the account can read, and returns its path.
func (s *SSHServer) Put(tb testing.TB, name, content string) string {
	tb.Helper()
	path := filepath.Join(s.Folder, "files", name)
	s.do(tb, "mkdir -p "+quote(filepath.Dir(path))+" && printf %s "+quote(content)+" >"+quote(path))
	return path
}

// Log is what the server wrote so far.
func (s *SSHServer) Log(tb testing.TB) string {
	tb.Helper()
	text, err := os.ReadFile(s.logFile())
	if err != nil && !os.IsNotExist(err) {
		tb.Fatal(err)
	}
	return string(text)
}

// eventually waits until something is so, at most as long as patience lasts.
func eventually(so func() bool) bool {
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		if so() {
			return true
		}
	}
	return false
}
