package acl_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/store/magento/acl"
)

const (
	all    = "Magento_Backend::all"
	admin  = "Magento_Backend::admin"
	system = "Magento_Backend::system"
	menu   = "Magento_User::acl"
	orders = "Magento_Sales::sales"
)

func group(id int64, name string) acl.RoleRow {
	return acl.RoleRow{ID: id, Type: "G", UserType: "2", Name: name}
}

func member(id, role, user int64) acl.RoleRow {
	return acl.RoleRow{ID: id, Parent: role, Type: "U", User: user, UserType: "2", Name: "Ann"}
}

// rules makes the rules of one role out of texts like "allow Magento_User::acl".
func rules(role int64, texts ...string) []acl.RuleRow {
	var out []acl.RuleRow
	for _, text := range texts {
		permission, resource, _ := strings.Cut(text, " ")
		out = append(out, acl.RuleRow{Role: role, Resource: resource, Permission: permission})
	}
	return out
}

// read takes the rows of a table out of a file of INSERT statements, each row
// as the texts between its commas.
func read(t *testing.T, sql, table string) []map[string]string {
	t.Helper()
	var out []map[string]string
	insert := regexp.MustCompile("INSERT INTO " + table + ` \(([^)]*)\) VALUES (.*);`)
	for _, statement := range insert.FindAllStringSubmatch(sql, -1) {
		columns := strings.Split(statement[1], ",")
		for row := range strings.SplitSeq(strings.Trim(statement[2], "()"), "),(") {
			values := strings.Split(row, ",")
			require.Len(t, values, len(columns), row)
			cells := map[string]string{}
			for i, column := range columns {
				cells[column] = strings.ReplaceAll(strings.Trim(values[i], "'"), "NULL", "")
			}
			out = append(out, cells)
		}
	}
	return out
}

func number(t *testing.T, text string) int64 {
	t.Helper()
	n, err := strconv.ParseInt(text, 10, 64)
	require.NoError(t, err)
	return n
}

func TestTheFixture(t *testing.T) {
	sql, err := os.ReadFile("../testdata/schema.sql")
	require.NoError(t, err)
	var roles []acl.RoleRow
	for i, r := range read(t, string(sql), "authorization_role") {
		id := int64(i + 1) // memberships get theirs from the table
		if r["role_id"] != "" {
			id = number(t, r["role_id"])
		}
		roles = append(roles, acl.RoleRow{
			ID: id, Parent: number(t, r["parent_id"]), Type: r["role_type"], User: number(t, r["user_id"]),
			UserType: r["user_type"], Name: r["role_name"],
		})
	}
	require.Len(t, roles, 4)
	var rows []acl.RuleRow
	for _, r := range read(t, string(sql), "authorization_rule") {
		rows = append(rows, acl.RuleRow{
			Role: number(t, r["role_id"]), Resource: r["resource_id"], Privileges: r["privileges"], Permission: r["permission"],
		})
	}
	require.Len(t, rows, 6)
	l := acl.New(roles, rows, nil)

	full, desk := acl.Role{ID: 1, Name: "Administrators", Members: 1}, acl.Role{ID: 2, Name: "Order desk", Members: 1}
	require.Equal(t, []acl.Role{full, desk}, l.Roles())
	role, found := l.RoleOf(1)
	require.True(t, found)
	require.Equal(t, full, role)
	role, found = l.RoleOf(2)
	require.True(t, found)
	require.Equal(t, desk, role)
	for _, resource := range acl.Watched() {
		require.True(t, l.Allowed(1, resource), resource)
	}
	require.Equal(t, app.Permissions(), l.Permissions(1))
	require.True(t, l.Allowed(2, acl.TwoFactor), "the root's deny rule forbids nothing else")
	require.True(t, l.Allowed(2, admin))
	require.False(t, l.Allowed(2, acl.AllUsers))
	require.False(t, l.Allowed(2, acl.Locks), "no role has a rule for it, and this one has deny rules")
	require.Empty(t, l.Permissions(2))
	require.Contains(t, acl.Watched(), all)
	require.Empty(t, l.Barred())
	require.Equal(t, []acl.Role{desk}, l.OnlyTwoFactor())
}

func TestAllowed(t *testing.T) {
	const mine, other = 7, 8
	for _, c := range []struct {
		name  string
		mine  []string // rules of the role that is asked about
		other []string // rules of another
		want  bool     // for Two Factor Auth
	}{
		{name: "no rule at all"},
		{name: "the root", mine: []string{"allow " + all}, want: true},
		{name: "the root, beside custom roles", mine: []string{"allow " + all}, other: []string{"deny " + acl.TwoFactor}, want: true},
		{name: "the root, while nobody has a rule for it", mine: []string{"allow " + all}, other: []string{"deny " + orders}, want: true},
		{name: "the root, but not this", mine: []string{"allow " + all, "deny " + acl.TwoFactor}},
		{name: "the root, but not what it hangs below", mine: []string{"allow " + all, "deny " + menu}, other: []string{"allow " + acl.TwoFactor}},
		{name: "the root denied", mine: []string{"deny " + all}},
		{name: "its own rule", mine: []string{"allow " + acl.TwoFactor}, want: true},
		{name: "its own rule, with the root denied", mine: []string{"deny " + all, "allow " + acl.TwoFactor}, want: true},
		{name: "its own rule, below what is denied", mine: []string{"deny " + admin, "deny " + system, "deny " + menu, "allow " + acl.TwoFactor}, want: true},
		{name: "denied below what is allowed", mine: []string{"allow " + admin, "allow " + system, "allow " + menu, "deny " + acl.TwoFactor}},
		{name: "another's rule", other: []string{"allow " + acl.TwoFactor}},

		// The module came after the role was saved.
		{name: "no role has a rule, none denied", mine: []string{"allow " + admin, "allow " + menu}, want: true},
		{name: "no role has a rule, something denied", mine: []string{"allow " + admin, "allow " + menu, "deny " + orders}},
		{name: "no role has a rule, the root denied", mine: []string{"deny " + all, "allow " + admin, "allow " + menu}},
		{name: "no role has a rule, another denied", mine: []string{"allow " + admin}, other: []string{"deny " + orders}, want: true},
		{name: "another has a rule: allowed above", mine: []string{"deny " + orders, "allow " + menu}, other: []string{"deny " + acl.TwoFactor}, want: true},
		{name: "another has a rule: denied above", mine: []string{"deny " + menu, "allow " + system}, other: []string{"allow " + acl.TwoFactor}},
		{
			name: "another has rules: two above", mine: []string{"deny " + orders, "allow " + system},
			other: []string{"allow " + acl.TwoFactor, "deny " + menu}, want: true,
		},
		{
			name: "another has rules: three above", mine: []string{"deny " + orders, "allow " + admin},
			other: []string{"deny " + acl.TwoFactor, "deny " + menu, "deny " + system}, want: true,
		},
		{
			name: "nothing above either", mine: []string{"deny " + orders},
			other: []string{"allow " + acl.TwoFactor, "allow " + menu, "allow " + system, "allow " + admin},
		},
		{
			name: "above it no role has a rule, and this one has deny rules", mine: []string{"deny " + orders, "allow " + admin},
			other: []string{"allow " + acl.TwoFactor},
		},

		{name: "two rules, deny last", mine: []string{"allow " + acl.TwoFactor, "deny " + acl.TwoFactor}},
		{name: "two rules, deny first", mine: []string{"deny " + acl.TwoFactor, "allow " + acl.TwoFactor}},
		{name: "two rules that agree", mine: []string{"allow " + acl.TwoFactor, "allow " + acl.TwoFactor}, want: true},
		{name: "neither allow nor deny", mine: []string{"maybe " + acl.TwoFactor, "allow " + menu, "deny " + orders}, want: true},
		{name: "another spelling", mine: []string{"allow magento_twofactorauth::tfa"}},
		{name: "the configuration's resource of the same name", mine: []string{"allow Magento_TwoFactorAuth::config"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			rows := slices.Concat(rules(mine, c.mine...), rules(other, c.other...))
			l := acl.New([]acl.RoleRow{group(mine, "Mine"), group(other, "Other")}, rows, nil)
			require.Equal(t, c.want, l.Allowed(mine, acl.TwoFactor))
		})
	}
}

func TestRulesForSomePrivileges(t *testing.T) {
	some := func(permission, resource string) acl.RuleRow {
		return acl.RuleRow{Role: 1, Resource: resource, Privileges: "view,edit", Permission: permission}
	}
	for _, c := range []struct {
		rows []acl.RuleRow
		want bool
	}{
		{[]acl.RuleRow{some("allow", acl.TwoFactor)}, false},
		{[]acl.RuleRow{some("allow", all)}, false},
		{[]acl.RuleRow{some("deny", acl.TwoFactor), {Role: 1, Resource: menu, Permission: "allow"}}, false},
		{[]acl.RuleRow{some("allow", acl.TwoFactor), {Role: 1, Resource: menu, Permission: "allow"}}, true},
	} {
		require.Equal(t, c.want, acl.New([]acl.RoleRow{group(1, "")}, c.rows, nil).Allowed(1, acl.TwoFactor), "%v", c.rows)
	}
}

func TestUnknownRolesAndResources(t *testing.T) {
	l := acl.New([]acl.RoleRow{group(1, "Administrators"), member(5, 1, 9)},
		slices.Concat(rules(1, "allow "+all, "allow "+orders), rules(5, "allow "+all), rules(6, "allow "+all)), nil)
	require.True(t, l.Allowed(1, acl.TwoFactor))
	for _, resource := range []string{"", orders, "Magento_TwoFactorAuth::google"} {
		require.False(t, l.Allowed(1, resource), resource)
	}
	for _, role := range []int64{0, 2, 5, 6, -1} { // 5 is a membership
		require.False(t, l.Allowed(role, acl.TwoFactor), role)
		require.Empty(t, l.Permissions(role))
	}
}

func TestRoleOf(t *testing.T) {
	integration := member(20, 1, 3)
	integration.UserType = "1"
	l := acl.New([]acl.RoleRow{
		member(12, 2, 1), member(11, 1, 1), member(13, 2, 1), // several: the lowest ID, whatever the order
		member(14, 2, 2),
		integration,
		member(15, 99, 4),                   // a role that is not there
		member(16, 0, 5),                    // none
		member(17, 14, 6),                   // another membership
		member(18, 99, 7), member(19, 1, 7), // Magento looks at the first only
		group(2, "Desk"), group(1, "Administrators"), group(3, "Nobody"),
	}, nil, nil)
	for user, want := range map[int64]int64{1: 1, 2: 2, 3: 0, 4: 0, 5: 0, 6: 0, 7: 0, 8: 0, 0: 0} {
		role, found := l.RoleOf(user)
		require.Equal(t, want, role.ID, user)
		require.Equal(t, want != 0, found, user)
	}
	require.Equal(t, []acl.Role{{1, "Administrators", 1}, {2, "Desk", 1}, {3, "Nobody", 0}}, l.Roles())
}

func TestPermissions(t *testing.T) {
	base := []app.Permission{app.SeeUsers, app.SeeActivity, app.EditUsers, app.EditOperators}
	factors := []app.Permission{app.CanEnroll, app.CanVerify, app.CanReset, app.CanIdentify}
	for _, c := range []struct {
		allowed []string
		want    []app.Permission
	}{
		{nil, nil},
		{[]string{acl.TwoFactor, acl.Locks}, nil},
		{[]string{acl.Locks}, nil},
		{[]string{acl.AllUsers}, base},
		{[]string{acl.AllUsers, acl.TwoFactor}, slices.Concat(base, factors)},
		{[]string{acl.AllUsers, acl.Locks}, append(slices.Clone(base), app.CanUnlock)},
		{[]string{acl.AllUsers, acl.TwoFactor, acl.Locks}, app.Permissions()},
	} {
		var texts []string
		for _, resource := range []string{acl.AllUsers, acl.TwoFactor, acl.Locks} {
			permission := "deny "
			if slices.Contains(c.allowed, resource) {
				permission = "allow "
			}
			texts = append(texts, permission+resource)
		}
		got := acl.New([]acl.RoleRow{group(1, "")}, rules(1, texts...), nil).Permissions(1)
		require.ElementsMatch(t, c.want, got, "%v", c.allowed)
		require.True(t, slices.IsSortedFunc(got, func(a, b app.Permission) int {
			return slices.Index(app.Permissions(), a) - slices.Index(app.Permissions(), b)
		}), "in the order of a screen")
		role := app.Role{Permissions: got}
		require.Equal(t, len(got) > 0, role.Administers(), "who has All Users can give itself any role")
	}
}

func TestWhatIsWrongWithRoles(t *testing.T) {
	l := acl.New([]acl.RoleRow{
		group(1, "Administrators"), group(2, "Order desk"), group(3, "Old role"), group(4, "Help desk"), member(9, 3, 1), member(10, 3, 2),
	}, slices.Concat(
		rules(1, "allow "+all),
		rules(2, "deny "+all, "allow "+admin, "allow "+acl.TwoFactor, "deny "+acl.AllUsers),
		rules(3, "allow "+orders),
		rules(4, "allow "+acl.TwoFactor, "allow "+acl.AllUsers),
	), nil)
	require.Equal(t, []acl.Role{{3, "Old role", 2}}, l.Barred())
	require.Equal(t, []acl.Role{{2, "Order desk", 0}}, l.OnlyTwoFactor())
}

// It is enough to read the rules of the watched resources and who has a deny
// rule, and the order of the rows does not matter.
func TestWatchedRulesAreEnough(t *testing.T) {
	resources := append(acl.Watched(), orders, "Magento_TwoFactorAuth::config")
	rapid.Check(t, func(t *rapid.T) {
		groups := []acl.RoleRow{group(1, "a"), group(2, "b"), group(3, "c")}
		rows := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) acl.RuleRow {
			return acl.RuleRow{
				Role:       rapid.Int64Range(1, 3).Draw(t, "role"),
				Resource:   rapid.SampledFrom(resources).Draw(t, "resource"),
				Permission: rapid.SampledFrom([]string{"allow", "deny"}).Draw(t, "permission"),
			}
		}), 0, 20).Draw(t, "rules")
		var few []acl.RuleRow
		var denying []int64
		for _, r := range rows {
			if r.Permission == "deny" {
				denying = append(denying, r.Role)
			}
			if slices.Contains(acl.Watched(), r.Resource) {
				few = append(few, r)
			}
		}
		shuffled := slices.Clone(rows)
		seed := rapid.Uint64().Draw(t, "seed")
		rand.New(rand.NewPCG(seed, seed)).Shuffle(len(rows), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		want := answers(acl.New(groups, rows, nil))
		require.Equal(t, want, answers(acl.New(groups, few, denying)))
		require.Equal(t, want, answers(acl.New(groups, shuffled, nil)))
	})
}

func answers(l *acl.List) (all []string) {
	for _, role := range l.Roles() {
		for _, resource := range acl.Watched() {
			all = append(all, fmt.Sprint(role.ID, resource, l.Allowed(role.ID, resource)))
		}
		all = append(all, fmt.Sprint(l.Permissions(role.ID)))
	}
	return all
}
