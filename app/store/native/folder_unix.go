//go:build unix

package native

import (
	"os"
	"syscall"
)

// syncFolder makes sure that the names in a folder are on the disk.
func syncFolder(name string) error { return syncFile(name) }

// mayAdd reports whether files may be added to a folder.
func mayAdd(folder string) bool {
	info, err := os.Stat(folder)
	const write = 2
	return err == nil && info.Mode().Perm()&0o222 != 0 && syscall.Access(folder, write) == nil
}
