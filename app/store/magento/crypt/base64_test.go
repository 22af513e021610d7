//go:build full

package crypt

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"math/rand/v2"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestPHPDecodesBase64Alike compares what PHP and looseBase64 make of text
// that is more or less base64.
func TestPHPDecodesBase64Alike(t *testing.T) {
	texts := [][]byte{
		[]byte("QUJD"), []byte("QUJ"), []byte("QU"), []byte("Q"), []byte(""), []byte("="), []byte("QU=JD"), []byte("Q U\nJ\tD"),
		[]byte("QU-JD"), []byte("QU_JD=="), []byte("\x00QUJDé\xff"), []byte("QUJDRA="), []byte("QUJDRA==RA"), []byte("QR=="), []byte("====QUJD"),
	}
	random := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		text := make([]byte, random.IntN(30))
		for i := range text {
			text[i] = "AQgw049+/=\n-\xc3\xa9"[random.IntN(14)]
		}
		texts = append(texts, text)
	}
	in, err := json.Marshal(texts)
	require.NoError(t, err)
	c := exec.CommandContext(t.Context(), "php", "-r",
		`foreach (json_decode(stream_get_contents(STDIN)) as $t) { echo bin2hex(base64_decode(base64_decode($t))), "\n"; }`)
	c.Stdin = bytes.NewReader(in)
	out, err := c.Output()
	require.NoError(t, err, "php must be installed (package php-cli)")
	lines := strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
	require.Len(t, lines, len(texts))
	for i, line := range lines {
		require.Equal(t, line, hex.EncodeToString(looseBase64(string(texts[i]))), "%q", texts[i])
	}
}
