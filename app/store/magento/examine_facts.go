package magento

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/store/magento/acl"
	"github.com/factordesk/factordesk/app/store/magento/factors"
)

// examined is what an examination judges.
type examined struct {
	settings settings
	module   version
	lacks    map[string]error
	looks    bool // through a read-only connection
	list     *acl.List
	store    app.StoreFacts
	ahead    time.Duration // of the database's clock before this computer's
	people   map[int64]*examinee
	doubt    *doubt // about the crypt key; nil: there is none

	troubles map[string]int // why documents and secrets do not open → users
	foreign  map[app.ProviderCode]bool
}

// examinee is one administrator as an examination sees it.
type examinee struct {
	active, operator, locked, expired bool
	role                              int64 // 0: none
	rows                              int   // of 2FA data
	first                             int64 // of them
	has                               flags
	window                            *int64 // the own tolerance
}

func (s *Store) readExamined(ctx context.Context) (*examined, error) {
	x := &examined{
		module: s.shop.module, lacks: s.shop.lacks, looks: s.config.ReadOnly, people: map[int64]*examinee{}, troubles: map[string]int{},
		foreign: map[app.ProviderCode]bool{}, doubt: s.inDoubt(),
	}
	l, err := s.readLaw(ctx, s.base)
	if err != nil {
		return nil, err
	}
	if x.settings, err = readSettings(ctx, s.base, s.config); err != nil {
		return nil, err
	}
	x.module.generation = generationOf(x.module, x.settings)
	for _, read := range []func(context.Context, *examined) error{s.readClock, s.readPeople, s.readFactors} {
		if err := read(ctx, x); err != nil {
			return nil, err
		}
	}
	members, err := s.readMemberships(ctx)
	if err != nil {
		return nil, err
	}
	for id, p := range x.people {
		p.role = members[id].Parent
		if _, there := l.roles[p.role]; !there {
			p.role = 0
		}
	}
	x.list = l.list
	x.sum(l)
	return x, nil
}

// readClock compares the clocks, as far as the way there and back allows.
func (s *Store) readClock(ctx context.Context, x *examined) error {
	asked := s.now()
	there, err := s.serverTime(ctx)
	if err != nil {
		return err
	}
	answered := s.now()
	x.ahead = there.Sub(asked.Add(answered.Sub(asked) / 2))
	return nil
}

// readPeople reads who there is.
func (s *Store) readPeople(ctx context.Context, x *examined) error {
	expires, from := "NULL", "{admin_user} u"
	if s.shop.has(expiryTable) {
		expires = "x.expires_at"
		from += " LEFT JOIN {admin_user_expiration} x ON x.user_id = u.user_id"
	}
	rows, err := s.base.query(ctx, "SELECT u.user_id, u.is_active, u.password <> '', u.lock_expires, "+expires+", {now} FROM "+from)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		var active int
		var p examinee
		var until, end sql.NullTime
		var now time.Time
		if err := rows.Scan(&id, &active, &p.operator, &until, &end, &now); err != nil {
			return err
		}
		p.expired = end.Valid && !end.Time.IsZero() && !end.Time.After(now)
		p.active, p.locked = active == 1 && !p.expired, until.Time.After(now)
		x.people[id] = &p
	}
	return rows.Err()
}

// readFactors judges all rows of 2FA data, and keeps of each user what Magento
// reads.
func (s *Store) readFactors(ctx context.Context, x *examined) error {
	rows, err := s.base.query(ctx, "SELECT c.user_id, "+rowColumns+" FROM {tfa_user_config} c")
	if err != nil {
		return err
	}
	defer rows.Close()
	reasons := map[int64]string{} // of the users whose factors do not open
	for rows.Next() {
		var user int64
		var r nullRow
		if err := rows.Scan(&user, &r.id, &r.length, &r.text); err != nil {
			return err
		}
		p := x.people[user]
		if p == nil {
			continue // removed since, or added
		}
		p.rows++
		if p.first != 0 && p.first < r.id.Int64 {
			continue
		}
		p.first = r.id.Int64
		var a account
		a.addRow(r)
		documents := s.documents(a)
		p.has, p.window = s.flagsOf(documents), documents[0].Factor(app.Google).Window
		delete(reasons, user)
		if p.has.unreadable {
			reasons[user] = reasonOf(documents[0])
		}
		for _, code := range documents[0].Foreign() {
			x.foreign[code] = true
		}
	}
	for _, reason := range reasons {
		x.troubles[reason]++
	}
	return rows.Err()
}

// reasonOf says in a few words why something of a document cannot be read: the
// layer, and the key.
func reasonOf(d factors.Document) string {
	t := d.Trouble
	for _, f := range d.Factors {
		if f.Status == app.StatusUnreadable && t.Layer == factors.NoLayer {
			t = f.Trouble
		}
	}
	layer := map[factors.Layer]string{factors.Outer: "The whole document", factors.Inner: "The secret in the document"}[t.Layer]
	switch {
	case layer == "":
		return "An entry of the document is damaged"
	case t.ByKey:
		return fmt.Sprintf("%s needs key %d of crypt/key, counted from 0, as it was", layer, t.Key)
	}
	return layer + " is damaged"
}

// readMemberships reads who has which role: the first membership of each user,
// by user.
func (s *Store) readMemberships(ctx context.Context) (map[int64]acl.RoleRow, error) {
	rows, err := s.base.query(ctx, "SELECT user_id, role_id, parent_id FROM {authorization_role} WHERE role_type = 'U' AND user_type = '2'")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	of := map[int64]acl.RoleRow{}
	for rows.Next() {
		var r acl.RoleRow
		if err := rows.Scan(&r.User, &r.ID, &r.Parent); err != nil {
			return nil, err
		}
		if have, ok := of[r.User]; !ok || r.ID < have.ID {
			of[r.User] = r
		}
	}
	return of, rows.Err()
}

// sum counts what every store knows of itself.
func (x *examined) sum(l *law) {
	x.store.Users = len(x.people)
	x.store.UnreadableRemedy = "If you still have the crypt key of that time, repair each factor with it: then nobody must enroll again."
	for _, p := range x.people {
		if p.has.unreadable {
			x.store.Unreadable++
		}
		if !p.active || !p.operator || !administers(l, p.role) {
			continue
		}
		x.store.Administrators++
		if !p.has.active {
			x.store.Unproved++
		}
	}
}

// administers reports whether who has a role can help everybody else out: with
// everything, or with All Users and Two Factor Auth. All Users alone gets nobody
// past the shop's own 2FA.
func administers(l *law, role int64) bool {
	return l.list.Allowed(role, acl.AllUsers) && l.list.Allowed(role, acl.TwoFactor)
}

// detail adds to a common finding what is known of a shop.
func (x *examined) detail(f *app.Finding) {
	switch f.Code {
	case "unreadable":
	case "no-administrator":
		f.Steps = []app.Step{{
			Text:    "Make an account with the role Administrators on the shop’s server.",
			Command: "bin/magento admin:user:create",
		}}
		return
	default:
		return
	}
	reasons := slices.Collect(maps.Keys(x.troubles))
	slices.SortFunc(reasons, func(a, b string) int {
		return cmp.Or(cmp.Compare(x.troubles[b], x.troubles[a]), cmp.Compare(a, b))
	})
	for _, reason := range reasons {
		f.Found = append(f.Found, app.Detail{Name: reason, Value: app.CountUsers(x.troubles[reason])})
	}
	f.About += " Magento itself takes such data for nothing, asks the user to enroll, and then writes over it."
}

// count counts people.
func (x *examined) count(which func(*examinee) bool) int {
	n := 0
	for _, p := range x.people {
		if which(p) {
			n++
		}
	}
	return n
}
