package users

import (
	"strconv"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/kit"
)

// headline is the remark beside the title: "12,480 people · 1,204 have no
// second factor".
func headline(c app.Counts) string {
	if c.All == 1 {
		return "1 person, you"
	}
	people := kit.CountOf(c.All, "person", "people")
	switch c.NoTwoFactor {
	case 0:
		return people
	case 1:
		return people + " · 1 has no second factor"
	}
	return people + " · " + kit.Count(c.NoTwoFactor) + " have no second factor"
}

// span is the place of a page in its list: "1–25 of 12,480". A search counts
// up to app.CountLimit only and says so.
func span(first, n, total int, searched bool) string {
	if n == 0 {
		return ""
	}
	of := kit.Count(total)
	if searched && total >= app.CountLimit {
		of = kit.Count(app.CountLimit) + "+"
	}
	return kit.Count(first+1) + "–" + kit.Count(first+n) + " of " + of
}

// badges is the 2FA column: a working factor is its name alone, whatever does
// not work says so in a word.
func badges(u app.User, short map[app.ProviderCode]string) []kit.Badge {
	var found []kit.Badge
	for _, f := range u.Factors {
		name := short[f.Provider]
		if name == "" {
			name = string(f.Provider)
		}
		switch f.Status {
		case app.StatusActive:
			if f.Devices > 1 {
				name += " ×" + kit.Count(f.Devices)
			}
			found = append(found, kit.Badge{Status: kit.StatusOK, Text: name})
		case app.StatusPending:
			found = append(found, kit.Badge{Status: kit.StatusWarn, Text: name + " · pending"})
		case app.StatusUnreadable:
			found = append(found, kit.Badge{Status: kit.StatusOdd, Text: name + " · unreadable"})
		case app.StatusNotEnrolled:
		}
	}
	if len(found) == 0 {
		return []kit.Badge{{Status: kit.StatusMute, Text: "No 2FA"}}
	}
	return found
}

// megabytes is a size: "8.2 MB".
func megabytes(n int64) string {
	if n < 1_000_000 {
		return strconv.FormatInt((n+999)/1000, 10) + " KB"
	}
	return strconv.FormatFloat(float64(n)/1e6, 'f', 1, 64) + " MB"
}
