package connect

import (
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"strings"

	"github.com/factordesk/factordesk/app"
)

// presented is the certificate that an error is about, as it can be shown; nil
// when it is about none. It is what the server said of itself: nothing of it has
// been proved.
func presented(err error) *app.Certificate {
	var bad *tls.CertificateVerificationError
	if !errors.As(err, &bad) || len(bad.UnverifiedCertificates) == 0 {
		return nil
	}
	return describe(bad.UnverifiedCertificates[0])
}

// describe is a certificate in words. Those come from whoever answered, so that
// nothing that could disorder a screen stays in them.
func describe(c *x509.Certificate) *app.Certificate {
	out := &app.Certificate{
		Subject: printable(c.Subject.String()), Issuer: printable(c.Issuer.String()),
		From: c.NotBefore.UTC(), Until: c.NotAfter.UTC(),
	}
	for _, name := range c.DNSNames {
		out.Names = append(out.Names, printable(name))
	}
	for _, ip := range c.IPAddresses {
		out.Names = append(out.Names, ip.String())
	}
	sum := sha256.Sum256(c.Raw)
	pairs := make([]string, len(sum))
	for i, b := range sum {
		pairs[i] = fmt.Sprintf("%02X", b)
	}
	out.Fingerprint = strings.Join(pairs, ":")
	return out
}

// mostShown is how much of a text out of a certificate is shown, in bytes.
const mostShown = 200

func printable(text string) string {
	quoted := fmt.Sprintf("%+q", text)
	quoted = quoted[1 : len(quoted)-1]
	quoted = strings.ReplaceAll(quoted, `\"`, `"`)
	if len(quoted) > mostShown {
		return quoted[:mostShown] + "…"
	}
	return quoted
}
