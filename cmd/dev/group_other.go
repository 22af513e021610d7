//go:build !unix

package main

import "os/exec"

// ownGroup does nothing here: without process groups, cancellation ends the child alone.
func ownGroup(*exec.Cmd) {}
