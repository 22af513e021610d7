package connections

import (
	"strconv"
	"strings"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/kit"
)

// check is a field and what is wrong with it.
type check struct {
	field *kit.Field
	err   error
}

// number is the number in a field; an empty field is 0.
func number(f *kit.Field) (int, error) {
	text := strings.TrimSpace(f.Text())
	if text == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > 65535 {
		return 0, app.Errorf(app.Invalid, "This is no port.").WithHint("Ports go from 1 to 65535.")
	}
	return n, nil
}

func numberText(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// part checks one part of an address by the rules for addresses.
func part(change func(a *app.ShopAddress)) error {
	a := app.ShopAddress{Host: "db", Database: "shop", Username: "desk"}
	change(&a)
	return a.Check()
}

// needed is for a field that must not be empty.
func needed(text, what string, then error) error {
	if text == "" {
		return app.Errorf(app.Invalid, "The %s is missing.", what)
	}
	return then
}

// optional is the path of a file on this computer that may be left out.
func optional(path string) error {
	if path == "" {
		return nil
	}
	return kit.CheckPath(path)
}

// checks are those of the first card.
func (w *where) checks() []check {
	var all []check
	switch w.source.Chosen() {
	case onComputer:
		all = append(all, check{w.file.Field, kit.CheckPath(w.file.Path())})
	case onServer:
		all = append(all, check{w.remote, needed(strings.TrimSpace(w.remote.Text()), "path", nil)})
	}
	if !w.goesThroughSSH() {
		return all
	}
	return append(all, w.gate.checks()...)
}

// checks are those of the second card. Where there is an env.php, it may say
// what is left out.
func (d *database) checks() []check {
	var a app.ShopAddress
	d.into(&a)
	must := func(text, what string, then error) error {
		if d.form.where.source.Chosen() != nowhere {
			return then
		}
		return needed(text, what, then)
	}
	_, port := number(d.port.Field)
	all := []check{
		{d.host.Field, must(a.Host+a.Socket, "host", part(func(p *app.ShopAddress) {
			if p.Host, p.Socket = a.Host, a.Socket; p.Host+p.Socket == "" {
				p.Host = "db"
			}
		}))},
		{d.port.Field, port},
		{d.name.Field, must(a.Database, "database", nil)},
		{d.user.Field, must(a.Username, "username", nil)},
		{d.prefix.Field, part(func(p *app.ShopAddress) { p.Prefix = a.Prefix })},
	}
	return append(all, d.encryption.checks()...)
}

// check marks every field that cannot be used as it is, and tells whether all
// can. The name counts only for what is to be saved.
func (f *form) check(name bool) bool {
	all := f.wayChecks()
	all = append(all, f.secrets.checks()...)
	if name {
		all = append(all, check{f.own.name, checkName(strings.TrimSpace(f.own.name.Text()))})
	}
	return f.mark(all)
}

// wayChecks are those of the cards about the way.
func (f *form) wayChecks() []check {
	if f.team != nil {
		return f.team.checks()
	}
	return append(f.where.checks(), f.data.checks()...)
}

// mark shows what is wrong under each field; the first bad one gets the focus.
func (f *form) mark(all []check) bool {
	var bad *kit.Field
	for _, c := range all {
		if c.err == nil {
			c.field.SetError("", "")
			continue
		}
		c.field.SetError(app.Explain(c.err))
		if bad == nil {
			bad = c.field
		}
	}
	f.relay()
	if bad != nil {
		bad.Focus()
	}
	return bad == nil
}
