package native

import (
	"context"
	"math"
	"strconv"
	"strings"

	"github.com/factordesk/factordesk/app"
)

// walkFirst is how many users along the list are looked at before the trigram
// index is asked for a part that is common.
const walkFirst = 2000

// search returns one page of the users with a part in their search text. When the
// filter chooses few users, each of them is looked at. When they are many, the
// trigram index says who may have the part. When those are few, they are sorted;
// else the list is walked in its order: the next users, where a common part
// usually is, and if it is not there, all.
func (s *Store) search(ctx context.Context, q app.Query) (app.Page, error) {
	part, d := strings.ToLower(q.Search), s.dialect
	if !d.keeps(part) {
		return app.Page{}, nil
	}
	h, err := s.lookFor(ctx, part, q.Filter)
	if err != nil {
		return app.Page{}, err
	}
	all := func() *list { return &list{from: "users u", where: []string{d.hasPart}, args: []any{part}} }
	switch {
	case int64(numberOf(h.Counts, q.Filter)) <= s.scanBelow:
		return s.found(ctx, q, h, all(), all())
	case len(h.ids) <= h.most:
		return s.foundAmong(ctx, q, h, part)
	}
	walk, count := all(), all()
	if h.letters != "" {
		walk, count = d.walk(part, h.letters)
	}
	if q.Offset == 0 {
		near := &list{from: "users u", near: []string{d.hasPart}, args: []any{part}}
		users, backwards, _, err := s.find(ctx, q, h, near, nil)
		if err != nil {
			return app.Page{}, err
		}
		if len(users) > q.Limit {
			var total int
			err := s.read.ask(ctx, s.askFound(count, q.Filter, &total))
			return pageOf(users, total, q, backwards), err
		}
	}
	return s.found(ctx, q, h, walk, count)
}

// foundAmong reads a page of the hits.
func (s *Store) foundAmong(ctx context.Context, q app.Query, h hits, part string) (app.Page, error) {
	d := s.dialect
	among := func() *list {
		return &list{
			from: d.among + " h CROSS JOIN users u", where: []string{"u.id = h.id", d.hasPart}, args: []any{part, d.ids(h.ids)},
		}
	}
	if !h.exact || q.Filter != app.All {
		return s.found(ctx, q, h, among(), among())
	}
	users, backwards, _, err := s.find(ctx, q, h, among(), nil)
	if err != nil {
		return app.Page{}, err
	}
	return pageOf(users, min(len(h.ids), app.CountLimit), q, backwards), nil
}

// found reads a page and counts what the search finds.
func (s *Store) found(ctx context.Context, q app.Query, h hits, page, count *list) (app.Page, error) {
	users, backwards, total, err := s.find(ctx, q, h, page, count)
	if err != nil {
		return app.Page{}, err
	}
	return pageOf(users, total, q, backwards), nil
}

// find reads the users of a page, and the one after them, and counts what a list
// has, unless that is nil.
func (s *Store) find(
	ctx context.Context, q app.Query, h hits, page, count *list,
) (users []app.User, backwards bool, total int, err error) {
	var l listing
	ask, backwards, err := s.pick(page, &l, q, false)
	if err != nil {
		return nil, false, 0, err
	}
	asks := []question{ask}
	if count != nil {
		asks = append(asks, s.askFound(count, q.Filter, &total))
	}
	if err := s.askLists(ctx, &l, asks...); err != nil {
		return nil, false, 0, err
	}
	users, err = s.withRoles(ctx, h.rolesVersion, l)
	return users, backwards, total, err
}

// askFound is the question how many a search finds, up to app.CountLimit.
func (s *Store) askFound(l *list, f app.Filter, n *int) question {
	l.filter(f, micro(s.now()))
	q := askOne(l.with+"SELECT count(*) FROM (SELECT 1 FROM "+l.from+" WHERE "+strings.Join(l.where, " AND ")+
		" LIMIT "+strconv.Itoa(app.CountLimit)+") AS found", l.args, n)
	q.often = false
	return q
}

// hits are some users that may have a part.
type hits struct {
	numbers
	letters string // what the index is asked for; empty: it knows nothing of the part
	most    int    // how many of them are sorted rather than looked for along the list
	ids     []int64
	exact   bool // each of them has the part
}

// mostHits is how many hits are sorted: sorting looks at each hit once, walking at
// 1 of rows/hits users for each of a page. They cost the same where hits² is 25
// times rows.
func mostHits(rows int64) int { return int(math.Sqrt(25 * float64(rows))) }

// lookFor counts the users and finds some who may have a part, unless they are few
// enough to look at each. A server is asked for both at once, where it is known
// from before about how many they are.
func (s *Store) lookFor(ctx context.Context, part string, f app.Filter) (h hits, err error) {
	h.letters = s.dialect.lettersOf(part)
	known := s.known.Load()
	if known > s.scanBelow && !s.read.prepares {
		h.most = mostHits(known)
		err = s.count(ctx, &listing{}, &h.numbers, f == app.WithLock, s.askHits(&h, part))
		return h, err
	}
	if err := s.count(ctx, &listing{}, &h.numbers, f == app.WithLock); err != nil {
		return h, err
	}
	if rows := int64(numberOf(h.Counts, f)); rows > s.scanBelow {
		h.most = mostHits(rows)
		err = s.read.ask(ctx, s.askHits(&h, part))
	}
	return h, err
}

// askHits is the question for one more user than most, by the trigram index where
// the part is long enough for it.
func (s *Store) askHits(h *hits, part string) question {
	// Two letters have no trigram. They are nearly always common, so that
	// looking for some of them ends soon.
	q := question{text: "SELECT u.id FROM users u WHERE " + s.dialect.hasPart + " LIMIT $2", args: []any{part, h.most + 1}}
	h.exact = true
	if h.letters != "" {
		q.text, q.args, h.exact = s.dialect.likely+" LIMIT $1", []any{h.most + 1, h.letters}, s.dialect.exactly != ""
	}
	if h.letters != "" && h.exact {
		q.text, q.args = s.dialect.exactly, append(q.args, part)
	}
	q.read = func(a answer) error {
		h.ids = nil
		for a.Next() {
			var id int64
			if err := a.Scan(&id); err != nil {
				return err
			}
			h.ids = append(h.ids, id)
		}
		return a.Err()
	}
	return q
}
