package crypt_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/store/magento/crypt"
)

// hello is "hello" under key1.
const hello = "5AzrzP3NAymJPZwvF7Um3p96vQlb/xrx44i11Up6s4m7"

func TestOpenRefuses(t *testing.T) {
	k := keys(t, "tooshort", key1, key2)
	for _, c := range []struct {
		name, value string
		fault       crypt.Fault
		key         int
		predicate   string
	}{
		{"nothing", "", crypt.Empty, 0, "is empty"},
		{"zero, which is empty to PHP", "0", crypt.Empty, 0, "is empty"},
		{"white space", " \n", crypt.Empty, 0, "is empty"},
		{"a document", `{"u2fkey":[]}`, crypt.NotSealed, 0, "is not encrypted"},
		{"a longer document", `{"google":{"secret":"0:3:abc","active":true}}`, crypt.NotSealed, 0, "is not encrypted"},
		{"a list", "[]", crypt.NotSealed, 0, "is not encrypted"},
		{"base32", "MFRGGZDF", crypt.NotSealed, 0, "is not encrypted"},
		{"words", "hello: world", crypt.NotSealed, 0, "is not encrypted"},
		{"a negative key", "-1:3:" + hello, crypt.NotSealed, 0, "is not encrypted"},
		{"a key of words", "one:3:" + hello, crypt.NotSealed, 0, "is not encrypted"},
		{
			"no such key", "3:3:" + hello, crypt.NoKey, 3,
			"is encrypted with key 3 of crypt/key, counted from 0, and only keys 0 to 2 are known",
		},
		{
			"a key of the wrong length", "0:3:" + hello, crypt.OddKey, 0,
			"is encrypted with key 0 of crypt/key, counted from 0, which has 8 bytes instead of 32",
		},
		{
			"another key", "2:3:" + hello, crypt.WrongKey, 2,
			"does not open with key 2 of crypt/key, counted from 0: it was encrypted with another key, or it is damaged",
		},
		{"no key and the third cipher", "3:" + hello, crypt.OddKey, 0, ""},
		{"no key and an old cipher", "1:Sa4WmEHdnKrglJNMlUL/Mw==", crypt.OldCipher, 0, ""},
		{
			"an old cipher", "1:0:Z3pDz1C2H2WmAyghT8x7Lw==", crypt.OldCipher, 1,
			"is encrypted with key 1 of crypt/key and the older cipher Blowfish-ECB, which is not opened here",
		},
		{"a vector of zeros", "1:2::Z3pDz1C2H2WmAyghT8x7Lw==", crypt.OldCipher, 1, ""},
		{"a cipher of nobody", "1:7:" + hello, crypt.UnknownCipher, 1, "names cipher 7, which Magento does not have"},
		{"four parts", "1:3:x:" + hello, crypt.Malformed, 1, "is damaged: its parts do not make sense"},
		{"no text", "1:3:", crypt.Truncated, 1, "is cut off: its end is missing"},
		{"a nonce alone", "1:3:AAAAAAAAAAAAAAAA", crypt.Truncated, 1, "is cut off: its end is missing"},
		{"cut within a group", "1:3:" + hello[:len(hello)-1], crypt.Truncated, 1, "is cut off: its end is missing"},
		{"cut between groups", "1:3:" + hello[:len(hello)-4], crypt.WrongKey, 1, ""},
		{
			"not base64", "1:3:" + strings.Replace(hello, "5A", "5*", 1), crypt.NotBase64, 1,
			"is damaged: it holds characters that are not of base64",
		},
		{"nothing of base64", "1:3:***", crypt.NotBase64, 1, ""},
		{
			"enormous", "1:3:" + strings.Repeat("A", crypt.MaxValue), crypt.TooLong, 0,
			"has 1,048,580 bytes, more than the 1,048,576 that are read",
		},
		{"as long as may be", "1:3:" + strings.Repeat("A", crypt.MaxValue-4), crypt.WrongKey, 1, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			trouble := refused(t, k, c.value)
			require.Equal(t, c.fault, trouble.Fault, trouble)
			require.Equal(t, c.key, trouble.Key)
			require.Equal(t, 3, trouble.Keys)
			require.Equal(t, "the value "+trouble.Predicate(), trouble.Error())
			require.False(t, strings.HasSuffix(trouble.Predicate(), "."))
			if c.predicate != "" {
				require.Equal(t, c.predicate, trouble.Predicate())
			}
			another := c.fault == crypt.NoKey || c.fault == crypt.OddKey || c.fault == crypt.WrongKey
			require.Equal(t, another, trouble.AnotherKey())
		})
	}
}

func TestOpenNamesTheKeysThatAreKnown(t *testing.T) {
	require.Equal(t, "is encrypted with key 0 of crypt/key, counted from 0, and no key is known",
		refused(t, crypt.Keys{}, "0:3:"+hello).Predicate())
	require.Equal(t, "is encrypted with key 1 of crypt/key, counted from 0, and only key 0 is known",
		refused(t, keys(t, key1), "1:3:"+hello).Predicate())
}

// Magento decodes base64 as PHP does: what does not belong there is passed
// over, and so it must be here, or an active factor would be called damaged.
func TestOpenAsPHPDecodes(t *testing.T) {
	k := keys(t, key1)
	for _, text := range []string{
		hello + "\n", hello[:20] + "\r\n" + hello[20:], " " + hello, hello[:7] + "*\x00é" + hello[7:], hello + "=", hello + "A",
	} {
		got, err := k.Open("0:3:" + text)
		require.NoError(t, err, "%q", text)
		require.Equal(t, "hello", got.Reveal())
	}
	for _, value := range []string{" 0:3:" + hello, "00:3:" + hello, "0:03:" + hello, "3:" + hello} {
		got, err := k.Open(value)
		require.NoError(t, err, "%q", value)
		require.Equal(t, "hello", got.Reveal())
	}
	padded := "LFOUVY+3U6ALXwbvK6c/6h7r1m5l75yHfgjkiFVKZfXc+TZ2" // MFRGGZDF
	got, err := k.Open("0:3:" + strings.TrimRight(padded, "="))
	require.NoError(t, err)
	require.Equal(t, "MFRGGZDF", got.Reveal())
	empty := "0:3:y4xEUm9c8aiAhKRR/HncsTohLA8p8u2YupPTvA"
	got, err = k.Open(empty)
	require.NoError(t, err)
	require.True(t, got.Empty())
}

func TestOpenAny(t *testing.T) {
	old := keys(t, "tooshort", key2, key1)
	for _, value := range []string{"0:3:" + hello, "1:3:" + hello, "2:3:" + hello, "9:3:" + hello, "3:" + hello} {
		got, err := old.OpenAny(value)
		require.NoError(t, err, value)
		require.Equal(t, "hello", got.Reveal())
	}
	for value, fault := range map[string]crypt.Fault{
		"": crypt.Empty, "[]": crypt.NotSealed, "0:1:" + hello: crypt.OldCipher, "1:3:AAAA": crypt.Truncated,
		"9:3:" + strings.Replace(hello, "5A", "5B", 1): crypt.NoKey, "1:3:" + strings.Replace(hello, "5A", "5B", 1): crypt.WrongKey,
		"0:4:" + hello: crypt.UnknownCipher,
	} {
		got, err := old.OpenAny(value)
		require.True(t, got.Empty())
		var trouble *crypt.OpenError
		require.ErrorAs(t, err, &trouble)
		require.Equal(t, fault, trouble.Fault, value)
	}
	_, err := crypt.Keys{}.OpenAny("0:3:" + hello)
	require.Error(t, err)
}

func TestPlainForMagento(t *testing.T) {
	for value, want := range map[string]bool{
		`[]`:                                  false, // one part: the decryption of nothing
		`{"u2fkey":[]}`:                       false,
		`{"duo_security":{"active":true}}`:    false,
		`{"a":5,"b":1}`:                       true,  // 5 is no cipher
		`{"a":3,"b":1}`:                       false, // 3 is one
		`{"a":-1,"b":1}`:                      true,
		`{"a":99999999999999999999999,"b":1}`: true,
		`{"google":{"secret":"0:3:abc","active":true}}`:       true,
		`{"a":{"b":"` + strings.Repeat("x", 30) + `","c":1}}`: true,
		`{"a":1,"` + strings.Repeat("x", 30) + `":1,"c":1}`:   true,
		`{"a":{"b":` + strings.Repeat("1", 32) + `:1`:         false, // a vector by accident
		`a:b::c`: false,
	} {
		require.Equal(t, want, crypt.PlainForMagento(value), value)
	}
}

func FuzzOpen(f *testing.F) {
	for _, value := range []string{
		"", "0", "0:3:" + hello, "1:3:" + hello, "0:2:abcdefghijklmnopABCDEFGHIJKLMNOP:BPrX+j2xkAO6jwNSz/ixYg==",
		"0:1:Sa4WmEHdnKrglJNMlUL/Mw==", "Z3pDz1C2H2WmAyghT8x7Lw==", "3:" + hello, `{"google":{"secret":"0:3:x"}}`, "[]",
		"0:3:" + hello[:30], "0:3:*" + hello, ":::", "99999999999999999999:3:x", " 0:\n3:", "0:-3:x",
	} {
		f.Add(value)
	}
	one, err := crypt.Parse(app.NewSecret(key1))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, value string) {
		for _, k := range []crypt.Keys{one, {}} {
			for _, open := range []func(string) (app.Secret, error){k.Open, k.OpenAny} {
				plain, err := open(value)
				if err == nil {
					// Only what was sealed opens, so it is the seed's blob under another coat.
					if plain.Reveal() != "hello" || k.Len() == 0 {
						t.Fatalf("%q opened", value)
					}
					continue
				}
				var trouble *crypt.OpenError
				if !errors.As(err, &trouble) || trouble.Fault == 0 || !plain.Empty() {
					t.Fatalf("%q: %v", value, err)
				}
				if len(value) > 20 && strings.Contains(err.Error(), value[len(value)-20:]) {
					t.Fatalf("the error quotes the value: %v", err)
				}
			}
		}
		crypt.PlainForMagento(value)
	})
}
