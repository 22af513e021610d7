package storetest

import (
	"testing"
	"time"

	"github.com/factordesk/factordesk/app"
)

// Fixture is a new store with one user: an active Administrator with a
// password. The store's keys need not be open.
type Fixture struct {
	Store    app.Store
	Username string
	Password app.Secret
	Recovery app.Secret // empty: the store has no break-glass

	// Reopen closes the store and opens what it left behind, as another process
	// would; nil: nothing outlives the store. Who makes the fixture closes the
	// store at the end of the test.
	Reopen func(t *testing.T) app.Store

	// Damage makes a stored factor one that no key opens; nil: cannot be done.
	Damage func(t *testing.T, id app.UserID, provider app.ProviderCode)

	// DamageWhole makes all that is stored of a user's factors one thing that no
	// key opens, so that each of them is Whole; nil: the store keeps them apart.
	DamageWhole func(t *testing.T, id app.UserID)

	// OlderKeys are the keys that open what Damage has damaged. A store that is
	// able to repair needs them.
	OlderKeys app.Secret

	// OpenSessions signs a user in to the application that the store belongs to,
	// n times. A store that is able to end sessions needs it.
	OpenSessions func(t *testing.T, id app.UserID, n int)

	// Application is what a store is like that belongs to an application; nil:
	// the store is one of our own.
	Application *Application
}

// Open makes a Fixture whose store asks now for the time, where a method is
// not given one.
type Open func(t *testing.T, now func() time.Time) Fixture
