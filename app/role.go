package app

import (
	"slices"
	"strings"
)

// RoleID names a role within one store.
type RoleID string

// Permission is one thing that a role allows.
type Permission string

// The permissions.
const (
	SeeUsers      Permission = "see-users"
	SeeActivity   Permission = "see-activity"
	CanEnroll     Permission = "enroll"
	CanVerify     Permission = "verify"
	CanReset      Permission = "reset"
	CanUnlock     Permission = "unlock"
	CanIdentify   Permission = "identify"
	EditUsers     Permission = "edit-users"     // add, import, change and remove users
	EditOperators Permission = "edit-operators" // passwords, roles, and acting on Administrators
)

// permissionWords has every permission, in the order of a screen.
var permissionWords = []struct {
	code  Permission
	words string
}{
	{SeeUsers, "See users"},
	{SeeActivity, "See activity"},
	{CanEnroll, "Enroll a factor"},
	{CanVerify, "Verify and test codes"},
	{CanReset, "Reset a factor"},
	{CanUnlock, "Unlock a user"},
	{CanIdentify, "Find out whose code it is, among all users"},
	{EditUsers, "Add, import, change and remove users"},
	{EditOperators, "Edit operators and roles, and act on Administrators"},
}

// Permissions returns every permission, in the order of a screen.
func Permissions() []Permission {
	all := make([]Permission, len(permissionWords))
	for i, p := range permissionWords {
		all[i] = p.code
	}
	return all
}

// Words returns what the permission allows, as a screen says it.
func (p Permission) Words() string {
	for _, k := range permissionWords {
		if k.code == p {
			return k.words
		}
	}
	return string(p)
}

// Role is a named list of permissions.
type Role struct {
	ID          RoleID
	Name        string
	Permissions []Permission
	BuiltIn     bool // cannot be changed or removed
	Version     int64
}

// IDs of the roles that exist in our own stores from the start.
const (
	Administrators RoleID = "administrators"
	HelpDesk       RoleID = "help-desk"
	Auditor        RoleID = "auditor"
)

// BuiltInRoles returns the roles that our own stores have from the start.
func BuiltInRoles() []Role {
	return []Role{
		{ID: Administrators, Name: "Administrators", BuiltIn: true, Permissions: Permissions()},
		{ID: HelpDesk, Name: "Help desk", BuiltIn: true, Permissions: []Permission{
			SeeUsers, CanEnroll, CanVerify, CanReset, CanUnlock,
		}},
		{ID: Auditor, Name: "Auditor", BuiltIn: true, Permissions: []Permission{SeeUsers, SeeActivity}},
	}
}

// Has reports whether the role has a permission.
func (r Role) Has(p Permission) bool { return slices.Contains(r.Permissions, p) }

// Exceeds reports whether the role has a permission that another one has not.
func (r Role) Exceeds(o Role) bool {
	return slices.ContainsFunc(r.Permissions, func(p Permission) bool { return !o.Has(p) })
}

// Administers reports whether who has the role is an Administrator: it can
// give itself everything, so only its equals may act on it.
func (r Role) Administers() bool { return r.Has(EditOperators) }

// OpensSecrets reports whether the role's work needs the store's keys. Who
// has a role that does not (Auditor) gets none.
func (r Role) OpensSecrets() bool {
	return r.Has(CanEnroll) || r.Has(CanVerify) || r.Has(CanReset) || r.Administers()
}

// check returns a sentence when a custom role cannot be saved as it is.
func (r *Role) check() error {
	r.Name = strings.TrimSpace(r.Name)
	if r.Name == "" {
		return Errorf(Invalid, "The role has no name.")
	}
	if err := checkText("name of the role", r.Name, MaxName); err != nil {
		return err
	}
	for _, p := range r.Permissions {
		if !slices.Contains(Permissions(), p) {
			return Errorf(Invalid, "There is no permission %q.", string(p))
		}
	}
	return nil
}
