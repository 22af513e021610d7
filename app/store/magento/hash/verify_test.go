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
func byKey(data string) (string, error) {
	m := hmac.New(sha256.New, []byte("0123456789abcdef0123456789abcdef"))
	m.Write([]byte(data))
	return hex.EncodeToString(m.Sum(nil)), nil
}

// keyed is what a shop stores for a password without a salt.
func keyed(password string) string {
	h, _ := byKey(password)
	return h
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
		keyed(""),
	} {
		require.False(t, verify(t, app.Secret{}, stored), stored)
	}
	// The same form matches for a password, so it is the emptiness that counts.
	require.True(t, verify(t, app.NewSecret("a"), "0cc175b9c0f1b6a831c399e269772661::0"))
}

func TestWithoutAKey(t *testing.T) {
	errKey := errors.New("no key")
	none := func(string) (string, error) { return keyed("Admin123!"), errKey }
	ok, err := hash.Verify(t.Context(), right, keyed("Admin123!"), none)
	require.ErrorIs(t, err, errKey)
	require.False(t, ok)
	for _, stored := range []string{"", ":", md5ed, keyed("Admin123!")[1:], strings.ToUpper(keyed("Admin123!")), keyed("Admin123!") + ":"} {
		ok, err = hash.Verify(t.Context(), right, stored, none)
		require.NoError(t, err, "the key is not asked for %q", stored)
		require.False(t, ok, stored)
	}
	ok, err = hash.Verify(t.Context(), right, md5ed+":0", none)
	require.NoError(t, err)
	require.True(t, ok)
}

func TestAHostileHashIsRefused(t *testing.T) {
	for _, version := range []string{"3_32_2_268435457", "3_32_99_67108864", "4", "0:9", ""} {
		ok, err := hash.Verify(t.Context(), right, "00:"+salt32+":"+version, byKey)
		require.ErrorIs(t, err, hash.ErrHash, version)
		require.False(t, ok, version)
	}
}

// Whatever is stored, the answer takes an Argon2id, as it does for a username
// that nobody has. One that cannot begin shows it.
func TestEveryAnswerTakesAnArgon2id(t *testing.T) {
	ended, end := context.WithCancel(t.Context())
	end()
	require.ErrorIs(t, hash.Decoy(ended, right), context.Canceled)
	for _, stored := range []string{today, md5ed + ":0", md5ed + ":0:1", md5ed, keyed("Admin123!"), "", "x", md5ed + ":9", "00::2"} {
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
