package kit

import (
	"time"

	"fyne.io/fyne/v2"
)

// Effect is one thing that will happen: an icon and a sentence.
type Effect struct {
	Icon IconName
	Ink  fyne.ThemeColorName // ink2 if empty
	Runs []Run
}

// Happens is an effect of a single plain sentence.
func Happens(icon IconName, ink fyne.ThemeColorName, sentence string) Effect {
	return Effect{Icon: icon, Ink: ink, Runs: []Run{Plain(sentence)}}
}

// Choice is a box in a confirm dialog, off at first.
type Choice struct {
	Title, Remark, Caption string
}

// Answer is what was said yes to.
type Answer struct {
	Boxes  []bool
	Reason string
}

// ConfirmSpec is a question before something that cannot be taken back.
type ConfirmSpec struct {
	Store Store
	Title string // "Reset Google Authenticator for Ann Marigold?"
	// Effects says exactly what will happen, given the boxes; it is asked again
	// whenever one changes.
	Effects func(boxes []bool) []Effect
	Boxes   []Choice
	Reason  bool // asks for a reason, optional, kept in Activity
	// Start is what is ticked and typed at first.
	Start Answer
	// Until is when the proof by password ends; zero shows no countdown.
	Until time.Time
	// Again, where set, is offered in place of OK when the proof has ended: it
	// asks for the password anew.
	Again    func(answer Answer)
	OK       string // "OK, reset"
	Done     func(answer Answer)
	OnCancel func()
}

// Confirm asks before a deed. Cancel has the focus, Enter and Esc; OK is the one
// solid red button.
func Confirm(k *Kit, spec ConfirmSpec) *Dialog {
	q := &question{kit: k, spec: spec, list: Column(10), ok: DangerSolid(spec.OK, nil)}
	q.boxes = make([]*Checkbox, len(spec.Boxes))
	parts := []fyne.CanvasObject{Pad(6, 0, 0, 0, Label("What happens")), Pad(Space8, 0, 0, 0, q.list)}
	if len(spec.Boxes) > 0 {
		boxes := make([]fyne.CanvasObject, len(spec.Boxes))
		for i, choice := range spec.Boxes {
			q.boxes[i] = NewCheckbox(choice.Title, choice.Remark, choice.Caption)
			if i < len(spec.Start.Boxes) {
				q.boxes[i].Set(spec.Start.Boxes[i])
			}
			q.boxes[i].OnChange = func(bool) { q.update() }
			boxes[i] = q.boxes[i]
		}
		parts = append(parts, Pad(Space16, 0, 0, 0, Separator()), Pad(14, 0, 0, 0, Column(10, boxes...)))
	}
	if spec.Reason {
		q.reason = NewField("Reason").Caption("Optional, kept in Activity").MaxLen(500)
		q.reason.SetText(spec.Start.Reason)
		parts = append(parts, Pad(Space16, 0, 0, 0, q.reason))
	}
	if !spec.Until.IsZero() {
		q.rest = Caption("").In(ColorInk2).Wrapped()
		q.restIcon = Icon(IconCheck, ColorOK, 14)
		parts = append(parts, Pad(Space14, 0, 0, 0, Row(6, q.restIcon, Grow(q.rest))))
	}
	cancel := Secondary("Cancel", nil).Wide(96)
	q.ok.Wide(96)
	q.ok.OnTapped = q.yes
	q.update()
	q.dialog = k.Dialog(DialogSpec{
		Store: spec.Store, Title: spec.Title, Width: 540,
		Body:     Column(0, parts...),
		Hint:     "[Enter] or [Esc] cancels",
		Buttons:  []*Button{cancel, q.ok},
		Focus:    cancel,
		OnEnter:  cancel.Press,
		OnCancel: spec.OnCancel,
	})
	q.dialog.UntilClosed(k.core.onLink.add(q.linked))
	q.linked()
	if q.rest != nil {
		q.tick()
		q.dialog.UntilClosed(k.Every(time.Second, q.tick))
	}
	return q.dialog
}

// question is a confirm dialog while it is open.
type question struct {
	kit      *Kit
	spec     ConfirmSpec
	dialog   *Dialog
	list     *fyne.Container
	boxes    []*Checkbox
	reason   *Field
	rest     *Text
	restIcon *IconView
	ok       *Button
	cut      bool // the store does not answer
}

func (q *question) answer() Answer {
	a := Answer{Boxes: make([]bool, len(q.boxes))}
	for i, box := range q.boxes {
		a.Boxes[i] = box.On()
	}
	if q.reason != nil {
		a.Reason = q.reason.Text()
	}
	return a
}

// update lists the effects again for the boxes as they are.
func (q *question) update() {
	q.list.Objects = nil
	for _, effect := range q.spec.Effects(q.answer().Boxes) {
		ink := effect.Ink
		if ink == "" {
			ink = ColorInk2
		}
		line := RowTop(10, Sized(16, 18, Icon(effect.Icon, ink, 16)), Grow(NewRich(effect.Runs...).Wrapped()))
		q.list.Objects = append(q.list.Objects, line)
	}
	q.list.Refresh()
	if q.dialog != nil {
		q.dialog.Refresh()
	}
}

// linked keeps OK out of reach while the store does not answer.
func (q *question) linked() {
	refusal := q.kit.Link().Refusal()
	switch {
	case refusal != nil:
		what, _ := q.kit.Explain(refusal)
		q.ok.DisableFor(what)
	case q.cut:
		q.ok.DisableFor("")
	}
	q.cut = refusal != nil
}

// tick shows what is left of the two minutes; after them OK is out of reach.
func (q *question) tick() {
	left := q.spec.Until.Sub(q.kit.Now())
	if left > 0 {
		q.rest.SetRuns(Plain("Your password was verified. Confirm within "), Strong(Remain(left)), Plain("."))
		return
	}
	q.over()
}

// over says that the proof has ended, and what can be done then.
func (q *question) over() {
	q.restIcon.Set(IconOctagon, ColorBad)
	if q.spec.Again == nil {
		q.rest.SetRuns(Strong("The two minutes are over. "), Plain("Cancel, and begin again with your password."))
		q.cut = false
		q.ok.DisableFor("The two minutes are over.")
		return
	}
	q.rest.SetRuns(Strong("The two minutes are over. "), Plain("Type your password again to go on."))
	q.ok.kind = KindPrimary
	q.ok.SetText("Continue")
	q.ok.OnTapped = func() {
		answer := q.answer()
		q.dialog.Close()
		q.spec.Again(answer)
	}
}

func (q *question) yes() {
	answer := q.answer()
	q.dialog.Close()
	q.spec.Done(answer)
}

// Problem shows an error in a dialog: a title that says what is so, and the
// explained error. Screens with room show a Note instead.
func (k *Kit) Problem(title string, err error) *Dialog {
	what, then := k.Explain(err)
	return k.Dialog(DialogSpec{
		Title: title,
		Body:  Pad(Space8, 0, 0, 0, ErrorBox(what, then)),
		Hint:  "[Enter] or [Esc] closes",
		Buttons: []*Button{
			Secondary("Close", nil),
		},
	})
}

// ErrorBox is the red note: what is so in bold, then what follows.
func ErrorBox(what, then string) *Note { return NewNote(StatusBad, what, then) }
