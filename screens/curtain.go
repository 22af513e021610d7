package screens

import (
	"context"

	"github.com/factordesk/factordesk/screens/lock"
)

// tick looks once a second whether nobody was at the window for too long. The
// monotonic clock stands still while the computer sleeps, and the wall clock can
// be set back: the longer of the two times counts.
func (s *Shell) tick() {
	s.showWay()
	now := s.kit.Now()
	if max(now.Sub(s.touched), now.Round(0).Sub(s.touched.Round(0))) >= s.values.IdleLock {
		s.close(lock.Idle(s.values.IdleLock))
	}
}

// stirred is told that somebody is at the window. The first to touch a desk that
// has slept for too long finds it locked.
func (s *Shell) stirred() {
	s.tick()
	s.touched = s.kit.Now()
}

// Lock closes the curtain, for Ctrl+L and the button.
func (s *Shell) Lock() { s.close(lock.ByYou) }

// close hides everything behind the lock: dialogs and secrets go, the place is
// kept, and the Console forgets its keys.
func (s *Shell) close(why string) {
	if !s.lockable() {
		return
	}
	console := s.console
	cleared := s.kit.Clip.Clear()
	s.kit.CloseDialogs()
	s.Cover()
	if w, ok := s.page.(interface{ Wipe() }); ok {
		w.Wipe()
	}
	s.behind, s.focus = s.kit.Content(), s.kit.Window.Canvas().Focused()
	s.kit.Window.Canvas().Unfocus()
	s.unhold = s.kit.Hold()
	s.link.Pause()
	s.gate.close()
	s.curtain = lock.New(console, s.kit, lock.Closing{Why: why, At: s.kit.Now(), Clipboard: cleared}, lock.Actions{
		Unlocked: s.open,
		Else:     s.signOut,
	})
	s.kit.SetContent(s.curtain.Content())
	s.curtain.Show()
	s.kit.Go(func(context.Context) error { console.Lock(); return nil }, func(error) {})
}

// open takes the curtain away and goes on where the person was.
func (s *Shell) open() {
	s.drop()
	s.touched = s.kit.Now()
	s.kit.SetContent(s.behind)
	s.behind = nil
	if s.focus != nil {
		s.kit.Focus(s.focus)
		s.focus = nil
	}
	s.refresh()
	if s.lead != nil {
		s.lead() // the lock has closed the dialog
	}
	s.gate.open()
	s.link.Resume()
}

// drop ends the curtain.
func (s *Shell) drop() {
	if s.curtain == nil {
		return
	}
	s.curtain.Close()
	s.curtain = nil
	if s.unhold != nil {
		s.unhold()
		s.unhold = nil
	}
}
