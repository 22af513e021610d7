package magento

// table is what Factordesk does to one of Magento's tables. The SQL, the check
// of a new connection and the GRANT statements agree because all three are
// held against this list.
type table struct {
	name     string // without prefix
	reads    []string
	updates  []string
	inserts  []string
	deletes  bool
	optional bool // a shop may lack it, and an account may lack the rights to it
	ends     bool // it is used by an end of sessions alone: who only looks needs none of it
}

// The tables, without prefix.
const (
	userTable       = "admin_user"
	expiryTable     = "admin_user_expiration"
	passwordTable   = "admin_passwords"
	sessionTable    = "admin_user_session"
	roleTable       = "authorization_role"
	ruleTable       = "authorization_rule"
	configTable     = "core_config_data"
	factorTable     = "tfa_user_config"
	revokedTable    = "jwt_auth_revoked"
	oauthTable      = "oauth_token"
	moduleTable     = "setup_module"
	patchTable      = "patch_list"
	oldFactorTable  = "msp_tfa_user_config" // of Magento 2.1 to 2.3
	oldTrustedTable = "msp_tfa_trusted"
)

// tokenTables are those of the tokens for the shop's web interfaces.
var tokenTables = []string{revokedTable, oauthTable}

// tables is every table that Factordesk touches, with the columns.
var tables = []table{
	{
		name: userTable,
		reads: []string{
			"user_id", "firstname", "lastname", "email", "username", "password", "created", "logdate", "is_active",
			"failures_num", "first_failure", "lock_expires",
		},
		updates: []string{"failures_num", "first_failure", "lock_expires"},
	},
	{
		name:    factorTable,
		reads:   []string{"config_id", "user_id", "encoded_config"},
		updates: []string{"encoded_config"},
		inserts: []string{"user_id", "encoded_providers", "encoded_config"},
	},
	{name: roleTable, reads: []string{"role_id", "parent_id", "role_type", "user_id", "user_type", "role_name"}},
	{name: ruleTable, reads: []string{"role_id", "resource_id", "privileges", "permission"}},
	{name: configTable, reads: []string{"scope", "scope_id", "path", "value"}},
	{name: expiryTable, reads: []string{"user_id", "expires_at"}, optional: true},
	{name: passwordTable, reads: []string{"user_id", "last_updated"}, optional: true},
	{name: sessionTable, reads: []string{"user_id", "status"}, updates: []string{"status"}, optional: true},
	{
		name: revokedTable, reads: []string{"user_type_id", "user_id", "revoke_before"},
		updates: []string{"revoke_before"}, inserts: []string{"user_type_id", "user_id", "revoke_before"}, optional: true, ends: true,
	},
	{name: oauthTable, reads: []string{"admin_id"}, deletes: true, optional: true, ends: true},
	{name: moduleTable, reads: []string{"module", "schema_version", "data_version"}, optional: true},
	{name: patchTable, reads: []string{"patch_name"}, optional: true},
}
