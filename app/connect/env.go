package connect

import (
	"context"
	"errors"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/profile"
	"github.com/factordesk/factordesk/app/store/magento/crypt"
)

// Env is what the env.php of a shop comes to, to be shown before it is used.
type Env struct {
	Address app.ShopAddress // with all that env.php gives, and the TLS mode that will be used
	Keys    int             // how many crypt keys it holds
	Mode    string          // of the shop: default, developer, production; empty: not known
	Notes   []string        // what env.php does not tell, each in a sentence
}

// ReadEnv reads the env.php that an address names, from this computer or through
// SSH. What the address says itself stays.
func ReadEnv(ctx context.Context, a app.ShopAddress, o Options) (e Env, err error) {
	if a.EnvPHP == "" {
		return Env{}, app.Errorf(app.Invalid, "The path of env.php is missing.")
	}
	if err := a.Check(); err != nil {
		return Env{}, err
	}
	w := way{options: o, connection: profile.Connection{Shop: &a}, address: a}
	defer func() { err = errors.Join(err, w.close()) }()
	if err := w.dial(ctx); err != nil {
		return Env{}, err
	}
	shop, err := w.readEnv(ctx)
	if err != nil {
		return Env{}, err
	}
	e = Env{Address: fill(a, shop), Mode: shop.Mode}
	if keys, err := crypt.Parse(shop.CryptKey); err == nil {
		e.Keys = keys.Len()
	} else if !shop.CryptKey.Empty() {
		message, _ := app.Explain(err)
		e.Notes = append(e.Notes, message)
	}
	for _, g := range shop.Gaps {
		e.Notes = append(e.Notes, g.Message)
	}
	if shop.TLS.Wanted() && a.OnServer {
		e.Notes = append(e.Notes, "The shop encrypts its connection to the database with files of its own server; choose here how this computer does.")
	}
	return e, nil
}
