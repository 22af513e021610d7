package kit_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/screens/kit"
	"github.com/factordesk/factordesk/screens/kit/kittest"
)

// TestGalleryWidgets draws every widget in its states, to be looked at beside
// the pictures of the look.
func TestGalleryWidgets(t *testing.T) {
	d := kittest.New(t, fyne.NewSize(1280, 1180), nil)
	failed := kit.NewPassword("Your Password")
	failed.SetError("That is not your password.", "4 attempts left, then your own account is locked for 30 minutes.")
	code := kit.NewCode("First code", 6).First()
	code.SetText("49201")
	test := kit.NewCode("Next code", 6).ForTest()
	test.SetText("930554")
	off := kit.NewField("Disabled").Placeholder("Read-only")
	off.SetText("amarigold")
	off.Disable()
	name := kit.NewField("Username").Icon(kit.IconUser).Tall()
	name.SetText("olive")
	search := kit.NewField("").Placeholder("Search name, username or email").Icon(kit.IconSearch).Key("Ctrl+F")
	all := kit.NewChip(kit.IconUsers, "All", nil)
	all.SetCount(12480)
	all.SetChosen(true)
	none := kit.NewChip(kit.IconDash, "No 2FA", nil)
	none.SetCount(1204)
	bar := kit.NewProgressBar()
	bar.SetValue(0.78)
	ring := kit.NewRing()
	ring.SetValue(14.0 / 30)
	busy := kit.Primary("Continue", nil)
	busy.SetBusy(true, "Checking…")

	left := kit.Column(kit.Space12,
		kit.Row(8, kit.Primary("Add user", nil).Icon(kit.IconPlus), kit.Secondary("Import CSV…", nil).Icon(kit.IconImport),
			kit.Danger("Reset Google Authenticator", nil), kit.DangerSolid("OK, reset", nil)),
		kit.Row(8, kit.Primary("Continue", nil).Key("Enter"), busy, kit.Secondary("Enroll", nil).DisableFor("No key"),
			kit.Quiet("Show them", nil), kit.IconButton(kit.IconRefresh, "Refresh", nil), kit.IconButton(kit.IconMore, "More", nil)),
		kit.Row(8, kit.Secondary("Test a code", nil).Small(), kit.Danger("Revoke", nil).Small(),
			kit.Secondary("Copy key", nil).Icon(kit.IconCopy).Small(), kit.Secondary("Hide now", nil).Key("H").Small(),
			kit.Secondary("Show QR again", nil).Small().DisableFor("once")),
		kit.Row(8, kit.NewPill(kit.StatusOK, "Google"), kit.NewPill(kit.StatusWarn, "Google · pending"),
			kit.NewPill(kit.StatusOdd, "Duo · unreadable"), kit.NewPill(kit.StatusMute, "No 2FA"),
			kit.NewPill(kit.StatusBad, "Critical"), kit.BadgePill(kit.Badge{Status: kit.StatusWarn, Text: "Serious", Icon: kit.IconTriangle}),
			kit.NewPill(kit.StatusInfo, "Notice")),
		kit.Row(8, kit.NewTag(kit.TagProduction), kit.NewTag(kit.TagStaging), kit.NewTag(kit.TagTeam), kit.NewTag(kit.TagLocal), kit.NewTag(kit.TagSample)),
		kit.Row(8, all, none, kit.NewChip(kit.IconHourglass, "Pending", nil), kit.NewChip(kit.IconLock, "Locked", nil)),
		kit.Row(8, kit.Fix(340, 0, search), kit.NewSelect(kit.IconCalendar, "When", nil, kit.Texts("Last 7 days", "All")...),
			kit.NewSelect(kit.IconUser, "", nil, kit.Option{Text: "Ann Marigold", Caption: "amarigold"})),
		kit.NewSegmented(nil, kit.Segment{Icon: kit.IconSearch, Text: "Refused code"}, kit.Segment{Icon: kit.IconClock, Text: "Clocks"}, kit.Segment{Icon: kit.IconDoctor, Text: "Doctor"}),
		kit.RowTop(12, kit.Fix(240, 0, name), kit.Grow(failed)),
		kit.RowTop(12, kit.Fix(200, 0, code.Help("Confirms by itself as soon as six digits are right.")), kit.Fix(140, 0, test), kit.Grow(off.Caption("Optional, kept in Activity"))),
		kit.NewCheckbox("End this user’s admin sessions too", "(1 open)", "Without this, a browser that is signed in now stays signed in.").Set(true),
		kit.NewCheckbox("Enroll Ann here right after", "", "Shows the new QR code on this screen. No mail is needed."),
		kit.PlainCheckbox("Active"),
		kit.Row(12, ring, kit.NewAvatar("Olive Bellwether", 32), kit.NewAvatar("Olive Bellwether", 48), kit.Step("1", false), kit.Step("3", true), kit.NewKeycap("Ctrl+F"), kit.Keys("[Enter] or [Esc] cancels")),
		bar,
		kit.Breadcrumb(kit.Crumb{Text: "Users", Go: func() {}}, kit.Crumb{Text: "Ann Marigold", Go: func() {}}, kit.Crumb{Text: "Enroll"}),
	)
	right := kit.Column(kit.Space12,
		kit.NewNote(kit.StatusOK, "The chain is whole", "48,207 events since Jan 4, 2026. None missing, changed or out of order.").Icon(kit.IconShieldCheck).Action(kit.Secondary("Verify now", nil).Small()),
		kit.NewNote(kit.StatusBad, "The database lets nobody in from 10.0.4.12.", "Ask its administrator to allow “factordesk” from this address, then test again."),
		kit.NewNote(kit.StatusOdd, "", "Sealed with crypt key 1; this store’s key list holds only key 0."),
		kit.NewNote(kit.StatusWarn, "Break-glass was used", "Today 09:12 by Astrid Fjord."),
		kit.NewNote(kit.StatusInfo, "", "Pending until the first code is accepted."),
		kit.Row(12, kit.Fix(176, 0, kit.NewTabsPanel(nil, kit.Tab{Icon: kit.IconUser, Text: "User Info"}, kit.Tab{Icon: kit.IconUsers, Text: "User Role"},
			kit.Tab{Icon: kit.IconShieldCheck, Text: "2FA"}, kit.Tab{Icon: kit.IconActivity, Text: "Activity"})),
			kit.Well(kit.IconPhone, kit.ColorSunken, kit.ColorInk2, 36), kit.Well(kit.IconCompass, kit.ColorSoft, kit.ColorAccent, 52)),
		kit.NewCard(kit.Column(14,
			kit.Row(12, kit.Well(kit.IconPhone, kit.ColorSunken, kit.ColorInk2, 36), kit.NewText("Google Authenticator").At(kit.Size14).Strong(), kit.Spacer(), kit.NewPill(kit.StatusOK, "Active")),
			kit.KeyValues(0, kit.Fact{Label: "Active since", Value: "Mar 3, 2026"}, kit.Fact{Label: "Last used", Value: "Today 09:41 (07:41 UTC)"},
				kit.Fact{Label: "Setting", Value: "twofactorauth/google/otp_window", Mono: true}, kit.Fact{Label: "Value now", Runs: []kit.Run{{Text: "30", Bold: true, Ink: kit.ColorBad}}}))).
			Foot(kit.PadXY(16, 10, kit.Row(8, kit.Secondary("Test a code", nil).Small(), kit.Grow(kit.Caption("A secret is shown once, when it is made. Reset to make a new one.").Wrapped())))),
		kit.Fix(0, 110, kit.NewCard(kit.Skeleton(3)).Room(0)),
		kit.EmptyState(kit.Icon(kit.IconUsers, kit.ColorInk3, 26), "No users yet", "Only your own account is in this store. Add people one by one, or bring a whole list at once.", kit.Primary("Add user", nil)),
		iconSheet(),
	)
	d.Show(kit.Stack(kit.Plate(kit.ColorBg), kit.PadAll(24, kit.RowTop(24, kit.GrowBy(1.2, left), kit.Grow(right)))))
	require.NotPanics(t, func() { d.Pictures("kit", "widgets") })
	d.Theme(kit.Light, 1.3)
	d.Resize(fyne.NewSize(1660, 1500))
	d.Picture("kit-widgets-large")
}

func iconSheet() fyne.CanvasObject {
	var icons []fyne.CanvasObject
	for _, name := range []kit.IconName{
		kit.IconUsers, kit.IconTroubleshoot, kit.IconActivity, kit.IconConnections, kit.IconUnplugged, kit.IconSettings, kit.IconHelp, kit.IconLock, kit.IconUnlock,
		kit.IconSearch, kit.IconPlus, kit.IconImport, kit.IconExport, kit.IconRefresh, kit.IconCheck, kit.IconDash, kit.IconHourglass, kit.IconEye, kit.IconEyeOff,
		kit.IconStruck, kit.IconOctagon, kit.IconTriangle, kit.IconInfo, kit.IconClock, kit.IconLeft, kit.IconRight, kit.IconUp, kit.IconDown, kit.IconArrowUp,
		kit.IconArrowDown, kit.IconArrowRight, kit.IconPhone, kit.IconUSBKey, kit.IconDuo, kit.IconMessage, kit.IconUser, kit.IconShield, kit.IconShieldCheck,
		kit.IconCopy, kit.IconX, kit.IconLogout, kit.IconKey, kit.IconCalendar, kit.IconLines, kit.IconFile, kit.IconFolder, kit.IconServer, kit.IconDatabase,
		kit.IconCompass, kit.IconMonitor, kit.IconGlobe, kit.IconTag, kit.IconPrinter, kit.IconTrash, kit.IconMore, kit.IconPlay, kit.IconDoctor, kit.IconPencil,
		kit.IconMail, kit.IconSun, kit.IconMoon, kit.IconPeople,
	} {
		icons = append(icons, kit.Icon(name, kit.ColorInk, 20))
	}
	return kit.Wrap(12, 12, icons...)
}

type person struct {
	id, name, username, email, role, last string
	badges                                []kit.Badge
	locked                                string
	inactive                              bool
}

func ok(text string) kit.Badge { return kit.Badge{Status: kit.StatusOK, Text: text} }

func people(n int) []person {
	pending := kit.Badge{Status: kit.StatusWarn, Text: "Google · pending"}
	lost := kit.Badge{Status: kit.StatusOdd, Text: "Duo · unreadable"}
	first := []person{
		{id: "1", name: "Abel Thistle", username: "athistle", role: "Customer care", last: "Today 13:58", badges: []kit.Badge{ok("Google")}},
		{id: "2", name: "Ada Lantern", username: "alantern", role: "Merchandising", last: "Today 13:40", badges: []kit.Badge{ok("Google"), ok("U2F")}},
		{id: "3", name: "Ada Quill", username: "aquill", role: "Catalog editors", last: "Jun 2, 2026", badges: []kit.Badge{pending}},
		{id: "4", name: "Adrian Pebble", username: "apebble", role: "Warehouse", last: "Never", badges: []kit.Badge{{Status: kit.StatusMute, Text: "No 2FA"}}},
		{id: "5", name: "Agnes Harbor", username: "aharbor", role: "Administrators", last: "Today 09:12", badges: []kit.Badge{ok("U2F ×2"), ok("Google")}},
		{id: "6", name: "Aiko Saffron", username: "asaffron", role: "Customer care", last: "Yesterday 18:02", badges: []kit.Badge{ok("Google")}, locked: "Locked 18 min"},
		{id: "7", name: "Ann Marigold", username: "amarigold", role: "Merchandising", last: "Today 09:41", badges: []kit.Badge{ok("Google"), ok("U2F ×2"), lost}},
		{id: "8", name: "Anouk Teasel", username: "ateasel", role: "Catalog editors", last: "Nov 30, 2025", badges: []kit.Badge{{Status: kit.StatusMute, Text: "No 2FA"}}, inactive: true},
		{id: "9", name: "Arlo Bramble", username: "abramble", role: "Warehouse", last: "Today 06:30", badges: []kit.Badge{lost, pending, ok("U2F"), ok("Authy")}},
	}
	rows := make([]person, n)
	for i := range rows {
		rows[i] = first[i%len(first)]
		rows[i].id = fmt.Sprint(i + 1)
		rows[i].email = strings.ReplaceAll(strings.ToLower(rows[i].name), " ", ".") + "@juniper.example"
	}
	return rows
}

func usersGrid() *kit.Grid[person] {
	ink := func(p person) fyne.ThemeColorName {
		if p.inactive {
			return kit.ColorInk3
		}
		return kit.ColorInk
	}
	g := kit.NewGrid(func(p person) string { return p.id },
		kit.Col[person]{Key: "name", Title: "Name", Min: 136, Grow: 1, Sort: true, Cell: func(p person) kit.Cell { return kit.Cell{Text: p.name, Bold: true, Ink: ink(p)} }},
		kit.Col[person]{Key: "username", Title: "Username", Min: 98, Drop: 1, Sort: true, Cell: func(p person) kit.Cell { return kit.Cell{Text: p.username} }},
		kit.Col[person]{Key: "email", Title: "Email", Min: 208, Tight: 176, Grow: 1.4, Sort: true, Cell: func(p person) kit.Cell { return kit.Cell{Text: p.email} }},
		kit.Col[person]{Key: "role", Title: "Role", Min: 118, Drop: 2, Sort: true, Cell: func(p person) kit.Cell { return kit.Cell{Text: p.role} }},
		kit.Col[person]{Key: "2fa", Title: "2FA", Min: 276, Cell: func(p person) kit.Cell { return kit.Cell{Badges: p.badges} }},
		kit.Col[person]{Key: "last", Title: "Last sign-in", Min: 118, Sort: true, Cell: func(p person) kit.Cell { return kit.Cell{Text: p.last} }},
		kit.Col[person]{Key: "state", Title: "State", Min: 124, Cell: func(p person) kit.Cell {
			switch {
			case p.locked != "":
				return kit.Cell{Text: p.locked, Bold: true, Ink: kit.ColorBad, Icon: kit.IconLock}
			case p.inactive:
				return kit.Cell{Text: "Inactive", Ink: kit.ColorInk3, Icon: kit.IconStruck}
			}
			return kit.Cell{Text: "Active", Ink: kit.ColorInk, Icon: kit.IconCheck, IconInk: kit.ColorOK}
		}})
	g.SetSort("name", false)
	return g
}

func pager() fyne.CanvasObject {
	return kit.PadXY(14, 0, kit.Row(8, kit.NewText("1 selected").Strong(), kit.Fix(4, 0, kit.Spacer()), kit.Secondary("Open", nil).Small(),
		kit.Secondary("Test a code", nil).Small(), kit.Secondary("End sessions…", nil).Small(), kit.Spacer(),
		kit.Second("1–25 of 12,480"), kit.IconButton(kit.IconLeft, "Previous page", nil).Small().DisableFor("first"), kit.IconButton(kit.IconRight, "Next page", nil).Small()))
}

// TestGalleryGrid draws the users' grid wide and narrow, loading and empty.
func TestGalleryGrid(t *testing.T) {
	d := kittest.New(t, kittest.Wide, nil)
	g := usersGrid()
	g.SetFoot(pager())
	g.SetRows(people(25))
	g.Tick("7")
	d.Show(kit.Stack(kit.Plate(kit.ColorBg), kit.Pad(122, 24, 18, 112, g)))
	d.Pictures("kit", "grid")
	d.Focus(g.Input())
	d.Key(fyne.KeyDown, fyne.KeyDown)
	d.Picture("kit-grid-focus-light")
	d.Resize(kittest.Small)
	d.Picture("kit-grid-small-light")
	d.Resize(kittest.Wide)
	g.ShowLoading()
	d.Pictures("kit", "grid-loading")
	g.ShowEmpty(kit.EmptyState(nil, "Nobody matches", "No name, username or email holds “xyz”.", kit.Secondary("Clear the search", nil)))
	d.Picture("kit-grid-empty-light")
	require.Len(t, g.Rows(), 25)
}

// TestGalleryDetail draws a grid with groups and an opened row, as Activity is.
func TestGalleryDetail(t *testing.T) {
	d := kittest.New(t, kittest.Wide, nil)
	g := kit.NewGrid(func(p person) string { return p.id },
		kit.Col[person]{Key: "time", Title: "Time", Min: 104, Sort: true, Cell: func(p person) kit.Cell { return kit.Cell{Text: p.last} }},
		kit.Col[person]{Title: "Operator", Min: 156, Cell: func(p person) kit.Cell { return kit.Cell{Text: p.name} }},
		kit.Col[person]{Title: "Action", Min: 264, Grow: 1, Cell: func(p person) kit.Cell {
			return kit.Cell{Text: "Reset Google Authenticator", Bold: true, Ink: kit.ColorInk}
		}},
		kit.Col[person]{Title: "Result", Min: 110, Cell: func(person) kit.Cell {
			return kit.Cell{Text: "Refused", Bold: true, Icon: kit.IconX, Ink: kit.ColorBad}
		}}).NoTicks()
	g.Group = func(person) (string, string) {
		return "Today", "Tue, Jun 9, 2026 · 31 events · times are local, UTC+2"
	}
	g.Detail = func(p person) fyne.CanvasObject {
		return kit.PadAll(16, kit.Column(12, kit.KeyValues(104, kit.Fact{Label: "Event", Value: "48,207"}, kit.Fact{Label: "From", Value: "desk-olive, Factordesk 1.0"},
			kit.Fact{Label: "This event", Value: "e07b 5d12 88f4 a3c9 … 04bd 6f1a", Mono: true}), kit.Row(8, kit.Secondary("Open "+p.name, nil).Small())))
	}
	g.SetSort("time", true)
	g.SetRows(people(9))
	d.Show(kit.Stack(kit.Plate(kit.ColorBg), kit.PadAll(24, g)))
	g.OpenDetail("2")
	d.Pictures("kit", "detail")
	require.Contains(t, d.Text(), "48,207")
}

var production = kit.Store{Name: "Juniper Outfitters", Tag: kit.TagProduction}

// TestGalleryDialogs draws the dialogs of the reset.
func TestGalleryDialogs(t *testing.T) {
	d := kittest.New(t, kittest.Wide, nil)
	g := usersGrid()
	g.SetRows(people(20))
	d.Show(kit.Stack(kit.Plate(kit.ColorBg), kit.PadAll(24, g)))
	wrong := errors.New("wrong")
	dialog := kit.Password(d.Kit, kit.PasswordSpec[int]{
		Store: production, Action: "reset Google Authenticator for Ann Marigold", Operator: "Olive Bellwether",
		Check: func(context.Context, string) (int, error) { return 0, wrong }, Done: func(int) {},
	})
	d.Type("nope")
	d.Key(fyne.KeyReturn)
	d.Pictures("kit", "password")
	dialog.Close()

	confirm := confirmReset(d, nil)
	d.Pictures("kit", "confirm")
	d.Theme(kit.Light, 1.3)
	d.Resize(kittest.Small)
	d.Picture("kit-confirm-large")
	d.Resize(kittest.Wide)
	d.Theme(kit.Light, 1)
	confirm.Close()

	d.Shortcut("Ctrl+F", "Search", func() {})
	d.Shortcut("?", "List of shortcuts", func() {})
	d.ShowShortcuts()
	d.Picture("kit-shortcuts-light")
	d.Key(fyne.KeyEscape)
	d.Problem("The list cannot be read", errors.New("the store did not answer in 10 seconds")).Refresh()
	d.Picture("kit-problem-light")
	d.Key(fyne.KeyEscape)
	require.False(t, d.DialogOpen())
	d.Toast(kit.StatusOK, "Google Authenticator was reset. Ann must enroll again.")
	sel := kit.NewSelect(kit.IconUser, "Role", nil, kit.Texts("Administrators", "Help desk", "Auditor")...)
	d.Show(kit.Stack(kit.Plate(kit.ColorBg), kit.PadAll(24, kit.RowTop(0, sel))))
	d.Toast(kit.StatusOK, "Google Authenticator was reset. Ann must enroll again.")
	sel.Open()
	d.Pictures("kit", "menu")
}

func confirmReset(d *kittest.Desk, done func(kit.Answer)) *kit.Dialog {
	return kit.Confirm(d.Kit, kit.ConfirmSpec{
		Store: production, Title: "Reset Google Authenticator for Ann Marigold?",
		Effects: func(boxes []bool) []kit.Effect {
			effects := []kit.Effect{
				{Icon: kit.IconX, Ink: kit.ColorBad, Runs: []kit.Run{kit.Plain("Ann’s authenticator app stops working for this store "), kit.Strong("at once"), kit.Plain(".")}},
				kit.Happens(kit.IconArrowRight, "", "At the next sign-in Ann gets a mail with a link and must enroll again."),
				kit.Happens(kit.IconCheck, kit.ColorOK, "U2F with both keys stays. Duo Security and the password stay as they are."),
			}
			if boxes[0] {
				effects = append(effects, kit.Happens(kit.IconLogout, "", "One open admin session of Ann ends; unsaved work there is lost."))
			}
			return append(effects, kit.Effect{Icon: kit.IconActivity, Runs: []kit.Run{
				kit.Plain("Activity records that you reset "), kit.Strong("google"), kit.Plain(" for "), kit.Strong("amarigold"), kit.Plain(", when, and why."),
			}})
		},
		Boxes: []kit.Choice{
			{Title: "End this user’s admin sessions too", Remark: "(1 open)", Caption: "Without this, a browser that is signed in now stays signed in."},
			{Title: "Enroll Ann here right after", Caption: "Shows the new QR code on this screen. No mail is needed."},
		},
		Reason: true, Until: d.Now().Add(112 * time.Second), OK: "OK, reset",
		Done: func(a kit.Answer) {
			if done != nil {
				done(a)
			}
		},
	})
}

// squares is a matrix for tests: finder-like corners and a checkered middle.
type squares int

func (s squares) Size() int { return int(s) }

func (s squares) Black(x, y int) bool {
	return (x*x+3*y+x*y)%3 == 0 || x < 7 && y < 7 && x != 1 && y != 1
}

// TestGalleryQR draws the code shown and hidden.
func TestGalleryQR(t *testing.T) {
	d := kittest.New(t, fyne.NewSize(1000, 460), nil)
	shown, hidden := kit.NewQR(), kit.NewQR()
	shown.SetMatrix(squares(49))
	hidden.SetMatrix(squares(49))
	hidden.SetHidden(true)
	d.Show(kit.Stack(kit.Plate(kit.ColorBg), kit.PadAll(24, kit.RowTop(24, kit.Fix(401, 401, shown), kit.Fix(401, 401, hidden)))))
	d.Pictures("kit", "qr")
	require.True(t, hidden.IsHidden())
	require.False(t, shown.IsHidden())
}
