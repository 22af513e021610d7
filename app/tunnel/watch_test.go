package tunnel

import (
	"context"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
)

// onPipe watches one end of a pipe, as a handshake does that reads from it.
func onPipe(ctx context.Context, t *testing.T) (w *watched, server net.Conn, reading func() bool) {
	t.Helper()
	client, server := net.Pipe()
	w = watch(ctx, client)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			if _, err := w.Read(make([]byte, 1)); err != nil {
				return
			}
		}
	}()
	t.Cleanup(func() {
		w.stop()
		_, _ = client.Close(), server.Close()
		<-done
	})
	return w, server, func() bool {
		synctest.Wait()
		select {
		case <-done:
			return false
		default:
			return true
		}
	}
}

func TestSilentServerIsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, server, reading := onPipe(t.Context(), t)
		for range 3 { // whatever it says gives it the time anew
			time.Sleep(silenceWait - time.Second)
			require.True(t, reading())
			_, err := server.Write([]byte("."))
			require.NoError(t, err)
		}
		time.Sleep(silenceWait + time.Second)
		require.False(t, reading())
		late, _, _ := w.fate()
		require.True(t, late)
	})
}

func TestPersonHasAllTheTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, _, reading := onPipe(t.Context(), t)
		resume := w.pause()
		time.Sleep(time.Hour)
		require.True(t, reading())
		resume()
		time.Sleep(silenceWait + time.Second)
		require.False(t, reading(), "the server has to answer to what the person said")
	})
}

func TestWatchEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		w, _, reading := onPipe(ctx, t)
		w.stop()
		cancel()
		time.Sleep(time.Hour)
		require.True(t, reading(), "what is connected stays so, however long it is quiet")

		ctx, cancel = context.WithCancel(t.Context())
		_, _, reading = onPipe(ctx, t)
		cancel()
		require.False(t, reading())
	})
}

func TestThisPerson(t *testing.T) {
	home := aPerson(t, map[string]string{"config": "Host shop\n  Port 2222\n"}).home
	t.Setenv("HOME", home)
	t.Setenv("USERPROFILE", home)
	t.Setenv("SSH_AUTH_SOCK", "/run/agent")
	c, err := FromSSHConfig("shop")
	require.NoError(t, err)
	require.Equal(t, 2222, c.Port)
	require.Equal(t, "/run/agent", c.Agent)
	require.NotEmpty(t, c.User)
	c = Default("shop")
	require.Zero(t, c.Port)
	require.Equal(t, "~/.ssh/known_hosts", short(c.Remember))
}

func TestServersWords(t *testing.T) {
	for text, want := range map[string]bool{
		"Password: ": true, "password:": true, "(deploy@bastion) Password: ": false, "deploy@bastion's password: ": true,
		"One-time password (OATH) for `deploy': ": false, "Verification code: ": false, "": false,
	} {
		require.Equal(t, want, asksPassword(text), text)
	}
	require.Equal(t, "Red [31m code", plain(" Red \x1b[31m\ncode: \a"))
	require.Len(t, plain(string(make([]byte, 1000))+"abc"), 3)
	require.Len(t, []rune(plain("ü€"+strings.Repeat("x", 500))), 200)
}

func TestWordsOfARefusal(t *testing.T) {
	l := &login{config: Config{Host: "bastion.example", User: "deploy"}, refused: []string{"a key of the SSH agent", "the key ~/.ssh/work", "the password"}}
	require.EqualError(t, l.denied(), "The SSH server bastion.example does not let deploy in: it refused a key of the SSH agent, the key ~/.ssh/work and the password. "+
		"Check the user name, and ask its administrator which keys it knows.")
	l = &login{config: l.config, offered: []string{"gssapi-with-mic\x1b"}}
	require.EqualError(t, l.denied(), "The SSH server bastion.example lets people in only in ways that Factordesk does not know. It offers gssapi-with-mic.")
	require.Equal(t, app.Denied, l.denied().Kind)
}
