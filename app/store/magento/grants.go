package magento

import (
	"fmt"
	"strings"
)

// Grants returns the SQL that gives a database account what Factordesk needs of
// a shop, and no more: for the desk, or to look only. Account is as SQL writes
// it, such as 'factordesk'@'10.0.0.%'; the prefix is that of the tables. The
// account must exist.
//
// Rights are given by column, so that the account can neither set a password
// nor give a role. It can read password hashes, which a sign-in is checked
// with, and the shop's settings, of which MySQL cannot hide single rows. Of
// the tables at the end a shop may lack one. Its statement fails then, and is
// left out; a comment of SQL before them says so.
func Grants(database, prefix, account string, readOnly bool) string {
	var b strings.Builder
	for _, optional := range []bool{false, true} {
		if optional {
			b.WriteString(grantsNote)
		}
		for _, t := range tables {
			if t.optional == optional && !(readOnly && t.ends) {
				b.WriteString(t.grant(database, prefix, account, readOnly))
			}
		}
	}
	return b.String()
}

// grantsNote stands before the statements for tables that a shop may lack. Both
// servers refuse a GRANT on a table that is not there, and their client stops
// at the first error unless it is told to go on.
const grantsNote = `-- A shop may lack some of the tables below, as each before 2.4.4 lacks jwt_auth_revoked. A statement
-- that fails with error 1146, "doesn't exist", is left out; "mysql --force" goes on behind it.
`

// grant is the statement for one table.
func (t table) grant(database, prefix, account string, readOnly bool) string {
	var rights []string
	add := func(right string, columns []string) {
		if len(columns) > 0 {
			rights = append(rights, right+" ("+quoted(columns)+")")
		}
	}
	add("SELECT", t.reads)
	if !readOnly {
		add("UPDATE", t.updates)
		add("INSERT", t.inserts)
		if t.deletes {
			rights = append(rights, "DELETE")
		}
	}
	return fmt.Sprintf("GRANT %s ON %s.%s TO %s;\n", strings.Join(rights, ", "), quote(database), quote(prefix+t.name), account)
}

// quote writes a name as SQL wants it.
func quote(name string) string { return "`" + strings.ReplaceAll(name, "`", "``") + "`" }

func quoted(names []string) string {
	q := make([]string, len(names))
	for i, n := range names {
		q[i] = quote(n)
	}
	return strings.Join(q, ", ")
}
