package main

import (
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"

	"github.com/factordesk/factordesk/app"
)

// plain takes out of a text what would move the cursor or turn the line
// around: names come out of stores, which others write to.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case unicode.IsControl(r), r >= 0x202A && r <= 0x202E, r >= 0x2066 && r <= 0x2069:
			return '\uFFFD'
		}
		return r
	}, s)
}

// clock writes a time with its zone, for lists and messages; "never" for none.
func clock(t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return t.UTC().Format("2006-01-02 15:04 UTC")
}

// stamp is clock for columns that say in their head that they are UTC.
func stamp(t time.Time) string { return strings.TrimSuffix(clock(t), " UTC") }

// table writes rows below a head, in columns that are as wide as they need.
func table(w io.Writer, head []string, rows [][]string) {
	widths := make([]int, len(head))
	all := append([][]string{head}, rows...)
	for _, row := range all {
		for i := range row {
			row[i] = strings.ReplaceAll(plain(row[i]), "\n", "\uFFFD")
			widths[i] = max(widths[i], width(row[i]))
		}
	}
	var b strings.Builder
	for _, row := range all {
		line := ""
		for i, cell := range row {
			line += cell + strings.Repeat(" ", widths[i]-width(cell)+2)
		}
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	fmt.Fprint(w, b.String())
}

// wide are the scripts and pictures that terminals draw two columns wide.
var wide = &unicode.RangeTable{
	R16: []unicode.Range16{
		{Lo: 0x1100, Hi: 0x115F, Stride: 1},
		{Lo: 0x2E80, Hi: 0x303E, Stride: 1},
		{Lo: 0x3041, Hi: 0xA4CF, Stride: 1},
		{Lo: 0xAC00, Hi: 0xD7A3, Stride: 1},
		{Lo: 0xF900, Hi: 0xFAFF, Stride: 1},
		{Lo: 0xFE30, Hi: 0xFE6F, Stride: 1},
		{Lo: 0xFF00, Hi: 0xFF60, Stride: 1},
		{Lo: 0xFFE0, Hi: 0xFFE6, Stride: 1},
	},
	R32: []unicode.Range32{
		{Lo: 0x1F300, Hi: 0x1FAFF, Stride: 1},
		{Lo: 0x20000, Hi: 0x3FFFD, Stride: 1},
	},
}

// width is how many columns a text takes on a terminal.
func width(s string) int {
	n := 0
	for _, r := range s {
		switch {
		case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		case unicode.Is(wide, r):
			n += 2
		default:
			n++
		}
	}
	return n
}

// full names a user once: "Ann Bauer (ann)".
func full(u app.User) string {
	if u.Name() == u.Username {
		return u.Username
	}
	return u.Name() + " (" + u.Username + ")"
}

// providerName is the name of a provider, or its code where it has none here.
func providerName(c *app.Console, code app.ProviderCode) string {
	if p, err := c.Provider(code); err == nil {
		return p.Name
	}
	return string(code)
}
