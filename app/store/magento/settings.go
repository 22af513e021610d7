package magento

import (
	"context"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/factordesk/factordesk/app"
)

// Paths of the shop's settings. All of them are global: scope default, ID 0.
const (
	forcedPath     = "twofactorauth/general/force_providers"
	windowPath     = "twofactorauth/google/otp_window"
	leewayPath     = "twofactorauth/google/leeway"
	failuresPath   = "admin/security/lockout_failures"
	thresholdPath  = "admin/security/lockout_threshold"
	senderPath     = "admin/emails/forgot_email_identity"
	plainURLPath   = "web/unsecure/base_url"
	secureURLPath  = "web/secure/base_url"
	secureDeskPath = "web/secure/use_in_adminhtml"
	imsPath        = "adobe_ims/integration/admin_enabled"
	authyKeyPath   = "twofactorauth/authy/api_key"
	duoHostPath    = "twofactorauth/duo/api_hostname"
	duoClientPath  = "twofactorauth/duo/client_id"
)

// The settings that Duo needs besides its host: up to 2.4.7, and from 2.4.8 on.
var (
	duoBefore = []string{"twofactorauth/duo/integration_key", "twofactorauth/duo/secret_key"}
	duoSince  = []string{duoClientPath, "twofactorauth/duo/client_secret"}
)

// shipped are the values that Magento's modules come with.
var shipped = map[string]string{
	failuresPath: "6", thresholdPath: "30", senderPath: "general",
	"trans_email/ident_general/email": "owner@example.com",
	"trans_email/ident_sales/email":   "sales@example.com",
	"trans_email/ident_support/email": "support@example.com",
	"trans_email/ident_custom1/email": "custom1@example.com",
	"trans_email/ident_custom2/email": "custom2@example.com",
}

// watchedPaths are the beginnings of the paths that a look at a shop reads.
var watchedPaths = []string{
	"twofactorauth/", "msp/twofactorauth/", "msp_securitysuite_twofactorauth/", "admin/security/lockout_", senderPath,
	"web/unsecure/base_url", "web/secure/", imsPath, "trans_email/ident_",
}

// settings are the shop's, by path: those of its files, then those of its
// database, then those that Magento comes with.
type settings struct {
	stored  map[string]string // in core_config_data
	fixed   map[string]string // in env.php and config.php
	unknown bool              // nobody read those files
}

// get returns a setting, empty where there is none.
func (s settings) get(path string) string {
	if v, ok := s.fixed[path]; ok {
		return v
	}
	if v, ok := s.stored[path]; ok {
		return v
	}
	return shipped[path]
}

// set reports whether anybody has set it.
func (s settings) set(path string) bool {
	_, fixed := s.fixed[path]
	_, stored := s.stored[path]
	return fixed || stored
}

// paths returns the paths with a prefix that somebody has set, sorted.
func (s settings) paths(prefix string) []string {
	var found []string
	for _, from := range []map[string]string{s.fixed, s.stored} {
		for path := range maps.Keys(from) {
			if strings.HasPrefix(path, prefix) && !slices.Contains(found, path) {
				found = append(found, path)
			}
		}
	}
	slices.Sort(found)
	return found
}

// number returns a setting as PHP's (int) has it: the digits at the beginning,
// else 0.
func (s settings) number(path string) int {
	v := strings.TrimLeft(s.get(path), " \t\n\r")
	end := 0
	for end < len(v) && (v[end] >= '0' && v[end] <= '9' || end == 0 && (v[0] == '-' || v[0] == '+')) {
		end++
	}
	n, err := strconv.Atoi(v[:end])
	if err != nil {
		return 0
	}
	return n
}

// lock returns when failed attempts lock an account. Either value missing or
// zero switches that off.
func (s settings) lock() app.LockPolicy {
	failures, minutes := s.number(failuresPath), s.number(thresholdPath)
	if failures <= 0 || minutes <= 0 {
		return app.LockPolicy{}
	}
	return app.LockPolicy{Failures: failures, For: time.Duration(minutes) * time.Minute}
}

// forced returns the codes of the providers that everybody must use, in order.
func (s settings) forced() []app.ProviderCode {
	var codes []app.ProviderCode
	for code := range strings.SplitSeq(s.get(forcedPath), ",") {
		if code != "" {
			codes = append(codes, app.ProviderCode(code))
		}
	}
	return codes
}

// issuer returns what Magento's QR codes show: the host of the address at which
// the admin is. It is empty where the database does not have that address.
func (s settings) issuer() string {
	plain, address := s.get(plainURLPath), s.get(plainURLPath)
	if s.number(secureDeskPath) != 0 && s.get(secureURLPath) != "" {
		address = s.get(secureURLPath)
	}
	address = strings.ReplaceAll(address, "{{unsecure_base_url}}", plain)
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

// readSettings reads the settings that a look at a shop needs.
func readSettings(ctx context.Context, base conn, c Config) (settings, error) {
	conditions := make([]string, len(watchedPaths))
	for i, p := range watchedPaths {
		conditions[i] = "path LIKE '" + strings.ReplaceAll(p, "_", `\_`) + "%'"
	}
	rows, err := base.query(ctx, "SELECT path, IFNULL(value, '') FROM {core_config_data} WHERE scope = 'default' AND scope_id = 0 AND ("+strings.Join(conditions, " OR ")+")")
	if err != nil {
		return settings{}, err
	}
	defer rows.Close()
	s := settings{stored: map[string]string{}, fixed: c.Overrides, unknown: c.Overrides == nil}
	for rows.Next() {
		var path, value string
		if err := rows.Scan(&path, &value); err != nil {
			return settings{}, err
		}
		s.stored[path] = value
	}
	return s, rows.Err()
}
