package memory

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/factordesk/factordesk/app"
)

// mark is a place in a sorted list; a Cursor is its JSON in base64.
type mark struct {
	Key string     `json:"k"`
	ID  app.UserID `json:"i"`
}

// Users returns one page.
func (s *Store) Users(ctx context.Context, q app.Query) (app.Page, error) {
	if err := s.begin(ctx); err != nil {
		return app.Page{}, err
	}
	defer s.mu.Unlock()
	if q.Limit <= 0 {
		q.Limit = 25
	}
	if q.Sort == "" {
		q.Sort = app.ByName
	}
	users := s.choose(q)
	from, until, err := window(users, q)
	if err != nil {
		return app.Page{}, err
	}
	page := app.Page{Users: users[from:until], Total: len(users)}
	if q.Search != "" {
		page.Total = min(page.Total, app.CountLimit)
	}
	if from == until {
		return page, nil
	}
	if from > 0 {
		page.Previous = cursor(users[from], q.Sort)
	}
	if until < len(users) {
		page.Next = cursor(users[until-1], q.Sort)
	}
	return page, nil
}

// choose returns all users of a query in order.
func (s *Store) choose(q app.Query) []app.User {
	now, part := s.now(), strings.ToLower(q.Search)
	var users []app.User
	for _, p := range s.people {
		if matches(p.user, q.Filter, now) && found(p.user, part) {
			users = append(users, s.read(p))
		}
	}
	slices.SortFunc(users, func(a, b app.User) int {
		return before(mark{sortKey(a, q.Sort), a.ID}, mark{sortKey(b, q.Sort), b.ID}, q.Descending)
	})
	return users
}

// window returns the part of the users that is the page.
func window(users []app.User, q app.Query) (from, until int, err error) {
	place := func(c app.Cursor, exact bool) (int, error) {
		m, err := readCursor(c)
		if err != nil {
			return 0, err
		}
		i, there := slices.BinarySearchFunc(users, m, func(u app.User, m mark) int {
			return before(mark{sortKey(u, q.Sort), u.ID}, m, q.Descending)
		})
		if there && exact {
			i++
		}
		return i, nil
	}
	switch {
	case q.After != "":
		if from, err = place(q.After, true); err != nil {
			return 0, 0, err
		}
		until = from + q.Limit
	case q.Before != "":
		if until, err = place(q.Before, false); err != nil {
			return 0, 0, err
		}
		from = until - q.Limit
	default:
		from, until = q.Offset, q.Offset+q.Limit
	}
	return min(max(from, 0), len(users)), min(until, len(users)), nil
}

func before(a, b mark, descending bool) int {
	c := strings.Compare(a.Key, b.Key)
	if c == 0 {
		c = strings.Compare(string(a.ID), string(b.ID))
	}
	if descending {
		return -c
	}
	return c
}

// sortKey returns text that sorts as the column does: without letter case,
// times in order, nothing before everything.
func sortKey(u app.User, c app.Column) string {
	switch c {
	case app.ByUsername:
		return app.FoldUsername(u.Username)
	case app.ByEmail:
		return strings.ToLower(u.Email)
	case app.ByRole:
		return strings.ToLower(u.Role.Name)
	case app.ByLastSignIn:
		if u.LastSignIn.IsZero() {
			return ""
		}
		return u.LastSignIn.UTC().Format("2006-01-02T15:04:05.000000")
	}
	return strings.ToLower(u.Name())
}

func cursor(u app.User, c app.Column) app.Cursor {
	// Two strings always encode.
	b, _ := json.Marshal(mark{sortKey(u, c), u.ID})
	return app.Cursor(base64.RawURLEncoding.EncodeToString(b))
}

func readCursor(c app.Cursor) (mark, error) {
	var m mark
	b, err := base64.RawURLEncoding.DecodeString(string(c))
	if err == nil {
		err = json.Unmarshal(b, &m)
	}
	if err != nil {
		return m, app.Errorf(app.Invalid, "This place in the list is not known.").
			WithHint("Go to the first page.").Because(err)
	}
	return m, nil
}

// found reports whether the lower-case part occurs in what a search looks at.
func found(u app.User, part string) bool {
	for _, s := range []string{u.FirstName + " " + u.LastName, u.Username, u.Email} {
		if strings.Contains(strings.ToLower(s), part) {
			return true
		}
	}
	return false
}

// matches reports whether a filter chooses a user.
func matches(u app.User, f app.Filter, now time.Time) bool {
	has := func(status app.Status) bool {
		return slices.ContainsFunc(u.Factors, func(f app.Factor) bool { return f.Status == status })
	}
	switch f {
	case app.NoTwoFactor:
		return len(u.Factors) == 0
	case app.WithPending:
		return has(app.StatusPending)
	case app.WithActive:
		return has(app.StatusActive)
	case app.WithLock:
		return u.Locked(now)
	case app.Inactive:
		return !u.Active
	case app.WithUnreadable:
		return has(app.StatusUnreadable)
	}
	return true
}
