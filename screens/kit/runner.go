package kit

import (
	"context"
	"sync"

	"fyne.io/fyne/v2"
)

// Runner takes work off the UI goroutine and brings its end back to it. Work
// must not touch widgets; done may. When the screen has gone meanwhile, the
// context is canceled and done is not called.
type Runner interface {
	Go(work func(ctx context.Context) error, done func(err error))
}

// Go runs work that makes a value.
//
//	kit.Go(k, func(ctx context.Context) (app.Page, error) { return svc.Users(ctx, query) },
//		func(page app.Page, err error) { s.show(page, err) })
func Go[T any](r Runner, work func(ctx context.Context) (T, error), done func(value T, err error)) {
	var value T
	r.Go(func(ctx context.Context) error {
		var err error
		value, err = work(ctx)
		return err
	}, func(err error) { done(value, err) })
}

// Background is the Runner of the real window: a goroutine for each work, and
// fyne.Do to come back.
type Background struct {
	ctx context.Context
	wg  *sync.WaitGroup
}

// NewBackground returns a runner whose work ends with the context.
func NewBackground(ctx context.Context) *Background {
	return &Background{ctx: ctx, wg: &sync.WaitGroup{}}
}

// Go implements Runner.
func (b *Background) Go(work func(ctx context.Context) error, done func(err error)) {
	b.wg.Add(1)
	go func() {
		defer b.wg.Done()
		err := work(b.ctx)
		if b.ctx.Err() != nil {
			return
		}
		fyne.Do(func() {
			if b.ctx.Err() == nil {
				done(err)
			}
		})
	}()
}

// Wait waits until no work is going on, at most as long as the context lasts;
// for the end of the program.
func (b *Background) Wait(ctx context.Context) {
	ended := make(chan struct{})
	go func() {
		b.wg.Wait()
		close(ended)
	}()
	select {
	case <-ended:
	case <-ctx.Done():
	}
}

// Scope is a Runner with an end: a screen's, a dialog's. After Cancel the work
// that goes on is told to stop and its results are dropped.
type Scope struct {
	runner Runner
	ctx    context.Context
	cancel context.CancelFunc
}

// NewScope returns a scope over a runner.
func NewScope(runner Runner) *Scope {
	ctx, cancel := context.WithCancel(context.Background())
	return &Scope{runner: runner, ctx: ctx, cancel: cancel}
}

// Go implements Runner.
func (s *Scope) Go(work func(ctx context.Context) error, done func(err error)) {
	if s.ctx.Err() != nil {
		return
	}
	s.runner.Go(func(outer context.Context) error {
		ctx, cancel := context.WithCancel(outer)
		defer cancel()
		defer context.AfterFunc(s.ctx, cancel)()
		return work(ctx)
	}, func(err error) {
		if s.ctx.Err() == nil {
			done(err)
		}
	})
}

// Cancel ends the scope.
func (s *Scope) Cancel() { s.cancel() }

// Ended tells whether the scope has ended.
func (s *Scope) Ended() bool { return s.ctx.Err() != nil }
