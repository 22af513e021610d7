package signin

import (
	"context"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/kit"
)

// Service is what the screen needs of the Console of the chosen store.
type Service interface {
	Store() app.StoreInfo
	SignIn(ctx context.Context, c app.Credentials) (app.Welcome, error)
	RecentBreakGlass(ctx context.Context) ([]app.Event, error)
}

// Saved is a store in the list.
type Saved struct {
	Name     string
	Kind     app.StoreKind
	Tag      app.Tag
	Location string    // a path, or words for where a shop's database is
	Operator string    // the username that signed in last; empty: nobody yet
	Opened   time.Time // zero: never

	Shop *app.ShopAddress // how a shop is reached; nil for other kinds

	ReadOnly  bool          // nothing is changed over it; of a shop, its address says that
	Passwords app.Passwords // where the secrets on the way come from
	Kept      bool          // one of them is kept on this computer
	Unsaved   bool          // it is not on the list: it is opened by its location
}

// Info is what is known of the store before it is open.
func (s Saved) Info() app.StoreInfo {
	return app.StoreInfo{Name: s.Name, Kind: s.Kind, Tag: s.Tag, Location: s.Location, Shop: s.Shop}
}

// far tells whether the store is on a server, so that opening takes a while and
// may ask for something.
func (s Saved) far() bool { return s.Kind == app.TeamStore || s.Kind == app.MagentoStore }

// Stores is the list of saved stores, the one that was used last first.
type Stores struct {
	Saved   []Saved
	Chosen  int
	Version string // of the program: "1.0"
}

// Actions are what leads away from the card.
type Actions struct {
	Choose   func(index int) // open this store: answer with Opened or Failed
	Stop     func()          // do not open it after all: answer with nothing
	Add      func()          // add a store
	Look     func(index int) // test or change the way to a shop that was not opened; nil: nobody can
	SignedIn func(w app.Welcome)
}

// state is how far the chosen store is.
type state int

const (
	opening state = iota
	open
	failed
	stopped // by the person
)

// Screen is the sign-in screen. Its methods belong to the UI goroutine.
type Screen struct {
	kit     *kit.Kit
	on      Actions
	stores  Stores
	service Service
	state   state
	content fyne.CanvasObject
	shown   bool

	list *storeList
	add  *kit.Button
	room *kit.ScrollView // the right side

	username, password, code *kit.Field
	recovery                 *keyField
	crypt                    *kit.Field // a key of a shop, in place of the recovery key
	glass                    bool       // such a key stands in for the code
	signIn, again, switchTo  *kit.Button
	cancel                   *kit.Button // of opening
	waited                   *kit.Text   // for how many seconds
	stopWaiting              func()
	trouble                  *kit.Note
	used                     *kit.Note // break-glass was used recently
	why                      error     // of failed
}

// New makes the screen with the chosen store being opened.
func New(k *kit.Kit, stores Stores, on Actions) *Screen {
	s := &Screen{kit: k.Enter("Sign in"), stores: stores, on: on}
	s.makeFields()
	s.list = newStoreList(stores, s.kit.Now(), s.choose)
	s.add = kit.Quiet("Add a store", func() { on.Add() }).Icon(kit.IconPlus).OnRail()
	s.room = kit.Scroll(s.page())
	s.content = kit.RowFill(0,
		kit.Fix(400, 0, kit.Stack(kit.Plate(kit.ColorRail), s.panel())),
		kit.Grow(kit.Stack(kit.Plate(kit.ColorBg), s.room)))
	s.kit.Shortcut("Esc", "", s.back)
	s.prefill()
	s.wait()
	return s
}

func (s *Screen) makeFields() {
	s.username = kit.NewField("Username").Icon(kit.IconUser).Tall().MaxLen(app.MaxUsername)
	s.username.OnSubmit = func(text string) {
		if text != "" {
			s.password.Focus()
		}
	}
	s.password = kit.NewPassword("Password").Tall()
	s.password.OnSubmit = func(text string) {
		switch {
		case text == "":
		default:
			s.second().Focus()
		}
	}
	s.code = kit.NewCode("Your code", 8).UpTo().Icon(kit.IconPhone).Caption("if you have a second factor").Tall()
	s.code.OnSubmit = func(string) { s.submit() }
	s.recovery = newKeyField(s.submit)
	s.crypt = kit.NewPassword("Crypt key").Hides("key").Icon(kit.IconKey).Tall().
		Help("The whole of crypt/key; several lines may be pasted.")
	s.crypt.OnSubmit = func(string) { s.submit() }
	s.signIn = kit.Primary("Sign in", s.submit).Key("Enter").Tall()
	s.again = kit.Primary("Try again", func() { s.choose(s.stores.Chosen) }).Icon(kit.IconRefresh).Tall()
	s.cancel = kit.Secondary("Cancel", s.stop).Key("Esc").Tall()
	s.waited = kit.Caption("").Trailing()
	s.switchTo = kit.Quiet("Your own factor is lost?", s.toggle)
	s.trouble = kit.NewNote(kit.StatusBad, "Refused", "")
	s.used = kit.NewNote(kit.StatusBad, usedTitle, "")
	s.trouble.Hide()
	s.used.Hide()
}

// Content is the screen.
func (s *Screen) Content() fyne.CanvasObject { return s.content }

// Show puts the cursor where the person goes on typing.
func (s *Screen) Show() {
	s.shown = true
	s.focus()
}

// Refresh opens a store again that could not be opened.
func (s *Screen) Refresh() {
	if s.state == failed || s.state == stopped {
		s.choose(s.stores.Chosen)
	}
}

// Close forgets what was typed, and stops what is being opened.
func (s *Screen) Close() {
	s.shown = false
	if s.state == opening {
		s.state = stopped
		s.on.Stop()
	}
	s.kit.Leave()
	s.wipe()
}

// Opened brings the service of the chosen store.
func (s *Screen) Opened(service Service) {
	s.rest()
	s.service, s.state, s.why = service, open, nil
	s.show()
	kit.Go(s.kit, service.RecentBreakGlass, func(events []app.Event, err error) {
		if s.service != service {
			return // another store was chosen meanwhile
		}
		s.showUsed(events, err)
	})
}

// Failed says why the chosen store cannot be opened. Who has stopped it, by Esc
// on a question say, knows why.
func (s *Screen) Failed(err error) {
	s.rest()
	s.service, s.state, s.why = nil, failed, err
	if app.KindOf(err) == app.Canceled {
		s.state = stopped
	}
	s.show()
}

// stop ends the opening of the chosen store.
func (s *Screen) stop() {
	if s.state != opening {
		return
	}
	s.rest()
	s.service, s.state = nil, stopped
	s.on.Stop()
	s.show()
}

// wait counts the seconds from now on, while the store is being opened.
func (s *Screen) wait() {
	s.rest()
	since := s.kit.Now()
	s.waited.SetText("")
	s.stopWaiting = s.kit.Every(time.Second, func() {
		s.waited.SetText(kit.Count(int(s.kit.Now().Sub(since).Seconds())) + " s")
		s.room.Refresh()
	})
}

// rest ends the counting.
func (s *Screen) rest() {
	if s.stopWaiting != nil {
		s.stopWaiting()
		s.stopWaiting = nil
	}
}

// choose asks the shell to open a store of the list.
func (s *Screen) choose(index int) {
	if s.signIn.Busy() {
		return
	}
	another := index != s.stores.Chosen
	s.stores.Chosen, s.service, s.state = index, nil, opening
	s.list.setChosen(index)
	s.used.Hide()
	s.trouble.Hide()
	if another {
		s.glass = false
		s.wipe()
		s.prefill()
	}
	s.wait()
	s.show()
	s.on.Choose(index)
}

// prefill puts in the operator who signed in last.
func (s *Screen) prefill() { s.username.SetText(s.chosen().Operator) }

func (s *Screen) chosen() Saved {
	if s.stores.Chosen < 0 || s.stores.Chosen >= len(s.stores.Saved) {
		return Saved{}
	}
	return s.stores.Saved[s.stores.Chosen]
}

// second is the field of what proves more than the password.
func (s *Screen) second() interface{ Focus() } {
	switch {
	case !s.glass:
		return s.code
	case s.chosen().Kind == app.MagentoStore:
		return s.crypt
	}
	return s.recovery
}

// toggle changes between the code and the key of break-glass.
func (s *Screen) toggle() {
	if s.signIn.Busy() {
		return
	}
	s.glass = !s.glass
	s.code.Clear()
	s.clearKeys()
	s.trouble.Hide()
	s.show()
}

// back is Esc: it stops the opening, or leads from break-glass to the code.
func (s *Screen) back() {
	switch {
	case s.state == opening:
		s.stop()
	case s.glass:
		s.toggle()
	}
}

// focus puts the cursor into the first field that is still empty.
func (s *Screen) focus() {
	switch {
	case !s.shown:
	case s.state == failed || s.state == stopped:
		s.kit.Focus(s.again)
	case s.waiting():
		s.kit.Focus(s.cancel)
	case s.username.Text() == "":
		s.username.Focus()
	case s.password.Text() == "":
		s.password.Focus()
	default:
		s.second().Focus()
	}
}

// waiting tells whether the card waits for a server, and has no fields.
func (s *Screen) waiting() bool { return s.state == opening && s.chosen().far() }

func (s *Screen) wipe() {
	s.password.Clear()
	s.code.Clear()
	s.clearKeys()
}

func (s *Screen) clearKeys() {
	s.recovery.clear()
	s.crypt.Clear()
}

// submit tries to sign in with what the fields hold.
func (s *Screen) submit() {
	if s.signIn.Busy() || s.service == nil {
		return
	}
	if s.username.Text() == "" || s.password.Text() == "" {
		s.focus()
		return
	}
	c := app.Credentials{Username: s.username.Text(), Password: app.NewSecret(s.password.Text()), Stay: true}
	switch s.second() {
	case s.code:
		c.Code = app.NewSecret(s.code.Text())
	case s.crypt:
		c.Recovery = app.NewSecret(strings.TrimSpace(s.crypt.Text()))
		if c.Recovery.Empty() {
			s.say("The crypt key is missing.", "Nothing was tried yet.")
			s.crypt.Focus()
			return
		}
	default:
		if left := s.recovery.missing(); left > 0 {
			s.say("The recovery key is not complete.", kit.CountOf(left, "character is", "characters are")+" missing; nothing was tried yet.")
			s.recovery.Focus()
			return
		}
		c.Recovery = s.recovery.secret()
	}
	s.trouble.Hide()
	s.signIn.SetBusy(true, "Checking…")
	s.room.Refresh()
	service := s.service
	kit.Go(s.kit, func(ctx context.Context) (app.Welcome, error) { return service.SignIn(ctx, c) }, s.signedIn)
}

func (s *Screen) signedIn(w app.Welcome, err error) {
	s.signIn.SetBusy(false, "")
	s.password.Clear()
	s.code.Clear()
	if err != nil {
		s.say(app.Explain(err))
		s.password.Focus()
		return
	}
	s.clearKeys()
	s.on.SignedIn(w)
}

// say shows what was refused and why, over the button.
func (s *Screen) say(what, then string) {
	s.trouble.Set(kit.StatusBad, what, then)
	s.trouble.Show()
	s.room.Refresh()
}
