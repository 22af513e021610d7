package screens

import (
	"context"
	"slices"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/connections"
	"github.com/factordesk/factordesk/screens/kit"
	"github.com/factordesk/factordesk/screens/signin"
)

// ways is the Service of the screens of connections: the program around the
// window, and the person in front of it.
type ways struct{ shell *Shell }

var _ connections.Service = ways{}

// Connections implements connections.Service.
func (w ways) Connections(context.Context) ([]connections.Saved, error) {
	saved, err := w.shell.backend.Saved()
	all := make([]connections.Saved, len(saved))
	for i, c := range saved {
		all[i] = connections.Saved(c)
	}
	return all, err
}

// SaveConnection implements connections.Service.
func (w ways) SaveConnection(ctx context.Context, was string, c connections.Saved) error {
	return w.shell.backend.SaveConnection(ctx, was, c)
}

// RemoveConnection implements connections.Service.
func (w ways) RemoveConnection(ctx context.Context, name string) error {
	return w.shell.backend.RemoveConnection(ctx, name)
}

// MoveConnection implements connections.Service.
func (w ways) MoveConnection(ctx context.Context, name string, to int) error {
	return w.shell.backend.MoveConnection(ctx, name, to)
}

// ForgetPassword implements connections.Service.
func (w ways) ForgetPassword(ctx context.Context, c connections.Saved) error {
	return w.shell.backend.ForgetPassword(ctx, c)
}

// ReadEnv implements connections.Service.
func (w ways) ReadEnv(ctx context.Context, a app.ShopAddress) (connections.Draft, error) {
	return w.shell.backend.ReadEnv(ctx, a, w.shell.Asker(kit.Store{}))
}

// TestConnection implements connections.Service.
func (w ways) TestConnection(ctx context.Context, c connections.Saved, report func([]app.Rung)) error {
	ask := w.shell.Asker(kit.StoreOf(signin.Saved(c).Info()))
	return w.shell.backend.TestConnection(ctx, c, ask, report)
}

// newConnections shows the stores of this computer.
func (s *Shell) newConnections() Screen { return s.connections(false) }

func (s *Shell) connections(test bool) Screen {
	return connections.New(ways{s}, s.kit, connections.Options{Present: s.console.Store(), Test: test},
		connections.Actions{
			Open: s.openConnection, Restore: s.restoreHere,
			Make: func(c connections.Saved) { s.leaveFor(func() { s.makeAt(c) }) },
		})
}

// testConnection shows the open store among the connections, and tests the way
// to it.
func (s *Shell) testConnection() {
	s.Leave(func() {
		s.markRail(slices.IndexFunc(places(), func(p place) bool { return p.name == "Connections" }))
		s.setAside()
		s.setPage(s.connections(true))
	})
}

// openConnection leaves the open store for another one.
func (s *Shell) openConnection(c connections.Saved) {
	s.leaveFor(func() {
		if c.Kind == app.SampleStore {
			s.sample()
			return
		}
		s.againAt(targetOf(signin.Saved(c)))
	})
}

// connect shows the form of a store on a server to somebody who is not signed in.
func (s *Shell) connect(o connections.SetupOptions, back func()) {
	o.Version = s.backend.Version()
	s.set(connections.NewSetup(ways{s}, s.kit, o, connections.SetupActions{
		Saved: func(c connections.Saved) { s.againAt(c.Name) },
		Make:  s.makeAt,
		Back:  back,
	}))
}

// lookAt shows the form of a store that cannot be opened, and tests the way to it.
func (s *Shell) lookAt(saved signin.Saved) {
	c := connections.Saved(saved)
	s.connect(connections.SetupOptions{Edit: &c, Test: true}, func() { s.againAt(c.Name) })
}
