//go:build !full

package native

import "testing"

// onEachEngine runs a test on a new local store.
func onEachEngine(t *testing.T, test func(t *testing.T, s *Store)) {
	t.Helper()
	t.Run("SQLite", func(t *testing.T) { test(t, newTestStore(t)) })
}

// whereIs says to another process where a store is.
func whereIs(s *Store) []string { return []string{rotatorAt + "=" + s.info.Location} }

// anotherOnServer is never asked for: there is no store on a server here.
func anotherOnServer(t *testing.T, s *Store) *Store {
	t.Helper()
	t.Fatalf("%s is on no server", s.info.Location)
	return nil
}
