package connect

import (
	"context"
	"crypto/tls"
	"net"
	"strconv"
	"sync"
	"time"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/store/magento"
)

// climb reaches the database, encrypts and signs in: three steps of a single
// connection, whose dialer and whose encryption tell how far it is.
func (l *ladder) climb(ctx context.Context, c magento.Config, a app.ShopAddress) (*magento.Link, error) {
	k := &climber{ladder: l, way: []string{rungTCP, rungTLS, rungSignIn}}
	k.begin()
	c.Dial = k.dialing(c.Dial, rungTCP, answersAt(a), c.TLS == nil)
	k.encrypting(c.TLS)
	link, err := magento.Connect(ctx, c)
	if err == nil {
		k.past(rungSignIn, link.Server()+", as "+c.Username)
		return link, nil
	}
	switch magento.StageOf(err) {
	case magento.StageReach:
		k.fall(ctx, rungTCP, err)
	case magento.StageEncrypt:
		k.fall(ctx, rungTLS, err) // also where the server says so only after the handshake
	default:
		k.fall(ctx, "", err)
	}
	return nil, err
}

// climber is how far a connection is.
type climber struct {
	ladder *ladder

	mu    sync.Mutex
	way   []string // the steps
	at    int      // the one that is being tried
	began time.Time
}

// dialing is a dialer, by default that of this computer, that tells when somebody
// answers.
func (k *climber) dialing(dial dialer, rung, found string, clear bool) dialer {
	if dial == nil {
		dial = (&net.Dialer{}).DialContext
	}
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := dial(ctx, network, address)
		if err == nil {
			k.past(rung, found)
			if clear {
				k.past(rungTLS, "Not encrypted, as the connection says")
			}
		}
		return conn, err
	}
}

// dialer reaches a server.
type dialer = func(ctx context.Context, network, address string) (net.Conn, error)

// encrypting makes an encryption tell when it is there; nil is none.
func (k *climber) encrypting(c *tls.Config) {
	if c == nil {
		return
	}
	verify := c.VerifyConnection
	c.VerifyConnection = func(s tls.ConnectionState) error {
		if verify != nil {
			if err := verify(s); err != nil {
				return err
			}
		}
		k.past(rungTLS, encryptionOf(c, s))
		return nil
	}
}

func (k *climber) begin() {
	k.began = time.Now()
	k.ladder.change(k.way[0], func(r *app.Rung) { r.State = app.RungTrying })
}

// past notes that the step that is being tried came to its end, and goes to the
// next one. The driver may connect more than once; only the first time counts.
func (k *climber) past(name, detail string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.at == len(k.way) || k.way[k.at] != name {
		return
	}
	k.ladder.done(name, detail, time.Since(k.began))
	k.began = time.Now()
	if k.at++; k.at < len(k.way) {
		k.ladder.change(k.way[k.at], func(r *app.Rung) { r.State = app.RungTrying })
	}
}

// fall ends the test at a step, or at the one that is being tried.
func (k *climber) fall(ctx context.Context, name string, err error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if name == "" || ctx.Err() != nil {
		name = k.way[min(k.at, len(k.way)-1)]
	}
	for _, later := range k.way[k.at:] {
		k.ladder.change(later, func(r *app.Rung) { r.State = app.RungWaiting })
	}
	k.ladder.fail(ctx, name, time.Since(k.began), err)
	k.at = len(k.way)
}

// answersAt says where a database answers.
func answersAt(a app.ShopAddress) string {
	if a.Socket != "" {
		return a.Socket + " answers"
	}
	port := a.Port
	if port == 0 {
		port = app.DefaultPort
	}
	return a.Host + " answers on port " + strconv.Itoa(port)
}

// encryptionOf says how a connection is encrypted, and what was checked of the
// server's certificate.
func encryptionOf(c *tls.Config, s tls.ConnectionState) string {
	words := tls.VersionName(s.Version)
	switch {
	case c.InsecureSkipVerify && c.RootCAs == nil:
		return words + ", the certificate is not checked"
	case c.InsecureSkipVerify:
		words += ", certificate signed by the CA"
	default:
		words += ", certificate right for this host"
	}
	if len(s.PeerCertificates) == 0 {
		return words
	}
	days := int64(time.Until(s.PeerCertificates[0].NotAfter) / (24 * time.Hour))
	if days == 1 {
		return words + ", valid 1 more day"
	}
	return words + ", valid " + app.Thousands(days) + " more days"
}
