package tunnel

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
)

// aPerson has the files for SSH, by their names below the home folder or, with
// system/ before it, the computer's own folder.
func aPerson(t *testing.T, files map[string]string) person {
	t.Helper()
	root := t.TempDir()
	p := person{home: filepath.Join(root, "home"), user: "olive", agent: "/run/agent", system: filepath.Join(root, "system")}
	for name, text := range files {
		path := filepath.Join(p.home, ".ssh", name)
		if rest, err := filepath.Rel("system", name); err == nil && filepath.Dir(name) == "system" {
			path = filepath.Join(p.system, rest)
		}
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	}
	return p
}

func TestHostWithoutConfiguration(t *testing.T) {
	p := aPerson(t, map[string]string{"id_rsa": "", "id_ed25519": "", "id_other": ""})
	c, err := p.resolve("bastion.example", 0)
	require.NoError(t, err)
	require.Equal(t, Config{
		Host: "bastion.example", User: "olive", Agent: "/run/agent",
		KeyFiles:   []string{p.own("id_ed25519"), p.own("id_rsa")},
		Remember:   p.own("known_hosts"),
		KnownHosts: []string{p.own("known_hosts"), p.own("known_hosts2"), filepath.Join(p.system, "ssh_known_hosts"), filepath.Join(p.system, "ssh_known_hosts2")},
	}, c)
	require.Equal(t, c, p.standard("bastion.example"))
	require.Equal(t, "bastion.example:22", c.address())
	require.Equal(t, "olive at bastion.example", c.who())
}

func TestAlias(t *testing.T) {
	t.Setenv("FACTORDESK_KEYS", "keys")
	p := aPerson(t, map[string]string{
		"config": `
Host shop prod-*
    HostName %h.juniper.example
    Port 2222
    User deploy
    IdentityFile ~/.ssh/work_%r
    IdentityFile ${FACTORDESK_KEYS}/%n-%p-100%%
    IdentitiesOnly yes
    HostKeyAlias juniper
Host shop
    Port 9
    UserKnownHostsFile ~/.ssh/juniper_hosts "%d/more"
    GlobalKnownHostsFile none
Host quiet
    IdentityAgent none
    IdentityFile none
    UserKnownHostsFile none
Host other
    IdentityAgent ~/agent.sock
Match host shop
    Compression yes
`,
		"system/ssh_config": "Include more/*.conf\nHost *\n  User nobody\n  HashKnownHosts yes\n  IdentityFile /etc/key\n",
	})
	c, err := p.resolve("shop", 0)
	require.NoError(t, err)
	require.Equal(t, Config{
		Host: "shop.juniper.example", Port: 2222, User: "deploy", Agent: "/run/agent", OnlyKeyFiles: true,
		KeyFiles:       []string{p.own("work_deploy"), filepath.Join(p.home, "keys/shop-2222-100%"), "/etc/key"},
		KnownHosts:     []string{p.own("juniper_hosts"), filepath.Join(p.home, "more")},
		Remember:       p.own("juniper_hosts"),
		HashKnownHosts: true, HostKeyAlias: "juniper",
	}, c)
	require.Equal(t, "deploy at shop.juniper.example, port 2222", c.who())

	c, err = p.resolve("prod-9", 0)
	require.NoError(t, err)
	require.Equal(t, "prod-9.juniper.example", c.Host)
	require.Equal(t, p.own("known_hosts"), c.Remember)

	c, err = p.resolve("quiet", 0)
	require.NoError(t, err)
	require.Empty(t, c.Agent)
	require.Equal(t, []string{"/etc/key"}, c.KeyFiles)
	require.Empty(t, c.Remember, "what is accepted must not go into the computer's own file")
	require.Equal(t, []string{filepath.Join(p.system, "ssh_known_hosts"), filepath.Join(p.system, "ssh_known_hosts2")}, c.KnownHosts)
	require.Equal(t, "nobody", c.User)

	c, err = p.resolve("other", 0)
	require.NoError(t, err)
	require.Equal(t, filepath.Join(p.home, "agent.sock"), c.Agent)
}

func TestComputersOwnIncludes(t *testing.T) {
	p := aPerson(t, map[string]string{"system/ssh_config": "Include drop.conf\n", "system/drop.conf": "Host a\n  Port 7\n"})
	c, err := p.resolve("a", 0)
	require.NoError(t, err)
	require.Equal(t, 7, c.Port)

	// Words that only OpenSSH understands are no reason to refuse a person's own host.
	p = aPerson(t, map[string]string{"config": "Host a\n  Port 8\n", "system/ssh_config": "Match final all\n  Port 9\n"})
	c, err = p.resolve("a", 0)
	require.NoError(t, err)
	require.Equal(t, 8, c.Port)
}

func TestJumps(t *testing.T) {
	p := aPerson(t, map[string]string{"config": `
Host inner
    ProxyJump ann@outer:2200,middle
    User deploy
Host outer
    HostName gate.example
    User nobody
Host middle
    User mid
Host six
    ProxyJump ssh://bob@[::1]:2022/
Host direct
    ProxyJump none
    ProxyCommand none
`})
	c, err := p.resolve("inner", 0)
	require.NoError(t, err)
	require.Equal(t, "deploy at inner", c.who())
	require.Equal(t, "mid at middle", c.Jump.who())
	require.Equal(t, "ann at gate.example, port 2200", c.Jump.Jump.who())
	require.Nil(t, c.Jump.Jump.Jump)

	c, err = p.resolve("six", 0)
	require.NoError(t, err)
	require.Equal(t, "[::1]:2022", c.Jump.address())
	require.Equal(t, "bob", c.Jump.User)

	c, err = p.resolve("direct", 0)
	require.NoError(t, err)
	require.Nil(t, c.Jump)
}

func TestConfigurationsThatAreRefused(t *testing.T) {
	for name, c := range map[string]struct{ config, says string }{
		"command":       {"Host a\n  ProxyCommand nc %h %p\n", "ProxyCommand"},
		"loop":          {"Host a\n  ProxyJump b\nHost b\n  ProxyJump a\n", "more than 8 other servers"},
		"port":          {"Host a\n  Port ssh\n", "Port that is not a number"},
		"port of a hop": {"Host a\n  ProxyJump b:0\n", "ProxyJump whose port"},
		"match":         {"Host b\n\nMatch exec \"true\"\n  Port 1\n", "in line 3"},
		"token":         {"Host a\n  IdentityFile ~/.ssh/%C\n", "% sign in IdentityFile"},
		"last token":    {"Host a\n  HostName a%\n", "% sign in HostName"},
		"variable":      {"Host a\n  IdentityFile ${FACTORDESK_NO_SUCH}/x\n", "FACTORDESK_NO_SUCH"},
		"empty match":   {"Host a\nMatch \n", "cannot be understood"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := aPerson(t, map[string]string{"config": c.config}).resolve("a", 0)
			require.Equal(t, app.Invalid, app.KindOf(err), "%v", err)
			require.ErrorContains(t, err, c.says)
		})
	}
}

func TestConfigurationThatCannotBeRead(t *testing.T) {
	p := aPerson(t, nil)
	require.NoError(t, os.MkdirAll(p.own("config"), 0o700))
	_, err := p.resolve("a", 0)
	require.Equal(t, app.Unreachable, app.KindOf(err))
	require.ErrorContains(t, err, "config cannot be read")
}

func FuzzConfiguration(f *testing.F) {
	f.Add("Host a\n  ProxyJump x@y:1,z\n", "a")
	f.Add("IdentityFile ${A}%h%%\nMatch host a\nInclude b\n", "a b")
	f.Add("Host *\n\tUserKnownHostsFile \"a b\" none\nPort=22 # x", "")
	root := f.TempDir()
	p := person{home: root, user: "olive", system: root}
	require.NoError(f, os.Mkdir(p.own(""), 0o700))
	f.Fuzz(func(t *testing.T, text, alias string) {
		require.NoError(t, os.WriteFile(p.own("config"), []byte(text), 0o600))
		if _, err := p.resolve(alias, 0); err != nil {
			var e *app.Error
			require.ErrorAs(t, err, &e)
		}
	})
}
