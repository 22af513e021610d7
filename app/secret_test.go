package app_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	htmltemplate "html/template"
	"log/slog"
	"strings"
	"testing"
	"text/template"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
)

// hidden holds secrets in all the places where printers find them.
type hidden struct {
	Exported   app.Secret
	unexported app.Secret
	Pointer    *app.Secret
	Slice      []app.Secret
	Map        map[string]app.Secret
	Any        any
	Factor     app.FactorSecret
}

// element holds secrets in both places of XML.
type element struct {
	Text      app.Secret
	Attribute app.Secret `xml:"attribute,attr"`
}

func hide(text string) hidden {
	s := app.NewSecret(text)
	return hidden{
		Exported: s, unexported: s, Pointer: &s, Slice: []app.Secret{s}, Map: map[string]app.Secret{"key": s}, Any: s,
		Factor: app.FactorSecret{Key: s, URI: s},
	}
}

func TestASecretPrintsAsAMask(t *testing.T) {
	const canary = "tall-canary-0815"
	s, h := app.NewSecret(canary), hide(canary)
	require.Equal(t, canary, h.unexported.Reveal())
	printed := map[string]string{}
	for _, verb := range strings.Split("v +v #v s +s q #q x X # x d b o c U e g t p T 10s -10.3v 6.2f w", " ") {
		for name, value := range map[string]any{
			"secret": s, "pointer": &s, "struct": h, "struct pointer": &h, "slice": []app.Secret{s}, "array": [1]app.Secret{s},
			"map": map[string]app.Secret{"a": s}, "credentials": app.Credentials{Password: s, Code: s, Recovery: s},
			"new user": app.NewUser{Password: s}, "check": app.CodeCheck{Code: s}, "enrollment": app.Enrollment{Factor: h.Factor},
			"error": fmt.Errorf("wrap %v: %w", s, errors.New(fmt.Sprint(s))),
			"any":   []any{s, h},
		} {
			printed["%"+verb+" of "+name] = fmt.Sprintf("%"+verb, value)
		}
	}
	printed["Sprint"] = fmt.Sprint(s, h)
	printed["String"] = s.String()
	printed["GoString"] = s.GoString()
	for name, value := range map[string]any{"secret": s, "struct": h, "map": map[string]any{"a": s}} {
		b, err := json.Marshal(value)
		require.NoError(t, err)
		printed["json "+name] = string(b)
	}
	b, err := xml.Marshal(element{Text: s, Attribute: s})
	require.NoError(t, err)
	printed["xml"] = string(b)

	var out bytes.Buffer
	log := slog.New(slog.NewTextHandler(&out, nil))
	log.Info("text", "secret", s, "struct", h, "pointer", &h, slog.Group("g", "secret", s))
	log.With("secret", s).Error(fmt.Sprint("message ", s))
	slog.New(slog.NewJSONHandler(&out, nil)).Info("json", "secret", s, "struct", h, "any", []any{s})
	require.NoError(t, template.Must(template.New("").Parse(`{{.}} {{.Exported}} {{printf "%s" .Exported}} {{.Exported.String}}`)).Execute(&out, h))
	require.NoError(t, htmltemplate.Must(htmltemplate.New("").Parse(`<a title="{{.Exported}}">{{.}}</a><script>var x = {{.Exported}}</script>`)).Execute(&out, h))
	printed["log and templates"] = out.String()

	for how, text := range printed {
		for _, part := range []string{canary, "canary", "0815", fmt.Sprintf("%x", canary), fmt.Sprintf("%X", canary), fmt.Sprintf("%d", []byte(canary))} {
			require.NotContains(t, text, part, how)
		}
	}
}

// The mask tells neither the length nor whether there is anything.
func TestAMaskTellsNothing(t *testing.T) {
	long := app.NewSecret(strings.Repeat("x", 1000))
	for _, s := range []app.Secret{{}, app.NewSecret(""), app.NewSecret("x"), long} {
		require.Equal(t, long.String(), s.String())
		require.Equal(t, fmt.Sprintf("%30s", long), fmt.Sprintf("%30s", s))
		require.Equal(t, fmt.Sprintf("%#v", long), fmt.Sprintf("%#v", s))
	}
	require.True(t, app.Secret{}.Empty() && app.NewSecret("").Empty())
	require.False(t, app.NewSecret(" ").Empty())
	require.Equal(t, "", app.Secret{}.Reveal())
	require.Equal(t, " x", app.NewSecret(" x").Reveal())
}
