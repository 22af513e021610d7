package magento

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/factordesk/factordesk/app"
)

// shop is what a look at the database has found out about it.
type shop struct {
	lacks    map[string]error // optional tables that cannot be used, with why
	module   version          // of Magento_TwoFactorAuth
	settings settings
	users    int
}

// has reports whether an optional table can be used.
func (s *shop) has(table string) bool { return s.lacks[table] == nil }

// words names the shop: "Magento 2.4.6".
func (s *shop) words() string { return "Magento " + s.module.magento() }

// inspect checks each table, then reads what the shop says of itself.
func (l *Link) inspect(ctx context.Context) (*shop, error) {
	s := &shop{lacks: map[string]error{}}
	for _, t := range tables {
		if t.ends && l.config.ReadOnly {
			continue
		}
		err := l.probe(ctx, t)
		switch n := number(err); {
		case err == nil:
			continue
		case n == noTable || n == noTableGrant || n == noColumnGrant || n == noColumn:
		default:
			return nil, err
		}
		if t.optional {
			s.lacks[t.name] = l.cannotUse(ctx, t, err)
			continue
		}
		if strange := l.notAShop(ctx, t, err); strange != nil {
			return nil, strange
		}
		return nil, l.cannotUse(ctx, t, err)
	}
	var err error
	if s.settings, err = readSettings(ctx, l.base, l.config); err != nil {
		return nil, err
	}
	if s.module, err = l.moduleVersion(ctx, s); err != nil {
		return nil, err
	}
	err = l.base.row(ctx, "SELECT COUNT(*) FROM {admin_user}").Scan(&s.users)
	return s, err
}

// probe does to a table all that Factordesk ever does to it, to no row. Where
// the connection is read-only it only reads.
func (l *Link) probe(ctx context.Context, t table) error {
	for _, p := range l.probes(t) {
		if err := l.try(ctx, p); err != nil {
			return err
		}
	}
	return nil
}

// probe is one right to a table, and a statement that needs it and does
// nothing.
type probe struct {
	right   string
	columns []string
	text    string
	writes  bool
}

// try runs the statement. One that could write runs in a transaction that is
// taken back, although there is no row that it could be about.
func (l *Link) try(ctx context.Context, p probe) error {
	tx, err := l.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // it has changed nothing
	base := conn{tx, l.base.names}
	if !p.writes {
		rows, err := base.query(ctx, p.text)
		if err != nil {
			return err
		}
		return errors.Join(rows.Err(), rows.Close())
	}
	_, err = base.exec(ctx, p.text)
	return err
}

func (l *Link) probes(t table) []probe {
	name := "{" + t.name + "}"
	all := []probe{{right: "SELECT", columns: t.reads, text: "SELECT " + quoted(t.reads) + " FROM " + name + " LIMIT 0"}}
	if l.config.ReadOnly {
		return all
	}
	if len(t.updates) > 0 {
		set := make([]string, len(t.updates))
		for i, c := range t.updates {
			set[i] = quote(c) + " = NULL"
		}
		all = append(all, probe{"UPDATE", t.updates, "UPDATE " + name + " SET " + strings.Join(set, ", ") + " WHERE 1 = 0", true})
	}
	if len(t.inserts) > 0 {
		all = append(all, probe{
			"INSERT", t.inserts, "INSERT INTO " + name + " (" + quoted(t.inserts) + ") SELECT " +
				strings.TrimSuffix(strings.Repeat("1, ", len(t.inserts)), ", ") + " FROM {admin_user} WHERE 1 = 0", true,
		})
	}
	if t.deletes {
		all = append(all, probe{"DELETE", nil, "DELETE FROM " + name + " WHERE " + quote(t.reads[0]) + " = 0 AND 1 = 0", true})
	}
	return all
}

// cannotUse says what keeps Factordesk from using a table that failed to be
// probed.
func (l *Link) cannotUse(ctx context.Context, t table, err error) error {
	name := l.config.Prefix + t.name
	switch number(err) {
	case noTable:
		return app.Errorf(app.NotFound, "The shop has no table %s.", name).Because(err)
	case noColumn:
		return app.Errorf(app.Unreadable, "The table %s has other columns than Magento's.", name).
			WithHint("Factordesk works with Magento 2.4, Adobe Commerce 2.4 and Mage-OS.").Because(err)
	}
	right, column := l.firstRefused(ctx, t)
	words := fmt.Sprintf("The database account may not %s %s.", verbs[right], name)
	if column != "" {
		words = fmt.Sprintf("The database account may not %s %s of %s.", verbs[right], column, name)
	}
	statements := t.grant(l.config.Database, l.config.Prefix, l.account(ctx), l.config.ReadOnly)
	hint := "An administrator of the database permits it with: " + strings.TrimSpace(statements)
	if t.optional {
		hint += " If that says that the table does not exist, the shop has none, and nothing is missing."
	}
	return app.Errorf(app.Denied, "%s", words).WithHint("%s", hint).
		Because(&missingGrant{statements: statements, err: err})
}

var verbs = map[string]string{"SELECT": "read", "UPDATE": "change", "INSERT": "add to", "DELETE": "delete from"}

// firstRefused finds the right, and the column, that the account lacks.
func (l *Link) firstRefused(ctx context.Context, t table) (right, column string) {
	for _, p := range l.probes(t) {
		n := number(l.try(ctx, p))
		if n == noTableGrant {
			return p.right, ""
		}
		if n != noColumnGrant {
			continue
		}
		for _, c := range p.columns {
			one := t
			switch p.right {
			case "SELECT":
				one.reads = []string{c}
			case "UPDATE":
				one.updates = []string{c}
			case "INSERT":
				one.inserts = []string{c}
			}
			for _, q := range l.probes(one) {
				if q.right == p.right && number(l.try(ctx, q)) != 0 {
					return p.right, c
				}
			}
		}
		return p.right, ""
	}
	return "SELECT", ""
}

// account is the database account as GRANT wants it: the one that the server
// has taken the sign-in for.
func (l *Link) account(ctx context.Context) string {
	var account string
	if err := l.base.row(ctx, "SELECT CURRENT_USER()").Scan(&account); err != nil {
		account = l.config.Username + "@%"
	}
	at := strings.LastIndexByte(account, '@')
	if at < 0 {
		return "'" + account + "'"
	}
	return "'" + account[:at] + "'@'" + account[at+1:] + "'"
}

// notAShop says what the database is instead where a table that every shop has
// cannot be read; nil where it is a shop, and only the account may not.
func (l *Link) notAShop(ctx context.Context, t table, err error) error {
	names, nerr := l.visible(ctx)
	if nerr != nil {
		return nerr
	}
	prefix := l.config.Prefix
	has := func(table string) bool { return slices.Contains(names, prefix+table) }
	switch {
	case has(oldFactorTable) && !has(factorTable):
		return app.Errorf(app.NotFound, "This is a Magento 2.3 or older: its two-factor authentication is another one.").
			WithHint("Factordesk works with Magento 2.4 and its successors.").Because(err)
	case has(t.name):
		return nil
	}
	others := prefixes(names, prefix)
	switch {
	case len(others) > 0 && !has(userTable):
		return app.Errorf(app.NotFound, "The shop's tables have another prefix than %q.", prefix).
			WithHint("There are tables with %s. See db/table_prefix in env.php.", prefixWords(others)).Because(err)
	case number(err) != noTable:
		return nil
	case t.name == factorTable && has(userTable):
		return app.Errorf(app.NotFound, "This shop has no two-factor authentication: the module Magento_TwoFactorAuth is not installed.").
			WithHint("There is no table %s%s.", prefix, factorTable).Because(err)
	}
	return app.Errorf(app.NotFound, "The database %q is no Magento shop.", l.config.Database).
		WithHint("There is no table %s%s. Check the name of the database and the prefix: env.php has both.", prefix, t.name).Because(err)
}

// visible lists the tables that tell what a database is, as far as the account
// may see them.
func (l *Link) visible(ctx context.Context) ([]string, error) {
	text := "SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND ("
	for i, name := range []string{userTable, factorTable, roleTable, ruleTable, configTable, oldFactorTable} {
		if i > 0 {
			text += " OR "
		}
		text += "TABLE_NAME LIKE '%" + strings.ReplaceAll(name, "_", `\_`) + "'"
	}
	rows, err := l.base.query(ctx, text+")")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var names []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		names = append(names, name)
	}
	return names, rows.Err()
}

// prefixes returns those under which the tables of a shop are, besides the
// given one.
func prefixes(names []string, besides string) []string {
	var found []string
	for _, n := range names {
		p, ok := strings.CutSuffix(n, userTable)
		if ok && p != besides && (slices.Contains(names, p+configTable) || slices.Contains(names, p+roleTable)) {
			found = append(found, p)
		}
	}
	slices.Sort(found)
	return found
}

func prefixWords(prefixes []string) string {
	words := make([]string, len(prefixes))
	for i, p := range prefixes {
		words[i] = fmt.Sprintf("the prefix %q", p)
		if p == "" {
			words[i] = "no prefix"
		}
	}
	return strings.Join(words, " and ")
}
