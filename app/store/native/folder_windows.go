package native

// syncFolder does nothing: Windows has no way to ask for it, and writes names
// in order.
func syncFolder(string) error { return nil }

// mayAdd reports whether files may be added to a folder, which only trying it
// would tell here.
func mayAdd(string) bool { return true }
