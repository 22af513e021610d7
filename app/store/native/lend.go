package native

import (
	"cmp"
	"context"
	"iter"
	"slices"
	"strconv"
	"time"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/otp"
)

var _ app.Lender = (*Store)(nil)

// lendQuery reads factors with their secrets.
const lendQuery = "SELECT " + factorColumns + ", f.sealed, f.own_sealed, f.last_step, f.clock_offset, f.clock_seen, f.user_id FROM factors f WHERE "

// Lend returns the secrets that may have made a user's code.
func (s *Store) Lend(ctx context.Context, id app.UserID, p app.ProviderCode) ([]app.Suspect, error) {
	u, err := s.User(ctx, id)
	if err != nil {
		return nil, err
	}
	var lent []app.Suspect
	err = s.eachFactor(ctx, "f.user_id = $1", []any{mustNumber(id)}, 4, func(f factorRow, _ app.UserID) error {
		one, err := s.lend(u, f)
		opens := err == nil
		switch {
		case f.Provider == p:
			one.Relation, one.Seen = app.OwnFactor, observations(f.seen)
		case !opens:
			return nil // what it is suspected of cannot be known
		default:
			one.Relation = app.SiblingFactor
		}
		lent = append(lent, one)
		return err
	})
	if err != nil {
		return nil, explain("lend secrets", err)
	}
	earlier, err := s.lendEarlier(ctx, u, p)
	if err != nil {
		return nil, explain("lend secrets", err)
	}
	lent = append(lent, earlier...)
	slices.SortStableFunc(lent, func(a, b app.Suspect) int { return cmp.Compare(a.Relation, b.Relation) })
	if len(lent) == 0 || lent[0].Provider != p {
		return nil, app.Errorf(app.NotFound, "%s has nothing of this kind enrolled.", u.Name())
	}
	return lent, nil
}

// lendPage is how many factors LendAll reads at a time.
const lendPage = 1000

// LendAll yields the factors of all users that make codes.
func (s *Store) LendAll(ctx context.Context) iter.Seq2[app.Suspect, error] {
	return func(yield func(app.Suspect, error) bool) {
		last, provider := int64(0), ""
		for {
			page := make([]app.Suspect, 0, lendPage)
			seen := 0
			err := s.eachFactor(ctx, "(f.user_id, f.provider) > ($1, $2) ORDER BY f.user_id, f.provider LIMIT "+strconv.Itoa(lendPage),
				[]any{last, provider}, lendPage, func(f factorRow, id app.UserID) error {
					seen++
					last, provider = mustNumber(id), string(f.Provider)
					one, err := s.lend(app.User{ID: id}, f)
					if app.KindOf(err) == app.Unreadable {
						return nil
					}
					one.Relation = app.OtherUsers
					page = append(page, one)
					return err
				})
			if err != nil {
				yield(app.Suspect{}, explain("lend secrets", err))
				return
			}
			for _, one := range page {
				if !yield(one, nil) {
					return
				}
			}
			if seen < lendPage {
				return
			}
		}
	}
}

// lend opens the secret of a factor.
func (s *Store) lend(u app.User, f factorRow) (app.Suspect, error) {
	secret, err := s.openSecret(u, f)
	if err != nil {
		return app.Suspect{Provider: f.Provider}, err
	}
	return app.Suspect{
		User: u.ID, Provider: f.Provider, Key: app.NewSecret(otp.Encode(secret)), Params: f.Params, Last: f.lastStep, Window: app.Window,
		Offset: f.offset,
	}, nil
}

// eachFactor reads the factors that a condition chooses, with what is sealed in
// them, before it tells of the first.
func (s *Store) eachFactor(
	ctx context.Context, condition string, args []any, expected int, tell func(factorRow, app.UserID) error,
) error {
	rows, err := s.read.query(ctx, lendQuery+condition, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	c := newCells(numFactor + 6)
	all := make([]factorRow, 0, expected)
	owners := make([]app.UserID, 0, expected)
	for rows.Next() {
		if err := c.scan(rows); err != nil {
			return err
		}
		if f, ok := readFactor(c, 0); ok {
			f.sealed, f.own, f.lastStep = c.bytes(numFactor), c.bytes(numFactor+1), c.number(numFactor+2)
			f.offset, f.seen = time.Duration(c.number(numFactor+3))*time.Second, c.text(numFactor+4)
			all, owners = append(all, f), append(owners, app.UserID(strconv.FormatInt(c.number(numFactor+5), 10)))
		}
	}
	if err := c.err(); err != nil {
		return err
	}
	if err := rows.Err(); err != nil {
		return err
	}
	for i, f := range all {
		if err := tell(f, owners[i]); err != nil {
			return err
		}
	}
	return nil
}
