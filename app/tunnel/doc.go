// Package tunnel reaches a server's database, and files on that server, through
// SSH, as OpenSSH's own client would: with the hosts of ~/.ssh/config, the keys
// and the agent that are there, and the hosts that known_hosts knows.
//
//	c, err := tunnel.FromSSHConfig("bastion")
//	t, err := tunnel.Dial(ctx, c, asker)
//	defer t.Close()
//	text, err := t.ReadFile(ctx, "/var/www/shop/app/etc/env.php")
//	conn, err := t.DialContext(ctx, "tcp", "db.internal:3306")
//
// A host is never trusted unseen: an unknown one is shown with the fingerprint of
// its key, and one whose key changed is refused. Names behind the tunnel are
// looked up at its far end.
//
// Whatever waits, a name, a server, a signature or a person, ends promptly with
// its context. Every error is an *app.Error: Unreachable where nothing answers,
// Denied where something answers and says no.
package tunnel
