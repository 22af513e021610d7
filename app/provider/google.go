package provider

import (
	"fmt"
	"io"
	"strings"
	"unicode"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/otp"
	"github.com/factordesk/factordesk/app/otpauth"
)

// google is Google Authenticator and every other app for time-based codes.
func google() app.Provider {
	return app.Provider{
		Code:     app.Google,
		Name:     "Google Authenticator",
		Short:    "Google",
		About:    "It needs an authenticator app on a phone, and proves it by a code of six digits.",
		Enroller: codes{},
	}
}

// codes enrolls authenticator apps with the parameters that all of them know.
type codes struct{}

// NewFactor makes a secret for TOTP, SHA-1, six digits, 30 seconds. It fails
// when random does.
func (codes) NewFactor(random io.Reader, form app.FactorForm, u app.User) (app.FactorSecret, error) {
	secret, err := newSecret(random, form.Secret)
	if err != nil {
		return app.FactorSecret{}, app.Errorf(app.Internal, "No secret could be made.").Because(err)
	}
	p := otp.Default()
	account := u.Email
	if account == "" {
		account = u.Username
	}
	k := otpauth.Key{Params: p, Issuer: plain(form.Issuer), Account: plain(account), Secret: secret}
	uri, err := otpauth.Build(k)
	if err != nil {
		return app.FactorSecret{}, app.Errorf(app.Invalid, "No QR code can be made for this user.").
			Because(fmt.Errorf("enroll google: %w", err))
	}
	return app.FactorSecret{
		Provider: app.Google,
		Params: app.CodeParams{
			Kind: string(p.Kind), Algorithm: string(p.Algorithm), Digits: p.Digits,
			Period: p.Period,
		},
		Key: app.NewSecret(otp.Encode(secret)), URI: app.NewSecret(uri),
		Issuer: k.Issuer, Account: k.Account,
	}, nil
}

// newSecret makes a secret of 160 bits, or one as Magento makes them: four
// letters that are always the same, and 1,024 bits.
func newSecret(random io.Reader, form app.SecretForm) ([]byte, error) {
	if form != app.MagentoSecret {
		return otp.NewSecret(random)
	}
	secret := []byte("abcd" + strings.Repeat("\x00", 128))
	if _, err := io.ReadFull(random, secret[4:]); err != nil {
		return nil, fmt.Errorf("make a secret: %w", err)
	}
	return secret, nil
}

// plain makes a name fit an otpauth label, in which a colon splits issuer from
// account: "Shop: Berlin" becomes "Shop - Berlin", "a:b" becomes "a-b".
func plain(name string) string {
	name = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(name, ""))
	name = strings.ReplaceAll(name, ": ", " - ")
	name = strings.ReplaceAll(name, ":", "-")
	return strings.Join(strings.Fields(name), " ")
}
