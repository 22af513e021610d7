package acl

import (
	"cmp"
	"maps"
	"slices"

	"github.com/factordesk/factordesk/app"
)

// The resources that Factordesk asks for, with the words of Magento's role
// screen.
const (
	TwoFactor = "Magento_TwoFactorAuth::tfa" // Two Factor Auth: use one's own 2FA, and see and reset that of others
	AllUsers  = "Magento_User::acl_users"    // All Users
	Locks     = "Magento_User::locks"        // Locked Users
)

// root is the resource whose allow rule allows everything.
const root = "Magento_Backend::all"

// above has for each resource the one above it in the tree. The root is above
// none: Magento lists it beside the tree.
var above = map[string]string{
	TwoFactor:                 "Magento_User::acl",
	AllUsers:                  "Magento_User::acl",
	Locks:                     "Magento_User::acl",
	"Magento_User::acl":       "Magento_Backend::system",
	"Magento_Backend::system": "Magento_Backend::admin",
	"Magento_Backend::admin":  "",
	root:                      "",
}

// Watched returns the resources whose rules New needs, sorted.
func Watched() []string { return slices.Sorted(maps.Keys(above)) }

// RoleRow is a row of authorization_role: a role, which Magento calls a group,
// or a user's membership in one.
type RoleRow struct {
	ID       int64  // role_id
	Parent   int64  // parent_id: of a membership, the role
	Type     string // role_type: G group, U membership
	User     int64  // user_id; 0 for a group
	UserType string // user_type: 2 for an administrator
	Name     string // role_name
}

// RuleRow is a row of authorization_rule.
type RuleRow struct {
	Role       int64  // role_id
	Resource   string // resource_id
	Privileges string // privileges: empty or NULL for all, which is what Magento writes
	Permission string // permission: allow or deny
}

// Role is a role of the shop.
type Role struct {
	ID      int64
	Name    string
	Members int // users who have it
}

// List answers what roles allow. It does not change after New.
type List struct {
	roles   map[int64]Role
	members map[int64]int64           // user → role, 0 for a role that is not there
	rules   map[string]map[int64]bool // resource → role → allowed; a resource that any role has a rule for is there
	all     map[int64]bool            // roles that allow the root
	denying map[int64]bool            // roles with a deny rule
}

// New makes a List of rows in any order. Of the rules it needs those of the
// Watched resources, of all roles; denying names the roles with at least one
// deny rule, which may be for another resource.
//
// Where a user has several memberships the one with the lowest ID counts, as
// in Magento, which reads them all and takes the first. Where a role has
// several rules for a resource, which Magento does not write, deny counts.
func New(roles []RoleRow, rules []RuleRow, denying []int64) *List {
	l := &List{
		roles: map[int64]Role{}, members: map[int64]int64{}, rules: map[string]map[int64]bool{},
		all: map[int64]bool{}, denying: map[int64]bool{},
	}
	for _, role := range denying {
		l.denying[role] = true
	}
	for _, r := range rules {
		l.addRule(r)
	}
	first := map[int64]int64{} // user → the lowest ID of a membership
	for _, r := range roles {
		switch {
		case r.Type == "G":
			l.roles[r.ID] = Role{ID: r.ID, Name: r.Name}
		case r.Type == "U" && r.UserType == "2":
			if id, found := first[r.User]; !found || r.ID < id {
				first[r.User], l.members[r.User] = r.ID, r.Parent
			}
		}
	}
	for _, id := range l.members {
		if role, found := l.roles[id]; found {
			role.Members++
			l.roles[id] = role
		}
	}
	return l
}

// addRule takes in one rule. One for some privileges only can forbid, since
// Factordesk asks for all of them, but not allow.
func (l *List) addRule(r RuleRow) {
	allow, deny := r.Permission == "allow" && r.Privileges == "", r.Permission == "deny"
	if deny {
		l.denying[r.Role] = true
	}
	if r.Resource == root {
		l.all[r.Role] = l.all[r.Role] || allow
	}
	of := l.rules[r.Resource]
	if of == nil {
		of = map[int64]bool{}
		l.rules[r.Resource] = of
	}
	if before, found := of[r.Role]; allow || deny {
		of[r.Role] = allow && (before || !found)
	}
}

// Roles returns the shop's roles by ID.
func (l *List) Roles() []Role {
	return slices.SortedFunc(maps.Values(l.roles), func(a, b Role) int { return cmp.Compare(a.ID, b.ID) })
}

// RoleOf returns a user's role. Nobody without one gets into the shop's admin.
func (l *List) RoleOf(user int64) (role Role, found bool) {
	role, found = l.roles[l.members[user]]
	return role, found
}

// Allowed reports whether a role is allowed a Watched resource. It is false
// for any other resource, and for a role that is not there.
func (l *List) Allowed(role int64, resource string) bool {
	if _, found := l.roles[role]; !found {
		return false
	}
	if _, watched := above[resource]; !watched {
		return false
	}
	for ; resource != ""; resource = above[resource] {
		if allowed, found := l.rules[resource][role]; found {
			return allowed
		}
		if _, known := l.rules[resource]; !known && l.denying[role] {
			return false
		}
	}
	return l.all[role]
}

// Permissions returns what a role may do at Factordesk, in the order of
// app.Permissions, or nothing.
//
// All Users is what everything hangs on: who has it can give any role to
// anybody, so it comes with everything that only an Administrator has. With
// Two Factor Auth it works on factors, as in the newest Magento, and with
// Locked Users it unlocks.
func (l *List) Permissions(role int64) []app.Permission {
	if !l.Allowed(role, AllUsers) {
		return nil
	}
	factors, locks := l.Allowed(role, TwoFactor), l.Allowed(role, Locks)
	var has []app.Permission
	for _, p := range app.Permissions() {
		switch p {
		case app.CanEnroll, app.CanVerify, app.CanReset, app.CanIdentify:
			if !factors {
				continue
			}
		case app.CanUnlock:
			if !locks {
				continue
			}
		}
		has = append(has, p)
	}
	return has
}

// Barred returns the roles that lack Two Factor Auth, by ID. Magento then
// refuses their members the pages on which they would set up and use their
// own 2FA, so they cannot sign in to the shop at all.
func (l *List) Barred() []Role {
	return l.where(func(id int64) bool { return !l.Allowed(id, TwoFactor) })
}

// OnlyTwoFactor returns the roles that have Two Factor Auth without All Users,
// by ID, as every role should that is not for administrators. Before
// 2.4.4-p11, 2.4.5-p10, 2.4.6-p8, 2.4.7-p3 and 2.4.8 their members can reset
// the 2FA of anybody.
func (l *List) OnlyTwoFactor() []Role {
	return l.where(func(id int64) bool { return l.Allowed(id, TwoFactor) && !l.Allowed(id, AllUsers) })
}

func (l *List) where(chosen func(role int64) bool) []Role {
	return slices.DeleteFunc(l.Roles(), func(r Role) bool { return !chosen(r.ID) })
}
