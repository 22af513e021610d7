package crypt_test

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/store/magento/crypt"
)

// The keys of the vectors.
const (
	key1 = "0123456789abcdef0123456789abcdef"
	key2 = "fedcba9876543210fedcba9876543210"
	keyB = "base64AwoRGB8mLTQ7QklQV15lbHN6gYiPlp2kq7K5wMfO1dw="
)

// vectors is what Magento's own classes printed.
func vectors(t testing.TB) string {
	t.Helper()
	text, err := os.ReadFile("../testdata/vectors.txt")
	require.NoError(t, err)
	return string(text)
}

// section is the part of the vectors under a heading that starts like this.
func section(t testing.TB, heading string) string {
	t.Helper()
	_, rest, found := strings.Cut(vectors(t), "\n## "+heading)
	require.True(t, found, heading)
	part, _, _ := strings.Cut(rest, "\n## ")
	return part
}

// found returns what a pattern captures in a text, which must be want matches.
func found(t testing.TB, pattern, text string, want int) [][]string {
	t.Helper()
	all := regexp.MustCompile("(?m)"+pattern).FindAllStringSubmatch(text, -1)
	require.Len(t, all, want, pattern)
	return all
}

func keys(t testing.TB, words ...string) crypt.Keys {
	t.Helper()
	k, err := crypt.Parse(app.NewSecret(strings.Join(words, "\n")))
	require.NoError(t, err)
	require.Equal(t, len(words), k.Len())
	return k
}

// opens checks that a value opens to plain, and that its own seal does too.
func opens(t testing.TB, k crypt.Keys, value, plain string) {
	t.Helper()
	got, err := k.Open(value)
	require.NoError(t, err, value)
	require.Equal(t, plain, got.Reveal())
	sealed, err := k.Seal(rand.Reader, app.NewSecret(plain))
	require.NoError(t, err)
	got, err = k.Open(sealed)
	require.NoError(t, err)
	require.Equal(t, plain, got.Reveal())
}

// refused checks that a value does not open, and returns why.
func refused(t testing.TB, k crypt.Keys, value string) *crypt.OpenError {
	t.Helper()
	got, err := k.Open(value)
	require.True(t, got.Empty())
	var trouble *crypt.OpenError
	require.ErrorAs(t, err, &trouble, value)
	return trouble
}

func TestVectorsOfOneKey(t *testing.T) {
	for _, v := range found(t, `^plain="(.*?)" -> (\S+) ; roundtrip="(.*?)"$`, section(t, "sodium single key"), 4) {
		require.Equal(t, v[1], v[3])
		opens(t, keys(t, key1), v[2], v[1])
		opens(t, keys(t, key1, key2), v[2], v[1])
		require.Equal(t, crypt.WrongKey, refused(t, keys(t, key2), v[2]).Fault)
		require.Equal(t, crypt.NoKey, refused(t, crypt.Keys{}, v[2]).Fault)
	}
}

func TestVectorsOfTwoKeys(t *testing.T) {
	part := section(t, "two keys")
	require.Contains(t, part, `with only K1: c2 => ""`)
	v := found(t, `^(\d:3:\S+) => (.*)$`, part, 2)
	both, one := keys(t, key1, key2), keys(t, key1)
	opens(t, both, v[0][1], v[0][2])
	opens(t, both, v[1][1], v[1][2])
	opens(t, one, v[0][1], v[0][2])
	trouble := refused(t, one, v[1][1])
	require.Equal(t, crypt.OpenError{Fault: crypt.NoKey, Cipher: crypt.ChaCha20Poly1305, Key: 1, Keys: 1, Length: len(v[1][1])}, *trouble)

	require.Contains(t, part, `tampered => ""`)
	blob, err := base64.StdEncoding.DecodeString(v[0][1][len("0:3:"):])
	require.NoError(t, err)
	for i := range blob { // the nonce and the tag are under seal as well
		blob[i] ^= 1
		tampered := "0:3:" + base64.StdEncoding.EncodeToString(blob)
		require.Equal(t, crypt.WrongKey, refused(t, one, tampered).Fault, "byte %d", i)
		blob[i] ^= 1
	}
}

func TestVectorsOfConfigurations(t *testing.T) {
	part := section(t, "encoded_config rows")
	values := found(t, `^encoded_config: (\S+)$`, part, 5)
	documents := found(t, `json: (.*)$`, part, 6)
	for i, v := range values {
		opens(t, keys(t, key1), v[1], documents[i][1])
	}
	inner := 0
	for _, d := range documents {
		var of struct{ Google struct{ Secret string } }
		if err := json.Unmarshal([]byte(d[1]), &of); err == nil && of.Google.Secret != "" {
			opens(t, keys(t, key1), of.Google.Secret, "MFRGGZDF")
			inner++
		}
	}
	require.Equal(t, 3, inner)
}

func TestVectorsOfBase64Keys(t *testing.T) {
	part := section(t, "base64 key")
	v := found(t, `^(?:hello|keys K1,base64: rotated) -> (\S+) -> (\S+)$`, part, 2)
	opens(t, keys(t, keyB), v[0][1], v[0][2])
	opens(t, keys(t, key1, keyB), v[1][1], v[1][2])
	require.Equal(t, "hello", v[0][2])
	require.Equal(t, "rotated", v[1][2])
	sealed, err := keys(t, key1, keyB).Seal(rand.Reader, app.NewSecret("x"))
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(sealed, "1:3:"))
}

func TestVectorsOfHashes(t *testing.T) {
	hash := found(t, `^## hash \(HMAC\) hash\('abc'\) K1: ([0-9a-f]{64}) `, vectors(t), 1)[0][1]
	got, err := keys(t, key2, key1).Hash("abc")
	require.NoError(t, err)
	require.Equal(t, hash, got)

	hash = found(t, `^hash\('abc'\)=([0-9a-f]{64})$`, section(t, "base64 key"), 1)[0][1]
	got, err = keys(t, keyB).Hash("abc")
	require.NoError(t, err)
	require.Equal(t, hash, got)

	token := section(t, "tfat token")
	signed := found(t, `^json=(.*)$`, token, 1)[0][1]
	got, err = keys(t, key1).Hash(signed)
	require.NoError(t, err)
	require.Equal(t, found(t, `^sig=(\S+)$`, token, 1)[0][1], base64.StdEncoding.EncodeToString([]byte(got)))
}

func TestVectorsOfOldCiphers(t *testing.T) {
	v := found(t, `^(rijndael256 cbc|rijndael128 ecb|blowfish ecb|bare): (\S+) -> "legacy value"$`, section(t, "legacy ciphers"), 4)
	names := map[string]crypt.Cipher{
		"rijndael256 cbc": crypt.Rijndael256, "rijndael128 ecb": crypt.Rijndael128,
		"blowfish ecb": crypt.Blowfish, "bare": crypt.Blowfish,
	}
	for _, c := range v {
		trouble := refused(t, keys(t, key1), c[2])
		require.Equal(t, crypt.OldCipher, trouble.Fault, c[1])
		require.Equal(t, names[c[1]], trouble.Cipher)
		require.Contains(t, trouble.Error(), names[c[1]].String())
	}
}

// Magento met the legacy, unencrypted configuration with an exception about
// the initial vector, by which it knows that it is one.
func TestVectorOfPlainConfiguration(t *testing.T) {
	require.Contains(t, section(t, "legacy unencrypted"), "Init vector must be a string of 32 bytes.")
	plain := found(t, `^json: (.*)$`, section(t, "encoded_config rows"), 1)[0][1]
	require.Equal(t, crypt.NotSealed, refused(t, keys(t, key1), plain).Fault)
	require.True(t, crypt.PlainForMagento(plain))
}

func TestVectorOfShortKey(t *testing.T) {
	require.Contains(t, vectors(t), "short key: SodiumException")
	_, err := crypt.Parse(app.NewSecret("short"))
	require.ErrorAs(t, err, new(*crypt.KeyError))
}
