package signin

import (
	"fmt"
	"time"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/kit"
)

// kindWords says what a store is.
func kindWords(k app.StoreKind) string {
	switch k {
	case app.TeamStore:
		return "PostgreSQL"
	case app.MagentoStore:
		return "Magento"
	case app.SampleStore:
		return "In memory, forgotten on exit"
	case app.LocalStore:
	}
	return "SQLite file"
}

// storeWords is the line under a store's name: what it is, and when it was
// opened. Only the first of the list spells that out.
func storeWords(s Saved, first bool, now time.Time) string {
	kind := kindWords(s.Kind)
	switch {
	case s.Kind == app.SampleStore:
		return kind
	case s.Opened.IsZero():
		return kind + " · never opened"
	case first:
		return kind + " · last opened " + dayWords(s.Opened, now)
	}
	return kind + " · " + dayWords(s.Opened, now)
}

// dayWords is a day in the middle of a sentence: "today", "yesterday", "Jun 2",
// "Jun 2, 2025".
func dayWords(t, now time.Time) string {
	t, now = t.Local(), now.Local()
	y, m, d := now.Date()
	midnight := time.Date(y, m, d, 0, 0, 0, 0, now.Location())
	switch {
	case !t.Before(midnight):
		return "today"
	case !t.Before(midnight.AddDate(0, 0, -1)):
		return "yesterday"
	case t.Year() == y:
		return t.Format("Jan 2")
	}
	return kit.Day(t)
}

// whose says which account the card wants.
func whose(k app.StoreKind) string {
	if k == app.MagentoStore {
		return "Use your own account in this shop’s admin."
	}
	return "Use your Factordesk password for this store."
}

// counts says where wrong passwords count; nothing where they do not.
func counts(i app.StoreInfo) string {
	lock := i.LockPolicy()
	if lock.Failures == 0 {
		return ""
	}
	where := "in this store"
	if i.Kind == app.MagentoStore {
		where = "in the shop itself"
	}
	return fmt.Sprintf("Wrong passwords count %s: after %d your account is locked for %s.",
		where, lock.Failures, kit.CountOf(int(lock.For.Minutes()), "minute", "minutes"))
}

// reach says how a store that is open is reached.
func reach(i app.StoreInfo) string {
	switch {
	case i.Kind == app.LocalStore:
		return "Opens a file on this computer"
	case i.Shop == nil:
		return "Reachable"
	}
	words := "Reachable"
	if i.Shop.SSH.Host != "" {
		words += " through SSH"
	}
	switch i.Shop.TLS.Mode {
	case app.TLSRequired, app.TLSVerifyCA, app.TLSVerify:
		words += ", TLS on"
	case app.TLSOff, "":
	}
	return words
}

// waits says what opening a store on a server waits for.
func waits(s Saved) string {
	switch a := s.Shop; {
	case a == nil:
		return teamWaits(s.Location)
	case a.SSH.Host != "":
		return "Waiting for " + a.SSH.Host + ", and for the shop’s database behind it."
	case a.Host != "":
		return "Waiting for the shop’s database on " + a.Host + "."
	}
	return "Waiting for the shop’s database."
}

// teamWaits is waits for the database of a team.
func teamWaits(location string) string {
	a, err := app.ParseTeam(location)
	switch {
	case err != nil || a.Socket():
		return "Waiting for the database."
	case a.SSH.Host != "":
		return "Waiting for " + a.SSH.Host + ", and for the database behind it."
	}
	return "Waiting for the database on " + a.Host + "."
}

// glassWords says what a break-glass sign-in does.
func glassWords(k app.StoreKind) []kit.Run {
	if k == app.MagentoStore {
		return []kit.Run{
			kit.Plain("Your password and the shop’s crypt key let you in once, without a code. The key is "),
			kit.Code("crypt/key"), kit.Plain(" in "), kit.Code("app/etc/env.php"),
			kit.Plain(" on the shop’s server. This is marked in the activity of this computer."),
		}
	}
	return []kit.Run{kit.Plain("Your password and the recovery key of this store let you in once, without a code. " +
		"It is marked in the activity and shown to every operator; then you enroll again.")}
}

// usedTitle stands over what usedWords says.
const usedTitle = "Break-glass was used"

// The spans of time that usedWords tells of.
const (
	lately     = "in the last seven days"
	sinceYours = "since you signed in the last time"
)

// usedWords says who got in without a code, newest event first; span is the time
// that the events are of.
func usedWords(store app.StoreInfo, events []app.Event, span string, now time.Time) string {
	key := "the recovery key"
	if store.Kind == app.MagentoStore {
		key = "the shop’s crypt key"
	}
	if store.AuditHere {
		key += " on this computer"
	}
	last := events[0]
	when := kit.WhenUTC(last.At, now)
	if len(events) == 1 {
		return fmt.Sprintf("%s signed in with %s: %s. %s", last.Operator, key, when, ask)
	}
	return fmt.Sprintf("%d sign-ins with %s %s, the last one by %s: %s. %s",
		len(events), key, span, last.Operator, when, ask)
}

// ask says what to do about a break-glass sign-in.
const ask = "If you do not know why, ask, and look into Activity."
