package welcome

import (
	"context"

	"fyne.io/fyne/v2"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/kit"
)

// MakeRequest is what a store is made of. First is complete but for the
// role; its password is the operator's.
type MakeRequest struct {
	Name  string
	Path  string // full; of a team's store, the name of its connection
	First app.NewUser
}

// Service makes and opens stores. Both methods run off the UI goroutine; an
// error is an *app.Error.
type Service interface {
	// Create makes a store and returns its recovery key, which is kept
	// nowhere. It fails with Conflict when there is something at the path.
	Create(ctx context.Context, r MakeRequest) (recovery app.Secret, err error)

	// Open opens the local store of a full path.
	Open(ctx context.Context, path string) error
}

// Options are what the screen shows and offers.
type Options struct {
	Version string // of the program: "1.0"
	Name    string // offered for a new store: "My Desk"
	Path    string // offered for its file

	// Team is where a team's empty database is, in words. Then the screen makes a
	// store there and nothing else; Name is that of its connection.
	Team string
}

// Actions are what leads away from the screen.
type Actions struct {
	Made   func() // a store was made and its recovery key was seen
	Opened func() // a store was opened
	Shop   func() // connect a shop
	Team   func() // connect a team's store
	Backup func() // make a store of a backup
	Sample func() // look around with sample data
	Back   func() // back to the saved stores; nil when there are none
}

// Screen is the welcome screen. Its methods belong to the UI goroutine.
type Screen struct {
	service Service
	kit     *kit.Kit
	o       Options
	on      Actions
	content fyne.CanvasObject

	panel *fyne.Container // the middle of the dark side
	room  *kit.ScrollView // the right side
	cards []*card
	at    int // the card that has, or had, the focus
	form  *form
	key   *recovery // nil until a store was made
	page  page
	shown bool
}

// page is what the right side shows.
type page int

const (
	pageCards page = iota
	pageForm
	pageKey
)

// New makes the screen with its three cards.
func New(s Service, k *kit.Kit, o Options, on Actions) *Screen {
	w := &Screen{service: s, kit: k.Enter("Welcome"), o: o, on: on}
	w.makeCards()
	w.form = newForm(w)
	w.panel = kit.Stack()
	w.room = kit.Scroll(kit.Stack())
	w.content = kit.RowFill(0,
		kit.Fix(440, 0, kit.Stack(kit.Plate(kit.ColorRail), w.side())),
		kit.Grow(kit.Stack(kit.Plate(kit.ColorBg), w.room)))
	w.shortcuts()
	if o.Team != "" {
		w.show(pageForm)
		return w
	}
	w.show(pageCards)
	return w
}

func (w *Screen) makeCards() {
	w.cards = []*card{
		newCard(kit.IconFile, "Make a local store", "A new store in one file on this computer. Needs no network.",
			"You become its first administrator and get a recovery key to print.", "1"),
		newCard(kit.IconServer, "Open a store", "A Magento shop, a team’s database, or a local file.",
			"Nothing in the store changes by opening it.", "2"),
		newCard(kit.IconCompass, "Look around with sample data", "25 made-up people with every kind of trouble, in memory.",
			"Reset whatever you like; it is all forgotten on exit.", "3"),
	}
	for i, c := range w.cards {
		c.tapped = func() { w.choose(i) }
		c.focus = func() { w.at = i }
		c.step = w.step
	}
}

func (w *Screen) shortcuts() {
	onCards := func() bool { return w.page == pageCards }
	for i, c := range w.cards {
		w.kit.ShortcutWhile(onCards, c.key, c.title, func() { w.choose(i) })
	}
	w.kit.ShortcutWhile(onCards, "Up", "", func() { w.step(-1) })
	w.kit.ShortcutWhile(onCards, "Down", "", func() { w.step(1) })
	w.kit.Shortcut("Enter", "", w.enter)
	w.kit.Shortcut("Esc", "", w.back)
}

// Content is the screen.
func (w *Screen) Content() fyne.CanvasObject { return w.content }

// Show puts the focus on the first card.
func (w *Screen) Show() {
	w.shown = true
	w.focus()
}

// Refresh does nothing: nothing here is read from a store.
func (w *Screen) Refresh() {}

// Close forgets what was typed, and the recovery key.
func (w *Screen) Close() {
	w.shown = false
	w.kit.Leave()
	w.form.wipe()
	w.key = nil
	w.room.SetContent(kit.Stack())
}

// choose does what a card is for.
func (w *Screen) choose(i int) {
	w.at = i
	switch i {
	case 0:
		w.show(pageForm)
	case 1:
		w.kit.Focus(w.cards[i])
		w.ways()
	default:
		w.kit.Focus(w.cards[i])
		w.on.Sample()
	}
}

// step moves the focus to the card above or below.
func (w *Screen) step(by int) {
	if w.kit.Window.Canvas().Focused() == w.cards[w.at] {
		w.at = min(max(w.at+by, 0), len(w.cards)-1)
	}
	w.kit.Focus(w.cards[w.at])
}

// enter is Enter where no field and no button took it.
func (w *Screen) enter() {
	switch w.page {
	case pageCards:
		w.kit.Focus(w.cards[w.at])
	case pageForm:
		w.form.submit()
	case pageKey:
		w.key.goOn()
	}
}

// back is Esc.
func (w *Screen) back() {
	switch {
	case w.page == pageForm && !w.form.busy():
		w.form.wipe()
		if w.o.Team != "" {
			w.on.Back()
			return
		}
		w.show(pageCards)
	case w.page == pageKey:
		w.key.leave()
	case w.page == pageCards && w.on.Back != nil:
		w.on.Back()
	}
}

// show changes the page.
func (w *Screen) show(p page) {
	w.page = p
	var right fyne.CanvasObject
	switch p {
	case pageCards:
		right = w.choices()
	case pageForm:
		right = w.form.content
	case pageKey:
		right = w.key.content
	}
	w.panel.Objects = []fyne.CanvasObject{w.middle()}
	w.room.SetContent(kit.PadXY(kit.Space24, kit.Space24, kit.Center(640, right)))
	w.content.Refresh()
	w.focus()
}

func (w *Screen) focus() {
	if !w.shown {
		return
	}
	switch w.page {
	case pageCards:
		w.kit.Focus(w.cards[w.at])
	case pageForm:
		w.form.focus()
	case pageKey:
		w.kit.Focus(w.key.noted)
	}
}

// made shows the recovery key of the new store.
func (w *Screen) made(r MakeRequest, key app.Secret) {
	w.form.wipe()
	w.key = newRecovery(w, r, key)
	w.show(pageKey)
}
