package logbook_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/otp"
	"github.com/factordesk/factordesk/app/store/magento/logbook"
	"github.com/factordesk/factordesk/app/store/memory"
)

// shop is a store that belongs to an application, as one with a logbook beside
// it must work: the database is in memory, and all else is like that of a
// Magento shop. Its events are in the logbook alone.
type shop struct {
	*memory.Store
	book *logbook.Book

	mu    sync.Mutex // as the lock of a user's rows
	first map[app.UserID]time.Time
	marks map[app.UserID][]byte
}

var _ app.Store = (*shop)(nil)

func (s *shop) Info() app.StoreInfo {
	i := s.Store.Info()
	i.Lock, i.AuditHere = app.LockPolicy{Failures: 7, For: 20 * time.Minute}, true
	return i
}

func (s *shop) Able(a app.Ability) error {
	switch a {
	case app.AbleEditUsers:
		return app.Errorf(app.Invalid, "Accounts of a shop are changed in its own admin.")
	case app.AbleRoles:
		return app.Errorf(app.Invalid, "Roles of a shop are changed in its own admin.")
	}
	return s.Store.Able(a)
}

// Forget has nothing to forget: the keys come with the connection.
func (s *shop) Forget() {}

// shown is a user as the shop and the logbook know it.
func (s *shop) shown(ctx context.Context, users ...app.User) error {
	ids := make([]app.UserID, len(users))
	for i, u := range users {
		ids[i] = u.ID
	}
	facts, err := s.book.Facts(ctx, ids...)
	if err != nil {
		return err
	}
	for i := range users {
		u := &users[i]
		u.Role.BuiltIn = u.Role.ID != ""
		u.MustEnroll = u.Factor(app.Google).Status != app.StatusActive
		u.Factors = slices.Clone(u.Factors)
		for j, f := range u.Factors {
			k := facts[u.ID][f.Provider]
			u.Factors[j].Since, u.Factors[j].LastUsed, u.Factors[j].EnrolledBy = k.Since, k.LastUsed, k.EnrolledBy
		}
	}
	return nil
}

func (s *shop) one(ctx context.Context, u app.User, err error) (app.User, error) {
	if err != nil || u.ID == "" {
		return app.User{}, err
	}
	all := []app.User{u}
	err = s.shown(ctx, all...)
	return all[0], err
}

func (s *shop) attempt(ctx context.Context, a app.Attempt, err error) (app.Attempt, error) {
	if err != nil {
		return app.Attempt{}, err
	}
	a.User, err = s.one(ctx, a.User, nil)
	return a, err
}

func (s *shop) User(ctx context.Context, id app.UserID) (app.User, error) {
	u, err := s.Store.User(ctx, id)
	return s.one(ctx, u, err)
}

func (s *shop) FindUser(ctx context.Context, username string) (app.User, error) {
	u, err := s.Store.FindUser(ctx, username)
	return s.one(ctx, u, err)
}

func (s *shop) Users(ctx context.Context, q app.Query) (app.Page, error) {
	p, err := s.Store.Users(ctx, q)
	if err == nil {
		err = s.shown(ctx, p.Users...)
	}
	return p, err
}

func (s *shop) Roles(ctx context.Context) ([]app.Role, error) {
	all, err := s.Store.Roles(ctx)
	all = slices.DeleteFunc(all, func(r app.Role) bool { return r.BuiltIn })
	for i := range all {
		all[i].BuiltIn = true
	}
	return all, err
}

func (s *shop) AddUser(context.Context, app.NewUser, app.Event) (app.User, error) {
	return app.User{}, s.Able(app.AbleEditUsers)
}

func (s *shop) SaveUser(context.Context, app.UserChange, app.Event) (app.User, error) {
	return app.User{}, s.Able(app.AbleEditUsers)
}

func (s *shop) RemoveUser(context.Context, app.UserID, int64, app.Event) error {
	return s.Able(app.AbleEditUsers)
}

func (s *shop) SetPassword(context.Context, app.UserID, app.Secret, app.Event) error {
	return s.Able(app.AbleEditUsers)
}

func (s *shop) Import(context.Context, app.Import, app.Event) (app.ImportResult, error) {
	return app.ImportResult{}, s.Able(app.AbleEditUsers)
}

func (s *shop) SaveRole(context.Context, app.Role, app.Event) (app.Role, error) {
	return app.Role{}, s.Able(app.AbleRoles)
}

func (s *shop) RemoveRole(context.Context, app.RoleID, int64, app.Event) error {
	return s.Able(app.AbleRoles)
}

// deed changes the shop between an intent and its outcome. Reason is why it was
// refused; empty: it was done.
func (s *shop) deed(ctx context.Context, e app.Event, do func() (reason string, err error)) error {
	if err := ctx.Err(); err != nil {
		return app.Errorf(app.Canceled, "Stopped. Nothing was changed.").Because(err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	seq, err := s.book.Intend(ctx, e, []byte("what is written"))
	if err != nil {
		return err
	}
	reason, err := do()
	e.Outcome = app.Done
	switch {
	case err != nil:
		e.Outcome = app.Failed
		e.Reason, _ = app.Explain(err)
	case reason != "":
		e.Outcome, e.Reason = app.Refused, reason
	}
	if serr := s.book.Settle(context.WithoutCancel(ctx), seq, e); serr != nil {
		return serr
	}
	return err
}

func (s *shop) PutFactor(ctx context.Context, n app.NewFactor, e app.Event) error {
	standard := app.CodeParams{Kind: "totp", Algorithm: "SHA1", Digits: 6, Period: 30 * time.Second}
	if n.Factor.Provider != app.Google || n.Factor.Params != standard {
		if _, err := s.Store.User(ctx, n.User); err != nil {
			return err
		}
		return app.Errorf(app.Invalid, "A shop has no such factor.")
	}
	return s.deed(ctx, e, func() (string, error) {
		if err := s.Store.PutFactor(ctx, n, e); err != nil {
			return "", err
		}
		sum := sha256.Sum256([]byte(n.Factor.Key.Reveal()))
		s.marks[n.User] = sum[:]
		return "", s.book.Note(ctx, n.User, app.Google, logbook.Fact{Mark: sum[:], Since: n.At, EnrolledBy: e.Operator})
	})
}

// use consumes the code of an accepted attempt.
func (s *shop) use(ctx context.Context, c app.CodeCheck, a app.Attempt, since time.Time) error {
	step := otp.Step(c.At, 30*time.Second) + a.Step
	return s.book.Write(ctx, func(tx *logbook.Tx) error {
		fresh, err := tx.UseStep(c.User, s.marks[c.User], step)
		if err == nil && !fresh {
			err = app.Errorf(app.Internal, "The database and the logbook do not agree on step %d.", step)
		}
		if err != nil {
			return err
		}
		return tx.Note(c.User, c.Provider, logbook.Fact{Mark: s.marks[c.User], Since: since, LastUsed: c.At})
	})
}

func (s *shop) ConfirmFactor(ctx context.Context, c app.CodeCheck) (a app.Attempt, err error) {
	err = s.deed(ctx, c.Event, func() (string, error) {
		a, err = s.Store.ConfirmFactor(ctx, c)
		if err != nil || !a.Accepted() {
			return string(a.Reason), err
		}
		return "", s.use(ctx, c, a, c.At)
	})
	return s.attempt(ctx, a, err)
}

func (s *shop) VerifyCode(ctx context.Context, c app.CodeCheck) (app.Attempt, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	before, err := s.Store.User(ctx, c.User)
	if err != nil {
		return app.Attempt{}, err
	}
	a, err := s.Store.VerifyCode(ctx, c)
	switch {
	case err != nil:
	case a.Accepted():
		delete(s.first, c.User)
		a.Left = s.Info().Lock.Failures
		err = s.use(ctx, c, a, time.Time{})
	case a.Reason == app.Wrong || a.Reason == app.Replayed:
		s.count(&a, before, c.At)
	}
	return s.checked(ctx, c, a, err)
}

func (s *shop) TestCode(ctx context.Context, c app.CodeCheck) (app.Attempt, error) {
	a, err := s.Store.TestCode(ctx, c)
	return s.checked(ctx, c, a, err)
}

// checked writes down how the check of a code ended.
func (s *shop) checked(ctx context.Context, c app.CodeCheck, a app.Attempt, err error) (app.Attempt, error) {
	e := c.Event
	switch {
	case app.KindOf(err) == app.Unreadable:
		e.Outcome, e.Reason = app.Failed, "The factor cannot be read"
	case err != nil:
		return app.Attempt{}, err
	case a.Accepted():
		e.Outcome = app.Done
	default:
		e.Outcome, e.Reason = app.Refused, string(a.Reason)
	}
	if _, werr := s.book.Append(ctx, e); werr != nil {
		return app.Attempt{}, werr
	}
	return s.attempt(ctx, a, err)
}

// count counts a failed attempt of a user as Magento does, from what was before.
func (s *shop) count(a *app.Attempt, before app.User, at time.Time) {
	lock := s.Info().Lock
	failures, until := before.Failures+1, before.LockedUntil
	switch first := s.first[before.ID]; {
	case before.Failures == 0 || at.Sub(first) > lock.For:
		failures, s.first[before.ID] = 1, at
	case failures >= lock.Failures:
		until = at.Add(lock.For)
	}
	s.Alter(before.ID, func(u *app.User) { u.Failures, u.LockedUntil = failures, until })
	a.User.Failures, a.User.LockedUntil = failures, until
	a.Left = max(lock.Failures-failures, 0)
	a.LockedUntil = time.Time{}
	if until.After(at) {
		a.LockedUntil = until
	}
}

func (s *shop) CheckPassword(ctx context.Context, c app.PasswordCheck) (app.Attempt, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	before, err := s.Store.FindUser(ctx, c.Username)
	if err != nil && app.KindOf(err) != app.NotFound || ctx.Err() != nil {
		return s.attempt(ctx, app.Attempt{}, err)
	}
	locked := before.Locked(c.At)
	s.Alter(before.ID, func(u *app.User) { u.LockedUntil = time.Time{} })
	a, err := s.Store.CheckPassword(ctx, c)
	if err != nil {
		return app.Attempt{}, err
	}
	switch a.Reason {
	case app.Wrong, app.WrongKey:
		s.count(&a, before, c.At)
	case app.OK:
		if c.Complete && !locked {
			delete(s.first, before.ID)
			break
		}
		s.Alter(before.ID, func(u *app.User) { u.Failures, u.LockedUntil = before.Failures, before.LockedUntil })
		a.LockedUntil, a.Left = before.LockedUntil, max(s.Info().Lock.Failures-before.Failures, 0)
	default:
		s.Alter(before.ID, func(u *app.User) { u.LockedUntil = before.LockedUntil })
	}
	if locked {
		a.Reason, a.Left = app.LockedOut, 0
	} else if a.Accepted() {
		return s.attempt(ctx, a, nil)
	}
	e := c.Event
	if e.OperatorID == "" {
		e.OperatorID, e.Operator = before.ID, before.Username
	}
	e.Outcome, e.Reason = app.Refused, string(a.Reason)
	if _, err := s.book.Append(ctx, e); err != nil {
		return app.Attempt{}, err
	}
	return s.attempt(ctx, a, nil)
}

// mark is what a kept session depends on.
func mark(u app.User) []byte { return strconv.AppendInt(nil, u.PasswordSince.UnixMicro(), 10) }

func (s *shop) SignedIn(ctx context.Context, in app.SignIn, e app.Event) (token app.Secret, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, err := s.Store.User(ctx, in.ID)
	if err != nil {
		return app.Secret{}, err
	}
	e.Outcome = app.Done
	err = s.book.Write(ctx, func(tx *logbook.Tx) error {
		if in.Keep {
			if token, err = tx.KeepSession(in.ID, in.BreakGlass, mark(u), in.At); err != nil {
				return err
			}
		}
		_, err := tx.Append(e)
		return err
	})
	if err != nil {
		return app.Secret{}, err
	}
	s.Alter(in.ID, func(u *app.User) { u.Failures, u.LockedUntil = 0, time.Time{} })
	delete(s.first, in.ID)
	return token, nil
}

func (s *shop) Resume(ctx context.Context, token app.Secret, at time.Time) (app.Session, app.User, error) {
	session, kept, err := s.book.Resume(ctx, token, at)
	if err != nil {
		return app.Session{}, app.User{}, err
	}
	u, err := s.User(ctx, session.Operator)
	if app.KindOf(err) == app.NotFound || err == nil && (!u.Active || !u.Operator || string(mark(u)) != string(kept)) {
		err = s.book.Write(ctx, func(tx *logbook.Tx) error { return tx.EndSession(token) })
		if err == nil {
			err = app.Errorf(app.Denied, "The session has ended.")
		}
	}
	if err != nil {
		return app.Session{}, app.User{}, err
	}
	return session, u, nil
}

func (s *shop) EndSession(ctx context.Context, token app.Secret, e app.Event) error {
	e.Outcome = app.Done
	return s.book.Write(ctx, func(tx *logbook.Tx) error {
		if err := tx.EndSession(token); err != nil {
			return err
		}
		_, err := tx.Append(e)
		return err
	})
}

func (s *shop) Reset(ctx context.Context, r app.FactorReset, e app.Event) error {
	return s.deed(ctx, e, func() (string, error) { return "", s.Store.Reset(ctx, r, e) })
}

func (s *shop) Unlock(ctx context.Context, id app.UserID, version int64, e app.Event) error {
	return s.deed(ctx, e, func() (string, error) {
		delete(s.first, id)
		return "", s.Store.Unlock(ctx, id, version, e)
	})
}

func (s *shop) EndSessions(ctx context.Context, id app.UserID, e app.Event) (n int, err error) {
	err = s.deed(ctx, e, func() (string, error) {
		n, err = s.Store.EndSessions(ctx, id, e)
		return "", err
	})
	return n, err
}

func (s *shop) Repair(ctx context.Context, r app.FactorRepair, e app.Event) error {
	return s.deed(ctx, e, func() (string, error) { return "", s.Store.Repair(ctx, r, e) })
}

func (s *shop) Append(ctx context.Context, e app.Event) error {
	_, err := s.book.Append(ctx, e)
	return err
}

func (s *shop) Events(ctx context.Context, q app.EventQuery) (app.EventPage, error) {
	return s.book.Events(ctx, q)
}

func (s *shop) Head(ctx context.Context) (app.Head, error) { return s.book.Head(ctx) }

// Stamp sums up the rows, since what the application changes has no event.
func (s *shop) Stamp(ctx context.Context) (string, error) {
	p, err := s.Store.Users(ctx, app.Query{Limit: 500})
	if err != nil {
		return "", err
	}
	h, err := s.Head(ctx)
	return fmt.Sprintf("%x %s", sha256.Sum256(fmt.Appendf(nil, "%+v", p)), h.Stamp()), err
}

func (s *shop) HashAt(ctx context.Context, seq int64) ([]byte, error) { return s.book.HashAt(ctx, seq) }

func (s *shop) VerifyChain(ctx context.Context, progress func(done, total int64)) (app.AuditReport, error) {
	return s.book.VerifyChain(ctx, progress)
}
