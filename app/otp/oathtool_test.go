//go:build full

package otp_test

import (
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/factordesk/factordesk/app/otp"
)

// oathtool runs the program of that name, which must be installed. The secret
// reaches it through a file, not through an argument.
func oathtool(t require.TestingT, file string, secret []byte, flags ...string) string {
	require.NoError(t, os.WriteFile(file, []byte(hex.EncodeToString(secret)), 0o600))
	out, err := exec.Command("oathtool", append(flags, "@"+file)...).CombinedOutput()
	require.NoError(t, err, "oathtool must be installed (package oathtool): %s", out)
	return strings.TrimSpace(string(out))
}

func TestOathtool(t *testing.T) {
	file := filepath.Join(t.TempDir(), "secret")
	rapid.Check(t, func(t *rapid.T) {
		secret := rapid.SliceOfN(rapid.Byte(), 16, 100).Draw(t, "secret")
		p := params(t, otp.TOTP)
		unix := rapid.Int64Range(0, 1<<33).Draw(t, "unix")
		want := oathtool(t, file, secret, "--totp="+string(p.Algorithm), fmt.Sprintf("--digits=%d", p.Digits),
			fmt.Sprintf("--time-step-size=%ds", int(p.Period.Seconds())), fmt.Sprintf("--now=@%d", unix))
		got, err := otp.CodeAt(secret, p, time.Unix(unix, 0))
		require.NoError(t, err)
		require.Equal(t, want, got)

		p = otp.Params{Kind: otp.HOTP, Algorithm: otp.SHA1, Digits: p.Digits}
		counter := rapid.Int64Range(0, 1<<62).Draw(t, "counter")
		want = oathtool(t, file, secret, fmt.Sprintf("--digits=%d", p.Digits), fmt.Sprintf("--counter=%d", counter))
		require.Equal(t, want, code(t, secret, p, counter))
	})
}
