package connections

import (
	"context"
	"strings"
	"time"

	"github.com/factordesk/factordesk/app"
)

// Saved is a store of the list. It holds no secret.
type Saved struct {
	Name     string
	Kind     app.StoreKind
	Tag      app.Tag
	Location string           // a path, or in words where a shop's database is
	Operator string           // the username that signed in last; empty: nobody yet
	Opened   time.Time        // zero: never
	Shop     *app.ShopAddress // how a shop's database is reached; nil for other kinds

	ReadOnly  bool          // nothing is changed over it; of a shop, its address says that
	Passwords app.Passwords // where the secrets on the way come from
	Kept      bool          // one of them is kept on this computer
	Unsaved   bool          // it is not on the list: it is opened by its location
}

// looksOnly tells whether nothing is changed over the connection.
func (c Saved) looksOnly() bool { return c.ReadOnly || c.Shop != nil && c.Shop.ReadOnly }

// Draft is what the env.php of a shop comes to.
type Draft struct {
	Address app.ShopAddress // with all that env.php gives, and the TLS mode that will be used
	Keys    int             // how many crypt keys it holds
	Mode    string          // of the shop: default, developer, production; empty: not known
	Notes   []string        // what env.php does not tell, each in a sentence
}

// Service keeps the list on this computer, and goes the way to a store. Its
// methods run off the UI goroutine and may ask the person for a password; errors
// are *app.Error.
type Service interface {
	// Connections returns the list, in the person's order.
	Connections(ctx context.Context) ([]Saved, error)

	// SaveConnection puts c in the place of the connection of a name, or adds it
	// where that is empty. It fails with Conflict when another has c's name.
	SaveConnection(ctx context.Context, was string, c Saved) error

	// RemoveConnection forgets a connection. The store itself stays.
	RemoveConnection(ctx context.Context, name string) error

	// MoveConnection puts a connection at a place in the order, 0 being the first.
	MoveConnection(ctx context.Context, name string, to int) error

	// ForgetPassword removes what is kept of a connection's passwords.
	ForgetPassword(ctx context.Context, c Saved) error

	// ReadEnv reads the env.php that an address names. What the address says
	// itself stays.
	ReadEnv(ctx context.Context, a app.ShopAddress) (Draft, error)

	// TestConnection goes the way to a store step by step, and reports all steps
	// whenever one changes, from any goroutine. It returns why it ended early,
	// which is in the step as well.
	TestConnection(ctx context.Context, c Saved, report func([]app.Rung)) error
}

// sample stands for the made-up people, which are always there to look at.
var sample = Saved{Name: "Sample data", Kind: app.SampleStore, Tag: app.TagSample}

// sameName reports whether two names mean one connection.
func sameName(a, b string) bool { return strings.EqualFold(strings.TrimSpace(a), strings.TrimSpace(b)) }
