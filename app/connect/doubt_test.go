//go:build full && linux

package connect_test

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/connect"
)

// doubter answers the doubts about a crypt key one after the other; where it has
// no more answers it gives up.
type doubter struct {
	person
	says   []app.KeyAnswer
	doubts []app.KeyDoubt
}

func (d *doubter) KeyDoubt(_ context.Context, k app.KeyDoubt) (app.KeyAnswer, error) {
	d.doubts = append(d.doubts, k)
	if len(d.says) == 0 {
		return app.KeyAnswer{}, app.Errorf(app.Canceled, "Stopped. Nothing was changed.")
	}
	a := d.says[0]
	d.says = d.says[1:]
	return a, nil
}

func TestOpenAShopWhoseKeyWasReplaced(t *testing.T) {
	ctx, o, s := context.Background(), options(t), newShop(t)
	newKey, another := strings.Repeat("f", 32), strings.Repeat("e", 32)
	o.Over = app.ShopAddress{EnvPHP: s.file(t, strings.Replace(s.env, shopKey, newKey, 1))}
	older, wrong := app.KeyAnswer{Older: app.NewSecret(shopKey)}, app.KeyAnswer{Older: app.NewSecret(another)}
	changed := app.KeyAnswer{Changed: true}
	for _, c := range []struct {
		what  string
		ask   *doubter // nil: there is nobody
		older string
		says  bool // --key-changed
		opens bool
		asked int
	}{
		{what: "nobody to ask"},
		{what: "the older key is given", older: shopKey, opens: true},
		{what: "it is said to be right", says: true, opens: true},
		{what: "another key is given", older: another},
		{what: "the person gives up", ask: &doubter{}, asked: 1},
		{what: "the person says nothing", ask: &doubter{says: []app.KeyAnswer{{}}}, asked: 1},
		{what: "the person has it", ask: &doubter{says: []app.KeyAnswer{older}}, opens: true, asked: 1},
		{what: "the person has it at last", ask: &doubter{says: []app.KeyAnswer{wrong, older}}, opens: true, asked: 2},
		{what: "the person says so", ask: &doubter{says: []app.KeyAnswer{wrong, changed}}, opens: true, asked: 2},
		{what: "the person gives up later", ask: &doubter{says: []app.KeyAnswer{wrong}}, asked: 2},
	} {
		t.Run(c.what, func(t *testing.T) {
			o := o
			if c.ask != nil {
				o.Ask = c.ask
			}
			o.Secrets.OlderKeys, o.KeyChanged = app.NewSecret(c.older), c.says
			console, err := connect.Open(ctx, "", o)
			if c.ask != nil {
				require.Len(t, c.ask.doubts, c.asked)
				require.Equal(t, app.KeyDoubt{Rows: 1}, c.ask.doubts[0])
				if c.asked > 1 {
					require.ErrorContains(t, c.ask.doubts[1].Older, "opens nothing of what this shop has encrypted either")
				}
			}
			if !c.opens {
				require.Equal(t, app.Unreadable, app.KindOf(err), "%v", err)
				require.ErrorContains(t, err, "opens nothing of what this shop has encrypted")
				require.NotContains(t, err.Error(), another)
				return
			}
			require.NoError(t, err)
			enter(t, console)
			require.Error(t, console.Able(app.AbleEnroll))
			require.NoError(t, console.Able(app.AbleRepair))
			closed(t, console)
		})
	}
	t.Run("stopped", func(t *testing.T) {
		ctx, cancel := context.WithCancel(ctx)
		o := o
		o.Ask = stopper{&person{}, cancel}
		_, err := connect.Open(ctx, "", o)
		require.Equal(t, app.Canceled, app.KindOf(err), "%v", err)
	})
}

// stopper stops the opening when it is asked.
type stopper struct {
	*person
	cancel func()
}

func (s stopper) KeyDoubt(context.Context, app.KeyDoubt) (app.KeyAnswer, error) {
	s.cancel()
	return app.KeyAnswer{}, app.Errorf(app.Canceled, "Stopped. Nothing was changed.")
}
