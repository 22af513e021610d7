package settings

import (
	"sync"
	"time"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/kit"
)

// progressEvery is how often the window looks how far a rotation is.
const progressEvery = 100 * time.Millisecond

// rotating is a rotation that this window runs. progress and recovery are called
// off the UI goroutine.
type rotating struct {
	keys   *keys
	stop   func()
	dialog *kit.Dialog
	over   bool

	mu          sync.Mutex
	done, total int
	begun       bool
	key         app.Secret // to be shown
}

func (r *rotating) progress(done, total int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.done, r.total, r.begun = done, total, true
}

func (r *rotating) recovery(key app.Secret) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.key = key
	return nil
}

// far is how far it is.
func (r *rotating) far() (share float64, words string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case !r.begun:
		return 0, "Making the new key…"
	case r.total == 0:
		return 1, "No secret is left."
	}
	return float64(r.done) / float64(r.total), kit.Count(r.done) + " of " + kit.CountOf(r.total, "secret", "secrets") + " sealed anew"
}

// show opens the dialog with the progress. Esc stops the rotation between two
// secrets.
func (r *rotating) show() {
	if r.over {
		return
	}
	k := r.keys.desk.screen.kit
	bar, words := kit.NewProgressBar(), kit.Second("")
	look := func() {
		share, text := r.far()
		bar.SetValue(share)
		words.SetText(text)
		r.offer()
	}
	look()
	r.dialog = k.Dialog(kit.DialogSpec{
		Store: r.keys.desk.head(), Title: "Rotating the key", Width: 480,
		Body: kit.Pad(kit.Space12, 0, kit.Space8, 0, kit.Column(kit.Space12, bar, words,
			kit.Caption("Everybody goes on working meanwhile. Stopped, it goes on later where it was.").In(kit.ColorInk2).Wrapped())),
		Hint:    "[Esc] stops",
		Buttons: []*kit.Button{kit.Secondary("Stop", nil)},
		OnCancel: func() {
			r.stop()
			k.Toast(kit.StatusOK, "Stopping the rotation…")
		},
	})
	r.dialog.UntilClosed(k.Every(progressEvery, look))
}

// offer shows a new recovery key as soon as it counts.
func (r *rotating) offer() {
	r.mu.Lock()
	key := r.key
	if !r.begun || key.Empty() {
		r.mu.Unlock()
		return
	}
	r.key = app.Secret{}
	r.mu.Unlock()
	r.keys.unseen = key
	r.keys.showRecovery()
}

// end closes the dialog. A recovery key that waits is shown then.
func (r *rotating) end() {
	r.over = true
	if r.dialog != nil {
		r.dialog.Close()
	}
	r.offer()
}
