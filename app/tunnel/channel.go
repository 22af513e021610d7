package tunnel

import (
	"context"
	"io"
	"net"
)

// join puts a pipe of this process before a channel, because a channel has no
// deadlines: a database's driver that gives up on an answer sets one, or closes
// its connection, and must not wait then. The channel ends with either side, and
// with ctx, which is that of the connection below it.
func join(ctx context.Context, channel net.Conn) net.Conn {
	near, far := net.Pipe()
	// Without this a reader that has gone to sleep would hold the copy up for good.
	stop := context.AfterFunc(ctx, func() { _ = far.Close() })
	end := func() {
		stop()
		_ = far.Close()
		_ = channel.Close()
	}
	go func() {
		defer end()
		_, _ = io.Copy(far, channel)
	}()
	go func() {
		defer end()
		_, _ = io.Copy(channel, far)
	}()
	return near
}
