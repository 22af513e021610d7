package magento

import (
	"strings"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/store/magento/acl"
)

// members counts the users who can sign in and have one of some roles, and
// names the roles that have any.
func (x *examined) members(roles []acl.Role) (people int, found []app.Detail) {
	for _, r := range roles {
		n := x.count(func(p *examinee) bool { return p.active && p.role == r.ID })
		if n > 0 {
			people += n
			found = append(found, app.Detail{Name: r.Name, Value: app.CountUsers(n)})
		}
	}
	return people, found
}

// barredRoles looks for roles whose members cannot use 2FA at all.
func barredRoles(x *examined) ([]app.Finding, string) {
	n, found := x.members(x.list.Barred())
	if n == 0 {
		return nil, "Every role that anybody has may use 2FA"
	}
	return []app.Finding{{
		Code: "roles-without-2fa", Severity: app.Serious, Scope: app.CountUsers(n), Found: found,
		Title:   app.CountUsers(n) + " cannot set up or use 2FA",
		Summary: "Their roles lack the permission Two Factor Auth",
		About: "Magento asks everybody for 2FA, but shows its pages only to roles that have System > Permissions > Two Factor Auth. " +
			"Members of the others see “Sorry, you need permissions to view this content” at each sign-in.",
		Steps: []app.Step{
			{Text: "In the shop’s admin, open System > Permissions > User Roles, and each of these roles."},
			{Text: "Under Role Resources tick Two Factor Auth, below System > Permissions, and save the role."},
		},
	}}, ""
}

// anybodyResets looks for roles that can reset others' 2FA on older patch
// levels.
func anybodyResets(x *examined) ([]app.Finding, string) {
	n, found := x.members(x.list.OnlyTwoFactor())
	if n == 0 || x.module.generation == hasLeeway {
		return nil, "No role can reset others’ 2FA without All Users"
	}
	return []app.Finding{{
		Code: "anybody-resets", Severity: app.Notice, Scope: app.CountUsers(n), Found: found,
		Title:   app.CountUsers(n) + " could reset anybody’s 2FA on an older patch level",
		Summary: "Two Factor Auth alone was enough before the security update",
		About: "Before 2.4.4-p11, 2.4.5-p10, 2.4.6-p8 and 2.4.7-p3 whoever has the permission Two Factor Auth, which everybody needs to sign in, " +
			"can reset the 2FA of anybody, Administrators too. The patch level is not in the database.",
		Steps: []app.Step{
			{Text: "See which patch level this is.", Command: "bin/magento --version"},
			{Text: "If it is an older one, install the security update of its line."},
		},
	}}, ""
}

// withoutRole looks for users who have no role.
func withoutRole(x *examined) ([]app.Finding, string) {
	n := x.count(func(p *examinee) bool { return p.active && p.operator && p.role == 0 })
	if n == 0 {
		return nil, "Every active user has a role"
	}
	return []app.Finding{{
		Code: "no-role", Severity: app.Notice, Scope: app.CountUsers(n),
		Title:   app.CountUsers(n) + " without a role",
		Summary: "They cannot sign in to the shop",
		About:   "Magento lets nobody in who has no role. Sorting the users by role shows them first.",
		Steps:   []app.Step{{Text: "Give each a role in the shop’s admin, System > Permissions > All Users, or switch the account off."}},
	}}, ""
}

// endedAccounts looks for accounts whose end has come.
func endedAccounts(x *examined) ([]app.Finding, string) {
	n := x.count(func(p *examinee) bool { return p.expired })
	if n == 0 {
		return nil, "No account has come to its end"
	}
	return []app.Finding{{
		Code: "expired", Severity: app.Notice, Scope: app.CountUsers(n), Filter: app.Inactive,
		Title:   "The accounts of " + app.CountUsers(n) + " have expired",
		Summary: "They cannot sign in to the shop",
		About:   "Each has an expiration date that is over. Magento switches such an account off at its next sign-in.",
		Steps:   []app.Step{{Text: "Whoever is still needed gets a later date in the shop’s admin, System > Permissions > All Users."}},
	}}, ""
}

// lockedAccounts looks for users who are locked out now.
func lockedAccounts(x *examined) ([]app.Finding, string) {
	n := x.count(func(p *examinee) bool { return p.locked })
	if n == 0 {
		return nil, "Nobody is locked out"
	}
	return []app.Finding{{
		Code: "locked", Severity: app.Notice, Scope: app.CountUsers(n), Filter: app.WithLock,
		Title:   app.CountUsers(n) + " locked out now",
		Summary: "After wrong passwords or codes, in the shop or here",
		About: "A lock-out ends by itself. Many at once may be an attack: see whether they began at the same time, and whether the admin’s " +
			"address is known outside.",
		Steps: []app.Step{{Text: "Show them, ask each whether the attempts were their own, and unlock those who say so."}},
	}}, ""
}

// severalRowsOfOne looks for users whose 2FA data is there more than once.
func severalRowsOfOne(x *examined) ([]app.Finding, string) {
	n := x.count(func(p *examinee) bool { return p.rows > 1 })
	if n == 0 {
		return nil, "Nobody’s 2FA data is there twice"
	}
	return []app.Finding{{
		Code: "duplicate-rows", Severity: app.Notice, Scope: app.CountUsers(n),
		Title:   "The 2FA data of " + app.CountUsers(n) + " is there more than once",
		Summary: "Magento reads the first row, and nobody sees the others",
		About: "The table does not keep two rows of one user from being there. Magento reads whichever comes first, so that a change in " +
			"another row has no effect. A reset here treats all rows.",
		Steps: []app.Step{{Text: "Reset each factor of these users once; if it is enrolled again, only the first row has it."}},
	}}, ""
}

// tokensThatStay looks whether an end of sessions leaves tokens behind.
func tokensThatStay(x *examined) ([]app.Finding, string) {
	f := app.Finding{
		Code: "tokens-stay", Severity: app.Notice, Scope: "setting",
		Title:   "Ending a user’s sessions may leave tokens of the API",
		Summary: "The database account may not use a table of tokens, or the shop has none",
		About: "Whoever has a token of a user’s goes on with it after the sessions have ended. A database server does not tell an account " +
			"whether a table is forbidden or not there. Each end of sessions says in the activity which tokens it took back.",
	}
	for _, name := range tokenTables {
		err := x.lacks[name]
		if err == nil || app.KindOf(err) == app.NotFound {
			continue
		}
		message, hint := app.Explain(err)
		f.Found = append(f.Found, app.Detail{Name: name, Value: message})
		f.Steps = append(f.Steps, app.Step{Text: hint})
	}
	switch {
	case x.looks:
		return nil, "" // nothing is ended through this connection
	case len(f.Found) == 0:
		return nil, "Ending sessions takes back every token"
	}
	return []app.Finding{f}, ""
}

// defaultSender looks whether mails come from the installation's own address.
func defaultSender(x *examined) ([]app.Finding, string) {
	path := "trans_email/ident_" + x.settings.get(senderPath) + "/email"
	address := x.settings.get(path)
	if address != "" && !strings.HasSuffix(address, "@example.com") {
		return nil, "Mails to enroll have a sender of the shop’s own"
	}
	return []app.Finding{{
		Code: "default-sender", Severity: app.Serious, Scope: "setting",
		Title:   "Mails to enroll come from an address that is not the shop’s",
		Summary: "They end in spam or nowhere, so that nobody can enroll in the shop",
		About: "Magento sends a link by mail before anybody can set up a factor. Its sender is still the one that Magento was installed with, " +
			"which mail servers refuse. Enrolling here needs no mail.",
		Found: []app.Detail{x.told(senderPath), x.told(path)},
		Steps: x.setting(path, "admin@your-shop.example"),
	}}, ""
}
