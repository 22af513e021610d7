package app_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/factordesk/factordesk/app"
)

func TestNames(t *testing.T) {
	for _, c := range []struct {
		u           app.User
		name, short string
	}{
		{app.User{Username: "ann", FirstName: "Ann", LastName: "Marigold"}, "Ann Marigold", "Ann"},
		{app.User{Username: "ann", LastName: "Marigold"}, "Marigold", "Marigold"},
		{app.User{Username: "ann", FirstName: "Ann"}, "Ann", "Ann"},
		{app.User{Username: "ann", FirstName: "  "}, "ann", "ann"},
		{app.User{Username: "ann"}, "ann", "ann"},
	} {
		require.Equal(t, c.name, c.u.Name())
		require.Equal(t, c.short, c.u.Short())
	}
}

func TestLocked(t *testing.T) {
	u := app.User{LockedUntil: start}
	require.True(t, u.Locked(start.Add(-1)))
	require.False(t, u.Locked(start))
	require.False(t, app.User{}.Locked(start))
	require.Equal(t, app.StatusNotEnrolled, u.Factor(app.Google).Status)
}

func TestCheckUsername(t *testing.T) {
	for _, good := range []string{"a", "ann.marigold", "Élodie", "日本", "o'hara", "a+b@c", strings.Repeat("é", 64), "%_*"} {
		require.NoError(t, app.CheckUsername(good), good)
	}
	for _, bad := range []string{"", " ", "a b", "a\tb", "a:b", "a\x00", "a\x7f", "a\u0085b", "\xff", "a\u00a0b", strings.Repeat("é", 65), "a\nb", "ann\u200b", "\ufeffann", "a\u202enna"} {
		isInvalid(t, app.CheckUsername(bad), bad)
	}
}

func TestCheckEmail(t *testing.T) {
	for _, good := range []string{"a@b", "ann+tag@juniper.example", "o'hara@x.example", "ä@ö.example", "a.b@c-d.example"} {
		require.NoError(t, app.CheckEmail(good), good)
	}
	for _, bad := range []string{
		"", "ann", "@x.example", "ann@", "a b@x.example", "Ann <ann@x.example>", "<ann@x.example>", "a@x.example, b@x.example",
		"a@.example", "a@x.example.", "a@x..example", "a@x.example\n", " a@x.example", "a@x.example (ann)", "a@@x.example",
		strings.Repeat("a", 250) + "@x.example", "\xff@x.example", "a\x00@x.example",
	} {
		isInvalid(t, app.CheckEmail(bad), bad)
	}
}

func TestCheckPassword(t *testing.T) {
	for _, good := range []string{"0123456789", "correct horse", "пароль1234", strings.Repeat("ab", 512)} {
		require.NoError(t, app.CheckPassword(app.NewSecret(good)), good)
	}
	for _, bad := range []string{"", "t1ny", "123456789", "aaaaaaaaaaaa", "ééééééééééé", strings.Repeat("ab", 513), "tab\tinside it", "bytes \xff\xfe bytes", "nul\x00 inside it"} {
		err := app.CheckPassword(app.NewSecret(bad))
		isInvalid(t, err, bad)
		require.False(t, bad != "" && strings.Contains(err.Error(), bad))
	}
}

func isInvalid(t *testing.T, err error, what string) {
	t.Helper()
	require.Error(t, err, "%q", what)
	require.Equal(t, app.Invalid, app.KindOf(err), "%q", what)
	message, _ := app.Explain(err)
	require.True(t, strings.HasSuffix(message, "."), message)
}

// Names are shown beside others, in sentences and in the audit: none may turn
// what follows it around, or begin another line.
func TestCheckName(t *testing.T) {
	for _, good := range []string{"", "Ann", "O’Hara", "می\u200cخواهم", "שלום", "Jean-Luc de la Tour"} {
		require.NoError(t, app.CheckName("first name", good), good)
	}
	for _, bad := range []string{"Ann\u202e", "\u2066Ann", "Ann\u2028Bauer", "Ann\x1b[31m", strings.Repeat("é", 101), "\xff"} {
		isInvalid(t, app.CheckName("first name", bad), bad)
	}
}

// Checking anything never panics, and what passes can be shown on one line.
func TestChecksOfAnyText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.OneOf(rapid.String(), rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) })).Draw(t, "text")
		for _, err := range []error{app.CheckUsername(s), app.CheckEmail(s), app.CheckName("first name", s)} {
			if err == nil {
				require.False(t, strings.ContainsAny(s, "\n\r\x00\x1b\x7f"))
			}
		}
		_ = app.CheckPassword(app.NewSecret(s))
	})
}

func TestThousands(t *testing.T) {
	for n, want := range map[int64]string{
		0: "0", 7: "7", 999: "999", 1000: "1,000", 12480: "12,480", 1234567: "1,234,567", -1: "-1", -999: "-999", -1000: "-1,000",
		1<<63 - 1: "9,223,372,036,854,775,807", -1 << 63: "-9,223,372,036,854,775,808",
	} {
		require.Equal(t, want, app.Thousands(n))
	}
}

func TestClockWithUTC(t *testing.T) {
	local := time.Local
	defer func() { time.Local = local }()
	time.Local = time.FixedZone("UTC+2", 2*60*60)
	require.Equal(t, "14:08 (12:08 UTC)", app.ClockWithUTC(start))
}

func TestRoles(t *testing.T) {
	byID := map[app.RoleID]app.Role{}
	for _, r := range app.BuiltInRoles() {
		byID[r.ID] = r
		require.True(t, r.BuiltIn)
	}
	require.Len(t, byID, 3)
	require.True(t, byID[app.Administrators].Administers())
	require.False(t, byID[app.HelpDesk].Administers() || byID[app.Auditor].Administers())
	require.True(t, byID[app.Administrators].OpensSecrets() && byID[app.HelpDesk].OpensSecrets())
	require.False(t, byID[app.Auditor].OpensSecrets())
	for _, p := range app.Permissions() {
		require.True(t, byID[app.Administrators].Has(p))
		require.NotEqual(t, string(p), p.Words())
	}
	require.Equal(t, "fly", app.Permission("fly").Words())
}

func TestDeedWords(t *testing.T) {
	require.Equal(t, "reset google", app.Deed{Action: app.DoReset, Provider: app.Google, Target: "7"}.String())
	require.Equal(t, "import users", fmt.Sprint(app.Deed{Action: app.DoImport}))
}

// What an operator writes as a reason fits one line and does nothing to a
// terminal.
func TestReasonsAreOneLine(t *testing.T) {
	d := signedIn(t, "olive")
	events := d.events(t, func() {
		g := d.grant(t, app.Deed{Action: app.DoReset, Target: d.id["ann"], Provider: app.Google})
		require.NoError(t, d.console.Reset(d.ctx, g, app.ResetRequest{
			User: d.id["ann"], Provider: app.Google, Reason: "  new\nphone \x1b[31m\tred\x00\xff\u202e " + strings.Repeat("ü", 300),
		}))
	})
	require.Len(t, events, 1)
	require.True(t, strings.HasPrefix(events[0].Reason, "new phone [31m red üü"), events[0].Reason)
	require.Len(t, []rune(events[0].Reason), 200)
	require.Equal(t, "active", events[0].Detail("before"))
	require.Equal(t, "not enrolled", events[0].Detail("after"))
	require.Empty(t, events[0].Detail("no such"))
}
