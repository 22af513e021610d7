package main

import (
	"cmp"
	"strings"

	"github.com/spf13/cobra"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/store/magento"
)

func grantsCommand(d *desk) *cobra.Command {
	var account string
	cmd := &cobra.Command{
		Use:   "grants",
		Short: "Print what a shop's database account must be allowed, as SQL",
		Long: `Prints the GRANT statements for a database account of its own, with which
Factordesk works on a Magento shop: by column, so that it can neither set a
password nor give a role. With --read-only it may only look. An administrator of the
database runs them; the account must exist. Of the tables oauth_token,
jwt_auth_revoked, admin_user_session, admin_user_expiration, admin_passwords,
setup_module and patch_list a shop may lack one. Its statement then fails with
error 1146 and is left out, as a comment in the SQL says; "mysql --force" goes on
behind it.

Nothing is opened, and nobody signs in.

With --json: {"account","read_only","sql"}.

Exit codes: 0 printed, 2 --db-name is missing.`,
		Example: `  factorctl grants --db-name magento --account "'factordesk'@'10.0.4.%'"
  factorctl grants --db-name magento | mysql --force`,
		Args: arguments(),
		RunE: func(*cobra.Command, []string) error {
			if d.shop.database == "" {
				return app.Errorf(app.Invalid, "The database is missing.").WithHint("Give it with --db-name.")
			}
			if account == "" {
				account = "'" + strings.ReplaceAll(cmp.Or(d.shop.user, "factordesk"), "'", "''") + "'@'%'"
			}
			sql := strings.TrimSpace(magento.Grants(d.shop.database, d.shop.prefix, account, d.shop.readOnly))
			if d.json {
				return d.print(grantsJSON{Account: account, ReadOnly: d.shop.readOnly, SQL: sql})
			}
			d.tell("%s", sql)
			return nil
		},
	}
	cmd.Flags().StringVar(&account, "account", "", "`ACCOUNT`, as SQL writes it; default: that of --db-user, or 'factordesk', from any host")
	return cmd
}
