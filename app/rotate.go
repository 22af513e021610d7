package app

import (
	"context"
	"errors"
	"strconv"
	"time"
)

// Rotator is a store that seals secrets with keys of its own, which can be
// rotated: new ones seal from then on, and what the old ones sealed is sealed
// anew. The Console asks whether its store is one.
type Rotator interface {
	// Rotation says which key seals now, and what is still sealed with one before.
	Rotation(ctx context.Context) (Rotation, error)

	// BeginRotation puts new keys in the place of the open ones, in one transaction
	// with its event, to which it adds what was done. Every operator whose role
	// opens secrets gets them, and so does the recovery key; nobody's password is
	// needed for it. It may be begun while another one is running.
	BeginRotation(ctx context.Context, s RotationStart, e Event) error

	// Reseal seals up to most values anew that an older key has sealed, in one
	// transaction without an event. from is empty, or what it returned before.
	Reseal(ctx context.Context, from string, most int) (Resealed, error)

	// EndRotation forgets the older keys. It does nothing and returns false while
	// there is a value that only they open.
	EndRotation(ctx context.Context, e Event) (ended bool, err error)
}

// Rotation says what the secrets of a store are sealed with.
type Rotation struct {
	Key     string    // ID of the key that seals now
	Since   time.Time // when it began to; zero: with the store
	Running bool      // older keys are kept, because values are sealed with them
	Left    int       // how many those are
	Values  int       // how many there are in all

	// NewRecovery says that a rotation makes a new recovery key: an older
	// Factordesk made the one there is, and it cannot follow.
	NewRecovery bool
}

// RotationStart is how a rotation begins.
type RotationStart struct {
	// Recovery makes a new recovery key, too, which Show is given before the
	// rotation begins; its error stops it.
	Recovery bool
	Show     func(recovery Secret) error
}

// Resealed is what one call of Reseal did.
type Resealed struct {
	Values     int
	Unreadable int    // that no key opens; they stay as they are
	Next       string // where to go on; empty: that were all
}

// RotateRequest is how an operator wants the keys rotated.
type RotateRequest struct {
	// Anew begins a rotation although another one is running, because somebody
	// may have copied its keys meanwhile. Without it a running one goes on.
	Anew bool

	NewRecovery  bool                   // make a new recovery key, too
	ShowRecovery func(key Secret) error // shows it, before it counts; required where there is one
	Reason       string
	Progress     func(done, total int) // secrets that are sealed anew; may be nil
}

// RotateResult is what a rotation did.
type RotateResult struct {
	Key        string // ID of the key that seals now
	Resumed    bool   // it went on with one that was running
	Resealed   int
	Unreadable int // secrets that no key opens
}

// resealAtOnce is how many values are sealed anew in one transaction, and
// resealPause how long others have their turn then.
const (
	resealAtOnce = 500
	resealPause  = 10 * time.Millisecond
)

// CanRotate returns nil, or the sentence that says why the keys of the store
// cannot be rotated here.
func (c *Console) CanRotate() error {
	if c.store.Info().Kind == MagentoStore {
		return Errorf(Invalid, "The secrets of a shop are sealed with its crypt key, which Magento rotates itself.")
	}
	if _, ok := c.store.(Rotator); ok {
		return c.store.Able(AbleChange)
	}
	return Errorf(Invalid, "This store has no keys that could be rotated.")
}

// OpensSecrets reports whether a user has the keys of a store of our own: an
// operator whose account is on, and whose role needs them.
func OpensSecrets(u User) bool { return u.Operator && u.Active && u.Role.OpensSecrets() }

// HadKeys reports whether it is time to rotate the keys after a deed that took
// them from a user, as the user was before it.
func (c *Console) HadKeys(was User) bool {
	return OpensSecrets(was) && c.CanRotate() == nil && c.Permits(EditOperators) == nil
}

// Rotation says which key seals the secrets of the store, and how far a rotation
// is.
func (c *Console) Rotation(ctx context.Context) (Rotation, error) {
	if _, err := c.signedIn(ctx); err != nil {
		return Rotation{}, err
	}
	r, ok := c.store.(Rotator)
	if !ok || c.store.Info().Kind == MagentoStore {
		return Rotation{}, c.CanRotate()
	}
	return r.Rotation(ctx)
}

// Rotate puts new keys in the place of the store's, and seals every secret anew,
// so that nobody who had the old ones opens anything that is written from now on:
// neither with a password that was taken away, nor with a copy of the keys. When
// ctx ends, or the program does, the rest waits for the next call; the new key
// seals already.
func (c *Console) Rotate(ctx context.Context, g *Grant, q RotateRequest) (RotateResult, error) {
	operator, err := c.operator(ctx, EditOperators)
	e := c.event(DoRotate, operator, User{})
	e.Reason = cleanReason(q.Reason)
	if err == nil {
		err = c.spend(g, Deed{Action: DoRotate}, &e)
	}
	if err != nil {
		return RotateResult{}, c.refuse(ctx, operator, e, err)
	}
	if err := c.CanRotate(); err != nil {
		return RotateResult{}, err
	}
	if err := c.store.Able(AbleOpenSecrets); err != nil {
		return RotateResult{}, err
	}
	r := rotating{Console: c, store: c.store.(Rotator), operator: operator, request: q}
	if err := r.begin(ctx, e); err != nil {
		return RotateResult{}, c.answered(ctx, operator, e, err)
	}
	err = r.reseal(ctx)
	if err != nil {
		err = r.stopped(ctx, err)
	}
	return r.result, err
}

// rotating is a rotation on its way.
type rotating struct {
	*Console
	store    Rotator
	operator User
	request  RotateRequest
	looked   time.Time // when the store was last asked whether the operator is still one
	total    int
	result   RotateResult
}

// begin begins a rotation, or goes on with the one that is running.
func (r *rotating) begin(ctx context.Context, e Event) error {
	now, err := r.store.Rotation(ctx)
	if err != nil {
		return err
	}
	if now.Running && !r.request.Anew {
		r.result.Resumed, r.result.Key, r.total = true, now.Key, now.Left
		e.Outcome = Done
		e.Details = append(e.Details, Detail{"key", now.Key}, Detail{"resumed", "yes"}, Detail{"secrets", strconv.Itoa(now.Left)})
		return r.Console.store.Append(ctx, e)
	}
	start := RotationStart{Recovery: r.request.NewRecovery || now.NewRecovery, Show: r.request.ShowRecovery}
	if start.Recovery && start.Show == nil {
		return Errorf(Invalid, "The rotation makes a new recovery key, and there is no place to show it.")
	}
	e.Details = append(e.Details, Detail{"secrets", strconv.Itoa(now.Values)})
	if err := r.store.BeginRotation(ctx, start, e); err != nil {
		return err
	}
	if now, err = r.store.Rotation(ctx); err == nil {
		r.result.Key, r.total = now.Key, now.Left
	}
	return err
}

// reseal seals all values anew and drops the older keys. Another console may do
// the same at the same time.
func (r *rotating) reseal(ctx context.Context) error {
	const rounds = 3 // what is left after one was in use
	for range rounds {
		unreadable := 0
		for from := ""; ; {
			if err := r.mayGoOn(ctx); err != nil {
				return err
			}
			step, err := r.store.Reseal(ctx, from, resealAtOnce)
			if err != nil {
				return err
			}
			r.result.Resealed += step.Values
			unreadable += step.Unreadable
			if r.request.Progress != nil {
				r.request.Progress(min(r.result.Resealed, r.total), r.total)
			}
			if from = step.Next; from == "" {
				break
			}
		}
		r.result.Unreadable = unreadable
		e := r.event(DoDropKey, r.operator, User{})
		e.Details = []Detail{{"key", r.result.Key}, {"secrets", strconv.Itoa(r.result.Resealed)}, {"unreadable", strconv.Itoa(unreadable)}}
		if ended, err := r.store.EndRotation(ctx, e); err != nil || ended {
			return err
		}
	}
	return Errorf(Conflict, "Other consoles were in the way, again and again.")
}

// mayGoOn gives others their turn, and returns an error when the operator has
// gone meanwhile: what was permitted once is not permitted for hours.
func (r *rotating) mayGoOn(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(resealPause):
	}
	if err := r.stillThere(); err != nil || r.now().Sub(r.looked) < lookEvery {
		return err
	}
	r.looked = r.now()
	u, err := r.stillOn(ctx, r.operator)
	if err != nil {
		return err
	}
	return permits(u, EditOperators)
}

// lookEvery is how often a rotation asks whether its operator still may.
const lookEvery = time.Second

func (r *rotating) stillThere() error {
	o, ok := r.Operator()
	if !ok || o.User.ID != r.operator.ID {
		r.mu.Lock()
		defer r.mu.Unlock()
		return r.whyEnded()
	}
	if o.Locked {
		return Errorf(Denied, "The screen was locked meanwhile.")
	}
	return nil
}

// stopped says how far a rotation came that did not end, and writes it down.
func (r *rotating) stopped(ctx context.Context, err error) error {
	far := Thousands(int64(min(r.result.Resealed, r.total))) + " of " + Thousands(int64(r.total)) + " secrets are sealed with the new key"
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	// A store that cannot write it down says the same by what is left in it.
	_ = r.attempt(ctx, r.operator, r.event(DoRotate, r.operator, User{}), Failed, Errorf(Canceled, "Stopped: %s", far))
	if gone := r.stillThere(); gone != nil && KindOf(err) == Denied { // the keys went with the operator
		err = gone
	}
	kind, why := KindOf(err), "Stopped."
	if errors.Is(err, context.Canceled) {
		kind = Canceled
	} else if kind != Canceled {
		why, _ = Explain(err)
	}
	return Errorf(kind, "%s %s.", why, far).WithHint("Rotate the key again to go on with the rest; nothing is lost.").Because(err)
}
