// Package kit is the toolkit of the screens: theme, widgets, grid, dialogs, work
// off the UI goroutine, time, shortcuts. It knows no store and no screen.
//
// # A screen
//
//	type Screen struct{ svc service; k *kit.Kit; … }
//
//	func New(svc service, k *kit.Kit) *Screen      // k comes from shell.Enter("Users")
//	func (s *Screen) Content() fyne.CanvasObject
//
//	kit.Go(s.k, func(ctx context.Context) (Page, error) { return s.svc.Users(ctx, q) },
//		func(p Page, err error) { s.show(p, err) })   // back on the UI goroutine
//
// A *Kit is a Runner (Go), a Clock (Now, Every, After), and the way to dialogs:
//
//	k := kit.New(window, kit.Options{Runner, Clock, Board, Explain})  // once
//	k.SetContent(o) · k.Enter("Users") *Kit · k.Leave() · k.Focus(f)
//	k.Shortcut("Ctrl+F", "Search", func()) · ShortcutWhile · k.ShowShortcuts()
//	k.Toast(kit.StatusOK, "Ann must enroll again.")
//	k.Dialog(kit.DialogSpec{Store, Title, Width, Body, Hint, Buttons, Focus, OnEnter, OnCancel})
//	kit.Password(k, kit.PasswordSpec[Grant]{Store, Action, Operator, Check, More, Done, OnCancel})
//	kit.Confirm(k, kit.ConfirmSpec{Store, Title, Effects, Boxes, Reason, Until, OK, Done})
//	k.Problem("The list cannot be read", err) · kit.ErrorBox(what, then)
//	k.Do(func()) comes back to the UI goroutine in the middle of work
//	k.Clip.CopySecret(key) · k.Clip.Copy(text) · k.Clip.Clear()
//	k.CloseDialogs() · k.DialogOpen() · k.Explain(err) (what, then) · k.OnActivity(func())
//	k.Hold() puts covered screens' shortcuts to sleep · k.ChooseFile(extensions, func(path))
//
// Explain maps an error to sentences; the shell sets it from app.Error.
//
// # The store answers, or not
//
// The shell lets a Link watch the open store. A screen that shows something of it
//
//	k.OnChange(func()) reads it again: somebody else changed something, or it is back
//	k.OnLink(func()) shows whether it answers; k.Link().Lost() · Refusal() · TryNow()
//	k.Link().Failed(err) after a reading that failed · Doubt(err) after a deed that did
//	kit.NewOutage(k, room, kit.OutageSpec{Store, AsOf, Changed}) is the band over a page
//	k.KeepFocus(fallback, func()) makes a part of a page anew under the cursor
//
// Password asks nobody while the store does not answer. A Link that is nil answers.
//
// # Layout
//
// The theme's padding is zero: every gap is written where it is used, with the
// sizes of size.go. Fyne's Border, Grid and Stack containers work, but do not
// know wrapped text; ours do:
//
//	kit.Column(gap, …) · kit.Row(gap, …) middle · kit.RowTop · kit.RowFill
//	kit.Grow(o) takes what is left · kit.GrowBy(53, o) · kit.Spacer()
//	kit.Pad(top, right, bottom, left, o) · kit.PadAll(16, o) · kit.PadXY(24, 18, o)
//	kit.Fix(width, height, o) · kit.Sized(…) which grows with the text · kit.AtLeast(width, height, o)
//	kit.Center(maxWidth, o)
//	kit.Stack(…) · kit.Wrap(gapX, gapY, …) · kit.Tiles(760, 16, cards…) two by two
//	kit.Between(head, o, foot) · kit.Scroll(o) a page that scrolls · kit.OnWidth(o, func(width))
//	kit.Plate(color) · kit.Separator() · kit.Frame · kit.Well · kit.Disc · kit.Step
//
// A wrapped text in a Row goes into Grow.
//
// # Widgets
//
//	kit.NewText(s) and .At(size) .In(color) .Strong() .Mono() .Wrapped() .Ellipsis()
//	.AtMost(width) .Centered() .Trailing(); kit.NewRich(kit.Plain, kit.Strong, kit.Code…)
//	kit.Title 20 · kit.Section 16 · kit.Label bold 12 · kit.Caption 12 · kit.Second 13
//
//	kit.Primary(text, func()) · Secondary · Danger · DangerSolid · Quiet · IconButton
//	.Icon(name) .Key("Enter") .Small() .Tall() .Wide(w) .Tip(s) .DisableFor(reason)
//	.SetBusy(on, "Checking…")
//
//	kit.NewField(label) · NewPassword(label) · NewCode(label, digits)
//	.Caption .Help .Hides .Placeholder .Icon .Key .Tall .ForTest .First .Mono .MaxLen
//	OnChange OnSubmit OnCancel OnKey; Text SetText Clear SetError(what, then) Focus Input
//
//	kit.NewCheckbox(title, remark, caption) · PlainCheckbox · NewChip(icon, text, func())
//	kit.NewRowList(58, change) of kit.ListRow{Body, Label, Band}: SetRows Set Choose, OnOpen
//	kit.Ladder(kit.Rung{Name, Detail, Took, Word, State, Open}…) · kit.NewPath(k, label, start, ".php")
//	kit.Command(k, "bin/magento …", "Copy", ground, line) with a button that copies it
//	kit.NewRadioList(change, kit.RadioOption…) · kit.NewRailItem(icon, text, func()) · kit.Logo(side)
//	kit.NewSegmented(change, kit.Segment…) · kit.NewSelect(icon, caption, change, kit.Option…)
//	kit.ShowMenu(anchor, kit.MenuItem…)
//
//	kit.NewPill(status, word) · BadgePill(Badge) · NewTag(tag) · NewKeycap(key) · Keys("[Esc] cancels")
//	kit.NewCard(body).Head(o).Foot(o).Room(24).Raised().Round() · kit.NewNote(status, title, text).Action(b)
//	kit.KeyValues(96, kit.Fact{Label, Value}…) · kit.NewAvatar(name, 32) · kit.Breadcrumb(kit.Crumb…)
//	kit.NewTabsPanel(change, kit.Tab…) · kit.EmptyState(picture, title, sentence, controls…)
//	kit.Skeleton(rows) · kit.NewProgressBar() · kit.NewRing() · kit.NewQR() · kit.Icon(name, color, size)
//
// A screen that draws canvas objects itself reads kit.Tint(token) in Refresh, so
// that a change of theme reaches it.
//
// # Grid
//
//	g := kit.NewGrid(func(u Row) string { return u.ID },
//		kit.Col[Row]{Key: "name", Title: "Name", Min: 136, Grow: 1, Sort: true,
//			Cell: func(u Row) kit.Cell { return kit.Cell{Text: u.Name, Bold: true, Ink: kit.ColorInk} }},
//		kit.Col[Row]{Title: "2FA", Min: 276, Cell: func(u Row) kit.Cell { return kit.Cell{Badges: u.Badges} }})
//	g.OnOpen, OnTicked, OnCurrent, OnSort; g.Detail, g.Group; g.NoTicks()
//	g.SetRows(rows) · SetSort(key, down) · SetFoot(o) · ShowLoading() · ShowEmpty(o) · ShowInstead(o)
//	g.Ticked() · g.Tick(keys…) · g.Current() · g.SetCurrent(i) · g.FocusRows()
//
// # Words
//
//	kit.When(t, now) "Today 09:41" · WhenUTC · Day · ClockTime · ClockUTC · Count 12,480
//	kit.Within("Today 09:41") "today 09:41" · kit.Took(d) "84 ms"
//	kit.CountOf(n, "person", "people") · Left(d) "18 min" · Ago(t, now) · Remain(d) "1:52"
//
// # Keys
//
// Fyne gives a key to the focused widget alone. Ours hand on what they have no
// use for: to the dialog on top, or to the window's shortcuts. Space acts as a
// typed character and not as a key, because Fyne sends both, and the second
// would land in a field that the first has just focused.
//
// Tests use kittest: a window in memory, pictures, keys, a clock turned by hand.
package kit
