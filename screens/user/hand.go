package user

import (
	"context"
	"time"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/kit"
)

// hand is who changed something last, as far as the operator may know.
type hand struct {
	name string // "Somebody else" where it is not known
	desk string // "desk-olive, Factordesk 1.0.0"
	at   time.Time
}

// said is "Olive Bellwether, today 14:07 (12:07 UTC)".
func (h hand) said(now time.Time) string {
	if h.at.IsZero() {
		return h.name
	}
	return h.name + ", " + kit.Within(kit.WhenUTC(h.at, now))
}

// ago is " just now" or " 3 minutes ago"; empty where it is not known.
func (h hand) ago(now time.Time) string {
	if h.at.IsZero() {
		return ""
	}
	return " " + kit.Ago(h.at, now)
}

// lastHand is who changed a user last. It runs off the UI goroutine.
func lastHand(ctx context.Context, s Service, id app.UserID) hand {
	return handOf(ctx, s, app.EventQuery{Target: id, Outcome: app.Done, Limit: 10}, func(e app.Event) bool {
		switch e.Action {
		case app.DoTestCode, app.DoVerify, app.DoSignIn, app.DoSignOut, app.DoSeeUsers:
			return false // nothing that a screen could overwrite
		}
		return true
	})
}

// lastSave is who saved a user's account fields last.
func lastSave(ctx context.Context, s Service, id app.UserID) hand {
	return handOf(ctx, s, app.EventQuery{Target: id, Action: app.DoSaveUser, Outcome: app.Done, Limit: 1}, nil)
}

// lastRole is who saved a role last, as far as its name tells.
func lastRole(ctx context.Context, s Service, r app.Role) hand {
	return handOf(ctx, s, app.EventQuery{Action: app.DoSaveRole, Outcome: app.Done, Limit: 10}, func(e app.Event) bool {
		return e.Detail("role") == r.Name
	})
}

// handOf is who is behind the newest event of a query that counts.
func handOf(ctx context.Context, s Service, q app.EventQuery, counts func(app.Event) bool) hand {
	unknown := hand{name: "Somebody else"}
	if s.Permits(app.SeeActivity) != nil {
		return unknown
	}
	past, err := s.Events(ctx, q)
	if err != nil {
		return unknown
	}
	for _, e := range past.Events {
		if counts != nil && !counts(e) {
			continue
		}
		if e.Operator == "" {
			return unknown
		}
		h := hand{name: e.Operator, desk: e.Console, at: e.At}
		if u, err := s.User(ctx, e.OperatorID); err == nil {
			h.name = u.Name()
		}
		return h
	}
	return unknown
}
