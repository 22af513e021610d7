//go:build full

package factors_test

import (
	"bufio"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/store/magento/factors"
)

// shop is testdata/magento.php, running: another program that reads what is
// written here and writes what is read here.
type shop struct {
	ask func(t require.TestingT, do, value, secret string) answer
}

type answer struct{ Text, Again, Secret, Value []byte }

func startShop(t *testing.T, words ...string) shop {
	t.Helper()
	c := exec.CommandContext(t.Context(), "php", "testdata/magento.php")
	in, err := c.StdinPipe()
	require.NoError(t, err)
	out, err := c.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, c.Start(), "php must be installed, with sodium (package php-cli)")
	t.Cleanup(func() {
		_ = in.Close()
		if err := c.Wait(); err != nil && t.Context().Err() == nil {
			t.Error(err)
		}
	})
	var keys [][]byte
	for _, word := range words {
		keys = append(keys, []byte(word))
	}
	lines := bufio.NewReader(out)
	return shop{func(t require.TestingT, do, value, secret string) (a answer) {
		request, err := json.Marshal(map[string]any{"keys": keys, "do": do, "value": []byte(value), "secret": []byte(secret)})
		require.NoError(t, err)
		_, err = fmt.Fprintf(in, "%s\n", request)
		require.NoError(t, err)
		line, err := lines.ReadBytes('\n')
		require.NoError(t, err, "php stopped")
		require.NoError(t, json.Unmarshal(line, &a), "%s", line)
		return a
	}}
}

// TestTheShopReadsWhatWeWrite lets Factordesk and PHP change the same document
// in turns: each opens what the other wrote, and PHP's decoding and encoding
// gives the same bytes.
func TestTheShopReadsWhatWeWrite(t *testing.T) {
	k, php := keys(t, key1, key2), startShop(t, key1, key2)
	start := seal(t, keys(t, key1), `{"acme":{"letters":"\u00e9\/","number":1.5,"list":[]},"u2fkey":[]}`)
	rapid.Check(t, func(t *rapid.T) {
		d, secret := factors.Judge(start, k), ""
		t.Repeat(map[string]func(*rapid.T){
			"Factordesk": func(t *rapid.T) {
				var next factors.Document
				var err error
				switch rapid.SampledFrom([]string{"put", "activate", "reset", "reset all", "reset duo"}).Draw(t, "do") {
				case "put":
					next, err = d.PutGoogle(rand.Reader, app.NewSecret("GEZDGNBVGY3TQOJQ"))
					secret = "GEZDGNBVGY3TQOJQ"
				case "activate":
					next, err = d.ActivateGoogle(rand.Reader)
				case "reset":
					if next, err = d.Reset(rand.Reader, app.Google); err == nil {
						secret = ""
					}
				case "reset all":
					next, err = d.ResetAll(rand.Reader)
					secret = ""
				case "reset duo":
					next, err = d.Reset(rand.Reader, app.Duo)
				}
				if err == nil {
					d = next
				}
			},
			"PHP": func(t *rapid.T) {
				do := rapid.SampledFrom([]string{"put", "activate", "reset", "duo"}).Draw(t, "do")
				if do == "activate" && secret == "" {
					return
				}
				d = factors.Judge(string(php.ask(t, do, d.Value(), "MFRGGZDF").Value), k)
				switch do {
				case "put":
					secret = "MFRGGZDF"
				case "reset":
					secret = ""
				}
			},
			"": func(t *rapid.T) {
				require.True(t, d.Opens())
				require.Equal(t, secret, d.Factor(app.Google).Secret.Reveal())
				a := php.ask(t, "look", d.Value(), "")
				require.Equal(t, d.Text().Reveal(), string(a.Text))
				require.Equal(t, d.Text().Reveal(), string(a.Again))
				require.Equal(t, secret, string(a.Secret))
			},
		})
	})
}

// TestTheShopReadsWhatWeRepair checks a repair of both layers.
func TestTheShopReadsWhatWeRepair(t *testing.T) {
	older, k, php := keys(t, key1), keys(t, key2), startShop(t, key2)
	d := factors.Judge(seal(t, older, `{"google":{"secret":"`+quoted(seal(t, older, "MFRGGZDF"))+`","active":true}}`), k)
	require.False(t, d.Opens())
	next, err := d.Repair(rand.Reader, older)
	require.NoError(t, err)
	a := php.ask(t, "look", next.Value(), "")
	require.Equal(t, next.Text().Reveal(), string(a.Again))
	require.Equal(t, "MFRGGZDF", string(a.Secret))
}
