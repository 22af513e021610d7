package connect

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/profile"
	"github.com/factordesk/factordesk/app/store/magento/crypt"
	"github.com/factordesk/factordesk/app/store/magento/envphp"
)

// Env is what the env.php of a shop comes to, to be shown before it is used.
type Env struct {
	Address app.ShopAddress // with all that env.php gives, and the TLS mode that will be used
	Keys    int             // how many crypt keys it holds
	Mode    string          // of the shop: default, developer, production; empty: not known
	Notes   []string        // what env.php does not tell, and what it sets besides, each in a sentence
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
	return envOf(shop, fill(a, shop)), nil
}

// envOf tells what an env.php comes to, with the address that it was filled into.
func envOf(shop envphp.Shop, a app.ShopAddress) Env {
	e := Env{Address: a, Mode: shop.Mode}
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
	if len(shop.Overrides) > 0 {
		e.Notes = append(e.Notes, "It sets these settings in place of the database: "+
			strings.Join(slices.Sorted(maps.Keys(shop.Overrides)), ", ")+".")
	}
	return e
}
