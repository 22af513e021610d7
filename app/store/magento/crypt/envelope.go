package crypt

import (
	"encoding/base64"
	"strconv"
	"strings"
)

// MaxValue bounds the values that are opened, in bytes: sixteen times what
// fits into the column.
const MaxValue = 1 << 20

// Cipher is the number of a cipher in an encrypted value.
type Cipher int

// Magento's ciphers. Only the last one is opened here.
const (
	Blowfish         Cipher = iota // ECB; all of Magento 1
	Rijndael128                    // ECB
	Rijndael256                    // CBC, with blocks of 256 bits, which is not AES
	ChaCha20Poly1305               // Magento 2.3 and later
)

// String returns the name of a cipher.
func (c Cipher) String() string {
	names := [...]string{"Blowfish-ECB", "Rijndael-128-ECB", "Rijndael-256-CBC", "ChaCha20-Poly1305"}
	if c < 0 || int(c) >= len(names) {
		return "cipher " + strconv.Itoa(int(c))
	}
	return names[c]
}

// envelope is an encrypted value, taken apart and not yet opened.
type envelope struct {
	key    int
	cipher Cipher
	text   string // base64
}

// read takes a value apart by how many colons it has, as Magento does:
//
//	key:2:iv:base64   Rijndael-256-CBC, whatever the number is
//	key:cipher:base64
//	cipher:base64     the oldest key
//	base64            the oldest key and Blowfish
//
// Where Magento takes whatever text stands before a colon for the number 0,
// text that is no number here means that nothing was encrypted: it is the
// legacy JSON, which has colons of its own.
func read(value string) (envelope, Fault) {
	switch {
	case len(value) > MaxValue:
		return envelope{}, TooLong
	case value == "0" || trim(value) == "": // both are empty to PHP
		return envelope{}, Empty
	}
	parts := strings.SplitN(value, ":", 4)
	last := len(parts) - 1
	e := envelope{text: parts[last]}
	var numbers []int
	for _, part := range parts[:min(last, 2)] {
		n, ok := number(part)
		if !ok {
			return envelope{}, NotSealed
		}
		numbers = append(numbers, n)
	}
	switch len(parts) {
	case 4:
		e.key, e.cipher = numbers[0], Rijndael256
		if n := len(parts[2]); n != 32 && n != 0 { // an empty vector is one of zeros
			return e, Malformed
		}
	case 3:
		e.key, e.cipher = numbers[0], Cipher(numbers[1])
	case 2:
		e.cipher = Cipher(numbers[0])
	case 1:
		blob, err := base64Text.DecodeString(value)
		if err != nil || len(blob)%8 != 0 { // no block of Blowfish
			return envelope{}, NotSealed
		}
	}
	return e, noFault
}

// number reads what stands before a colon.
func number(part string) (int, bool) {
	part = strings.TrimLeft(part, " \t\n\r\v\f") // as PHP's conversion does
	if part == "" || part[0] < '0' || part[0] > '9' {
		return 0, false
	}
	n, err := strconv.Atoi(part)
	return n, err == nil
}

// PlainForMagento reports whether Magento takes a value that is not encrypted
// as it is, which it does only where its own attempt to decrypt ends in an
// exception: with three colons or more and no initial vector of the right
// length behind the second, or with a number before the last colon that is no
// cipher. Any other text it decrypts to nonsense, and reads as empty.
func PlainForMagento(value string) bool {
	parts := strings.SplitN(value, ":", 4)
	switch len(parts) {
	case 4:
		return len(parts[2]) != 32 && len(parts[2]) != 0
	case 3, 2:
		c := leadingNumber(parts[len(parts)-2])
		return c < int(Blowfish) || c > int(ChaCha20Poly1305)
	}
	return false
}

// leadingNumber is PHP's conversion of a text to a number, which reads as far
// as there are digits and finds 0 where there are none.
func leadingNumber(text string) int {
	text = strings.TrimLeft(text, " \t\n\r\v\f")
	end := 0
	for end < len(text) && (text[end] >= '0' && text[end] <= '9' || end == 0 && (text[0] == '-' || text[0] == '+')) {
		end++
	}
	n, err := strconv.Atoi(text[:end])
	if err != nil && end > 1 {
		return -1 // out of range: certainly no cipher
	}
	return n
}

var base64Text = base64.StdEncoding

// looseBase64 decodes as PHP's base64_decode does: what is not of the alphabet
// is passed over, padding too, and an incomplete end is dropped.
func looseBase64(text string) []byte {
	kept := letters(text)
	if len(kept)%4 == 1 {
		kept = kept[:len(kept)-1]
	}
	blob, err := base64.RawStdEncoding.DecodeString(kept)
	if err != nil {
		return nil // cannot be: only the alphabet is left, and no single character at the end
	}
	return blob
}

// letters returns what of a text is of the alphabet of base64.
func letters(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'A' && r <= 'Z', r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '+', r == '/':
			return r
		}
		return -1
	}, text)
}
