package diagnosis_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/diagnosis"
	"github.com/factordesk/factordesk/app/otp"
)

var (
	now      = time.Date(2026, 6, 9, 12, 7, 12, 0, time.UTC)
	standard = app.CodeParams{Kind: "totp", Algorithm: "SHA1", Digits: 6, Period: 30 * time.Second}
	counted  = app.CodeParams{Kind: "hotp", Algorithm: "SHA1", Digits: 6}
	own      = []byte("12345678901234567890")
	older    = []byte("an earlier one of Ann")
	sibling  = []byte("another entry of hers")
)

func patient() app.Patient {
	return app.Patient{
		User: app.User{
			Username: "amarigold", Email: "ann@juniper.example", FirstName: "Ann", LastName: "Marigold", Active: true,
			Factors: []app.Factor{{Provider: app.Google, Status: app.StatusActive}},
		},
		Provider: app.Provider{Code: app.Google, Name: "Google Authenticator"},
		Store:    app.StoreInfo{Name: "My Desk", Kind: app.LocalStore},
		Now:      now,
		Names:    func(p app.ProviderCode) string { return map[app.ProviderCode]string{app.Authy: "Authy"}[p] },
	}
}

func suspects() []app.Suspect {
	lend := func(r app.Relation, p app.ProviderCode, secret []byte) app.Suspect {
		return app.Suspect{
			Relation: r, User: "1", Provider: p, Key: app.NewSecret(otp.Encode(secret)), Params: standard, Last: app.NoStep, Window: 1,
		}
	}
	return []app.Suspect{
		lend(app.OwnFactor, app.Google, own), lend(app.EarlierFactor, app.Google, older), lend(app.SiblingFactor, app.Authy, sibling),
	}
}

// made are codes in a row, of a device with a secret, a clock and settings of its own.
func made(t *testing.T, secret []byte, off time.Duration, p app.CodeParams, codes int) []app.CodeReading {
	t.Helper()
	var all []app.CodeReading
	for i := range codes {
		at := now.Add(time.Duration(i-codes+1) * max(p.Period, 30*time.Second))
		code, err := otp.CodeAt(secret, otp.Params{
			Kind: otp.TOTP, Algorithm: otp.Algorithm(p.Algorithm), Digits: p.Digits, Period: p.Period,
		}, at.Add(off))
		require.NoError(t, err)
		all = append(all, app.CodeReading{Code: app.NewSecret(code), At: at})
	}
	return all
}

func typed(codes ...string) []app.CodeReading {
	var all []app.CodeReading
	for _, c := range codes {
		all = append(all, app.CodeReading{Code: app.NewSecret(c), At: now})
	}
	return all
}

// other returns the standard settings with some of them changed.
func other(algorithm string, digits int, period time.Duration) app.CodeParams {
	return app.CodeParams{Kind: "totp", Algorithm: algorithm, Digits: digits, Period: period}
}

func TestEveryVerdictHasItsWords(t *testing.T) {
	swapped := func() []app.CodeReading {
		right := []byte(made(t, own, 0, standard, 1)[0].Code.Reveal())
		i := 0
		for right[i] == right[i+1] {
			i++
		}
		right[i], right[i+1] = right[i+1], right[i]
		return typed(string(right))
	}
	for name, c := range map[string]struct {
		readings []app.CodeReading
		last     int64
		verdict  app.Verdict
		title    string
		message  string
		helps    []app.Help
	}{
		"good": {
			made(t, own, 0, standard, 1), app.NoStep, app.CodeAccepted, "The code is good",
			"The code is right and would be accepted now.",
			[]app.Help{app.HelpNothing},
		},
		"used": {
			made(t, own, 0, standard, 1), otp.Step(now, 30*time.Second), app.CodeReplayed, "The code was used already",
			"The code is right, but this store has accepted it before. Each code gets in once; the app shows the next one within 30 s.",
			[]app.Help{app.HelpWait},
		},
		"late": {
			made(t, own, -2*time.Minute, standard, 1), app.NoStep, app.CodeDrift, "Ann’s phone is 2 minutes behind",
			"The code is right, but came 4 steps late. This store accepts one step each side.",
			[]app.Help{app.HelpSetClock, app.HelpSyncApp, app.HelpResync, app.HelpReset},
		},
		"early, two codes": {
			made(t, own, 5*time.Minute, standard, 2), app.NoStep, app.CodeDrift, "Ann’s phone is 5 minutes ahead",
			"Both codes are right, but came 10 steps early. This store accepts one step each side.",
			[]app.Help{app.HelpSetClock, app.HelpSyncApp, app.HelpResync, app.HelpReset},
		},
		"another time zone": {
			made(t, own, -2*time.Hour, standard, 2), app.NoStep, app.CodeZone, "Ann’s phone is 2 hours behind",
			"Both codes are right, but whole hours away: the clock was set by hand, or for another time zone. This store accepts one step each side.",
			[]app.Help{app.HelpSetClock, app.HelpReset},
		},
		"eight digits": {
			made(t, own, 0, other("SHA1", 8, 30*time.Second), 1), app.NoStep, app.CodeDigits,
			"The app shows 8 digits, the store expects 6", "The secret is the right one, but the app makes codes of another length from it.",
			[]app.Help{app.HelpRightEntry, app.HelpScanAgain},
		},
		"another hash": {
			made(t, own, 0, other("SHA256", 6, 30*time.Second), 1), app.NoStep, app.CodeAlgorithm,
			"The app uses SHA256, the store SHA1", "The secret is the right one, but the app makes its codes with another hash.",
			[]app.Help{app.HelpRightEntry, app.HelpScanAgain},
		},
		"another pace": {
			made(t, own, 0, other("SHA1", 6, 60*time.Second), 1), app.NoStep, app.CodePeriod,
			"The app renews its code every 60 s, the store every 30 s", "The secret is the right one, but the app counts time at another pace.",
			[]app.Help{app.HelpRightEntry, app.HelpScanAgain},
		},
		"an earlier enrollment": {
			made(t, older, 0, standard, 1), app.NoStep, app.CodeOldSecret, "The app still has an earlier enrollment",
			"The code is made with a secret of Ann that was replaced. The app may have two entries of the same name.",
			[]app.Help{app.HelpRightEntry, app.HelpScanAgain},
		},
		"another factor": {
			made(t, sibling, 0, standard, 1), app.NoStep, app.CodeSibling, "The code belongs to another factor",
			"The code is right, for Authy of Ann.",
			[]app.Help{app.HelpRightEntry},
		},
		"two digits swapped": {
			swapped(), app.NoStep, app.CodeTypo, "A digit is wrong",
			"The code differs from a right one in one digit, or in two that were swapped.",
			[]app.Help{app.HelpWait, app.HelpTypeAgain},
		},
		"letters": {
			typed("7GHQ2"), app.NoStep, app.CodeOtherKind, "That is no code of Google Authenticator",
			"Five letters and digits are of Steam Guard. Codes of this factor are 6 digits.",
			[]app.Help{app.HelpTypeAgain, app.HelpRightEntry},
		},
		"seven digits": {
			typed("1234567"), app.NoStep, app.CodeOtherKind, "That is no code of Google Authenticator",
			"It has 7 digits, as codes of Authy and Duo Mobile have. Codes of this factor have 6.",
			[]app.Help{app.HelpTypeAgain, app.HelpRightEntry},
		},
		"far away, one code": {
			made(t, own, 100*time.Minute, standard, 1), app.NoStep, app.CodeUndecided, "One more code will tell", "",
			[]app.Help{app.HelpNextCode},
		},
		"far away": {
			made(t, own, 100*time.Minute, standard, 2), app.NoStep, app.CodeDrift, "Ann’s phone is 100 minutes ahead", "",
			[]app.Help{app.HelpSetClock, app.HelpSyncApp, app.HelpReset},
		},
		"a stranger's": {
			made(t, []byte("nobody has this secret"), 0, standard, 2), app.NoStep, app.CodeUnknown,
			"The code fits nothing that is known here", "",
			[]app.Help{app.HelpRightEntry, app.HelpSetClock, app.HelpReset},
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := suspects()
			s[0].Last = c.last
			d, err := diagnosis.Desk{}.Diagnose(c.readings, s, patient())
			require.NoError(t, err)
			require.Equal(t, c.verdict, d.Verdict)
			require.Equal(t, c.title, d.Title)
			if c.message != "" {
				require.Equal(t, c.message, d.Message)
			}
			require.NotEmpty(t, d.Message)
			var helps []app.Help
			for _, a := range d.Advice {
				helps = append(helps, a.Help)
				require.NotEmpty(t, a.Title)
				require.NotEmpty(t, a.Text)
			}
			require.Equal(t, c.helps, helps)
			for _, r := range c.readings {
				require.NotContains(t, d.Title+d.Message, r.Code.Reveal())
			}
		})
	}
}

func TestACounterAhead(t *testing.T) {
	s := suspects()[:1]
	s[0].Params, s[0].Last = counted, 4
	code, err := otp.Code(own, otp.Params{Kind: otp.HOTP, Algorithm: otp.SHA1, Digits: 6}, 15)
	require.NoError(t, err)
	d, err := diagnosis.Desk{}.Diagnose(typed(code), s, patient())
	require.NoError(t, err)
	require.Equal(t, app.CodeAhead, d.Verdict)
	require.Equal(t, "Ann’s token has counted on", d.Title)
	require.Equal(t, "The code is 10 presses ahead of the one that the store expects: the button was pressed without signing in.", d.Message)
	require.Equal(t, app.HelpResync, d.Advice[0].Help)
}

func TestAShopHasCookiesAndNoOffset(t *testing.T) {
	p := patient()
	p.Store.Kind = app.MagentoStore
	d, err := diagnosis.Desk{}.Diagnose(made(t, own, 0, standard, 1), suspects(), p)
	require.NoError(t, err)
	require.Equal(t, app.HelpCookies, d.Advice[1].Help)
	d, err = diagnosis.Desk{}.Diagnose(made(t, own, -5*time.Minute, standard, 1), suspects(), p)
	require.NoError(t, err)
	for _, a := range d.Advice {
		require.NotEqual(t, app.HelpResync, a.Help)
	}
}

func TestAKeptOffsetMovesTheClock(t *testing.T) {
	s := suspects()
	s[0].Offset = -5 * time.Minute
	d, err := diagnosis.Desk{}.Diagnose(made(t, own, -5*time.Minute, standard, 1), s, patient())
	require.NoError(t, err)
	require.Equal(t, app.CodeAccepted, d.Verdict)
}

func TestRough(t *testing.T) {
	for want, d := range map[string]app.Drift{
		"on time":              {From: -10 * time.Second, To: 20 * time.Second, Known: true},
		"2 minutes behind":     {From: -131 * time.Second, To: -102 * time.Second, Known: true},
		"2 to 3 minutes ahead": {From: 140 * time.Second, To: 170 * time.Second, Known: true},
		"35 to 64 s behind":    {From: -64 * time.Second, To: -35 * time.Second, Known: true},
		"1 hour ahead":         {From: 59*time.Minute + 50*time.Second, To: 60*time.Minute + 20*time.Second, Known: true},
		"1 day behind":         {From: -24*time.Hour - 20*time.Second, To: -24*time.Hour + 10*time.Second, Known: true},
		"of an unknown time":   {},
	} {
		require.Equal(t, want, d.Words())
	}
}

func TestOwnersAreCountedAndNamed(t *testing.T) {
	all := func(yield func(app.Suspect, error) bool) {
		for i, s := range suspects() {
			s.User = app.UserID(string(rune('1' + i)))
			if !yield(s, nil) {
				return
			}
		}
	}
	o, err := diagnosis.Desk{}.Owners(context.Background(), made(t, older, 0, standard, 2), all, nil)
	require.NoError(t, err)
	require.True(t, o.Sure)
	require.Equal(t, app.UserID("2"), o.Found[0].ID)
	require.Equal(t, 3, o.Tried)
	_, err = diagnosis.Desk{}.Owners(context.Background(), typed("abc"), all, nil)
	require.Equal(t, app.Invalid, app.KindOf(err))
	stopped, stop := context.WithCancel(context.Background())
	stop()
	_, err = diagnosis.Desk{}.Owners(stopped, made(t, older, 0, standard, 1), all, nil)
	require.ErrorIs(t, err, context.Canceled)
}
