package connect

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"os"

	"github.com/factordesk/factordesk/app"
)

// tlsConfig turns the settings of an encryption into what the driver takes; nil
// where nothing is encrypted. host is whose certificate is expected where no
// other name is set. It fails with Unreachable for a file that cannot be read,
// and Invalid for one that is not what it should be.
func tlsConfig(t app.TLS, host string) (*tls.Config, error) {
	if t.Mode == "" || t.Mode == app.TLSOff {
		return nil, nil
	}
	c := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: t.ServerName}
	if c.ServerName == "" {
		c.ServerName = host
	}
	if t.CA != "" {
		pool, err := authorities(t.CA)
		if err != nil {
			return nil, err
		}
		c.RootCAs = pool
	}
	if t.Certificate != "" {
		pair, err := tls.LoadX509KeyPair(t.Certificate, t.Key)
		if err != nil {
			return nil, badPair(t, err)
		}
		c.Certificates = []tls.Certificate{pair}
	}
	switch t.Mode {
	case app.TLSRequired:
		c.InsecureSkipVerify = true // the mode says so: encrypted, to whoever answers
	case app.TLSVerifyCA:
		c.InsecureSkipVerify = true // of the name alone: the chain is verified below
		c.VerifyConnection = chainOnly(c.RootCAs)
	}
	return c, nil
}

// chainOnly verifies that a certificate is signed by a CA, whatever its name is.
func chainOnly(roots *x509.CertPool) func(tls.ConnectionState) error {
	return func(s tls.ConnectionState) error {
		if len(s.PeerCertificates) == 0 {
			return errors.New("the server showed no certificate")
		}
		between := x509.NewCertPool()
		for _, c := range s.PeerCertificates[1:] {
			between.AddCert(c)
		}
		if _, err := s.PeerCertificates[0].Verify(x509.VerifyOptions{Roots: roots, Intermediates: between}); err != nil {
			return &tls.CertificateVerificationError{UnverifiedCertificates: s.PeerCertificates, Err: err}
		}
		return nil
	}
}

func authorities(path string) (*x509.CertPool, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, app.Errorf(app.Unreachable, "The file of the CA cannot be read: %s.", path).Because(err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		return nil, app.Errorf(app.Invalid, "There is no certificate in the file of the CA: %s.", path).
			WithHint("It must be PEM: a text that begins with -----BEGIN CERTIFICATE-----.")
	}
	return pool, nil
}

// badPair says which of the client's two files is the matter.
func badPair(t app.TLS, cause error) error {
	for _, path := range []string{t.Certificate, t.Key} {
		if _, err := os.ReadFile(path); err != nil {
			return app.Errorf(app.Unreachable, "The file cannot be read: %s.", path).Because(err)
		}
	}
	return app.Errorf(app.Invalid, "The client's certificate and its key do not go together, or are not PEM.").Because(cause)
}
