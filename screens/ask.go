package screens

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/kit"
)

// asker asks in dialogs over the window while a store is being opened. Its
// methods may be called from any goroutine but that of the UI, which answers.
type asker struct {
	shell *Shell
	store kit.Store // the one that is being opened, for the head of the dialogs
}

var _ app.Asker = asker{}

// Asker returns an app.Asker for the opening of a store, with its name and tag at
// the head of the dialogs; no name: no head.
func (s *Shell) Asker(store kit.Store) app.Asker { return asker{shell: s, store: store} }

// Secret implements app.Asker.
func (a asker) Secret(ctx context.Context, q app.Question) (app.Secret, error) {
	return ask(ctx, a.shell, func(answer func(app.Secret)) *kit.Dialog { return a.secret(q, answer) })
}

// Trust implements app.Asker. Who does not trust the host stops the opening.
func (a asker) Trust(ctx context.Context, key app.HostKey) (bool, error) {
	return ask(ctx, a.shell, func(answer func(bool)) *kit.Dialog { return a.trust(key, answer) })
}

// ask opens a dialog on the UI goroutine and waits until it answers. However it
// goes away otherwise, by Esc, by the lock or because ctx ends, is Canceled.
func ask[T any](ctx context.Context, s *Shell, open func(answer func(T)) *kit.Dialog) (T, error) {
	var none T
	answers, gone := make(chan T, 1), make(chan struct{})
	var d *kit.Dialog
	s.kit.Do(func() {
		if ctx.Err() != nil || s.curtain != nil { // behind the lock nobody is asked
			close(gone)
			return
		}
		d = open(func(value T) { answers <- value; d.Close() })
		d.UntilClosed(func() { close(gone) })
	})
	select {
	case <-ctx.Done():
		s.kit.Do(func() {
			if d != nil {
				d.Close()
			}
		})
	case value := <-answers:
		return value, nil
	case <-gone:
		select {
		case value := <-answers: // a dialog that has answered goes away, too
			return value, nil
		default:
		}
	}
	return none, app.Errorf(app.Canceled, "Stopped. Nothing was changed.").Because(ctx.Err())
}

// secret asks for a password, a passphrase, or what a server wants to know.
func (a asker) secret(q app.Question, answer func(app.Secret)) *kit.Dialog {
	label, _, named := strings.Cut(q.What, " of ") // "Passphrase of …"
	if !named {
		label = "Answer"
	}
	field := kit.NewPassword(label)
	submit := func() {
		if field.Text() == "" {
			field.Focus()
			return
		}
		value := app.NewSecret(field.Text())
		field.Clear()
		answer(value)
	}
	field.OnSubmit = func(string) { submit() }
	field.OnChange = func(string) {
		if field.Trouble() != "" {
			field.SetError("", "")
		}
	}
	if q.Again {
		field.SetError("The answer before was refused.", "Look at the keyboard’s language, and type it again.")
	}
	var parts []fyne.CanvasObject
	if q.Why != "" {
		parts = append(parts, kit.Second(q.Why).Wrapped())
	}
	buttons := []*kit.Button{kit.Secondary("Cancel", nil), kit.Primary("Continue", submit).Key("Enter")}
	if q.About == app.AskCryptKey { // without it a shop opens, too, but nobody goes without in passing
		without := kit.Secondary("Open without it", func() { answer(app.Secret{}) })
		buttons = []*kit.Button{buttons[0], without, buttons[1]}
	}
	d := a.shell.kit.Dialog(kit.DialogSpec{
		Store: a.store, Title: q.What, Width: 540,
		Body:    kit.Pad(kit.Space8, 0, 0, 0, kit.Column(kit.Space16, append(parts, field)...)),
		Hint:    "[Esc] cancels",
		Buttons: buttons,
		Focus:   field.Input(),
		OnEnter: submit,
	})
	d.UntilClosed(field.Clear)
	return d
}

// trust shows the key of an SSH server that answers for the first time. Cancel
// has the focus and Enter, so that nobody trusts a host in passing.
func (a asker) trust(key app.HostKey, answer func(bool)) *kit.Dialog {
	cancel := kit.Secondary("Cancel", nil)
	return a.shell.kit.Dialog(kit.DialogSpec{
		Store: a.store, Title: "This host is not known yet", Width: 540,
		Body: kit.Pad(kit.Space8, 0, 0, 0, kit.Column(kit.Space16,
			kit.Second("It answers for the first time. Compare its fingerprint with the one that its administrator tells you: "+
				"another one means that somebody else may be listening.").Wrapped(),
			kit.NewFrame(kit.ColorHead, kit.ColorLine, kit.PadAll(kit.Space12, kit.KeyValues(88,
				kit.Fact{Label: "Host", Value: key.Host},
				kit.Fact{Label: "Key type", Value: key.Type, Mono: true},
				kit.Fact{Label: "Fingerprint", Value: key.Fingerprint, Mono: true},
			))).Radius(kit.RadiusNote),
			kit.Second("Trusted, it is remembered, and not asked about again while its key stays the same.").Wrapped())),
		Hint:    "[Enter] or [Esc] cancels",
		Buttons: []*kit.Button{cancel, kit.Secondary("Trust this host", func() { answer(true) })},
		Focus:   cancel,
		OnEnter: cancel.Press,
	})
}
