package users

import (
	"time"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/kit"
)

// row is a user as the table shows it: words and colors, nothing to compute
// while it scrolls.
type row struct {
	user   app.User
	name   kit.Cell
	role   kit.Cell
	pills  kit.Cell
	signIn kit.Cell
	state  kit.Cell
}

// makeRows turns users into rows as of now.
func makeRows(users []app.User, short map[app.ProviderCode]string, now time.Time) []row {
	rows := make([]row, len(users))
	for i, u := range users {
		rows[i] = row{
			user:   u,
			name:   kit.Cell{Text: u.Name(), Bold: true, Ink: kit.ColorInk},
			role:   kit.Cell{Text: u.Role.Name},
			pills:  kit.Cell{Badges: badges(u, short)},
			signIn: kit.Cell{Text: kit.When(u.LastSignIn, now)},
			state:  stateCell(u, now),
		}
		if !u.Active {
			rows[i].name.Ink = kit.ColorInk3
		}
		if u.Role.Name == "" {
			rows[i].role = kit.Cell{Text: "No role", Ink: kit.ColorInk3}
		}
		if u.LastSignIn.IsZero() {
			rows[i].signIn.Ink = kit.ColorInk3
		}
	}
	return rows
}

// stateCell says whether the account is on. An inactive account that is locked
// as well is inactive: unlocking would not let anybody in.
func stateCell(u app.User, now time.Time) kit.Cell {
	switch {
	case !u.Active:
		return kit.Cell{Text: "Inactive", Icon: kit.IconStruck, Ink: kit.ColorInk3}
	case u.Locked(now):
		return kit.Cell{
			Text: "Locked " + kit.Left(u.LockedUntil.Sub(now)), Bold: true, Icon: kit.IconLock, Ink: kit.ColorBad,
			Tip: "Locked until " + kit.WhenUTC(u.LockedUntil, now) + ".",
		}
	}
	return kit.Cell{Text: "Active", Icon: kit.IconCheck, Ink: kit.ColorInk, IconInk: kit.ColorOK}
}

// columns are those of the look's section 5.
func columns() []kit.Col[row] {
	plain := func(text func(app.User) string) func(row) kit.Cell {
		return func(r row) kit.Cell { return kit.Cell{Text: text(r.user)} }
	}
	return []kit.Col[row]{
		{Key: string(app.ByName), Title: "Name", Min: 136, Grow: 1, Sort: true, Cell: func(r row) kit.Cell { return r.name }},
		{
			Key: string(app.ByUsername), Title: "Username", Min: 98, Drop: 1, Sort: true,
			Cell: plain(func(u app.User) string { return u.Username }),
		},
		{
			Key: string(app.ByEmail), Title: "Email", Min: 208, Tight: 176, Grow: 1.4, Sort: true,
			Cell: plain(func(u app.User) string { return u.Email }),
		},
		{Key: string(app.ByRole), Title: "Role", Min: 118, Drop: 2, Sort: true, Cell: func(r row) kit.Cell { return r.role }},
		{Title: "2FA", Min: 276, Tight: 150, Cell: func(r row) kit.Cell { return r.pills }},
		{
			Key: string(app.ByLastSignIn), Title: "Last sign-in", Min: 118, Late: true, Sort: true,
			Cell: func(r row) kit.Cell { return r.signIn },
		},
		{Title: "State", Min: 124, Cell: func(r row) kit.Cell { return r.state }},
	}
}

// filter is a quick filter with its chip.
type filter struct {
	filter app.Filter
	icon   kit.IconName
	text   string
	count  func(app.Counts) int
	none   string // title when it chooses nobody
	why    string // the sentence after it
}

var filters = []filter{
	{app.All, kit.IconNone, "All", func(c app.Counts) int { return c.All }, "Nobody is here", ""},
	{
		app.NoTwoFactor, kit.IconDash, "No 2FA", func(c app.Counts) int { return c.NoTwoFactor },
		"Nobody is without 2FA", "Everybody has at least one factor, though it may still be pending.",
	},
	{
		app.WithPending, kit.IconHourglass, "Pending", func(c app.Counts) int { return c.Pending },
		"Nothing is pending", "Every factor that was enrolled has had its first code.",
	},
	{
		app.WithLock, kit.IconLock, "Locked", func(c app.Counts) int { return c.Locked },
		"Nobody is locked out", "Six wrong codes or passwords in a row would lock an account.",
	},
	{
		app.Inactive, kit.IconStruck, "Inactive", func(c app.Counts) int { return c.Inactive },
		"No account is inactive", "Everybody in this store may sign in.",
	},
	{
		app.WithUnreadable, kit.IconEyeOff, "Unreadable", func(c app.Counts) int { return c.Unreadable },
		"Nothing is unreadable", "Every stored factor opens with the keys of this store.",
	},
}

// filterOf is the chip of a filter.
func filterOf(f app.Filter) filter {
	for _, known := range filters {
		if known.filter == f {
			return known
		}
	}
	return filters[0]
}
