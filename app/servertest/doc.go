// Package servertest starts real servers for tests: MariaDB, MySQL 8, PostgreSQL
// and OpenSSH's sshd, on loopback and in a temporary folder, with their own
// sockets, ports and keys. Nothing of what the machine itself runs is touched, but
// for an account that an SSH server needs for its password.
//
// One database server is started for each test binary when the first test asks
// for it, and each test gets a database of its own:
//
//	db := servertest.MariaDB(t).Database(t)
//	db.Load(t, schema)
//
//	db := servertest.PostgreSQL(t).Database(t)
//
//	servertest.Each(t, func(t *testing.T, s *servertest.Server) { … }) // on MySQL 8 as well, where it is
//
//	gate := servertest.SSHD(t)           // an SSH server for this test alone
//	wire := servertest.NewRelay(t, addr) // a connection that can be cut or held
//
// All of it ends with the test binary, also if that is killed: a keeper, which
// waits for the end of a pipe, stops the servers and removes their folders.
//
// A program that is missing fails the test and names what installs it: nothing is
// skipped. Tests that use this package have the build tag full.
package servertest
