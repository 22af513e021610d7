//go:build full

package crypt_test

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
)

// sodium runs testdata/sodium.php, for which PHP must be installed. Keys reach
// it on standard input.
func sodium(t *testing.T, keys, seal [][]byte, open []string) (sealed []string, opened [][]byte) {
	t.Helper()
	in, err := json.Marshal(map[string]any{"keys": keys, "seal": seal, "open": open})
	require.NoError(t, err)
	c := exec.CommandContext(t.Context(), "php", "testdata/sodium.php")
	c.Stdin = bytes.NewReader(in)
	out, err := c.Output()
	require.NoError(t, err, "php must be installed, with sodium (package php-cli)")
	var answer struct {
		Sealed []string
		Opened [][]byte
	}
	require.NoError(t, json.Unmarshal(out, &answer))
	return answer.Sealed, answer.Opened
}

func TestSodiumOpensWhatWeSeal(t *testing.T) {
	k := keys(t, key1, key2)
	both := [][]byte{[]byte(key1), []byte(key2)}
	var plains [][]byte
	var values, damaged []string
	for n := range 300 {
		plain := make([]byte, n)
		_, _ = rand.Read(plain)
		sealed, err := k.Seal(rand.Reader, app.NewSecret(string(plain)))
		require.NoError(t, err)
		plains, values = append(plains, plain), append(values, sealed)
		damaged = append(damaged, strings.Replace(sealed, "1:3:", "0:3:", 1))
	}
	sealed, opened := sodium(t, both, plains, append(values, damaged...))
	for i, plain := range plains {
		require.Equal(t, plain, opened[i])
		require.Nil(t, opened[len(plains)+i])
		// PHP has the same text from us, and we have it from PHP, but for the ends that Magento trims.
		got, err := k.Open(sealed[i])
		require.NoError(t, err)
		require.Equal(t, strings.Trim(string(plain), " \t\n\r\x00\x0b"), got.Reveal())
	}
}
