package magento

import (
	"context"
	"strconv"
	"strings"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/store/magento/acl"
)

// law is what holds for all users of the shop at one time: the roles, what
// they allow, and the settings that a user is judged by.
type law struct {
	roles    map[int64]app.Role
	list     *acl.List
	settings settings
	members  map[int64]int64 // by user, of those that were asked for: the role
}

// lawfulPaths are the settings of a law.
var lawfulPaths = []string{forcedPath, windowPath, leewayPath, failuresPath, thresholdPath, caseSensitivePath}

// readLaw reads it in one way there and back, with the roles of some users.
func (s *Store) readLaw(ctx context.Context, base conn, users ...int64) (*law, error) {
	rows, err := base.query(ctx, lawText+membersOf(users))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	l := &law{members: map[int64]int64{}, settings: settings{stored: map[string]string{}, fixed: s.config.Overrides, unknown: s.config.Overrides == nil}}
	var groups []acl.RoleRow
	var rules []acl.RuleRow
	var denying []int64
	for rows.Next() {
		var kind, name, privileges, permission string
		var id int64
		if err := rows.Scan(&kind, &id, &name, &privileges, &permission); err != nil {
			return nil, err
		}
		switch kind {
		case "role":
			groups = append(groups, acl.RoleRow{ID: id, Type: "G", UserType: "2", Name: name})
		case "rule":
			rules = append(rules, acl.RuleRow{Role: id, Resource: name, Privileges: privileges, Permission: permission})
		case "deny":
			denying = append(denying, id)
		case "user":
			groups = append(groups, acl.RoleRow{ID: id, Type: "U", UserType: "2", User: numberIn(name), Parent: numberIn(permission)})
		case "path":
			l.settings.stored[name] = permission
		}
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	l.list = acl.New(groups, rules, denying)
	for _, user := range users {
		if role, found := l.list.RoleOf(user); found {
			l.members[user] = role.ID
		}
	}
	l.roles = map[int64]app.Role{}
	for _, r := range l.list.Roles() {
		l.roles[r.ID] = app.Role{ID: roleID(r.ID), Name: r.Name, Permissions: l.list.Permissions(r.ID), BuiltIn: true, Version: 1}
	}
	return l, nil
}

func roleID(n int64) app.RoleID { return app.RoleID(strconv.FormatInt(n, 10)) }

// lawText is the SQL of the law. A role is told from the memberships by an
// index, as its parent is none; one that denies something is found by the index
// of its rules, without looking through all rules of all roles.
var lawText = "SELECT 'role', role_id, IFNULL(role_name, ''), '', '' FROM {authorization_role} WHERE parent_id = 0 AND role_type = 'G' " +
	"UNION ALL SELECT 'rule', role_id, resource_id, IFNULL(privileges, ''), IFNULL(permission, '') FROM {authorization_rule}" +
	" WHERE resource_id IN (" + texts(acl.Watched()) + ") " +
	"UNION ALL SELECT 'deny', g.role_id, '', '', '' FROM {authorization_role} g WHERE g.parent_id = 0 AND g.role_type = 'G' AND EXISTS " +
	"(SELECT 1 FROM {authorization_rule} r WHERE r.role_id = g.role_id AND r.permission = 'deny') " +
	"UNION ALL SELECT 'path', 0, path, '', IFNULL(value, '') FROM {core_config_data}" +
	" WHERE scope = 'default' AND scope_id = 0 AND path IN (" + texts(lawfulPaths) + ")"

// membersOf is the SQL of who has which role, behind that of the law.
func membersOf(users []int64) string {
	if len(users) == 0 {
		return ""
	}
	return " UNION ALL SELECT 'user', role_id, user_id, '', parent_id FROM {authorization_role} WHERE user_id IN (" +
		numbers(users) + ") AND role_type = 'U' AND user_type = '2'"
}

// numbers writes numbers for an SQL text.
func numbers(all []int64) string {
	b := make([]byte, 0, 8*len(all))
	for i, n := range all {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendInt(b, n, 10)
	}
	return string(b)
}

// numberIn reads a number that the database has written as text.
func numberIn(text string) int64 {
	n, _ := strconv.ParseInt(text, 10, 64)
	return n
}

// texts writes texts of ours for an SQL text. They hold nothing to escape.
func texts(all []string) string { return "'" + strings.Join(all, "', '") + "'" }

// Roles returns the shop's roles in the order in which they were made.
func (s *Store) Roles(ctx context.Context) ([]app.Role, error) {
	l, err := again(ctx, func() (*law, error) { return s.readLaw(ctx, s.base) })
	if err != nil {
		return nil, explain("read roles", err)
	}
	roles := make([]app.Role, 0, len(l.roles))
	for _, r := range l.list.Roles() {
		roles = append(roles, l.roles[r.ID])
	}
	return roles, nil
}
