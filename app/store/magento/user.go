package magento

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/store/magento/acl"
	"github.com/factordesk/factordesk/app/store/magento/crypt"
	"github.com/factordesk/factordesk/app/store/magento/factors"
	"github.com/factordesk/factordesk/app/store/magento/logbook"
)

// googleParams are the parameters of Magento's codes. It has no others.
var googleParams = app.CodeParams{Kind: "totp", Algorithm: "SHA1", Digits: 6, Period: period}

// User returns one user with factors, or NotFound.
func (s *Store) User(ctx context.Context, id app.UserID) (app.User, error) {
	u, err := s.readUser(ctx, id)
	return u, explain("read user", err)
}

func (s *Store) readUser(ctx context.Context, id app.UserID) (app.User, error) {
	u, _, err := s.person(ctx, id)
	return u, err
}

// person reads a user, and whether the user is locked out.
func (s *Store) person(ctx context.Context, id app.UserID) (u app.User, locked bool, err error) {
	l, a, err := s.see(ctx, id)
	if err != nil {
		return u, false, err
	}
	u, err = s.known(ctx, l, a)
	return u, a.locked(), err
}

// read reads an account and what holds for it, or NotFound.
func (s *Store) read(ctx context.Context, base conn, id app.UserID) (*law, account, error) {
	a, found, err := s.account(ctx, base, id)
	if err == nil && !found {
		err = errNoUser()
	}
	if err != nil {
		return nil, a, err
	}
	l, err := s.readLaw(ctx, base, a.id)
	return l, a, err
}

// FindUser returns the user of a username, letter case ignored, or NotFound.
func (s *Store) FindUser(ctx context.Context, username string) (app.User, error) {
	it, err := s.seeName(ctx, username)
	if err != nil {
		return app.User{}, explain("find user", err)
	}
	if !it.found {
		return app.User{}, app.Errorf(app.NotFound, "There is no user %q.", username)
	}
	u, err := s.known(ctx, it.law, it.account)
	return u, explain("find user", err)
}

// find reads the account of a username. The database takes accents and blanks
// at the end for nothing, which is too generous for a name that rights hang on.
func (s *Store) find(ctx context.Context, username string) (account, bool, error) {
	all, err := s.accounts(ctx, s.base, "u.username = ?", username)
	if err != nil {
		return account{}, false, err
	}
	for _, a := range all {
		if app.FoldUsername(a.user.Username) == app.FoldUsername(username) {
			return *a, true, nil
		}
	}
	return account{}, false, nil
}

// known is user with what this desk remembers of the factors.
func (s *Store) known(ctx context.Context, l *law, a account) (app.User, error) {
	documents := s.documents(a)
	u := s.user(l, a, documents)
	facts, err := s.book.Facts(ctx, u.ID)
	if err == nil {
		err = s.recall(&u, documents, facts[u.ID])
	}
	return u, err
}

// recall adds what this desk remembers of a user's Google factor, if it is
// still the same secret: the shop keeps none of that.
func (s *Store) recall(u *app.User, documents []factors.Document, facts map[app.ProviderCode]logbook.Fact) error {
	fact, ok := facts[app.Google]
	if !ok || len(documents) == 0 || s.keys.Len() == 0 {
		return nil
	}
	mark, err := s.fingerprint(documents[0].Factor(app.Google).Secret)
	if err != nil || !bytes.Equal(mark, fact.Mark) {
		return err
	}
	for i := range u.Factors {
		if f := &u.Factors[i]; f.Provider == app.Google {
			f.Since, f.LastUsed, f.EnrolledBy = fact.Since, fact.LastUsed, fact.EnrolledBy
		}
	}
	return nil
}

// user puts together what the shop tells of an account.
func (s *Store) user(l *law, a account, documents []factors.Document) app.User {
	u := a.user
	u.Role = l.roles[l.members[a.id]]
	u.Active = u.Active && !a.expired()
	u.LockedUntil = s.here(a.tally.until, a.at)
	u.Factors = s.factorsOf(documents, l.settings.forced())
	u.MustEnroll = slices.Contains(l.settings.forced(), app.Google) && u.Factor(app.Google).Status != app.StatusActive
	u.Barred = u.Role.ID != "" && !l.list.Allowed(l.members[a.id], acl.TwoFactor)
	texts := make([]string, len(documents))
	for i, d := range documents {
		texts[i] = content(d, a.rows[i])
	}
	u.Version = a.version(l.members[a.id], texts)
	return u
}

// content is what a document says, or where it does not open, what is stored:
// the same content is encrypted to another text each time.
func content(d factors.Document, r row) string {
	if d.Opens() && !r.null {
		return d.Text().Reveal()
	}
	return r.text
}

// documents judges all rows of an account. Magento reads the first.
func (s *Store) documents(a account) []factors.Document {
	all := make([]factors.Document, len(a.rows))
	for i, r := range a.rows {
		all[i] = judge(r, s.keys)
	}
	return all
}

// judge opens a row, unless it is too long to have been read.
func judge(r row, keys crypt.Keys) factors.Document {
	if r.long == 0 {
		return factors.Judge(r.text, keys)
	}
	return factors.Document{Trouble: factors.Trouble{
		Layer: factors.Outer,
		Note: fmt.Sprintf("The configuration has %s bytes, more than the %s that are read.",
			app.Thousands(int64(r.long)), app.Thousands(crypt.MaxValue)),
		Err: fmt.Errorf("%d bytes of encoded_config", r.long),
	}}
}

// factorsOf says what a user has. Where the document does not open, anything
// may be in it; what Magento asks everybody for is then shown as unreadable.
func (s *Store) factorsOf(documents []factors.Document, forced []app.ProviderCode) []app.Factor {
	if len(documents) == 0 {
		return nil
	}
	first := documents[0]
	codes := make([]app.ProviderCode, 0, len(first.Factors))
	for _, f := range first.Factors {
		codes = append(codes, f.Code)
	}
	if !first.Opens() {
		codes = append([]app.ProviderCode{app.Google}, forced...)
		slices.Sort(codes)
		codes = slices.Compact(codes)
	}
	var beside []app.ProviderCode
	if first.Opens() {
		beside = besideFirst(documents, codes)
	}
	all := make([]app.Factor, 0, len(codes)+len(beside))
	for _, code := range append(codes, beside...) {
		f := first.Factor(code)
		if slices.Contains(beside, code) {
			f.Note = "Nothing is enrolled, but a row beside the first has an entry."
		}
		shown := app.Factor{Provider: code, Status: f.Status, Devices: f.Devices, Note: f.Note, Whole: f.Whole || !s.sure()}
		if code == app.Google && f.Status != app.StatusNotEnrolled {
			shown.Params = googleParams
		}
		if len(documents) > 1 {
			shown.Note = strings.TrimSpace(shown.Note + " " + severalRows(len(documents)))
		}
		all = append(all, shown)
	}
	slices.SortFunc(all, func(a, b app.Factor) int { return strings.Compare(string(a.Provider), string(b.Provider)) })
	return all
}

// besideFirst lists the providers that only rows beside the first have: they
// can be reset. One that does not open may have any.
func besideFirst(documents []factors.Document, first []app.ProviderCode) (beside []app.ProviderCode) {
	for _, d := range documents[1:] {
		entries := d.Factors
		if !d.Opens() {
			entries = []factors.Factor{{Code: app.Google}}
		}
		for _, f := range entries {
			if !slices.Contains(first, f.Code) && !slices.Contains(beside, f.Code) {
				beside = append(beside, f.Code)
			}
		}
	}
	return beside
}

func severalRows(n int) string {
	count := app.Thousands(int64(n))
	if n == 2 {
		count = "two"
	}
	return "This user has " + count + " rows of 2FA data; Magento reads the first."
}

func errNoUser() *app.Error {
	return app.Errorf(app.NotFound, "There is no such user.").
		WithHint("Somebody may have removed the user meanwhile.")
}

func errChanged(u app.User) *app.Error {
	return app.Errorf(app.Conflict, "Somebody else changed %s meanwhile.", u.Name()).
		WithHint("Look at the user again before you repeat it; nothing of yours was saved.")
}
