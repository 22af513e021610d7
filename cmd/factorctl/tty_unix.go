//go:build unix

package main

import "os"

// openConsole opens the controlling terminal of this process.
func openConsole() (in, out *os.File, err error) {
	f, err := os.OpenFile("/dev/tty", os.O_RDWR, 0)
	return f, f, err
}
