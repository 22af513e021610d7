package user

import (
	"context"
	"reflect"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/kit"
)

// page is everything that the screen shows of a user, as it was read.
type page struct {
	user      app.User
	operator  app.User
	store     app.StoreInfo
	providers []app.Provider
	roles     []app.Role
	tests     map[app.ProviderCode]app.Event // the newest desk test of a code
	may       rights
	can       abilities
}

// abilities are what the store as such is able to do: where it is not, there
// is no control for it at all.
type abilities struct {
	accounts error // why accounts are not changed here; nil where they are
	sessions bool  // end those of a user
	tokens   error // why not every token ends with the sessions; nil where they do
	repair   bool  // open a factor with an older key
}

// rights say for each thing to do why it cannot be done; nil is that it can.
type rights struct {
	enroll, verify, reset, unlock error
	edit, appoint, roles          error
	password, remove, activity    error
	sessions, repair              error
	secrets                       error // the store's keys are not open
}

// read fetches the page; it runs off the UI goroutine.
func read(ctx context.Context, s Service, id app.UserID) (*page, error) {
	var u app.User
	var roles []app.Role
	err := kit.AtOnce(ctx, func(ctx context.Context) (err error) {
		u, err = s.User(ctx, id)
		return err
	}, func(ctx context.Context) (err error) {
		roles, err = s.Roles(ctx)
		return err
	})
	if err != nil {
		return nil, err
	}
	o, _ := s.Operator()
	p := &page{
		user: u, operator: o.User, store: s.Store(), providers: s.Providers(), roles: roles,
		tests: map[app.ProviderCode]app.Event{}, may: rightsOn(s, u, o.User),
		can: abilities{
			accounts: s.Able(app.AbleEditUsers),
			sessions: s.Able(app.AbleSessions) == nil,
			tokens:   s.Able(app.AbleTokens),
			repair:   s.Able(app.AbleRepair) == nil,
		},
	}
	if p.may.activity == nil && len(u.Factors) > 0 {
		past, err := s.Events(ctx, app.EventQuery{Target: id, Action: app.DoTestCode, Limit: 5})
		if err != nil {
			return nil, err
		}
		for _, e := range past.Events {
			if _, newer := p.tests[e.Provider]; !newer {
				p.tests[e.Provider] = e
			}
		}
	}
	return p, nil
}

// same tells whether another reading shows the same.
func (p *page) same(q *page) bool {
	return reflect.DeepEqual(p.user, q.user) && reflect.DeepEqual(p.operator, q.operator) &&
		reflect.DeepEqual(p.roles, q.roles) && reflect.DeepEqual(p.tests, q.tests) &&
		reflect.DeepEqual(p.may, q.may) && reflect.DeepEqual(p.can, q.can)
}

// cut takes back whatever changes something, for a reason that may be nil. What is
// typed can go on: its own button says why it is not saved.
func (r *rights) cut(reason error) {
	for _, deed := range []*error{
		&r.enroll, &r.verify, &r.reset, &r.unlock, &r.roles, &r.password, &r.remove, &r.sessions, &r.repair,
	} {
		*deed = first(*deed, reason)
	}
}

func rightsOn(s Service, u, operator app.User) rights {
	change := s.Able(app.AbleChange)
	r := rights{
		enroll: first(s.PermitsOn(app.CanEnroll, u), change),
		verify: first(s.PermitsOn(app.CanVerify, u), change),
		reset:  first(s.PermitsReset(u), change),
		unlock: first(s.PermitsOn(app.CanUnlock, u), change),
		edit:   first(s.PermitsOn(app.EditUsers, u), change, s.Able(app.AbleEditUsers)),

		sessions: first(s.PermitsOn(app.CanReset, u), change, s.Able(app.AbleSessions)),
		repair:   first(s.PermitsOn(app.CanReset, u), change, s.Able(app.AbleRepair)),

		appoint:  s.Permits(app.EditOperators),
		activity: s.Permits(app.SeeActivity),
		secrets:  s.Able(app.AbleOpenSecrets),
	}
	r.roles = first(r.appoint, change, s.Able(app.AbleRoles))
	if u.Operator {
		r.edit = first(r.edit, r.appoint)
	}
	r.remove = r.edit
	r.password = first(change, s.Able(app.AbleEditUsers))
	if operator.ID == u.ID {
		r.remove = first(r.edit, app.Errorf(app.Denied, "You cannot remove the account that you are signed in with."))
	} else {
		r.password = first(r.appoint, r.password)
	}
	return r
}

// first returns the first of some reasons why not.
func first(reasons ...error) error {
	for _, err := range reasons {
		if err != nil {
			return err
		}
	}
	return nil
}

// shop tells whether the people sign in to an application that is not ours.
func (p *page) shop() bool { return p.store.Kind == app.MagentoStore }

// own tells whether the user is the operator.
func (p *page) own() bool { return p.user.ID == p.operator.ID }

// provider returns the provider of a code.
func (p *page) provider(code app.ProviderCode) app.Provider {
	for _, known := range p.providers {
		if known.Code == code {
			return known
		}
	}
	return app.Provider{Code: code, Name: string(code), Short: string(code)}
}
