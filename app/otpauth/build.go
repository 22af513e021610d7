package otpauth

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/factordesk/factordesk/app/otp"
)

// Build writes a key as an otpauth URI of plain ASCII. White space around
// issuer and account is dropped, since apps drop it too. It fails as
// [Key.Validate] does.
func Build(k Key) (string, error) {
	if err := k.Validate(); err != nil {
		return "", fmt.Errorf("build the otpauth address: %w", err)
	}
	issuer, account := escape(strings.TrimSpace(k.Issuer)), escape(strings.TrimSpace(k.Account))

	var b strings.Builder
	b.WriteString("otpauth://" + string(k.Kind) + "/")
	if issuer != "" {
		b.WriteString(issuer + ":")
	}
	b.WriteString(account + "?secret=" + otp.Encode(k.Secret))
	if issuer != "" {
		b.WriteString("&issuer=" + issuer)
	}
	b.WriteString("&algorithm=" + string(k.Algorithm) + "&digits=" + strconv.Itoa(k.Digits))
	if k.Kind == otp.HOTP {
		b.WriteString("&counter=" + strconv.FormatUint(k.Counter, 10))
	} else {
		b.WriteString("&period=" + strconv.FormatInt(int64(k.Period/time.Second), 10))
	}
	return b.String(), nil
}

// escape percent-encodes all but the unreserved characters of RFC 3986, the
// only ones that no app takes for something else in a label or a parameter.
func escape(s string) string {
	// QueryEscape does just that, save for spaces; a plus of s is %2B by then.
	return strings.ReplaceAll(url.QueryEscape(s), "+", "%20")
}
