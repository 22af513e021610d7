package servertest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

// Certificates are the PEM files of a server. Its own certificate is for the
// names localhost and 127.0.0.1, and no other.
type Certificates struct {
	CA         string // who signed the server's certificate and the client's
	ClientCert string // for an account that requires X509
	ClientKey  string
	OtherCA    string // a CA that signed nothing here

	serverCert, serverKey   string
	expiredCert, expiredKey string // signed by the CA for the same names, and too old
}

// authority signs certificates.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

// makeCertificates writes a CA and what it signed into a folder.
func makeCertificates(folder string) (Certificates, error) {
	in := func(name string) string { return filepath.Join(folder, name) }
	c := Certificates{
		CA: in("ca.pem"), ClientCert: in("client.pem"), ClientKey: in("client-key.pem"), OtherCA: in("other-ca.pem"),
		serverCert: in("server.pem"), serverKey: in("server-key.pem"),
		expiredCert: in("expired.pem"), expiredKey: in("expired-key.pem"),
	}
	ca, err := makeAuthority("Factordesk test CA", c.CA)
	if err != nil {
		return Certificates{}, err
	}
	if _, err := makeAuthority("Another test CA", c.OtherCA); err != nil {
		return Certificates{}, err
	}
	if err := ca.sign(serverTemplate(2), c.serverCert, c.serverKey); err != nil {
		return Certificates{}, err
	}
	expired := serverTemplate(4)
	expired.NotBefore, expired.NotAfter = time.Now().AddDate(0, -2, 0), time.Now().AddDate(0, -1, 0)
	if err := ca.sign(expired, c.expiredCert, c.expiredKey); err != nil {
		return Certificates{}, err
	}
	client := template("Factordesk test client", 3)
	client.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	return c, ca.sign(client, c.ClientCert, c.ClientKey)
}

func template(name string, serial int64) *x509.Certificate {
	return &x509.Certificate{
		SerialNumber: big.NewInt(serial),
		Subject:      pkix.Name{CommonName: name},
		NotBefore:    time.Now().Add(-time.Hour),
		NotAfter:     time.Now().Add(24 * time.Hour),
		KeyUsage:     x509.KeyUsageDigitalSignature,
	}
}

func serverTemplate(serial int64) *x509.Certificate {
	server := template("localhost", serial)
	server.DNSNames, server.IPAddresses = []string{"localhost"}, []net.IP{net.IPv4(127, 0, 0, 1)}
	server.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	return server
}

func makeAuthority(name, file string) (authority, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return authority{}, fmt.Errorf("make the CA's key: %w", err)
	}
	cert := template(name, 1)
	cert.IsCA, cert.BasicConstraintsValid, cert.KeyUsage = true, true, x509.KeyUsageCertSign
	ca := authority{cert: cert, key: key}
	return ca, ca.write(cert, &key.PublicKey, file)
}

// sign makes a key, signs its certificate and writes both.
func (ca authority) sign(cert *x509.Certificate, certFile, keyFile string) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return fmt.Errorf("make a key: %w", err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return fmt.Errorf("encode a key: %w", err)
	}
	if err := writePEM(keyFile, "PRIVATE KEY", der); err != nil {
		return err
	}
	return ca.write(cert, &key.PublicKey, certFile)
}

func (ca authority) write(cert *x509.Certificate, key *ecdsa.PublicKey, file string) error {
	der, err := x509.CreateCertificate(rand.Reader, cert, ca.cert, key, ca.key)
	if err != nil {
		return fmt.Errorf("sign a certificate: %w", err)
	}
	return writePEM(file, "CERTIFICATE", der)
}

func writePEM(file, what string, der []byte) error {
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: what, Bytes: der}), 0o600); err != nil {
		return fmt.Errorf("write a PEM file: %w", err)
	}
	return nil
}
