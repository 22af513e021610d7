package screens

import (
	"context"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/connections"
	"github.com/factordesk/factordesk/screens/enroll"
	"github.com/factordesk/factordesk/screens/kit"
	"github.com/factordesk/factordesk/screens/signin"
	"github.com/factordesk/factordesk/screens/welcome"
)

// Start shows the first screen: sign-in at the store used last, or welcome where
// there is none yet. A target opens that store first. The program calls it
// before the window shows, so that the first picture is the right one: the list
// of stores is one small file.
func (s *Shell) Start(target string) {
	saved, err := s.backend.Saved()
	s.first(saved, err, target)
}

// again shows the first screen to somebody who was at a store already.
func (s *Shell) again() { s.againAt("") }

// againAt does so with a store chosen.
func (s *Shell) againAt(target string) {
	kit.Go(s.kit, func(context.Context) ([]signin.Saved, error) { return s.backend.Saved() },
		func(saved []signin.Saved, err error) { s.first(saved, err, target) })
}

// first shows sign-in or welcome, with the saved stores or why they cannot be
// read.
func (s *Shell) first(saved []signin.Saved, err error, target string) {
	if err != nil {
		s.backend.Log(err)
	}
	chosen := len(saved)
	for i, c := range saved {
		if c.Name == target || c.Location == target {
			chosen = i
		}
	}
	switch {
	case target != "" && chosen == len(saved):
		saved = append(saved, unsaved(target))
	case target == "":
		chosen = lastUsed(saved)
	}
	if len(saved) == 0 {
		s.welcome(false)
	} else {
		s.signIn(saved, chosen)
	}
	if err != nil {
		s.kit.Problem("The list of stores cannot be read", err)
	}
}

// lastUsed is the store that was opened last.
func lastUsed(saved []signin.Saved) int {
	last := 0
	for i, c := range saved {
		if c.Opened.After(saved[last].Opened) {
			last = i
		}
	}
	return last
}

// welcome shows the three ways to begin; back leads to the saved stores.
func (s *Shell) welcome(back bool) {
	w := &wayIn{shell: s}
	on := welcome.Actions{
		Made:   w.made,
		Opened: func() { s.afterOpening(w) },
		Shop:   func() { s.connect(connections.SetupOptions{}, func() { s.welcome(back) }) },
		Team:   func() { s.connect(connections.SetupOptions{Team: true}, func() { s.welcome(back) }) },
		Backup: s.restoreFirst,
		Sample: s.sample,
	}
	if back {
		on.Back = func() { s.again() }
	}
	s.set(welcome.New(w, s.kit, welcome.Options{
		Version: s.backend.Version(), Name: "My Desk", Path: s.backend.DefaultPath(),
	}, on))
}

// makeAt makes a store in the empty database of a saved connection.
func (s *Shell) makeAt(c connections.Saved) {
	words := c.Location
	if a, err := app.ParseTeam(c.Location); err == nil {
		words = a.Location()
	}
	w := &wayIn{shell: s}
	s.set(welcome.New(w, s.kit, welcome.Options{
		Version: s.backend.Version(), Name: c.Name, Path: c.Name, Team: words,
	}, welcome.Actions{Made: w.made, Back: func() { s.againAt(c.Name) }}))
}

// wayIn makes and opens stores for the welcome screen. Its methods run off the
// UI goroutine, one at a time.
type wayIn struct {
	shell   *Shell
	console *app.Console
	path    string
	welcome *app.Welcome // the first administrator is signed in already
}

// Create implements welcome.Service. Who makes a store has just typed the
// password twice, and is signed in with it.
func (w *wayIn) Create(ctx context.Context, r welcome.MakeRequest) (app.Secret, error) {
	c, recovery, err := w.shell.backend.Create(ctx, NewStore(r), w.shell.Asker(kit.Store{}))
	if err != nil {
		return app.Secret{}, err
	}
	w.console, w.path = c, r.Path
	in, err := c.SignIn(ctx, app.Credentials{Username: r.First.Username, Password: r.First.Password, Stay: true})
	if err != nil {
		w.shell.backend.Log(err) // the sign-in screen comes next, and says it
		return recovery, nil     // the key is shown now or never
	}
	w.welcome = &in
	return recovery, nil
}

// Open implements welcome.Service. A store that was opened before, and left with
// Esc, is closed.
func (w *wayIn) Open(ctx context.Context, path string) error {
	if w.console != nil {
		if err := w.console.Close(); err != nil {
			w.shell.backend.Log(err)
		}
		w.console = nil
	}
	c, err := w.shell.backend.Open(ctx, path, w.shell.Asker(kit.Store{}))
	w.console, w.path = c, path
	return err
}

func (w *wayIn) made() {
	if w.welcome == nil {
		w.shell.afterOpening(w)
		return
	}
	w.shell.use(w.console)
	w.shell.signedIn(*w.welcome)
}

// afterOpening leads from a store that was just opened to its sign-in.
func (s *Shell) afterOpening(w *wayIn) {
	info := w.console.Store()
	opened := signin.Saved{Name: info.Name, Kind: info.Kind, Tag: info.Tag, Location: w.path, Unsaved: true}
	kit.Go(s.kit, func(context.Context) ([]signin.Saved, error) { return s.backend.Saved() },
		func(saved []signin.Saved, _ error) {
			for i, c := range saved {
				if c.Location == w.path || c.Name == w.path {
					opened = c
					saved = append(saved[:i], saved[i+1:]...)
					break
				}
			}
			s.use(w.console)
			s.signInAt(append([]signin.Saved{opened}, saved...), 0, w.console)
		})
}

// sample opens the made-up people, where nobody has to sign in.
func (s *Shell) sample() {
	kit.Go(s.kit, s.backend.Sample, func(c *app.Console, err error) {
		if err != nil {
			s.kit.Problem("The sample data cannot be shown", err)
			return
		}
		s.use(c)
		s.openDesk()
	})
}

// use makes a console the open one, and closes the one before.
func (s *Shell) use(c *app.Console) {
	old := s.console
	if old != c {
		s.unwatch()
	}
	s.console = c
	s.touched = s.kit.Now()
	if old != nil && old != c {
		s.discard(old)
	}
}

// discard closes a console that nobody uses any more.
func (s *Shell) discard(c *app.Console) {
	s.kit.Go(func(context.Context) error { return c.Close() }, func(err error) {
		if err != nil {
			s.backend.Log(err)
		}
	})
}

// signIn shows the sign-in screen and opens the chosen store for it.
func (s *Shell) signIn(saved []signin.Saved, chosen int) { s.signInAt(saved, chosen, nil) }

func (s *Shell) signInAt(saved []signin.Saved, chosen int, open *app.Console) {
	o := &opening{shell: s}
	o.screen = signin.New(s.kit, signin.Stores{Saved: saved, Chosen: chosen, Version: s.backend.Version()}, signin.Actions{
		Choose: func(i int) { o.begin(saved[i]) }, Stop: func() { o.cancel(); s.use(nil) },
		Add: func() { s.welcome(true) }, SignedIn: s.signedIn,
		Look: func(i int) { s.lookAt(saved[i]) },
	})
	s.set(o.screen)
	if open != nil {
		o.screen.Opened(open)
		return
	}
	o.begin(saved[chosen])
}

// signedIn leads on: to enrollment where the operator must, else to the desk,
// after what everybody has to hear.
func (s *Shell) signedIn(w app.Welcome) {
	console := s.console
	s.touched = s.kit.Now()
	s.kit.Go(func(context.Context) error { return s.backend.SignedIn(console) }, func(err error) {
		if err != nil {
			s.backend.Log(err)
		}
	})
	s.lead = func() {
		signin.Notice(s.kit, console.Store(), w, func() {
			s.lead = nil
			if w.Operator.MustEnroll {
				s.enrollFirst()
				return
			}
			s.openDesk()
		})
	}
	s.lead()
}

// enrollFirst makes the operator's new factor before anything else is allowed.
func (s *Shell) enrollFirst() {
	console := s.console
	s.watch()
	kit.Go(s.kit, func(ctx context.Context) (app.Enrollment, error) { return console.EnrollSelf(ctx, app.Google, "") },
		func(e app.Enrollment, err error) {
			if s.console != console {
				return // signed out meanwhile
			}
			if err != nil {
				s.kit.Problem("Your new factor cannot be made", err)
				return
			}
			p, err := console.Provider(app.Google)
			if err != nil {
				s.kit.Problem("Your new factor cannot be made", err)
				return
			}
			s.set(enroll.New(ownFactor{console}, s.kit, e, enroll.Options{
				Provider: p, Picture: s.backend.Picture, HideAfter: s.values.HideQR, Self: true,
			}, enroll.Actions{Done: s.openDesk, Leave: s.signOut}))
		})
}

// ownFactor confirms the operator's own factor at sign-in.
type ownFactor struct{ *app.Console }

// Confirm implements enroll.Service.
func (o ownFactor) Confirm(ctx context.Context, _ app.UserID, p app.ProviderCode, code app.Secret) (app.Attempt, error) {
	return o.ConfirmSelf(ctx, p, code)
}

// signOut ends the session and leads back to the saved stores.
func (s *Shell) signOut() { s.leaveFor(s.again) }

// leaveFor ends the session and leads on.
func (s *Shell) leaveFor(next func()) {
	console := s.console
	s.kit.Clip.Clear()
	s.unwatch()
	s.drop()
	s.clearDesk()
	s.gate.forget()
	s.lead = nil
	s.kit.SetContent(kit.Plate(kit.ColorBg))
	s.kit.Go(console.SignOut, func(err error) {
		if err != nil {
			s.backend.Log(err)
		}
		s.use(nil)
		next()
	})
}
