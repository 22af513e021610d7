package tunnel

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/kevinburke/ssh_config"

	"github.com/factordesk/factordesk/app"
)

// person is where one person on one computer has what OpenSSH uses.
type person struct {
	home   string // the home folder
	user   string // the name on this computer
	agent  string // the socket of the agent
	system string // the folder of the computer's own settings
}

// thisPerson looks in the environment, at this moment.
func thisPerson() person {
	p := person{agent: os.Getenv("SSH_AUTH_SOCK"), system: "/etc/ssh"}
	p.home, _ = os.UserHomeDir() // without one there are no files of the person's own
	if u, err := user.Current(); err == nil {
		_, name, domain := strings.Cut(u.Username, `\`) // Windows: DOMAIN\name
		if !domain {
			name = u.Username
		}
		p.user = name
	}
	return p
}

// FromSSHConfig returns what OpenSSH would do for a name or an alias: what
// ~/.ssh/config and /etc/ssh/ssh_config say for it, else as Default. Known are
// HostName, Port, User, IdentityFile, IdentitiesOnly, IdentityAgent, ProxyJump,
// HostKeyAlias, UserKnownHostsFile, GlobalKnownHostsFile and HashKnownHosts;
// others have no meaning here, but for ProxyCommand, which is refused because it
// is never executed. It fails with Invalid where the person's file cannot be
// understood.
func FromSSHConfig(alias string) (Config, error) { return thisPerson().resolve(alias, 0) }

// standard is the configuration of a host that no file names.
func (p person) standard(host string) Config {
	c := Config{Host: host, User: p.user, Agent: p.agent}
	for _, name := range []string{"id_ed25519", "id_ecdsa", "id_rsa"} {
		file := p.own(name)
		if _, err := os.Stat(file); err == nil {
			c.KeyFiles = append(c.KeyFiles, file)
		}
	}
	c.Remember = p.own("known_hosts")
	c.KnownHosts = []string{
		c.Remember, p.own("known_hosts2"),
		filepath.Join(p.system, "ssh_known_hosts"), filepath.Join(p.system, "ssh_known_hosts2"),
	}
	return c
}

// own is the path of a file in the person's folder for SSH.
func (p person) own(name string) string { return filepath.Join(p.home, ".ssh", name) }

// maxJumps bounds a chain of servers, which a configuration may make endless.
const maxJumps = 8

func (p person) resolve(alias string, depth int) (Config, error) {
	if depth > maxJumps {
		return Config{}, app.Errorf(app.Invalid, "The SSH configuration of %s goes through more than %d other servers.", alias, maxJumps).
			WithHint("Look for a ProxyJump in ~/.ssh/config that leads back to where it began.")
	}
	s, err := p.settings(alias)
	if err != nil {
		return Config{}, err
	}
	c := p.standard(alias)
	if c.Port, err = s.port(); err != nil {
		return Config{}, err
	}
	if name := s.one("User"); name != "" {
		c.User = name
	}
	s.tokens = map[byte]string{'n': alias, 'h': alias, 'p': strconv.Itoa(c.port()), 'r': c.User, 'u': p.user, 'd': p.home, '%': "%"}
	if c.Host, err = s.expanded("HostName", c.Host); err != nil {
		return Config{}, err
	}
	s.tokens['h'] = c.Host
	if c.HostKeyAlias, err = s.expanded("HostKeyAlias", ""); err != nil {
		return Config{}, err
	}
	c.HashKnownHosts = s.says("HashKnownHosts")
	if err := s.keys(&c); err != nil {
		return Config{}, err
	}
	if err := s.knownHosts(&c); err != nil {
		return Config{}, err
	}
	c.Jump, err = s.jump(depth)
	return c, err
}

// settings is what the files say for one alias: the person's own first, of which
// each value counts that is said first.
type settings struct {
	person
	alias  string
	files  []*ssh_config.Config
	tokens map[byte]string
}

func (p person) settings(alias string) (*settings, error) {
	s := &settings{person: p, alias: alias}
	file := p.own("config")
	text, err := os.ReadFile(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, app.Errorf(app.Unreachable, "The file %s cannot be read.", short(file)).
			WithHint("Look at who may read it.").Because(err)
	default:
		parsed, err := ssh_config.DecodeBytes(text)
		if err != nil {
			return nil, badConfig(file, err)
		}
		s.files = append(s.files, parsed)
	}
	// What the computer's own file says beside that hardly ever matters here, and it may well use words
	// that only OpenSSH understands.
	if text, err := os.ReadFile(filepath.Join(p.system, "ssh_config")); err == nil {
		if parsed, err := ssh_config.DecodeBytes(systemIncludes(text, p.system)); err == nil {
			s.files = append(s.files, parsed)
		}
	}
	return s, nil
}

// systemIncludes makes the paths of Include lines absolute: in the computer's own
// file they are relative to its folder.
func systemIncludes(text []byte, folder string) []byte {
	lines := bytes.Split(text, []byte("\n"))
	for i, line := range lines {
		words := strings.Fields(string(line))
		if len(words) < 2 || !strings.EqualFold(words[0], "Include") {
			continue
		}
		for k, word := range words[1:] {
			if !filepath.IsAbs(word) && !strings.HasPrefix(word, "~") {
				words[k+1] = filepath.Join(folder, word)
			}
		}
		lines[i] = []byte(strings.Join(words, " "))
	}
	return bytes.Join(lines, []byte("\n"))
}

// badConfig names the place in a file that the parser did not understand. Its
// errors begin with "(line, column)".
func badConfig(file string, err error) *app.Error {
	e := app.Errorf(app.Invalid, "The file %s cannot be understood.", short(file))
	if place := regexp.MustCompile(`^\((\d+), \d+\)`).FindStringSubmatch(err.Error()); place != nil {
		e = app.Errorf(app.Invalid, "The file %s, or one that it includes, cannot be understood in line %s.", short(file), place[1])
	}
	return e.WithHint("Match is understood with host and all only. Give host, user and key of the SSH server by hand instead.").Because(err)
}

// one returns the value that is said first, empty if none is.
func (s *settings) one(keyword string) string {
	for _, f := range s.files {
		if value, err := f.Get(s.alias, keyword); err == nil && value != "" {
			return value
		}
	}
	return ""
}

// all returns every value, for the keywords that add up.
func (s *settings) all(keyword string) []string {
	var out []string
	for _, f := range s.files {
		if values, err := f.GetAll(s.alias, keyword); err == nil {
			out = append(out, values...)
		}
	}
	return out
}

func (s *settings) says(keyword string) bool { return strings.EqualFold(s.one(keyword), "yes") }

func (s *settings) port() (int, error) {
	text := s.one("Port")
	if text == "" {
		return 0, nil
	}
	port, err := strconv.Atoi(text)
	if err != nil || port < 1 || port > 65535 {
		return 0, app.Errorf(app.Invalid, "The SSH configuration of %s has a Port that is not a number between 1 and 65535.", s.alias)
	}
	return port, nil
}

// keys reads which keys are tried.
func (s *settings) keys(c *Config) error {
	c.OnlyKeyFiles = s.says("IdentitiesOnly")
	files := s.all("IdentityFile")
	if len(files) > 0 {
		c.KeyFiles = nil
	}
	for _, file := range files {
		if strings.EqualFold(file, "none") {
			continue
		}
		path, err := s.path("IdentityFile", file)
		if err != nil {
			return err
		}
		c.KeyFiles = append(c.KeyFiles, path)
	}
	agent := s.one("IdentityAgent")
	switch {
	case agent == "" || agent == "SSH_AUTH_SOCK":
		return nil
	case strings.EqualFold(agent, "none"):
		c.Agent = ""
		return nil
	}
	path, err := s.path("IdentityAgent", agent)
	c.Agent = path
	return err
}

// knownHosts reads where known hosts are.
func (s *settings) knownHosts(c *Config) error {
	own, err := s.paths("UserKnownHostsFile", c.KnownHosts[:2])
	if err != nil {
		return err
	}
	system, err := s.paths("GlobalKnownHostsFile", c.KnownHosts[2:])
	if err != nil {
		return err
	}
	c.Remember = ""
	if len(own) > 0 {
		c.Remember = own[0]
	}
	c.KnownHosts = slices.Concat(own, system)
	return nil
}

// paths returns the files that a keyword names, or others when it is not said.
func (s *settings) paths(keyword string, otherwise []string) ([]string, error) {
	text := s.one(keyword)
	if text == "" {
		return otherwise, nil
	}
	var out []string
	for _, file := range strings.Fields(text) {
		if strings.EqualFold(file, "none") {
			continue
		}
		path, err := s.path(keyword, strings.Trim(file, `"`))
		if err != nil {
			return nil, err
		}
		out = append(out, path)
	}
	return out, nil
}

// expanded returns a value with its tokens filled in, or else when none is said.
func (s *settings) expanded(keyword, otherwise string) (string, error) {
	value := s.one(keyword)
	if value == "" {
		return otherwise, nil
	}
	return s.expand(keyword, value)
}

// path is expanded for a file, which may begin with ~ and name variables of the
// environment.
func (s *settings) path(keyword, value string) (string, error) {
	missing := ""
	value = regexp.MustCompile(`\$\{\w+\}`).ReplaceAllStringFunc(value, func(word string) string {
		name := word[2 : len(word)-1]
		text, ok := os.LookupEnv(name)
		if !ok {
			missing = name
		}
		return text
	})
	if missing != "" {
		return "", app.Errorf(app.Invalid, "The SSH configuration of %s needs the environment variable %s for %s.", s.alias, missing, keyword).
			WithHint("Set it, and start Factordesk again.")
	}
	value, err := s.expand(keyword, value)
	if err != nil {
		return "", err
	}
	if rest, ok := strings.CutPrefix(value, "~/"); ok {
		return filepath.Join(s.home, rest), nil
	}
	if !filepath.IsAbs(value) {
		return filepath.Join(s.home, value), nil
	}
	return value, nil
}

// expand fills in %h and the like.
func (s *settings) expand(keyword, value string) (string, error) {
	var out strings.Builder
	for i := 0; i < len(value); i++ {
		if value[i] != '%' {
			out.WriteByte(value[i])
			continue
		}
		i++
		text, known := "", false
		if i < len(value) {
			text, known = s.tokens[value[i]]
		}
		if !known {
			return "", app.Errorf(app.Invalid, "The SSH configuration of %s uses a %% sign in %s that Factordesk does not know.", s.alias, keyword).
				WithHint("Known are %%h, %%n, %%p, %%r, %%u, %%d and %%%%.")
		}
		out.WriteString(text)
	}
	return out.String(), nil
}

// jump reads the servers through which this one is reached. Of several, the one
// that stands last is nearest to it.
func (s *settings) jump(depth int) (*Config, error) {
	text := s.one("ProxyJump")
	if text == "" || strings.EqualFold(text, "none") {
		if command := s.one("ProxyCommand"); text == "" && command != "" && !strings.EqualFold(command, "none") {
			return nil, app.Errorf(app.Invalid, "The SSH configuration of %s uses ProxyCommand, and Factordesk starts no other program.", s.alias).
				WithHint("Use ProxyJump in ~/.ssh/config instead.")
		}
		return nil, nil
	}
	var through *Config
	for i, hop := range strings.Split(text, ",") {
		c, err := s.hop(strings.TrimSpace(hop), depth+1+i)
		if err != nil {
			return nil, err
		}
		if through != nil {
			c.Jump = through
		}
		through = &c
	}
	return through, nil
}

// hop reads one server of a ProxyJump: [user@]host[:port], or an ssh:// address.
func (s *settings) hop(text string, depth int) (Config, error) {
	text = strings.TrimSuffix(strings.TrimPrefix(text, "ssh://"), "/")
	name, rest, named := cutLast(text, "@")
	if !named {
		rest = text
	}
	host, port, ported := cutLast(rest, ":")
	if !ported || strings.HasSuffix(rest, "]") {
		host, port = rest, ""
	}
	c, err := s.resolve(strings.Trim(host, "[]"), depth)
	if err != nil {
		return Config{}, err
	}
	if named {
		c.User = name
	}
	if port != "" {
		if c.Port, err = strconv.Atoi(port); err != nil || c.Port < 1 || c.Port > 65535 {
			return Config{}, app.Errorf(app.Invalid, "The SSH configuration of %s has a ProxyJump whose port is not a number between 1 and 65535.", s.alias)
		}
	}
	return c, nil
}

// cutLast cuts around the last place of a separator.
func cutLast(text, separator string) (before, after string, found bool) {
	i := strings.LastIndex(text, separator)
	if i < 0 {
		return "", text, false
	}
	return text[:i], text[i+len(separator):], true
}
