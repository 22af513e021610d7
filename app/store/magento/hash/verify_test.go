package hash_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/store/magento/hash"
)

const (
	salt32 = "0123456789abcdefABCDEFGHIJKLMNOP"
	today  = "1294daaee768e2702daf287664fca0b429a064f9e7631da9228dcd5a3917908d:" + salt32 + ":3_32_2_67108864"
	md5ed  = "8830f530e835715d3ac7fc93a270595f:" + salt32
)

var right = app.NewSecret("Admin123!")

// byKey is the shop's HMAC under the key K1 of the vectors.
func byKey(data []byte) string {
	m := hmac.New(sha256.New, []byte("0123456789abcdef0123456789abcdef"))
	m.Write(data)
	return hex.EncodeToString(m.Sum(nil))
}

func verify(t *testing.T, password app.Secret, stored string) bool {
	t.Helper()
	ok, err := hash.Verify(t.Context(), password, stored, byKey)
	require.NoError(t, err, stored)
	return ok
}

// TestVectors checks what Magento's own classes wrote.
func TestVectors(t *testing.T) {
	text, err := os.ReadFile("../testdata/vectors.txt")
	require.NoError(t, err)
	_, passwords, found := strings.Cut(string(text), "## passwords\n")
	require.True(t, found)
	passwords, _, _ = strings.Cut(passwords, "\n## ")
	stored := regexp.MustCompile(`\b[0-9a-f]{32,64}(:[^\s:']+)*`)
	checked := 0
	for line := range strings.Lines(passwords) {
		h := stored.FindString(line)
		if h == "" {
			continue
		}
		password := right
		if strings.HasPrefix(line, "utf8 pw") {
			password = app.NewSecret(strings.Repeat("é", 20))
		}
		checked++
		require.Equal(t, !strings.Contains(line, "valid=false"), verify(t, password, h), line)
		require.False(t, verify(t, app.NewSecret(password.Reveal()+"x"), h), line)
	}
	require.Equal(t, 15, checked)
}

func TestNothingElseMatches(t *testing.T) {
	for name, stored := range map[string]string{
		"nothing stored":             "",
		"two parts":                  md5ed,
		"two parts, empty salt":      "8830f530e835715d3ac7fc93a270595f:",
		"the password itself":        "Admin123!",
		"no hash":                    ":" + salt32 + ":0",
		"no hash, two parts":         ":" + salt32,
		"upper case":                 strings.ToUpper(md5ed) + ":0",
		"another salt":               strings.Replace(md5ed, "0123", "0124", 1) + ":0",
		"another version":            md5ed + ":1",
		"a step more":                md5ed + ":0:1",
		"the HMAC of another key":    strings.Repeat("0", 64),
		"a part of the hash":         md5ed[1:] + ":0",
		"a hash cut to nothing":      ":" + salt32 + ":3_32_2_67108864",
		"sha256, in the wrong order": "107b8cfb1fdb6f53621399f0d408df7323fa5bbe34964c11954bab3094c78d6d:" + salt32 + ":1:0",
	} {
		require.False(t, verify(t, right, stored), name)
	}
}

func TestAnEmptyPasswordNeverMatches(t *testing.T) {
	for _, stored := range []string{
		"", "d41d8cd98f00b204e9800998ecf8427e::0", // MD5 of nothing
		"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855::1", // SHA-256 of nothing
		byKey(nil),
	} {
		require.False(t, verify(t, app.Secret{}, stored), stored)
	}
	// The same form matches for a password, so it is the emptiness that counts.
	require.True(t, verify(t, app.NewSecret("a"), "0cc175b9c0f1b6a831c399e269772661::0"))
}

func TestWithoutAKeyNoHMACMatches(t *testing.T) {
	ok, err := hash.Verify(t.Context(), right, byKey([]byte("Admin123!")), nil)
	require.NoError(t, err)
	require.False(t, ok)
	require.True(t, verify(t, right, byKey([]byte("Admin123!"))))
	for _, empty := range []string{"", ":"} {
		ok, err = hash.Verify(t.Context(), right, empty, func([]byte) string { return empty })
		require.NoError(t, err)
		require.False(t, ok, "an empty stored hash, whatever the key makes")
	}
}

// A stored hash may have been written by anybody: it is bounded before it is
// obeyed.
func TestAHostileHashIsRefused(t *testing.T) {
	for _, version := range []string{
		"3_15_2_67108864", "3_65_2_67108864", "3_4294967328_2_67108864", "3_32_0_67108864", "3_32_11_67108864",
		"3_32_2_8191", "3_32_2_0", "3_32_2_268435457", "3_32_2_1099511627776", "3_32_2_67108864_", "3_32_2", "3_32_2_", "3_", "3",
		"3_-32_2_67108864", "3_+32_2_67108864", "3_32_2_6.7e7", "3_32_2_67108864 ", "3_0x20_2_67108864", "3_32_2_67_108_864",
		"4", "4_32_2_67108864", "-1", "00", "", "1x", " 1", "md5", "1:", ":1", "0:9", "3_32_2_67108864:3_32_99_67108864",
		strings.Repeat("2:", 20) + "2", "3_32_10_268435456:2",
	} {
		ok, err := hash.Verify(t.Context(), right, "00:"+salt32+":"+version, byKey)
		require.ErrorIs(t, err, hash.ErrHash, version)
		require.False(t, ok, version)
	}
	_, err := hash.Verify(t.Context(), right, "00::2", byKey)
	require.ErrorIs(t, err, hash.ErrHash, "Argon2id needs a salt")
	for _, version := range []string{"3_16_1_8192", "3_64_1_8192", "3_32_10_8192", "3_032_01_8191999", strings.Repeat("0:1:", 30) + "0"} {
		require.False(t, verify(t, right, "00:"+salt32+":"+version), version)
	}
}

// Whatever is stored, the answer takes an Argon2id, as it does for a username
// that nobody has. One that cannot begin shows it.
func TestEveryAnswerTakesAnArgon2id(t *testing.T) {
	ended, end := context.WithCancel(t.Context())
	end()
	require.ErrorIs(t, hash.Decoy(ended, right), context.Canceled)
	for _, stored := range []string{today, md5ed + ":0", md5ed + ":0:1", md5ed, byKey([]byte("Admin123!")), "", "x", md5ed + ":9", "00::2"} {
		for _, password := range []app.Secret{right, {}} {
			ok, err := hash.Verify(ended, password, stored, byKey)
			require.ErrorIs(t, err, context.Canceled, stored)
			require.False(t, ok)
		}
	}
	require.NoError(t, hash.Decoy(t.Context(), app.Secret{}))
}

func TestHashesTakeTurns(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	var all sync.WaitGroup
	results := make(chan error, 50)
	for range 50 {
		all.Go(func() { results <- hash.Decoy(ctx, right) })
	}
	time.AfterFunc(50*time.Millisecond, cancel)
	all.Wait()
	close(results)
	stopped := 0
	for err := range results {
		if errors.Is(err, context.Canceled) {
			stopped++
		} else {
			require.NoError(t, err)
		}
	}
	require.Positive(t, stopped, "those that waited for their turn stop with their context")
}
