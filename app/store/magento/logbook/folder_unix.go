//go:build unix

package logbook

// syncFolder makes sure that the names in a folder are on the disk.
func syncFolder(name string) error { return syncFile(name) }
