package users

import (
	"strings"

	"fyne.io/fyne/v2"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/kit"
)

// showLoading shows gray bars where an answer takes long.
func (s *Screen) showLoading() {
	s.stopSlow = nil
	s.grid.ShowLoading()
}

// showFirstRun offers the two ways in. Your own account alone does not count as
// a list.
func (s *Screen) showFirstRun(was state) {
	why := s.addReason()
	if elsewhere := s.svc.Able(app.AbleEditUsers); elsewhere != nil && s.svc.Store().Kind == app.MagentoStore {
		s.showFirstOfShop(reason(elsewhere))
		return
	}
	add := kit.Primary("Add user", s.openAdd).DisableFor(why)
	choose := kit.Secondary("Choose file…", func() { s.openImport("", nil) }).DisableFor(why)
	ways := kit.NewCard(kit.Column(0,
		way(kit.IconPlus, "Add a user", add, kit.Second("A username and an email are enough. Enroll them right after.").Wrapped()),
		kit.Separator(),
		way(kit.IconImport, "Import a CSV file", choose, kit.Second("The first line names the columns:").Wrapped(),
			kit.NewText(header).At(kit.Size12).In(kit.ColorInk2).Mono()),
	)).Room(0)
	note := "Bad lines are listed with their number and the reason. Good lines go in."
	if why != "" {
		note = why
	}
	body := kit.Column(0, kit.Center(0, newDrawing()),
		kit.Pad(kit.Space24, 0, 0, 0, kit.Title("No users yet").Centered()),
		kit.Pad(6, 0, 0, 0, kit.Center(460, kit.NewText("Only your own account is in this store. Add people one by one, or bring a whole list at once.").
			At(kit.Size14).In(kit.ColorInk2).Centered().Wrapped())),
		kit.Pad(kit.Space24, 0, kit.Space16, 0, ways),
		kit.Center(0, kit.Row(6, kit.Icon(kit.IconInfo, kit.ColorInk2, 14), kit.Caption(note).In(kit.ColorInk2))),
	)
	s.grid.ShowEmpty(kit.Scroll(kit.PadXY(kit.Space16, kit.Space24, kit.Center(600, body))))
	if was != firstRun && why == "" && s.search.Text() == "" {
		s.grab(add)
	}
}

// showFirstOfShop says where people of a shop come from: not from here.
func (s *Screen) showFirstOfShop(why string) {
	again := kit.Secondary("Look again", s.Refresh).Icon(kit.IconRefresh)
	body := kit.Column(0, kit.Center(0, newDrawing()),
		kit.Pad(kit.Space24, 0, 0, 0, kit.Title("No other users yet").Centered()),
		kit.Pad(6, 0, kit.Space24, 0, kit.Center(460, kit.NewText("Only your own account is in this shop. "+why).
			At(kit.Size14).In(kit.ColorInk2).Centered().Wrapped())),
		kit.Center(0, again))
	s.grid.ShowEmpty(kit.Scroll(kit.PadXY(kit.Space16, kit.Space24, kit.Center(600, body))))
}

// way is one of the two ways in: a well, what it is, and its button.
func way(icon kit.IconName, title string, b *kit.Button, words ...fyne.CanvasObject) fyne.CanvasObject {
	return kit.PadXY(20, kit.Space16, kit.Row(kit.Space16, kit.Well(icon, kit.ColorSoft, kit.ColorAccent, 36),
		kit.Grow(kit.Column(2, kit.NewText(title).At(kit.Size14).Strong(), kit.Column(0, words...))), b))
}

// emptyResult says that nobody is chosen, by what, and takes it back.
func (s *Screen) emptyResult() fyne.CanvasObject {
	f := filterOf(s.query.Filter)
	if s.query.Search == "" {
		return middle(kit.IconCheck, f.none, f.why, kit.Secondary("Show all users", s.clear))
	}
	sentence := "No name, username or email contains it."
	if s.query.Filter != app.All {
		sentence = "No name, username or email under " + f.text + " contains it."
	}
	return middle(kit.IconSearch, "Nobody matches “"+clip(s.query.Search)+"”", sentence, kit.Secondary("Clear search", s.clear))
}

// clip keeps a title to one line.
func clip(text string) string {
	if runes := []rune(text); len(runes) > 32 {
		return strings.TrimSpace(string(runes[:32])) + "…"
	}
	return text
}

// middle is a state in the middle of the table.
func middle(icon kit.IconName, title, sentence string, controls ...fyne.CanvasObject) fyne.CanvasObject {
	return kit.EmptyState(kit.Center(0, kit.Well(icon, kit.ColorSunken, kit.ColorInk2, 52)), title, sentence, controls...)
}

// showDenied says that the role does not allow to see users.
func (s *Screen) showDenied() {
	s.leave(denied)
	s.grid.ShowInstead(middle(kit.IconLock, "You may not see users", sentences(app.Explain(s.trouble))))
}

// showFailed says that something else is wrong, and offers to ask again.
func (s *Screen) showFailed() {
	s.leave(failed)
	again := kit.Primary("Try again", s.Refresh).Icon(kit.IconRefresh)
	s.grid.ShowInstead(middle(kit.IconOctagon, "The list could not be loaded", sentences(app.Explain(s.trouble)), again))
	s.grab(again)
}

// leave turns to a state without a list.
func (s *Screen) leave(to state) {
	s.state = to
	s.showHeader()
}

// tries is what moves while the store cannot be reached.
type tries struct {
	again *kit.Button
	words *kit.Text
}

// showUnreachable shows the way to the store with the break in it, and asks
// again by itself.
func (s *Screen) showUnreachable() {
	first := s.state != unreachable
	s.leave(unreachable)
	if first {
		s.tries.again = kit.Primary("Try again", s.Refresh).Icon(kit.IconRefresh)
		s.tries.words = kit.Caption("").Centered()
	}
	s.tries.again.SetBusy(false, "")
	info := s.svc.Store()
	buttons := []fyne.CanvasObject{s.tries.again}
	if s.on.TestConnection != nil && info.Kind != app.LocalStore {
		buttons = append(buttons, kit.Secondary("Test the connection", s.on.TestConnection))
	}
	if s.on.OpenStore != nil {
		buttons = append(buttons, kit.Secondary("Open another store", s.on.OpenStore))
	}
	body := kit.Column(0, kit.Center(0, brokenWay(info)),
		kit.Pad(kit.Space24, 0, 0, 0, kit.Title(kit.OutageTitle(info)).Centered()),
		kit.Pad(6, 0, 20, 0, kit.Center(500, kit.NewText(s.unreachableWords()).At(kit.Size14).In(kit.ColorInk2).Centered().Wrapped())),
		kit.Center(0, kit.Row(kit.Space8, buttons...)),
		kit.Pad(kit.Space12, 0, kit.Space24, 0, s.tries.words),
		s.helps(info),
	)
	s.grid.ShowInstead(kit.Scroll(kit.PadXY(kit.Space16, kit.Space24, kit.Center(680, body))))
	s.countDown()
	if first {
		s.grab(s.tries.again)
	}
}

// unreachableWords are those of the trouble, without saying the title again.
func (s *Screen) unreachableWords() string {
	what, then := app.Explain(s.trouble)
	words := sentences(what, then)
	if what == kit.OutageTitle(s.svc.Store())+"." {
		words = then
	}
	if !strings.Contains(words, "Nothing was changed") {
		words = strings.TrimSpace(words + " Nothing was changed.")
	}
	return words
}

// helps lists what usually helps, gentle things first.
func (s *Screen) helps(info app.StoreInfo) fyne.CanvasObject {
	list := []string{
		"Ask whether the database is down for maintenance.",
		"Ask whether its address or port has changed.",
		"Ask whether somebody else reaches it; if so, look at the firewall rule for this workstation.",
	}
	if info.Kind == app.LocalStore {
		list = []string{
			"See whether the file is still in its folder, and the drive is connected.",
			"See whether the disk is full.",
			"Close other programs that may hold the file, such as a backup.",
		}
	}
	last := kit.Caption("Not reached since Factordesk was started")
	if reached := s.k.Link().Reached(); !reached.IsZero() {
		last.SetText("Last reached " + kit.Within(kit.WhenUTC(reached, s.k.Now())))
	}
	steps := make([]fyne.CanvasObject, len(list))
	for i, step := range list {
		steps[i] = kit.RowTop(5, kit.Second(kit.Count(i+1)+"."), kit.Grow(kit.Second(step).Wrapped()))
	}
	title := kit.PadXY(kit.Space16, kit.Space12, kit.Row(kit.Space8,
		kit.Icon(kit.IconTriangle, kit.ColorWarn, 16), kit.NewText("What usually helps").Strong(), kit.Spacer(), last))
	return kit.NewFrame(kit.ColorHead, kit.ColorLine, kit.Column(0, title, kit.Separator(),
		kit.PadXY(kit.Space16, kit.Space14, kit.Column(kit.Space4, steps...)))).Radius(kit.RadiusCard)
}

// countDown says when the store is asked again.
func (s *Screen) countDown() {
	switch l := s.k.Link(); {
	case s.asking != nil || l.Trying():
		s.showTrying()
	case l.Lost():
		s.tries.again.SetBusy(false, "")
		s.tries.words.SetText("Tries again by itself in " + kit.Left(l.Next()) + " · F5 tries now")
	default:
		s.tries.again.SetBusy(false, "")
		s.tries.words.SetText("F5 tries again")
	}
}

// showTrying says that the store is being asked again.
func (s *Screen) showTrying() {
	s.tries.again.SetBusy(true, "Trying…")
	s.tries.words.SetText("Asking the store again")
}
