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
}

// lawfulPaths are the settings of a law.
var lawfulPaths = []string{forcedPath, windowPath, leewayPath, failuresPath, thresholdPath, caseSensitivePath}

// readLaw reads it in one way there and back.
func (s *Store) readLaw(ctx context.Context, base conn) (*law, error) {
	rows, err := base.query(ctx, s.lawText)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	l := &law{settings: settings{stored: map[string]string{}, fixed: s.config.Overrides, unknown: s.config.Overrides == nil}}
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
		case "path":
			l.settings.stored[name] = permission
		}
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	l.list = acl.New(groups, rules, denying)
	l.roles = make(map[int64]app.Role, len(groups))
	for _, g := range l.list.Roles() {
		l.roles[g.ID] = app.Role{ID: roleID(g.ID), Name: g.Name, Permissions: l.list.Permissions(g.ID), BuiltIn: true, Version: 1}
	}
	return l, nil
}

func roleID(n int64) app.RoleID { return app.RoleID(strconv.FormatInt(n, 10)) }

// lawSQL is the text of readLaw. A role that denies something is found by the
// index of its rules, without looking through all rules of all roles.
func lawSQL() string {
	const roles, rules = "{authorization_role}", "{authorization_rule}"
	return "SELECT 'role', role_id, IFNULL(role_name, ''), '', '' FROM " + roles + " WHERE role_type = 'G' " +
		"UNION ALL SELECT 'rule', role_id, resource_id, IFNULL(privileges, ''), IFNULL(permission, '') FROM " + rules +
		" WHERE resource_id IN (" + texts(acl.Watched()) + ") " +
		"UNION ALL SELECT 'deny', g.role_id, '', '', '' FROM " + roles + " g WHERE g.role_type = 'G' AND EXISTS " +
		"(SELECT 1 FROM " + rules + " r WHERE r.role_id = g.role_id AND r.permission = 'deny') " +
		"UNION ALL SELECT 'path', 0, path, '', IFNULL(value, '') FROM {core_config_data} WHERE scope = 'default' AND scope_id = 0 AND path IN (" + texts(lawfulPaths) + ")"
}

// texts writes texts of ours for an SQL text. They hold nothing to escape.
func texts(all []string) string { return "'" + strings.Join(all, "', '") + "'" }

// Roles returns the shop's roles in the order in which they were made.
func (s *Store) Roles(ctx context.Context) ([]app.Role, error) {
	l, err := s.readLaw(ctx, s.base)
	if err != nil {
		return nil, explain("read roles", err)
	}
	roles := make([]app.Role, 0, len(l.roles))
	for _, r := range l.list.Roles() {
		roles = append(roles, l.roles[r.ID])
	}
	return roles, nil
}
