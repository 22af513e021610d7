package otpauth

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/factordesk/factordesk/app/otp"
)

// maxURI bounds what is parsed. A QR code holds less than 3,000 characters.
const maxURI = 8192

// Parse reads an otpauth URI.
//
// Required are the scheme, the kind totp or hotp, an account name, a base32
// secret of at least 80 bits, and for hotp a counter. Algorithm, digits and
// period default to SHA1, 6 and 30 and must otherwise be ones that package otp
// takes. Scheme, kind, parameter names and the algorithm may be in any case.
// An issuer may stand in the label, in the parameter or in both, where the two
// must agree. A parameter that is given twice is refused, whatever its name,
// since apps differ in which of the two they take.
//
// A plus in the issuer parameter means itself if the label says so, else a
// space, which is how PHP writes one. Parameters that the format does not
// know, such as image, lock or color, say nothing about codes and are dropped;
// so are a period of hotp and a counter of totp, which some apps write.
//
// It fails with the errors of this package and those of package otp.
func Parse(uri string) (Key, error) {
	k, err := parse(strings.TrimSpace(uri))
	if err != nil {
		return Key{}, fmt.Errorf("read the otpauth address: %w", err)
	}
	return k, nil
}

func parse(uri string) (Key, error) {
	if len(uri) > maxURI {
		return Key{}, ErrTooLong
	}
	u, err := url.Parse(uri)
	if err != nil || u.Scheme != "otpauth" || u.Opaque != "" || u.User != nil {
		// The parser's own error would quote the URI.
		return Key{}, ErrURI
	}
	if strings.Contains(uri, "#") {
		return Key{}, ErrHash // it cuts off what follows, unnoticed
	}
	k := Key{Params: otp.Params{Kind: otp.Kind(strings.ToLower(u.Host))}}
	if k.Kind != otp.TOTP && k.Kind != otp.HOTP {
		return Key{}, ErrKind
	}
	query, err := parameters(u.RawQuery)
	if err != nil {
		return Key{}, err
	}
	if err := k.readNames(strings.TrimPrefix(u.Path, "/"), query["issuer"]); err != nil {
		return Key{}, err
	}
	if k.Secret, err = readSecret(query["secret"].text); err != nil {
		return Key{}, err
	}
	if err := k.readParams(query); err != nil {
		return Key{}, err
	}
	return k, k.Validate()
}

// parameter is the value of one: text keeps each plus, spaced makes spaces of
// the ones that are not written as %2B.
type parameter struct {
	text, spaced string
	given        bool
}

// parameters takes a query apart. Package url would take each plus for a space
// and the first of two values.
func parameters(query string) (map[string]parameter, error) {
	all := map[string]parameter{}
	for pair := range strings.SplitSeq(query, "&") {
		if pair == "" {
			continue
		}
		rawName, raw, _ := strings.Cut(pair, "=")
		name, err := url.PathUnescape(rawName)
		if err != nil {
			return nil, ErrURI
		}
		name = strings.ToLower(name)
		if all[name].given {
			return nil, ErrDuplicate
		}
		text, err := url.PathUnescape(raw)
		if err != nil {
			return nil, ErrURI
		}
		spaced, err := url.PathUnescape(strings.ReplaceAll(raw, "+", " "))
		if err != nil {
			return nil, ErrURI
		}
		all[name] = parameter{text: text, spaced: spaced, given: true}
	}
	return all, nil
}

// readNames sets issuer and account from the decoded label, "issuer:account"
// or "account", and from the issuer parameter.
func (k *Key) readNames(label string, issuer parameter) error {
	prefix, account, two := strings.Cut(label, ":")
	if !two {
		prefix, account = "", label
	}
	prefix, k.Account = strings.TrimSpace(prefix), strings.TrimSpace(account)
	text, spaced := strings.TrimSpace(issuer.text), strings.TrimSpace(issuer.spaced)
	switch {
	case text == "": // none, or an empty one
		k.Issuer = prefix
	case prefix == "":
		k.Issuer = spaced
	case prefix == text || prefix == spaced:
		k.Issuer = prefix
	default:
		return ErrIssuer
	}
	return nil
}

// readSecret is stricter than [otp.Decode], which reads what people type: no
// app promises to read spaces or dashes in a URI.
func readSecret(text string) ([]byte, error) {
	plain := strings.TrimRight(text, "=")
	if strings.ContainsFunc(plain, notBase32) {
		return nil, otp.ErrSecretText
	}
	return otp.Decode(plain)
}

func notBase32(r rune) bool {
	return (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') && (r < '2' || r > '7')
}

// readParams sets algorithm, digits, and period or counter.
func (k *Key) readParams(query map[string]parameter) error {
	usual := otp.Default()
	k.Algorithm, k.Digits = usual.Algorithm, usual.Digits
	if p := query["algorithm"]; p.given {
		algorithm, err := otp.ParseAlgorithm(p.text)
		if err != nil {
			return err
		}
		k.Algorithm = algorithm
	}
	if p := query["digits"]; p.given {
		digits, err := strconv.ParseUint(p.text, 10, 8)
		if err != nil || digits < otp.MinDigits || digits > otp.MaxDigits {
			return otp.ErrDigits
		}
		k.Digits = int(digits)
	}
	if k.Kind == otp.HOTP {
		counter, err := strconv.ParseUint(query["counter"].text, 10, 63)
		if err != nil {
			return ErrCounter
		}
		k.Counter = counter
		return nil
	}
	k.Period = usual.Period
	if p := query["period"]; p.given {
		seconds, err := strconv.ParseUint(p.text, 10, 16)
		period := time.Duration(seconds) * time.Second
		if err != nil || period < otp.MinPeriod || period > otp.MaxPeriod {
			return otp.ErrPeriod
		}
		k.Period = period
	}
	return nil
}
