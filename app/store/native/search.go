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

// search returns one page of the users with a part in their search text. rows
// is how many users the filter chooses: when they are few, each of them is
// looked at. When they are many, the trigram index says who may have the part.
// When those are few, they are sorted; else the list is walked in its order:
// the next users, where a common part usually is, and if it is not there, all.
func (s *Store) search(ctx context.Context, q app.Query, roles map[app.RoleID]app.Role, rows int64) (app.Page, error) {
	part, d := strings.ToLower(q.Search), s.dialect
	if !d.keeps(part) {
		return app.Page{}, nil
	}
	if rows <= s.scanBelow {
		l := func() *list { return &list{from: "users u", where: []string{d.hasPart}, args: []any{part}} }
		return s.found(ctx, q, roles, l(), l())
	}
	// Sorting looks at each hit once, walking at 1 of rows/hits users for each
	// of a page: they cost the same where hits² is 25 times rows.
	most := int(math.Sqrt(25 * float64(rows)))
	letters := d.lettersOf(part)
	hits, err := s.hits(ctx, part, letters, most+1)
	if err != nil {
		return app.Page{}, err
	}
	if len(hits) <= most {
		l := func() *list {
			return &list{
				from: d.among + " h CROSS JOIN users u", where: []string{"u.id = h.id", d.hasPart}, args: []any{part, d.ids(hits)},
			}
		}
		return s.found(ctx, q, roles, l(), l())
	}
	count := &list{from: "users u", where: []string{d.hasPart}, args: []any{part}}
	walk := &list{from: "users u", where: []string{d.hasPart}, args: []any{part}}
	if letters != "" {
		walk, count = d.walk(part, letters)
	}
	if q.Offset == 0 {
		near := &list{from: "users u", near: []string{d.hasPart}, args: []any{part}}
		users, backwards, err := s.pick(ctx, near, q, roles)
		if err != nil {
			return app.Page{}, err
		}
		if len(users) > q.Limit {
			total, err := s.countFound(ctx, count, q.Filter)
			return pageOf(users, total, q, backwards), err
		}
	}
	return s.found(ctx, q, roles, walk, count)
}

// found reads a page and counts what the search finds.
func (s *Store) found(
	ctx context.Context, q app.Query, roles map[app.RoleID]app.Role, page, count *list,
) (app.Page, error) {
	users, backwards, err := s.pick(ctx, page, q, roles)
	if err != nil {
		return app.Page{}, err
	}
	total, err := s.countFound(ctx, count, q.Filter)
	if err != nil {
		return app.Page{}, err
	}
	return pageOf(users, total, q, backwards), nil
}

// countFound counts what a search finds, up to app.CountLimit.
func (s *Store) countFound(ctx context.Context, l *list, f app.Filter) (n int, err error) {
	l.filter(f, micro(s.now()))
	err = s.read.row(ctx, l.with+"SELECT count(*) FROM (SELECT 1 FROM "+l.from+" WHERE "+strings.Join(l.where, " AND ")+
		" LIMIT "+strconv.Itoa(app.CountLimit)+") AS found", l.args, &n)
	return n, err
}

// hits returns some users that may have a part, by the trigram index where the
// part is long enough for it.
func (s *Store) hits(ctx context.Context, part, letters string, limit int) (ids []int64, err error) {
	// Two letters have no trigram. They are nearly always common, so that
	// looking for some of them ends soon.
	text, args := "SELECT u.id FROM users u WHERE "+s.dialect.hasPart+" LIMIT $2", []any{part, limit}
	if letters != "" {
		text, args = s.dialect.likely+" LIMIT $1", []any{limit, letters}
	}
	rows, err := s.read.query(ctx, text, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, rows.Err()
}
