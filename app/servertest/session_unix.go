//go:build unix

package servertest

import (
	"os/exec"
	"syscall"
)

// ownSession takes a child out of our group and terminal, so that what ends us
// does not end it before it has cleaned up.
func ownSession(c *exec.Cmd) { c.SysProcAttr = &syscall.SysProcAttr{Setsid: true} }
