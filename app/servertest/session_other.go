//go:build !unix

package servertest

import "os/exec"

// ownSession does nothing: the servers are for systems with a shell.
func ownSession(*exec.Cmd) {}
