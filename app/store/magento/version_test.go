package magento

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
)

func TestGeneration(t *testing.T) {
	for _, test := range []struct {
		text      string
		patched   bool
		stored    map[string]string
		want      generation
		tolerance int
		magento   string
	}{
		{"1.0.0", false, nil, countsSteps, 30, "2.4.0"},
		{"1.1.0", false, nil, countsSteps, 1, "2.4.1"},
		{"1.1.5", false, map[string]string{windowPath: "60"}, countsSteps, 60, "2.4.6"},
		{"1.1.5-p8", false, nil, countsSteps, 1, "2.4.6"},
		{"1.1.6", false, nil, countsSeconds, 1, "2.4.7"},
		{"1.1.6-p1", true, nil, countsSeconds, 29, "2.4.7"},
		{"1.1.6", true, map[string]string{windowPath: "60"}, countsSeconds, 60, "2.4.7"},
		{"1.1.7", false, map[string]string{windowPath: "60"}, hasLeeway, 29, "2.4.8"},
		{"1.1.8", false, map[string]string{leewayPath: "10"}, hasLeeway, 10, "2.4.9"},
		{"2.3.0", false, nil, hasLeeway, 29, "2.4.8 or newer"},
		{"1.1.0", false, map[string]string{leewayPath: "10"}, hasLeeway, 10, "2.4.8 or newer"}, // Mage-OS counts anew
		{"", false, nil, unknownGeneration, 29, "2.4"},
		{"", false, map[string]string{windowPath: "60"}, unknownGeneration, 60, "2.4"},
		{"", true, nil, countsSeconds, 29, "2.4.7 or newer"},
		{"", false, map[string]string{duoClientPath: "x"}, hasLeeway, 29, "2.4.8 or newer"},
		{"a.b.c", false, nil, unknownGeneration, 29, "2.4"},
		{"1.1", false, nil, unknownGeneration, 29, "2.4"},
		{"-1.1.1", false, nil, unknownGeneration, 29, "2.4"},
	} {
		v := version{text: test.text, patched: test.patched}
		s := settings{stored: test.stored}
		v.generation = generationOf(v, s)
		require.Equal(t, test.want, v.generation, "%+v", test)
		require.Equal(t, test.tolerance, v.tolerance(s), "%+v", test)
		require.Equal(t, test.magento, v.magento(), "%+v", test)
	}
}

func TestSettings(t *testing.T) {
	s := settings{
		stored: map[string]string{forcedPath: "google,,u2fkey", failuresPath: "4", senderPath: "sales", plainURLPath: "http://shop.example/"},
		fixed:  map[string]string{failuresPath: "9", secureURLPath: "https://admin.example:8443/x/"},
	}
	require.Equal(t, []app.ProviderCode{"google", "u2fkey"}, s.forced())
	require.Equal(t, "9", s.get(failuresPath), "a file wins over the database")
	require.Equal(t, "30", s.get(thresholdPath), "and Magento's own value is the last")
	require.Equal(t, app.LockPolicy{Failures: 9, For: 30 * time.Minute}, s.lock())
	require.Equal(t, "shop.example", s.issuer())
	s.stored[secureDeskPath] = "1"
	require.Equal(t, "admin.example", s.issuer(), "the admin has an address of its own")
	s.fixed[secureURLPath] = "{{unsecure_base_url}}admin/"
	require.Equal(t, "shop.example", s.issuer())
	require.Equal(t, []string{failuresPath}, s.paths("admin/security/"))
	require.True(t, s.set(failuresPath))
	require.False(t, s.set(thresholdPath))

	for text, want := range map[string]int{"": 0, "6": 6, " 12x": 12, "-3": -3, "+4": 4, "x": 0, "-": 0, "99999999999999999999": 0} {
		require.Equal(t, want, settings{stored: map[string]string{"p": text}}.number("p"), "%q", text)
	}
	for failures, minutes := range map[string]string{"0": "30", "6": "0", "": "30", "5": ""} {
		require.Zero(t, settings{stored: map[string]string{failuresPath: failures, thresholdPath: minutes}}.lock(), "either switches it off")
	}
	require.Empty(t, settings{}.issuer())
	require.Empty(t, settings{stored: map[string]string{plainURLPath: "{{base_url}}"}}.issuer())
}

func TestGrants(t *testing.T) {
	desk := Grants("shop", "m2_", "'desk'@'%'", false)
	require.Contains(t, desk, "GRANT SELECT (`user_id`, `firstname`, `lastname`, `email`, `username`, `password`, `created`, `logdate`, `is_active`, "+
		"`failures_num`, `first_failure`, `lock_expires`), UPDATE (`failures_num`, `first_failure`, `lock_expires`) ON `shop`.`m2_admin_user` TO 'desk'@'%';\n")
	require.Contains(t, desk, "GRANT SELECT (`admin_id`), DELETE ON `shop`.`m2_oauth_token` TO 'desk'@'%';\n")
	before, after, found := strings.Cut(desk, "-- A shop may lack")
	require.True(t, found)
	require.NotContains(t, before, "oauth_token")
	require.NotContains(t, before, "admin_user_session")
	require.NotContains(t, after, "`m2_admin_user`")
	require.Contains(t, after, "error 1146")
	look := Grants("a`b", "", "`look`@`localhost`", true)
	require.Contains(t, look, "ON `a``b`.`tfa_user_config` TO `look`@`localhost`;\n")
	for _, right := range []string{"UPDATE", "INSERT", "DELETE"} {
		require.NotContains(t, look, right)
	}
	for _, name := range tokenTables {
		require.NotContains(t, look, "`"+name+"`", "nobody who looks needs it")
	}
}
