package magento

import (
	"fmt"
	"slices"
	"strings"

	"github.com/factordesk/factordesk/app"
)

// names of Magento's own providers.
var providerNames = map[app.ProviderCode]string{
	app.Google: "Google Authenticator", app.Duo: "Duo Security", app.Authy: "Authy", app.U2F: "U2F (Yubikey and others)",
}

// enabled reports whether Magento takes a provider: the others it passes over
// without a word.
func (x *examined) enabled(code app.ProviderCode) bool {
	has := func(paths ...string) bool {
		return !slices.ContainsFunc(paths, func(path string) bool { return x.settings.get(path) == "" })
	}
	switch code {
	case app.Google, app.U2F:
		return true
	case app.Authy:
		return has(authyKeyPath)
	case app.Duo:
		return has(duoHostPath) && (has(duoBefore...) || has(duoSince...))
	}
	return x.foreign[code]
}

// forcedProviders looks at the providers that everybody must use.
func forcedProviders(x *examined) (found []app.Finding, passed string) {
	forced := x.settings.forced()
	if len(forced) == 0 {
		return []app.Finding{x.noProvider()}, ""
	}
	works := x.working()
	severity := app.Serious
	if len(works) == 0 {
		severity = app.Critical
	}
	for _, code := range forced {
		switch {
		case slices.Contains(works, code):
		case providerNames[code] == "":
			found = append(found, x.unknownProvider(code, severity))
		default:
			found = append(found, x.unsetProvider(code, severity))
		}
	}
	return found, "The providers to use are chosen, and each of them works"
}

// working are the forced providers that Magento takes.
func (x *examined) working() []app.ProviderCode {
	return slices.DeleteFunc(x.settings.forced(), func(code app.ProviderCode) bool { return !x.enabled(code) })
}

func (x *examined) noProvider() app.Finding {
	return app.Finding{
		Code: "forced-none", Severity: app.Critical, Scope: "all users",
		Title:   "No provider is chosen",
		Summary: "Nobody gets into the shop’s admin until somebody chooses one",
		About: "Magento asks everybody for the providers that are chosen in its settings. With none, it leads those who may change " +
			"the settings to choose one at the next sign-in, and everybody else to a page that says to ask them.",
		Found: []app.Detail{x.told(forcedPath)},
		Steps: x.setting(forcedPath, "google"),
	}
}

func (x *examined) unknownProvider(code app.ProviderCode, s app.Severity) app.Finding {
	f := app.Finding{
		Code: "forced-unknown", Severity: s, Scope: "setting",
		Title:   fmt.Sprintf("The chosen provider %q does not exist", string(code)),
		Summary: "Magento passes over it without a word",
		About: "Magento has google, duo_security, authy and u2fkey. A module may bring others, but no user has anything of this one. " +
			"Who relies on it is not asked for it.",
		Found: []app.Detail{x.told(forcedPath)},
	}
	list := x.without(code)
	if code == "duo" {
		f.About = "Magento’s own documentation calls it duo, but its code is duo_security. " + f.About
		list = strings.Join(append(x.codes(code), string(app.Duo)), ",")
	}
	if list == "" {
		list = "google"
	}
	f.Steps = x.setting(forcedPath, list)
	return f
}

func (x *examined) unsetProvider(code app.ProviderCode, s app.Severity) app.Finding {
	f := app.Finding{
		Code: "forced-disabled", Severity: s, Scope: "setting",
		Title:   providerNames[code] + " is chosen, but not set up",
		Summary: "Magento passes over it without a word",
		About:   "Without its keys Magento takes the provider for switched off: nobody is asked for it, although the settings say so.",
		Found:   []app.Detail{x.told(forcedPath)},
		Steps:   []app.Step{{Text: "Give its keys in the shop’s admin: Stores > Configuration > Security > 2FA."}},
	}
	if list := x.without(code); list != "" {
		steps := x.setting(forcedPath, list)
		steps[0].Text = "Or choose the others only. " + steps[0].Text
		f.Steps = append(f.Steps, steps...)
	}
	return f
}

// codes are the forced providers but one.
func (x *examined) codes(but app.ProviderCode) []string {
	var codes []string
	for _, c := range x.settings.forced() {
		if c != but {
			codes = append(codes, string(c))
		}
	}
	return codes
}

func (x *examined) without(code app.ProviderCode) string { return strings.Join(x.codes(code), ",") }

// severalProviders looks whether everybody needs more than one.
func severalProviders(x *examined) ([]app.Finding, string) {
	works := x.working()
	if len(works) < 2 {
		return nil, "Nobody needs more than one provider"
	}
	names := make([]string, len(works))
	for i, code := range works {
		names[i] = providerNames[code]
		if names[i] == "" {
			names[i] = string(code)
		}
	}
	return []app.Finding{{
		Code: "several-providers", Severity: app.Notice, Scope: "all users",
		Title:   fmt.Sprintf("Everybody must set up %d providers", len(works)),
		Summary: "Who lacks one of them gets a mail at each sign-in",
		About: "Before Magento 2.4.9 every chosen provider must be set up by everybody; one that is missing, also after a reset, leads " +
			"to a mail and back to its set-up page at each sign-in. Choose one, unless that is what you want.",
		Found: []app.Detail{x.told(forcedPath), {Name: "Asked for", Value: strings.Join(names, ", ")}},
		Steps: x.setting(forcedPath, string(works[0])),
	}}, ""
}

// otherSwitches looks for switches that other modules bring, or old ones.
func otherSwitches(x *examined) (found []app.Finding, passed string) {
	const module = "twofactorauth/general/enable"
	if paths := append(x.settings.paths(module), x.settings.paths("twofactorauth/general/disable_in_developer_mode")...); len(paths) > 0 {
		f := app.Finding{
			Code: "disabling-module", Severity: app.Notice, Scope: "all users",
			Title:   "A module that can switch 2FA off has left settings",
			Summary: "If it is installed still, one setting opens the shop to passwords alone",
			About: "Magento’s own 2FA cannot be switched off. These settings belong to MarkShust_DisableTwoFactorAuth, or to one like it. " +
				"Whether it is installed cannot be seen from the database.",
			Steps: []app.Step{
				{Text: "See whether it is installed.", Command: "bin/magento module:status MarkShust_DisableTwoFactorAuth"},
				{Text: "If nobody needs it, switch the module off.", Command: "bin/magento module:disable MarkShust_DisableTwoFactorAuth"},
			},
		}
		for _, path := range paths {
			f.Found = append(f.Found, x.told(path))
		}
		if x.settings.set(module) && x.settings.number(module) == 0 {
			f.Severity, f.Title = app.Critical, "2FA may be switched off by a module"
			f.Summary = "If the module is installed, a password alone opens the admin"
		}
		found = append(found, f)
	}
	if paths := append(x.settings.paths("msp/twofactorauth/"), x.settings.paths("msp_securitysuite_twofactorauth/")...); len(paths) > 0 {
		f := app.Finding{
			Code: "old-switch", Severity: app.Notice, Scope: "setting",
			Title:   "Settings of Magento 2.3’s 2FA are left",
			Summary: "They do nothing: 2FA cannot be switched off by them",
			About:   "They belong to the module that Magento 2.4’s own has replaced. Magento 2.4 does not read them.",
			Steps:   []app.Step{{Text: "Nothing has to be done. If somebody relies on one of them, tell that it has no effect."}},
		}
		for _, path := range paths {
			f.Found = append(f.Found, x.told(path))
		}
		found = append(found, f)
	}
	return found, "No module has switched 2FA off"
}

// signInElsewhere looks whether the shop's admin asks Adobe for the sign-in.
func signInElsewhere(x *examined) ([]app.Finding, string) {
	if x.settings.number(imsPath) == 0 {
		return nil, "The shop asks for its own 2FA, not for Adobe’s"
	}
	return []app.Finding{{
		Code: "adobe-ims", Severity: app.Serious, Scope: "all users",
		Title:   "Administrators sign in through Adobe IMS",
		Summary: "The factors here are not asked for",
		About: "Where the sign-in through Adobe’s identity service is on, Magento passes over its own 2FA: Adobe’s own is what counts. " +
			"What is enrolled or reset here has no effect on the sign-in.",
		Found: []app.Detail{x.told(imsPath)},
		Steps: []app.Step{
			{Text: "If that is meant, nothing has to be done here. See what is on.", Command: "bin/magento admin:adobe-ims:status"},
			{Text: "Otherwise switch it off.", Command: "bin/magento admin:adobe-ims:disable"},
		},
	}}, ""
}
