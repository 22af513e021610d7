//go:build full

package hash_test

import (
	"encoding/hex"
	"fmt"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/store/magento/hash"
)

// TestSodium hashes with PHP, whose libsodium is the one that Magento calls,
// and verifies here.
func TestSodium(t *testing.T) {
	cases := []struct{ password, salt, versions string }{
		{"Admin123!", salt32, "3_32_2_67108864"},
		{"Admin123!", "x", "2"},
		{"naïve 😀 password", "exactly16bytes!!", "3_16_1_8192"},
		{"with\x00nul and \xff", "seventeen bytes!!", "3_64_10_1048576"},
		{" blanks ", "fifteen bytes..", "3_33_3_8388607"},
		{"odd memory", "salt", "3_32_1_1000000"},
		{"chain", "salt", "0:1:3_32_2_65536:2:1:0:3_17_1_70000"},
		{"chain", "", "1:0:0:1"},
		{strings.Repeat("long", 1000), salt32, "1:2"},
	}
	var input strings.Builder
	for _, c := range cases {
		fmt.Fprintf(&input, "%x,%x,%s\n", c.password, c.salt, c.versions)
	}
	php := exec.CommandContext(t.Context(), "php", "testdata/hash.php")
	php.Stdin = strings.NewReader(input.String())
	out, err := php.CombinedOutput()
	require.NoError(t, err, "PHP must be installed with sodium (package php-cli): %s", out)
	hashes := strings.Fields(string(out))
	require.Len(t, hashes, len(cases))
	for i, c := range cases {
		_, err := hex.DecodeString(hashes[i])
		require.NoError(t, err)
		stored := hashes[i] + ":" + c.salt + ":" + c.versions
		ok, err := hash.Verify(t.Context(), app.NewSecret(c.password), stored, byKey)
		require.NoError(t, err)
		require.True(t, ok, stored)
		ok, err = hash.Verify(t.Context(), app.NewSecret(c.password+" "), stored, byKey)
		require.NoError(t, err)
		require.False(t, ok, stored)
	}
}
