package native_test

import (
	"time"

	"github.com/factordesk/factordesk/app"
)

// testFactor is a new factor with a given base32 key.
func testFactor(key string) app.FactorSecret {
	return app.FactorSecret{
		Provider: app.Google, Key: app.NewSecret(key),
		Params: app.CodeParams{Kind: "totp", Algorithm: "SHA1", Digits: 6, Period: 30 * time.Second},
	}
}
