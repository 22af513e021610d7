package magento

import (
	"fmt"
	"strconv"
	"time"

	"github.com/factordesk/factordesk/app"
)

// tolerance looks at how early or late a code may be.
func tolerance(x *examined) (found []app.Finding, passed string) {
	v := x.module
	value, path := v.tolerance(x.settings), v.tolerancePath()
	fact := app.Detail{Name: path, Value: strconv.Itoa(value) + " (as Magento comes)"}
	if x.settings.set(path) {
		fact = x.told(path)
	}
	is := app.Detail{Name: "Magento_TwoFactorAuth", Value: v.words()}
	f := app.Finding{Code: "otp-window", Scope: "all users", Found: []app.Detail{fact, is}}
	switch {
	case v.generation == unknownGeneration && x.settings.set(path) && value >= 30:
		f.Severity, f.Title, f.Summary = app.Serious, "The tolerance of codes is too large for newer Magentos", "From 2.4.7 on, every Google code is refused"
		f.About = "Up to Magento 2.4.6 the setting counts time steps: it would accept codes that are a quarter of an hour old, or older. " +
			"From 2.4.7 on it counts seconds, and 30 or more is an error at every sign-in. Which of them this shop is its database does not say."
		f.Steps = append([]app.Step{{Text: "See which version this is.", Command: "bin/magento --version"}}, x.setting(path, "29")...)
		f.Steps = append(f.Steps, app.Step{Text: "Up to 2.4.6, set it to 1 instead."})
	case v.generation == unknownGeneration:
		return nil, "The tolerance of codes is not known to be wrong"
	case v.generation == countsSteps && value > 2:
		f.Severity, f.Title = app.Serious, "Old codes are accepted for "+minutes(value)
		f.Summary = "Who has seen a code can use it long after"
		f.About = fmt.Sprintf("In this version the setting counts time steps of 30 seconds, so that codes of %s before and after now are accepted, "+
			"%d of them at any time. One step each side is what RFC 6238 recommends.", minutes(value), 2*value+1)
		f.Steps = x.setting(path, "1")
	case v.generation != countsSteps && value >= 30:
		f.Severity, f.Title, f.Summary = app.Critical, "Every Google code is refused", "The tolerance is not below the 30 seconds of a step, which is an error"
		f.About = "From Magento 2.4.7 on the setting counts seconds, and must be below the 30 seconds of a time step: with a larger one the shop " +
			"answers each code with an internal error. Magento’s own documentation advised 60 for older versions."
		f.Steps = x.setting(path, "29")
	case v.generation != countsSteps && value < 5:
		f.Severity, f.Title, f.Summary = app.Serious, "Codes are refused for small differences", fmt.Sprintf("A phone may be off by %d seconds, no more", max(value, 0))
		f.About = "In this version the setting counts seconds. A code that is typed a moment after it has changed, or comes from a phone whose clock " +
			"is a little off, is refused. Magento itself has changed it to 29 in 2.4.7-p1."
		f.Steps = x.setting(path, "29")
	default:
		if left := x.leftBehind(); left != nil {
			return []app.Finding{*left}, ""
		}
		return nil, "The tolerance of codes fits the version"
	}
	return []app.Finding{f}, ""
}

// leftBehind is the finding of an old setting that a newer version does not
// read.
func (x *examined) leftBehind() *app.Finding {
	if x.module.generation != hasLeeway || !x.settings.set(windowPath) {
		return nil
	}
	return &app.Finding{
		Code: "otp-window-left", Severity: app.Notice, Scope: "setting",
		Title:   "An old tolerance of codes is not read any more",
		Summary: "Since 2.4.8 another setting counts: " + leewayPath,
		About: "The update to Magento 2.4.8 has not carried the old setting over. What counts now is " +
			strconv.Itoa(x.module.tolerance(x.settings)) + " seconds.",
		Found: []app.Detail{x.told(windowPath), {Name: leewayPath, Value: strconv.Itoa(x.module.tolerance(x.settings))}},
		Steps: x.setting(leewayPath, "29"),
	}
}

// words names the version of the module.
func (v version) words() string {
	if v.text == "" {
		return "not known; " + map[generation]string{
			unknownGeneration: "the database does not say", countsSteps: "2.4.6 or older", countsSeconds: "2.4.7 or newer, by what it left behind",
			hasLeeway: "2.4.8 or newer, by what it left behind",
		}[v.generation]
	}
	return v.text + ", of Magento " + v.magento()
}

// minutes is a number of steps in words.
func minutes(steps int) string {
	d := time.Duration(steps) * period
	if d < time.Minute {
		return fmt.Sprintf("%d seconds", int(d.Seconds()))
	}
	if d%time.Minute != 0 {
		return fmt.Sprintf("%.1f minutes", d.Minutes())
	}
	if d == time.Minute {
		return "1 minute"
	}
	return fmt.Sprintf("%d minutes", int(d.Minutes()))
}

// ownTolerances looks at users who have a tolerance of their own.
func ownTolerances(x *examined) ([]app.Finding, string) {
	if x.module.generation != countsSeconds && x.module.generation != hasLeeway {
		return nil, ""
	}
	n := x.count(func(p *examinee) bool { return p.window != nil && *p.window >= int64(period/time.Second) })
	if n == 0 {
		return nil, ""
	}
	return []app.Finding{{
		Code: "otp-window-own", Severity: app.Serious, Scope: app.CountUsers(n),
		Title:   "Every code of " + app.CountUsers(n) + " is refused",
		Summary: "Their own tolerance is not below the 30 seconds of a step",
		About: "A user may have a tolerance of codes that comes before the shop’s. Since Magento 2.4.7 it counts seconds, and 30 or more is " +
			"an error at each sign-in.",
		Steps: []app.Step{{Text: "Reset Google Authenticator of each of them: the new one has no tolerance of its own."}},
	}}, ""
}

// inWords is a difference of clocks: "42 seconds", "3 hours".
func inWords(d time.Duration) string {
	switch {
	case d >= 2*time.Hour:
		return fmt.Sprintf("%d hours", int(d.Round(time.Hour).Hours()))
	case d >= 2*time.Minute:
		return fmt.Sprintf("%d minutes", int(d.Round(time.Minute).Minutes()))
	}
	return fmt.Sprintf("%d seconds", int(d.Round(time.Second).Seconds()))
}

// clockLimit is how much the clocks may differ. A code lives for 30 seconds.
const clockLimit = 5 * time.Second

// clocks compares the database's clock with this computer's.
func clocks(x *examined) ([]app.Finding, string) {
	off := x.ahead
	if off.Abs() <= clockLimit {
		return nil, "The database’s clock and this computer’s agree"
	}
	way := "ahead of"
	if off < 0 {
		way = "behind"
	}
	return []app.Finding{{
		Code: "clock", Severity: app.Serious, Scope: "all users",
		Title:   fmt.Sprintf("The database’s clock is %s %s this computer’s", inWords(off.Abs()), way),
		Summary: "One of the two is wrong, and codes hang on the right time",
		About: "Codes are made of the time on the phone and checked with the time of the shop’s server, and here with this computer’s. " +
			"The database often runs on the same server, or takes its time from the same place.",
		Found: []app.Detail{{Name: "Difference", Value: off.Round(time.Millisecond).String()}},
		Steps: []app.Step{
			{Text: "See whether this computer’s clock is right: “factorctl clock” compares it with time servers."},
			{Text: "See whether the clocks of the shop’s server and of the database’s are set by a time server.", Command: "timedatectl status"},
		},
	}}, ""
}
