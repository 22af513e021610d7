package app_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/otp"
	"github.com/factordesk/factordesk/app/store/memory"
)

// read are codes of somebody's device whose clock is off, read out in a row.
func (d *desk) read(t checker, name string, off time.Duration, codes int) []app.CodeReading {
	t.Helper()
	var all []app.CodeReading
	for i := range codes {
		at := d.now.Add(time.Duration(i-codes+1) * 31 * time.Second)
		all = append(all, app.CodeReading{Code: codeOf(t, d.key[name], at.Add(off)), At: at})
	}
	return all
}

func (d *desk) diagnose(name string, codes []app.CodeReading) (app.Diagnosis, error) {
	return d.console.Diagnose(d.ctx, app.DiagnosisRequest{User: d.id[name], Provider: app.Google, Readings: codes})
}

func (d *desk) lastEvent(t checker) app.Event {
	t.Helper()
	page, err := d.store.Events(d.ctx, app.EventQuery{Limit: 1})
	require.NoError(t, err)
	return page.Events[0]
}

func TestDiagnosisSaysWhatIsSoAndChangesNothing(t *testing.T) {
	d := signedIn(t, "helga")
	before := d.user(t, "ann")
	codes := d.read(t, "ann", -2*time.Minute, 2)
	found, err := d.diagnose("ann", codes)
	require.NoError(t, err)
	require.Equal(t, app.CodeDrift, found.Verdict)
	require.True(t, found.Sure)
	require.False(t, found.Next)
	require.LessOrEqual(t, found.Drift.From, -2*time.Minute)
	require.Greater(t, found.Drift.To, -2*time.Minute)
	require.Less(t, found.Drift.To-found.Drift.From, 30*time.Second, "two codes narrow it")
	require.Len(t, found.Places, 2)
	require.EqualValues(t, -4, found.Places[1].Steps)
	require.Equal(t, "ann’s phone is 2 minutes behind", found.Title)
	require.Equal(t, "Both codes are right, but came 4 steps late. This store accepts one step each side.", found.Message)
	require.Equal(t, app.HelpSetClock, found.Advice[0].Help)
	require.Equal(t, app.HelpReset, found.Advice[len(found.Advice)-1].Help)

	require.Equal(t, before, d.user(t, "ann"), "nothing counts and nothing is used")
	e := d.lastEvent(t)
	require.Equal(t, app.DoDiagnose, e.Action)
	require.Equal(t, app.Done, e.Outcome)
	require.Equal(t, "helga", e.Operator)
	require.Equal(t, "ann", e.Target)
	require.Equal(t, "drift", e.Detail("verdict"))
	require.Len(t, e.Details, 1, "no code, no secret, no offset")
	require.NotContains(t, fmt.Sprint(e), codes[0].Code.Reveal())

	good := d.read(t, "ann", 0, 1)
	found, err = d.diagnose("ann", good)
	require.NoError(t, err)
	require.Equal(t, app.CodeAccepted, found.Verdict)
	a, err := d.console.Verify(d.ctx, d.id["ann"], app.Google, good[0].Code)
	require.NoError(t, err)
	require.Equal(t, app.OK, a.Reason, "a good code stays good")
	found, err = d.diagnose("ann", good)
	require.NoError(t, err)
	require.Equal(t, app.CodeReplayed, found.Verdict)
}

func TestOneCodeFarAwayIsNotEnough(t *testing.T) {
	d := signedIn(t, "olive")
	found, err := d.diagnose("ann", d.read(t, "ann", 3*time.Hour+7*time.Minute, 1))
	require.NoError(t, err)
	require.Equal(t, app.CodeUndecided, found.Verdict)
	require.True(t, found.Next)
	require.Empty(t, found.Places, "where it lies is told to nobody who may have guessed it")
	require.False(t, found.Drift.Known)
	found, err = d.diagnose("ann", d.read(t, "ann", 3*time.Hour+7*time.Minute, 2))
	require.NoError(t, err)
	require.Equal(t, app.CodeDrift, found.Verdict)
}

func TestDiagnosesAreBounded(t *testing.T) {
	d := signedIn(t, "helga")
	for i := range app.DiagnosesLimit {
		_, err := d.diagnose("ann", []app.CodeReading{{Code: app.NewSecret(fmt.Sprintf("%06d", i)), At: d.now}})
		require.NoError(t, err)
		d.now = d.now.Add(time.Second)
	}
	_, err := d.diagnose("ann", d.read(t, "ann", 0, 1))
	require.Equal(t, app.Locked, app.KindOf(err))
	message, hint := app.Explain(err)
	require.Equal(t, "ann Bellwether: codes were looked at 60 times in 15 minutes.", message)
	require.Contains(t, hint, "Go on at ")
	_, err = d.diagnose("lou", d.read(t, "lou", 0, 1))
	require.NoError(t, err, "somebody else's are not")
	d.now = d.now.Add(app.DiagnosesSpan)
	_, err = d.diagnose("ann", d.read(t, "ann", 0, 1))
	require.NoError(t, err)
}

func TestWhoMayDiagnose(t *testing.T) {
	for name, may := range map[string]bool{"olive": true, "helga": true, "audrey": false} {
		d := signedIn(t, name)
		_, err := d.diagnose("ann", d.read(t, "ann", 0, 1))
		require.Equal(t, may, err == nil, "%s: %v", name, err)
		if !may {
			require.Equal(t, app.Denied, app.KindOf(err))
			require.Equal(t, app.Refused, d.lastEvent(t).Outcome)
		}
		_, err = d.console.WhoseCode(d.ctx, d.read(t, "ann", 0, 2), nil)
		require.Equal(t, name == "olive", err == nil, "%s: %v", name, err)
	}
}

func TestBadReadings(t *testing.T) {
	d := signedIn(t, "olive")
	code := app.CodeReading{Code: app.NewSecret("123456"), At: d.now}
	for want, codes := range map[string][]app.CodeReading{
		"No code was given.":                             nil,
		"One code or two in a row are looked at, not 3.": {code, code, code},
		"The code is empty.":                             {{At: d.now}},
	} {
		_, err := d.diagnose("ann", codes)
		message, _ := app.Explain(err)
		require.Equal(t, want, message)
	}
	_, err := d.diagnose("ben", []app.CodeReading{code})
	require.Equal(t, app.NotFound, app.KindOf(err), "nothing is enrolled")
	_, err = d.diagnose("una", []app.CodeReading{code})
	require.Equal(t, app.Unreadable, app.KindOf(err))
}

func TestLockedAccountIsSaidAndUnlockOffered(t *testing.T) {
	d := signedIn(t, "olive")
	found, err := d.diagnose("lou", d.read(t, "lou", 0, 1))
	require.NoError(t, err)
	require.Equal(t, app.CodeAccepted, found.Verdict)
	require.Equal(t, "The code is good, the account is not open", found.Title)
	require.Contains(t, found.Message, "The account is locked until ")
	require.Equal(t, app.HelpUnlock, found.Advice[len(found.Advice)-1].Help)
}

func TestWhoseCodeNamesNobodyByChance(t *testing.T) {
	d := signedIn(t, "olive")
	tried := 0
	found, err := d.console.WhoseCode(d.ctx, d.read(t, "ann", 0, 2), func(n int) { tried = n })
	require.NoError(t, err)
	require.True(t, found.Sure)
	require.Equal(t, "ann", found.Found[0].User.Username)
	require.Equal(t, 3, found.Tried, "those that a key opens")
	require.Equal(t, 3, tried)
	e := d.lastEvent(t)
	require.Equal(t, app.DoIdentify, e.Action)
	require.Equal(t, "ann", e.Target)
	require.Equal(t, "3", e.Detail("factors"))

	for i := range 400 { // so many factors that one code fits one by chance
		key := fmt.Appendf(nil, "%-20s", fmt.Sprint("many", i))
		d.store.Place(memory.Person{
			User: app.User{Username: fmt.Sprint("many", i), Email: "many@juniper.example", Active: true, Factors: []app.Factor{{Provider: app.Google, Status: app.StatusActive, Since: start}}},
			Keys: map[app.ProviderCode]app.Secret{app.Google: app.NewSecret(otp.Encode(key))},
		})
	}
	found, err = d.console.WhoseCode(d.ctx, d.read(t, "ann", 0, 1), nil)
	require.NoError(t, err)
	require.False(t, found.Sure)
	require.True(t, found.Next)
	require.Empty(t, found.Found)
	require.Greater(t, found.Chance, 0.001)
	require.Empty(t, d.lastEvent(t).Target)
}

func TestACodeOfAnotherUserIsSaidToBeTheirs(t *testing.T) {
	d := signedIn(t, "olive")
	codes := d.read(t, "lou", 0, 2)
	found, err := d.console.DiagnoseAmongAll(d.ctx, app.DiagnosisRequest{User: d.id["ann"], Provider: app.Google, Readings: codes}, nil)
	require.NoError(t, err)
	require.Equal(t, app.CodeOtherUser, found.Verdict)
	require.True(t, found.Sure)
	require.Equal(t, d.id["lou"], found.OtherUser.ID)
	require.Contains(t, found.Message, "lou")
	e := d.lastEvent(t)
	require.Equal(t, app.DoIdentify, e.Action)
	require.Equal(t, "lou", e.Target)

	// Who may not know that, is not told, and does not ask.
	d = signedIn(t, "helga")
	found, err = d.console.DiagnoseAmongAll(d.ctx, app.DiagnosisRequest{User: d.id["ann"], Provider: app.Google, Readings: d.read(t, "lou", 0, 2)}, nil)
	require.NoError(t, err)
	require.Equal(t, app.CodeUnknown, found.Verdict)
	require.Empty(t, found.OtherUser)
	require.Equal(t, app.DoDiagnose, d.lastEvent(t).Action)
}
