package magento

import (
	"context"

	"github.com/factordesk/factordesk/app"
)

// check is one question that an examination asks. It returns what it found, or
// in a few words what is well.
type check func(x *examined) (found []app.Finding, passed string)

// checks are all of them, in the order in which they are told where nothing is
// more serious.
var checks = []check{
	forcedProviders, severalProviders, otherSwitches, signInElsewhere,
	tolerance, ownTolerances, clocks,
	barredRoles, anybodyResets, withoutRole, endedAccounts, lockedAccounts,
	severalRowsOfOne, tokensThatStay, defaultSender,
}

// Examine looks for what is wrong with the shop's 2FA, and changes nothing.
func (s *Store) Examine(ctx context.Context) (app.Examination, error) {
	x, err := again(ctx, func() (*examined, error) { return s.readExamined(ctx) })
	if err != nil {
		return app.Examination{}, explain("examine", err)
	}
	var e app.Examination
	e.Findings, e.Passed = app.CommonFindings(x.store)
	for i := range e.Findings {
		x.detail(&e.Findings[i])
	}
	if x.doubt != nil { // which explains the others
		e.Findings = append([]app.Finding{keyInDoubt(*x.doubt)}, e.Findings...)
	}
	for _, ask := range checks {
		found, passed := ask(x)
		e.Findings = append(e.Findings, found...)
		if passed != "" && len(found) == 0 {
			e.Passed = append(e.Passed, passed)
		}
	}
	e.Unseen = x.unseen()
	return e, nil
}

// unseen says what the database cannot tell.
func (x *examined) unseen() []string {
	all := []string{
		"Environment variables of the shop’s server (CONFIG__… and MAGENTO_DC_…) win over the database, and cannot be seen from here.",
		"The shop remembers its settings: a change counts only after “bin/magento cache:clean config”.",
		"Wrong codes typed in the shop are counted in each PHP session, and cannot be seen from here.",
	}
	if x.settings.unknown {
		all = append(all, "Settings in app/etc/env.php and config.php win over the database; nobody has read those files here.")
	}
	if x.module.generation == unknownGeneration {
		all = append(all, "The version of Magento_TwoFactorAuth is not in the database, so what depends on it is said with an if. Its patch level never is.")
	} else {
		all = append(all, "The patch level of Magento is not in the database.")
	}
	for _, t := range tables {
		if t.ends { // a finding tells
			continue
		}
		if err := x.lacks[t.name]; err != nil && app.KindOf(err) == app.Denied {
			message, _ := app.Explain(err)
			all = append(all, message)
		}
	}
	return all
}

// setting is the steps that set one of the shop's settings.
func (x *examined) setting(path, value string) []app.Step {
	if _, fixed := x.settings.fixed[path]; fixed {
		return []app.Step{{Text: "It stands in app/etc/env.php or config.php, which win over the database: change " + path + " there."}}
	}
	return []app.Step{
		{Text: "Set it on the shop’s server.", Command: "bin/magento config:set " + path + " " + value},
		{Text: "Then let the shop read its settings anew.", Command: "bin/magento cache:clean config"},
	}
}

// told is a setting as a fact, with where it stands.
func (x *examined) told(path string) app.Detail {
	value := x.settings.get(path)
	if value == "" {
		value = "empty"
	}
	switch {
	case x.settings.isFixed(path):
		value += " (in env.php or config.php)"
	case !x.settings.set(path):
		value += " (as Magento comes)"
	}
	return app.Detail{Name: path, Value: value}
}

func (s settings) isFixed(path string) bool {
	_, fixed := s.fixed[path]
	return fixed
}
