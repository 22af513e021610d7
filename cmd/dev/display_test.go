//go:build full && linux

package main

import (
	"io"
	"net"
	"strings"
	"testing"
)

// TestVirtualDisplay starts two displays at once: each answers on a number of its own, and is gone
// when it was stopped.
func TestVirtualDisplay(t *testing.T) {
	j := job{root: t.TempDir(), out: io.Discard}
	var sockets []string
	var stops []func()
	for range 2 {
		env, stop, err := j.virtualDisplay(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		stops = append(stops, stop)
		sockets = append(sockets, "/tmp/.X11-unix/X"+strings.TrimPrefix(env[0], "DISPLAY=:"))
	}
	if sockets[0] == sockets[1] {
		t.Errorf("both displays are %s", sockets[0])
	}
	for i, socket := range sockets {
		conn, err := net.Dial("unix", socket)
		if err != nil {
			t.Errorf("display %d does not answer: %v", i, err)
		} else if err := conn.Close(); err != nil {
			t.Error(err)
		}
		stops[i]()
		if _, err := net.Dial("unix", socket); err == nil {
			t.Errorf("display %d still answers", i)
		}
	}
}
