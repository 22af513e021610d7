// Package user is the screen of one user: who it is, what role the person has,
// the second factors with everything that can be done to them, and what
// happened. Its heart is the 2FA tab with Configuration reset.
//
// Use: New makes the screen for one user; the shell calls Show, Refresh, Leave
// and Close. Whatever another screen has to show goes up through Actions.
//
// Read screen.go first, then twofactor.go and reset.go.
package user

import (
	"context"

	"github.com/factordesk/factordesk/app"
)

// Service is what the screen asks of the Console.
type Service interface {
	Store() app.StoreInfo
	Able(a app.Ability) error
	Operator() (app.Operator, bool)
	Permits(p app.Permission) error
	PermitsOn(p app.Permission, target app.User) error
	PermitsReset(target app.User) error
	Providers() []app.Provider

	User(ctx context.Context, id app.UserID) (app.User, error)
	Roles(ctx context.Context) ([]app.Role, error)
	Events(ctx context.Context, q app.EventQuery) (app.EventPage, error)

	Reverify(ctx context.Context, password app.Secret, d app.Deed) (*app.Grant, error)
	Reset(ctx context.Context, g *app.Grant, r app.ResetRequest) error
	Enroll(ctx context.Context, g *app.Grant, r app.EnrollRequest) (app.Enrollment, error)
	Confirm(ctx context.Context, id app.UserID, p app.ProviderCode, code app.Secret) (app.Attempt, error)
	Resync(ctx context.Context, g *app.Grant, r app.DeviceResync) (app.Attempt, error)
	Unlock(ctx context.Context, g *app.Grant, r app.UnlockRequest) error
	EndSessions(ctx context.Context, g *app.Grant, id app.UserID, reason string) (int, error)
	Repair(ctx context.Context, g *app.Grant, r app.RepairRequest) error
	SaveUser(ctx context.Context, g *app.Grant, c app.UserChange) (app.User, error)
	RemoveUser(ctx context.Context, g *app.Grant, id app.UserID, version int64, reason string) error
	SetPassword(ctx context.Context, g *app.Grant, id app.UserID, password app.Secret) error
	SaveRole(ctx context.Context, g *app.Grant, r app.Role) (app.Role, error)
	RemoveRole(ctx context.Context, g *app.Grant, id app.RoleID, version int64) error
	Tester
	Desks
}

// Tester is what a desk test of a code asks of the Console.
type Tester interface {
	Store() app.StoreInfo
	TestCode(ctx context.Context, id app.UserID, p app.ProviderCode, code app.Secret) (app.Attempt, error)
}

// Actions are what the screen leaves to the shell.
type Actions struct {
	// Back shows the list of users; also after the user was removed.
	Back func()
	// Enrolled shows a secret that was just made, the only time that it can be
	// shown.
	Enrolled func(e app.Enrollment)
	// RotateKey leads to new keys, after somebody who had them is gone; nil:
	// nothing is offered.
	RotateKey func()
	// Diagnose shows the question why a code of the user is refused; nil: there is
	// no such screen.
	Diagnose func(u app.User)
}
