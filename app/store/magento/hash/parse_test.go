package hash

import (
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// chain hashes as the versions 0 and 1 say.
func chain(text, salt string, versions []string) string {
	for _, version := range versions {
		if version == "0" {
			sum := md5.Sum([]byte(salt + text))
			text = hex.EncodeToString(sum[:])
		} else {
			sum := sha256.Sum256([]byte(salt + text))
			text = hex.EncodeToString(sum[:])
		}
	}
	return text
}

// A chain is what it says, of any length: each hash of the text before it.
func TestChains(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		password := rapid.String().Draw(t, "password")
		salt := rapid.StringMatching(`[a-zA-Z0-9]{0,40}`).Draw(t, "salt")
		versions := rapid.SliceOfN(rapid.SampledFrom([]string{"0", "1"}), 1, 100).Draw(t, "versions")
		hash := chain(password, salt, versions)
		r, err := parse(hash + ":" + salt + ":" + strings.Join(versions, ":"))
		require.NoError(t, err)
		require.Equal(t, hash, r.hash)
		got, err := r.digest(t.Context(), password)
		require.NoError(t, err)
		require.Equal(t, hash, got)
	})
}

// A stored hash may have been written by anybody: it is bounded before it is
// obeyed.
func TestBounds(t *testing.T) {
	for _, version := range []string{
		"3_15_2_67108864", "3_65_2_67108864", "3_4294967328_2_67108864", "3_32_0_67108864", "3_32_11_67108864",
		"3_32_2_8191", "3_32_2_0", "3_32_2_268435457", "3_32_2_1099511627776", "3_32_2_67108864_", "3_32_2", "3_32_2_", "3_", "3",
		"3_-32_2_67108864", "3_+32_2_67108864", "3_32_2_6.7e7", "3_32_2_67108864 ", "3_0x20_2_67108864", "3_32_2_67_108_864",
		"4", "4_32_2_67108864", "-1", "00", "", "1x", " 1", "md5", "1:", ":1", "0:9", "3_32_2_67108864:3_32_99_67108864",
		strings.Repeat("2:", 20) + "2", "3_32_10_268435456:2",
	} {
		_, err := parse("00:salt:" + version)
		require.ErrorIs(t, err, ErrHash, version)
	}
	_, err := parse("00::2")
	require.ErrorIs(t, err, ErrHash, "Argon2id needs a salt")
	for version, want := range map[string]argon{
		"2": {32, 2, 65536}, "3_32_2_67108864": {32, 2, 65536}, "3_16_1_8192": {16, 1, 8}, "3_64_10_268435456": {64, 10, 262144},
		"3_032_01_8193023": {32, 1, 8000}, // libsodium takes whole KiB
	} {
		r, err := parse("00:salt:" + version)
		require.NoError(t, err, version)
		require.Equal(t, []step{want}, r.steps)
	}
	r, err := parse("00:salt:" + strings.Repeat("2:", 19) + "2")
	require.NoError(t, err)
	require.Len(t, r.steps, 20)
}

func TestFitSalt(t *testing.T) {
	for salt, want := range map[string]string{
		"a": strings.Repeat("a", 16), "short": "shortshortshorts", "exactly16bytes!!": "exactly16bytes!!",
		"seventeen bytes!!": "seventeen bytes!", "fifteen bytes..": "fifteen bytes..f", "€": "€€€€€\xe2",
	} {
		require.Equal(t, want, string(fitSalt(salt)))
	}
}

// No text that is stored does more than be read or refused, within the
// bounds, and no error repeats it.
func FuzzParse(f *testing.F) {
	for _, stored := range []string{
		"", ":", "::", ":::", "a:b", "a:b:0", "a:b:0:1", "a:b:2:2", "a:b:3_16_1_8192", "a:b:3_16_99_8192", "a::2", "\xff:\x00:1",
		"a:b:3_32_10_268435456", "a:b:3_99999999999999999999_1_1",
	} {
		f.Add(stored)
	}
	f.Fuzz(func(t *testing.T, stored string) {
		r, err := parse(stored)
		if err != nil {
			if !errors.Is(err, ErrHash) || len(stored) > 40 && strings.Contains(err.Error(), stored) {
				t.Fatalf("%q: %v", stored, err)
			}
			return
		}
		var work uint64
		for _, s := range r.steps {
			if a, ok := s.(argon); ok {
				work += uint64(a.passes) * uint64(a.memory)
				if r.salt == "" || a.length < 16 || a.length > 64 || a.passes == 0 || a.memory < 8 {
					t.Fatalf("%q: %+v", stored, a)
				}
			}
		}
		if work > 10*256*1024 {
			t.Fatalf("%q costs %d", stored, work)
		}
		if len(r.steps) > 0 && r.hash+":"+r.salt != stored[:len(r.hash)+1+len(r.salt)] {
			t.Fatalf("%q was cut wrongly", stored)
		}
	})
}
