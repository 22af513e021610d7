package troubleshoot

import (
	"context"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/kit"
)

const (
	typingPause = 250 * time.Millisecond // before a part of a name is looked for
	mostFound   = 6                      // users that are offered
)

// reading is a field for one code, and when it was read out.
type reading struct {
	screen  *Screen
	field   *kit.Field
	when    *kit.Text
	content fyne.CanvasObject
	at      time.Time
}

func newReading(s *Screen, label string, submit func()) *reading {
	r := &reading{screen: s, field: kit.NewField(label).Mono().MaxLen(12), when: kit.Caption(" ")}
	r.field.OnSubmit = func(string) { submit() }
	r.field.OnChange = func(text string) {
		r.at = s.kit.Now()
		if strings.TrimSpace(text) == "" {
			r.when.SetText(" ")
			return
		}
		r.when.SetText("read at " + kit.ClockTime(r.at))
	}
	r.content = kit.Column(kit.Space4, r.field, r.when)
	return r
}

func (r *reading) text() string { return strings.Join(strings.Fields(r.field.Text()), "") }

func (r *reading) clear() {
	r.field.SetError("", "")
	r.field.Clear()
	r.when.SetText(" ")
}

// who is the field for the user whom a code belongs to, with those under it who
// have in their names what was typed.
type who struct {
	screen  *Screen
	field   *kit.Field
	list    *kit.RowList
	below   *fyne.Container
	content fyne.CanvasObject
	chosen  func()

	user   *app.User
	found  []app.User
	stop   func() // of the pause while somebody types
	asked  int    // the newest question; an answer to an older one counts no more
	silent bool   // the text is set from here
}

func newWho(s *Screen, chosen func()) *who {
	w := &who{screen: s, field: kit.NewField("User").Icon(kit.IconUser).Placeholder("Name, username or email"), chosen: chosen, below: kit.Column(0)}
	w.list = kit.NewRowList(40, func(int) {}).Alone()
	w.list.OnOpen = func(i int) { w.take(w.found[i]) }
	w.field.OnChange = w.typed
	w.field.OnSubmit = func(string) { w.enter() }
	w.field.OnKey = func(name fyne.KeyName) bool {
		if name != fyne.KeyDown || len(w.found) == 0 {
			return false
		}
		w.list.Set(max(w.list.Chosen(), 0))
		s.kit.Focus(w.list)
		return true
	}
	w.content = kit.Column(kit.Space4, w.field, w.below)
	return w
}

// set shows a user as the chosen one, or nobody.
func (w *who) set(u *app.User) {
	w.user, w.silent = u, true
	if u == nil {
		w.field.SetText("")
		w.field.Caption("")
	} else {
		w.field.SetText(u.Name())
		w.field.Caption(u.Username)
	}
	w.silent = false
	w.field.SetError("", "")
	w.offer(nil)
}

// take chooses a user.
func (w *who) take(u app.User) {
	w.set(&u)
	w.chosen()
}

// typed looks for users after a pause.
func (w *who) typed(string) {
	if w.silent {
		return
	}
	w.user = nil
	w.field.Caption("")
	w.field.SetError("", "")
	if w.stop != nil {
		w.stop()
	}
	w.stop = w.screen.kit.After(typingPause, func() { w.ask(false) })
}

// enter chooses the user who is the only one, or the first.
func (w *who) enter() {
	switch {
	case w.user != nil:
		w.chosen()
	case len(w.found) == 1:
		w.take(w.found[0])
	default:
		w.ask(true)
	}
}

// ask looks for users with what is typed.
func (w *who) ask(open bool) {
	if w.stop != nil {
		w.stop()
		w.stop = nil
	}
	text := strings.TrimSpace(w.field.Text())
	w.asked++
	if text == "" {
		w.offer(nil)
		return
	}
	n := w.asked
	kit.Go(w.screen.kit, func(ctx context.Context) (app.Page, error) {
		return w.screen.service.Users(ctx, app.Query{Search: text, Limit: mostFound})
	}, func(p app.Page, err error) {
		if n != w.asked || w.user != nil {
			return
		}
		switch {
		case err != nil:
			w.field.SetError(w.screen.kit.Explain(err))
		case len(p.Users) == 0:
			w.offer(nil)
			w.field.SetError("Nobody has that in the name.", "")
		case open && (len(p.Users) == 1 || app.FoldUsername(p.Users[0].Username) == app.FoldUsername(text)):
			w.take(p.Users[0])
		default:
			w.offer(p.Users)
			if open {
				w.list.Set(0)
				w.screen.kit.Focus(w.list)
			}
		}
	})
}

// offer shows users to choose from.
func (w *who) offer(users []app.User) {
	w.found = users
	w.below.Objects = nil
	if len(users) > 0 {
		rows := make([]kit.ListRow, len(users))
		for i, u := range users {
			rows[i] = kit.ListRow{
				Label: u.Name() + ", " + u.Username,
				Body: kit.PadXY(kit.Space12, kit.Space8, kit.Row(kit.Space8,
					kit.NewText(u.Name()).Strong(), kit.Grow(kit.Caption(u.Username).Ellipsis()))),
			}
		}
		w.list.SetRows(rows...)
		w.list.Set(-1)
		w.below.Objects = []fyne.CanvasObject{kit.NewFrame(kit.ColorSurface, kit.ColorLine, w.list)}
	}
	w.below.Refresh()
	w.screen.relay()
}
