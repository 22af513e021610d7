package ntp_test

import (
	"context"
	"encoding/binary"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/ntp"
)

// serve answers questions as a server of stratum 2 whose clock is off, until the
// test ends. A stratum of 0 is a refusal (RFC 5905 section 7.4).
func serve(t *testing.T, off time.Duration, stratum byte) string {
	t.Helper()
	socket, err := net.ListenPacket("udp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = socket.Close() })
	go func() {
		question := make([]byte, 128)
		for {
			n, from, err := socket.ReadFrom(question)
			if err != nil || n < 48 {
				return
			}
			answer := make([]byte, 48)
			answer[0], answer[1], answer[2], answer[3] = 4<<3|4, stratum, 6, 0xEC // version 4, server
			now := stamp(time.Now().Add(off))
			copy(answer[12:], "TEST")
			binary.BigEndian.PutUint64(answer[16:], now) // set at
			copy(answer[24:32], question[40:48])         // the question's own time
			binary.BigEndian.PutUint64(answer[32:], now)
			binary.BigEndian.PutUint64(answer[40:], now)
			_, _ = socket.WriteTo(answer, from)
		}
	}()
	return socket.LocalAddr().String()
}

// stamp is a time in 2^-32 seconds since 1900 (RFC 5905 section 6).
func stamp(t time.Time) uint64 {
	const from1900 = 2208988800
	return uint64(t.Unix()+from1900)<<32 | uint64(t.Nanosecond())<<32/uint64(time.Second)
}

func TestAskComparesWithAServer(t *testing.T) {
	for _, off := range []time.Duration{0, 3 * time.Minute, -20 * time.Second} {
		ahead, within, err := ntp.Clock{}.Ask(t.Context(), serve(t, off, 2))
		require.NoError(t, err)
		require.InDelta(t, -off.Seconds(), ahead.Seconds(), within.Seconds()+0.001)
	}
}

func TestAskFails(t *testing.T) {
	_, _, err := ntp.Clock{}.Ask(t.Context(), serve(t, 0, 0))
	require.Equal(t, app.Unreachable, app.KindOf(err), "a kiss of death is no time")
	silent, err := net.ListenPacket("udp", "127.0.0.1:0")
	require.NoError(t, err)
	defer silent.Close()
	stopped, stop := context.WithCancel(t.Context())
	stop()
	_, _, err = ntp.Clock{}.Ask(stopped, silent.LocalAddr().String())
	require.Equal(t, app.Canceled, app.KindOf(err))
}
