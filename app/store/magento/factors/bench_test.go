//go:build bench

package factors_test

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/chacha20poly1305"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/store/magento/factors"
)

// rows are 1,000 values as a shop has them: most administrators use google,
// some of them under an old key, others have only what an update left, and a
// few have every provider.
func rows(b *testing.B) []string {
	k := keys(b, key1, key2)
	_, vectors := vectors(b)
	secret := quoted(seal(b, k, strings.Repeat("MFRGGZDF", 26)+"MFRG"))
	values := make([]string, 0, 1000)
	for i := range 1000 {
		switch {
		case i%10 < 6:
			values = append(values, seal(b, k, `{"google":{"secret":"`+secret+`","active":true},"u2fkey":[]}`))
		case i%10 == 6:
			values = append(values, vectors[1]) // pending, under the old key
		case i%10 == 7:
			values = append(values, vectors[3]) // every provider
		default:
			values = append(values, vectors[2]) // nothing but what an update left
		}
	}
	return values
}

// bareOpen is a value opened by hand, without any question about it.
func bareOpen(b *testing.B, words []string, value string) []byte {
	parts := strings.Split(value, ":")
	blob, err := base64.StdEncoding.DecodeString(parts[2])
	require.NoError(b, err)
	c, err := chacha20poly1305.New([]byte(words[parts[0][0]-'0']))
	require.NoError(b, err)
	plain, err := c.Open(nil, blob[:12], blob[12:], blob[:12])
	require.NoError(b, err)
	return plain
}

// BenchmarkJudge compares judging the factors of 1,000 users with opening both
// layers and decoding the JSON by hand.
func BenchmarkJudge(b *testing.B) {
	values, k := rows(b), keys(b, key1, key2)
	perSecond := func(b *testing.B) {
		b.ReportMetric(float64(len(values)*b.N)/b.Elapsed().Seconds(), "rows/s")
	}
	b.Run("users/floor", func(b *testing.B) {
		words := []string{key1, key2}
		for b.Loop() {
			for _, value := range values {
				var config map[string]json.RawMessage
				require.NoError(b, json.Unmarshal(bareOpen(b, words, value), &config))
				var google struct {
					Secret string
					Active bool
				}
				if text, ok := config["google"]; ok {
					require.NoError(b, json.Unmarshal(text, &google))
					require.NotEmpty(b, bareOpen(b, words, google.Secret))
				}
			}
		}
		perSecond(b)
	})
	b.Run("users/ours", func(b *testing.B) {
		for b.Loop() {
			for _, value := range values {
				if d := factors.Judge(value, k); !d.Opens() || d.Factor(app.Google).Status == app.StatusUnreadable {
					b.Fatal(d.Trouble.Note)
				}
			}
		}
		perSecond(b)
		b.ReportMetric(1.2, "target-ratio")
	})
}

// BenchmarkRate holds the time for one user against what 50,000 a second leave.
func BenchmarkRate(b *testing.B) {
	const unit = "µs/row"
	b.Run("50000/floor", func(b *testing.B) {
		for b.Loop() {
		}
		b.ReportMetric(1e6/50_000, unit)
	})
	b.Run("50000/ours", func(b *testing.B) {
		values, k := rows(b), keys(b, key1, key2)
		for b.Loop() {
			for _, value := range values {
				factors.Judge(value, k)
			}
		}
		b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(len(values)*b.N), unit)
		b.ReportMetric(1, "target-ratio/"+unit)
	})
}
