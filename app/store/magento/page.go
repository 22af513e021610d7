package magento

import (
	"context"
	"database/sql"
	"slices"
	"strconv"

	"github.com/factordesk/factordesk/app"
)

// Users returns one page.
func (s *Store) Users(ctx context.Context, q app.Query) (app.Page, error) {
	if q.Limit <= 0 {
		q.Limit = 25
	}
	if q.Sort == "" {
		q.Sort = app.ByName
	}
	if sortKeys[q.Sort].sql == "" {
		return app.Page{}, app.Errorf(app.Invalid, "There is no column %q to sort by.", string(q.Sort))
	}
	if _, ok := filters[q.Filter]; !ok {
		return app.Page{}, app.Errorf(app.Invalid, "There is no filter %q.", string(q.Filter))
	}
	p, err := again(ctx, func() (app.Page, error) { return s.page(ctx, q) })
	return p, explain("list users", err)
}

func (s *Store) page(ctx context.Context, q app.Query) (app.Page, error) {
	l := &list{expires: s.shop.has(expiryTable), key: sortKeys[q.Sort], byRole: q.Sort == app.ByRole}
	if add := filters[q.Filter]; add != nil {
		add(l)
	} else {
		x, err := s.factorIndex(ctx)
		if err != nil {
			return app.Page{}, err
		}
		l.only = x.choose(q.Filter)
	}
	l.search(q.Search)
	whole := *l // without the cursor
	backwards, err := l.start(q)
	if err != nil {
		return app.Page{}, err
	}
	if q.After != "" || q.Before != "" {
		q.Offset = 0
	}
	// One more user than the page has tells if there is another page.
	places, err := s.places(ctx, l, backwards != q.Descending, q.Limit+1, q.Offset)
	if err != nil {
		return app.Page{}, err
	}
	more := len(places) > q.Limit
	p := app.Page{Total: len(places)}
	if more || q.Offset > 0 || q.After != "" || q.Before != "" { // else the page is all there is
		if p.Total, err = s.total(ctx, &whole, q.Search != ""); err != nil {
			return app.Page{}, err
		}
	}
	if more {
		places = places[:q.Limit]
	}
	if backwards {
		slices.Reverse(places)
	}
	markPage(&p, places, q, backwards, more)
	p.Users, err = s.users(ctx, places)
	return p, err
}

// placed is a user's place in a list.
type placed struct {
	id  int64
	key sql.NullString
}

// places returns the first users of a list from an offset on.
func (s *Store) places(ctx context.Context, l *list, descending bool, limit, offset int) ([]placed, error) {
	if l.only == nil {
		return s.walk(ctx, l, descending, limit, offset)
	}
	if len(l.only.ids) < fewIDs {
		some := *l
		some.among(*l.only)
		return s.walk(ctx, &some, descending, limit, offset)
	}
	// So many IDs cost more than to look who comes next and leave out the others.
	var found []placed
	from := *l
	for need := limit + offset; len(found) < need; {
		step := 50 + (need-len(found))*3*l.only.all/(2*max(l.only.size(), 1))
		next, err := s.walk(ctx, &from, descending, step, 0)
		if err != nil {
			return nil, err
		}
		for _, p := range next {
			if l.only.has(p.id) {
				found = append(found, p)
			}
		}
		if len(next) < step {
			break
		}
		from = *l
		from.after(markOf(next[len(next)-1], l.key), descending)
	}
	return found[min(offset, len(found)):min(offset+limit, len(found))], nil
}

// fewIDs is how many IDs are given to the database to choose from.
const fewIDs = 1000

func (s *Store) walk(ctx context.Context, l *list, descending bool, limit, offset int) ([]placed, error) {
	rows, err := s.base.query(ctx, l.sql(descending, limit, offset), l.args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []placed
	for rows.Next() {
		var p placed
		if err := rows.Scan(&p.id, &p.key); err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	return all, rows.Err()
}

// users is known for those at some places, in their order. Who was removed
// meanwhile is left out.
func (s *Store) users(ctx context.Context, places []placed) ([]app.User, error) {
	if len(places) == 0 {
		return nil, nil
	}
	ids, names := make([]int64, len(places)), make([]app.UserID, len(places))
	for i, p := range places {
		ids[i], names[i] = p.id, userID(p.id)
	}
	found, err := s.accounts(ctx, s.base, "u.user_id IN ("+numbers(ids)+")")
	if err != nil {
		return nil, err
	}
	l, err := s.readLaw(ctx, s.base, ids...)
	if err != nil {
		return nil, err
	}
	facts, err := s.book.Facts(ctx, names...)
	if err != nil {
		return nil, err
	}
	users := make([]app.User, 0, len(places))
	for _, p := range places {
		a := found[p.id]
		if a == nil {
			continue
		}
		documents := s.documents(*a)
		u := s.user(l, *a, documents)
		if err := s.recall(&u, documents, facts[u.ID]); err != nil {
			return nil, err
		}
		users = append(users, u)
	}
	return users, nil
}

// total counts what a list chooses; with a search, up to the limit.
func (s *Store) total(ctx context.Context, l *list, search bool) (n int, err error) {
	const from = " FROM {admin_user} u"
	switch {
	case l.only != nil && search:
		return s.totalOf(ctx, *l.only, "SELECT u.user_id"+from+l.condition(), l.args)
	case l.only != nil:
		return l.only.size(), nil
	case search:
		err = s.base.row(ctx, "SELECT COUNT(*) FROM (SELECT 1"+from+l.condition()+" LIMIT "+strconv.Itoa(app.CountLimit)+") AS found", l.args...).Scan(&n)
	default:
		err = s.base.row(ctx, "SELECT COUNT(*)"+from+l.condition(), l.args...).Scan(&n)
	}
	return n, err
}

// totalOf counts those of some users who are among the chosen, up to the limit.
func (s *Store) totalOf(ctx context.Context, only chosen, text string, args []any) (n int, err error) {
	rows, err := s.base.query(ctx, text, args...)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	for n < app.CountLimit && rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return 0, err
		}
		if only.has(id) {
			n++
		}
	}
	return n, rows.Err()
}

// markPage says where a page lies in its list.
func markPage(p *app.Page, places []placed, q app.Query, backwards, more bool) {
	if len(places) == 0 {
		return
	}
	if more || backwards {
		p.Next = cursorAt(places[len(places)-1], sortKeys[q.Sort])
	}
	if (more && backwards) || (!backwards && (q.After != "" || q.Offset > 0)) {
		p.Previous = cursorAt(places[0], sortKeys[q.Sort])
	}
}
