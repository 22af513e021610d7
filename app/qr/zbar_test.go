//go:build full

package qr_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/factordesk/factordesk/app/qr"
)

// zbarimg reads a file with the program of that name, which must be installed.
// What it says about a missing D-Bus on standard error does not matter.
func zbarimg(t require.TestingT, path string) string {
	out, err := exec.Command("zbarimg", "--quiet", "--raw", path).Output()
	require.NoError(t, err, "zbarimg must be installed (package zbar-tools)")
	return strings.TrimSuffix(string(out), "\n")
}

func TestZbar(t *testing.T) {
	path := filepath.Join(t.TempDir(), "code.png")
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`otpauth://totp/[A-Za-z0-9%._~-]{1,60}:[A-Za-z0-9%._~-]{1,60}\?secret=[A-Z2-7]{16,210}&issuer=[A-Za-z0-9%]{0,60}`).Draw(t, "text")
		require.NoError(t, matrix(t, text).WritePNG(path, rapid.IntRange(2, 10).Draw(t, "scale")))
		defer func() { require.NoError(t, os.Remove(path)) }()
		require.Equal(t, text, zbarimg(t, path))
	})
}

func TestZbarDefaultScale(t *testing.T) {
	path := filepath.Join(t.TempDir(), "code.png")
	require.NoError(t, matrix(t, uri).WritePNG(path, qr.DefaultScale))
	require.Equal(t, uri, zbarimg(t, path))
}
