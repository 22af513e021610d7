package main

// need is what a part of the machine is for.
type need string

const (
	forBuild   need = "build"   // compiling the window: cgo and the graphics headers
	forDisplay need = "display" // a virtual display, its keyboard and its camera
	forPhone   need = "phone"   // standing in for the phone: reading a QR code, making a code
	forServers need = "servers" // the database and the SSH server that tests start, and PHP as the other reader
)

// part is one thing that a machine must have. It is there when the program can be found and its
// proof succeeds, or when pkg-config knows the module. The packages hold the name for each package
// manager; a manager without a name needs nothing, because its system brings the part along.
type part struct {
	need     need
	program  string
	proof    []string // arguments with which the program exits 0 if it is what is needed
	module   string
	packages names
	services string // what the packages would start with the machine, several separated by spaces
}

// names are package names by package manager, several separated by spaces.
type names struct {
	apt, dnf, pacman, zypper, brew string
}

// parts is the list of everything that dev may install. A new part is one line here.
func parts() []part {
	return []part{
		{need: forBuild, program: "gcc", packages: names{apt: "gcc libc6-dev", dnf: "gcc", pacman: "gcc", zypper: "gcc"}},
		{need: forBuild, program: "pkg-config", packages: names{apt: "pkg-config", dnf: "pkgconf-pkg-config", pacman: "pkgconf", zypper: "pkgconf-pkg-config"}},
		{need: forBuild, module: "gl", packages: names{apt: "libgl1-mesa-dev", dnf: "mesa-libGL-devel", pacman: "mesa", zypper: "Mesa-libGL-devel"}},
		{need: forBuild, module: "x11", packages: names{apt: "xorg-dev", dnf: "libX11-devel", pacman: "libx11", zypper: "libX11-devel"}},
		{need: forBuild, module: "xcursor", packages: names{apt: "xorg-dev", dnf: "libXcursor-devel", pacman: "libxcursor", zypper: "libXcursor-devel"}},
		{need: forBuild, module: "xrandr", packages: names{apt: "xorg-dev", dnf: "libXrandr-devel", pacman: "libxrandr", zypper: "libXrandr-devel"}},
		{need: forBuild, module: "xinerama", packages: names{apt: "xorg-dev", dnf: "libXinerama-devel", pacman: "libxinerama", zypper: "libXinerama-devel"}},
		{need: forBuild, module: "xi", packages: names{apt: "xorg-dev", dnf: "libXi-devel", pacman: "libxi", zypper: "libXi-devel"}},
		{need: forBuild, module: "xxf86vm", packages: names{apt: "xorg-dev", dnf: "libXxf86vm-devel", pacman: "libxxf86vm", zypper: "libXxf86vm-devel"}},
		{need: forBuild, module: "xkbcommon", packages: names{apt: "libxkbcommon-dev", dnf: "libxkbcommon-devel", pacman: "libxkbcommon", zypper: "libxkbcommon-devel"}},
		{need: forBuild, module: "wayland-egl", packages: names{apt: "libwayland-dev", dnf: "wayland-devel", pacman: "wayland", zypper: "wayland-devel"}},

		{need: forDisplay, program: "Xvfb", packages: names{apt: "xvfb", dnf: "xorg-x11-server-Xvfb", pacman: "xorg-server-xvfb", zypper: "xorg-x11-server-Xvfb"}},
		{need: forDisplay, program: "xdotool", packages: names{apt: "xdotool", dnf: "xdotool", pacman: "xdotool", zypper: "xdotool"}},
		{need: forDisplay, program: "import", packages: names{apt: "imagemagick", dnf: "ImageMagick", pacman: "imagemagick", zypper: "ImageMagick"}},
		{need: forDisplay, program: "xwininfo", packages: names{apt: "x11-utils", dnf: "xwininfo", pacman: "xorg-xwininfo", zypper: "xwininfo"}},

		{need: forPhone, program: "oathtool", packages: names{apt: "oathtool", dnf: "oathtool", pacman: "oath-toolkit", zypper: "oath-toolkit", brew: "oath-toolkit"}},
		{need: forPhone, program: "zbarimg", packages: names{apt: "zbar-tools", dnf: "zbar", pacman: "zbar", zypper: "zbar", brew: "zbar"}},

		{need: forServers, program: "mariadbd", packages: names{apt: "mariadb-server-core", dnf: "mariadb-server", pacman: "mariadb", zypper: "mariadb", brew: "mariadb"}},
		{need: forServers, program: "mariadb-install-db", packages: names{apt: "mariadb-server-core", dnf: "mariadb-server", pacman: "mariadb", zypper: "mariadb", brew: "mariadb"}},
		{need: forServers, program: "mariadb", packages: names{apt: "mariadb-client-core", dnf: "mariadb", pacman: "mariadb-clients", zypper: "mariadb-client", brew: "mariadb"}},
		{need: forServers, program: "postgres", services: "postgresql.service", packages: names{apt: "postgresql", dnf: "postgresql-server postgresql-contrib", pacman: "postgresql", zypper: "postgresql-server postgresql-contrib", brew: "postgresql@17"}},
		{need: forServers, program: "initdb", packages: names{apt: "postgresql", dnf: "postgresql-server", pacman: "postgresql", zypper: "postgresql-server", brew: "postgresql@17"}},
		{need: forServers, program: "psql", packages: names{apt: "postgresql-client", dnf: "postgresql", pacman: "postgresql", zypper: "postgresql", brew: "postgresql@17"}},
		{need: forServers, program: "pgbouncer", services: "pgbouncer.service", packages: names{apt: "pgbouncer", dnf: "pgbouncer", pacman: "pgbouncer", zypper: "pgbouncer", brew: "pgbouncer"}},
		{need: forServers, program: "setpriv", packages: names{apt: "util-linux", dnf: "util-linux", pacman: "util-linux", zypper: "util-linux"}},
		{need: forServers, program: "sshd", services: "ssh.socket ssh.service sshd.service", packages: names{apt: "openssh-server", dnf: "openssh-server", pacman: "openssh", zypper: "openssh-server"}},
		{need: forServers, program: "ssh-agent", packages: names{apt: "openssh-client", dnf: "openssh-clients", pacman: "openssh", zypper: "openssh-clients"}},
		{need: forServers, program: "useradd", packages: names{apt: "passwd", dnf: "shadow-utils", pacman: "shadow", zypper: "shadow"}},
		{need: forServers, program: "php", proof: phpProof, packages: names{apt: "php-cli", dnf: "php-cli php-sodium", pacman: "php php-sodium", zypper: "php8-cli php8-sodium", brew: "php"}},
	}
}

// phpProof asks PHP for the two extensions that tests compare our own work with.
var phpProof = []string{"-r", "exit((int) !(extension_loaded('json') && extension_loaded('sodium')));"}

// manager is a package manager: how to refresh its lists and how to install without questions, and
// what to put before that so that no package starts a service meanwhile.
type manager struct {
	program string
	refresh []string
	install []string
	hush    []string
	asRoot  bool
	name    func(names) string
}

// policy is a shell script that runs the command in its arguments while no package may start a
// service: Debian's packages start theirs when they are installed, unless this file says no. One that
// is there already is left as it is. A package of PostgreSQL makes a cluster besides, unless its own
// file says no; that one is put back to what the package brings.
const policy = `file=/usr/sbin/policy-rc.d
clusters=/etc/postgresql-common/createcluster.conf
trap 'rm -f $ours; [ -z "$made" ] || cat /usr/share/postgresql-common/createcluster.conf >"$clusters" 2>/dev/null || { rm -f "$clusters"; rmdir "${clusters%/*}"; }' EXIT
trap 'exit 143' HUP INT TERM
if [ ! -e "$file" ]; then
	ours=$file
	printf '#!/bin/sh\nexit 101\n' >"$file" && chmod 755 "$file" || exit
fi
if [ ! -e "$clusters" ]; then
	made=yes
	mkdir -p "${clusters%/*}" && echo 'create_main_cluster = false' >"$clusters" || exit
fi
"$@"`

// managers is the list of package managers that dev knows, in the order in which they are looked for.
func managers() []manager {
	return []manager{
		{
			program: "apt-get",
			refresh: []string{"apt-get", "-o", "DPkg::Lock::Timeout=300", "update", "-q"},
			// Without --no-remove it would take away a database server that the person has, to make room for ours.
			install: []string{"env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-o", "DPkg::Lock::Timeout=300", "install", "-y", "-q", "--no-install-recommends", "--no-remove"},
			hush:    []string{"sh", "-c", policy, "sh"},
			asRoot:  true,
			name:    func(n names) string { return n.apt },
		},
		{program: "dnf", install: []string{"dnf", "install", "-y"}, asRoot: true, name: func(n names) string { return n.dnf }},
		{program: "pacman", refresh: []string{"pacman", "-Sy", "--noconfirm"}, install: []string{"pacman", "-S", "--needed", "--noconfirm"}, asRoot: true, name: func(n names) string { return n.pacman }},
		{program: "zypper", refresh: []string{"zypper", "--non-interactive", "refresh"}, install: []string{"zypper", "--non-interactive", "install"}, asRoot: true, name: func(n names) string { return n.zypper }},
		{program: "brew", install: []string{"brew", "install"}, name: func(n names) string { return n.brew }},
	}
}
