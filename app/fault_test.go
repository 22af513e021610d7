package app_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/store/memory"
)

// driverWords is what no person should ever read.
const driverWords = "SQLITE_BUSY: database is locked (5) at 10.0.0.7:5432"

var driverErrors = []error{
	errors.New(driverWords),
	fmt.Errorf("reset google: %w", errors.New(driverWords)),
	&net.OpError{Op: "dial", Net: "tcp", Err: errors.New(driverWords)},
	app.Errorf(app.Unreachable, "The store cannot be reached.").Because(errors.New(driverWords)),
	fmt.Errorf("save user: %w", app.Errorf(app.Conflict, "Somebody else was faster.").WithHint("Look again.").Because(errors.New(driverWords))),
	fmt.Errorf("%s: %w", driverWords, context.DeadlineExceeded),
	errors.Join(errors.New(driverWords), io.ErrUnexpectedEOF),
}

func TestExplainShowsNoCause(t *testing.T) {
	for _, err := range driverErrors {
		message, hint := app.Explain(err)
		require.NotContains(t, message+hint, "SQLITE", "%T", err)
		require.NotContains(t, message+hint, "10.0.0.7", "%T", err)
		require.True(t, strings.HasSuffix(message, "."), message)
		var e *app.Error
		if errors.As(err, &e) {
			require.NotContains(t, e.Error(), "SQLITE")
			require.Equal(t, e.Kind, app.KindOf(err))
		}
	}
	message, _ := app.Explain(fmt.Errorf("import: %w", context.Canceled))
	require.Equal(t, "Stopped. Nothing was changed.", message)
	require.Equal(t, app.Canceled, app.KindOf(context.Canceled))
	require.Equal(t, app.Internal, app.KindOf(errors.New("x")))
}

func TestKindsHaveWords(t *testing.T) {
	seen := map[string]bool{}
	for k := app.Internal; k <= app.Canceled; k++ {
		require.NotEmpty(t, k.String())
		require.False(t, seen[k.String()], k.String())
		seen[k.String()] = true
	}
	require.Equal(t, "internal", app.Kind(-1).String())
	require.Equal(t, "internal", app.Kind(99).String())
}

func TestErrorsAreCopied(t *testing.T) {
	first := app.Errorf(app.Invalid, "No.")
	second := first.WithHint("Try %d.", 2).Because(io.EOF)
	require.Equal(t, "No.", first.Error())
	require.NoError(t, first.Unwrap())
	require.Equal(t, "No. Try 2.", second.Error())
	require.ErrorIs(t, second, io.EOF)
}

// Whichever call to the store fails in whichever way, a deed changes nothing,
// records nothing as done, and says nothing of the cause.
func TestWhereverTheStoreFailsNothingIsHalfDone(t *testing.T) {
	for _, x := range deeds {
		if x.name == "export" || x.name == "accept history" {
			continue // these write their event first and change nothing else
		}
		t.Run(x.name, func(t *testing.T) {
			for n := 0; ; n++ {
				require.Less(t, n, 20, "the deed does not end")
				d := signedIn(t, "olive")
				var g *app.Grant
				if x.grant != nil {
					g = d.grant(t, x.grant(d, x.on))
				}
				before := d.everything(t)
				var err error
				events := d.events(t, func() {
					d.failAfter(n, driverErrors[n%len(driverErrors)])
					err = x.do(d, g, x.on)
					d.store.ForgetFaults()
				})
				if err == nil {
					require.Positive(t, n, "a deed asks the store")
					return
				}
				message, hint := app.Explain(err)
				require.NotContains(t, message+hint, "SQLITE")
				for _, e := range events {
					require.NotEqual(t, app.Done, e.Outcome)
					require.NotContains(t, e.Reason, "SQLITE")
				}
				d.unchanged(t, before)
			}
		})
	}
}

// Somebody else was faster: the deed is in the activity as one that failed.
func TestAConflictIsAFailedEvent(t *testing.T) {
	for _, x := range granted() {
		if x.name == "import" || x.name == "accept history" {
			continue // it has an answer for each line; it changes nothing that somebody else does
		}
		t.Run(x.name, func(t *testing.T) {
			var last []app.Event // of the deed itself, the last call that it makes
			for n := 0; ; n++ {
				require.Less(t, n, 20, "the deed does not end")
				d := signedIn(t, "olive")
				g := d.grant(t, x.grant(d, x.on))
				var err error
				events := d.events(t, func() {
					d.failAfter(n, app.Errorf(app.Conflict, "Somebody else was faster."))
					err = x.do(d, g, x.on)
					d.store.ForgetFaults()
				})
				if err == nil {
					break
				}
				last = events
			}
			require.Len(t, last, 1)
			require.Equal(t, app.Failed, last[0].Outcome)
			require.Equal(t, x.action, last[0].Action)
			require.Equal(t, "olive", last[0].Operator)
			require.Equal(t, "Somebody else was faster.", last[0].Reason)
		})
	}
}

// failAfter lets n calls pass and makes the next one fail.
func (d *desk) failAfter(n int, err error) {
	for range n {
		d.store.FailNext(nil)
	}
	d.store.FailNext(err)
}

// A refusal that cannot be written down is not passed over in silence.
func TestARefusalThatCannotBeRecordedIsAFailure(t *testing.T) {
	d := signedIn(t, "audrey")
	g := d.grant(t, app.Deed{Action: app.DoReset, Target: d.id["ann"], Provider: app.Google})
	d.failAfter(2, memory.Unreachable())
	err := d.console.Reset(d.ctx, g, app.ResetRequest{User: d.id["ann"], Provider: app.Google})
	require.Equal(t, app.Unreachable, app.KindOf(err))
	require.Contains(t, err.Error(), "could not be recorded")
}

func TestACanceledDeedChangesNothing(t *testing.T) {
	for _, x := range deeds {
		d := signedIn(t, "olive")
		var g *app.Grant
		if x.grant != nil {
			g = d.grant(t, x.grant(d, x.on))
		}
		before := d.everything(t)
		ctx, cancel := context.WithCancel(d.ctx)
		cancel()
		events := d.events(t, func() {
			patient := d.ctx
			d.ctx = ctx
			err := x.do(d, g, x.on)
			d.ctx = patient
			require.Equal(t, app.Canceled, app.KindOf(err), x.name)
		})
		require.Empty(t, events, x.name)
		d.unchanged(t, before)
	}
}

// A store that is not able is not asked, and its sentence reaches the person.
func TestAStoreThatIsNotAbleSaysWhy(t *testing.T) {
	for _, x := range granted() {
		d := signedIn(t, "olive")
		for _, a := range []app.Ability{app.AbleChange, app.AbleEditUsers, app.AbleRoles} {
			d.store.Disable(a, app.Errorf(app.Denied, "This store is a copy for looking."))
		}
		before := d.everything(t)
		g, err := d.console.Reverify(d.ctx, passwordOf("olive"), x.grant(d, x.on))
		require.NoError(t, err)
		err = x.do(d, g, x.on)
		require.EqualError(t, err, "This store is a copy for looking.", x.name)
		d.unchanged(t, before)
	}
}
