package logbook

import (
	"context"
	"encoding/json"
	"time"

	"github.com/factordesk/factordesk/app"
)

// Fact is what this desk has seen of a factor, and the shop does not keep. Zero
// fields are not known.
type Fact struct {
	// Mark tells the factor from another one of the same user and provider, for
	// example a fingerprint of its secret. A fact of another mark is about a factor
	// that is gone.
	Mark []byte

	Since, LastUsed time.Time // UTC
	EnrolledBy      string
}

// Note remembers what f says of a factor. What it does not say stays as it is
// known, unless that was of another factor.
func (t *Tx) Note(user app.UserID, provider app.ProviderCode, f Fact) error {
	return one(t.exec("INSERT INTO facts (user_id, provider, mark, since, last_used, enrolled_by) VALUES ($1, $2, $3, $4, $5, $6) "+
		"ON CONFLICT (user_id, provider) DO UPDATE SET mark = excluded.mark, "+
		"since = CASE WHEN excluded.since <> 0 OR mark <> excluded.mark THEN excluded.since ELSE since END, "+
		"last_used = CASE WHEN excluded.last_used <> 0 OR mark <> excluded.mark THEN excluded.last_used ELSE last_used END, "+
		"enrolled_by = CASE WHEN excluded.enrolled_by <> '' OR mark <> excluded.mark THEN excluded.enrolled_by ELSE enrolled_by END",
		string(user), string(provider), blob(f.Mark), micro(f.Since), micro(f.LastUsed), f.EnrolledBy))
}

// Note is Tx.Note in a transaction of its own.
func (b *Book) Note(ctx context.Context, user app.UserID, provider app.ProviderCode, f Fact) error {
	return b.Write(ctx, func(t *Tx) error { return t.Note(user, provider, f) })
}

// Facts returns what is remembered of the factors of some users.
func (b *Book) Facts(ctx context.Context, users ...app.UserID) (map[app.UserID]map[app.ProviderCode]Fact, error) {
	list, err := json.Marshal(users)
	if err != nil {
		return nil, explain("read facts", err)
	}
	rows, err := b.read.QueryContext(ctx, "SELECT user_id, provider, mark, since, last_used, enrolled_by FROM facts "+
		"WHERE user_id IN (SELECT value FROM json_each($1))", string(list))
	if err != nil {
		return nil, explain("read facts", err)
	}
	defer func() { _ = rows.Close() }()
	all := map[app.UserID]map[app.ProviderCode]Fact{}
	for rows.Next() {
		var user app.UserID
		var provider app.ProviderCode
		var f Fact
		var since, used int64
		if err := rows.Scan(&user, &provider, &f.Mark, &since, &used, &f.EnrolledBy); err != nil {
			return nil, explain("read facts", err)
		}
		f.Since, f.LastUsed = fromMicro(since), fromMicro(used)
		if all[user] == nil {
			all[user] = map[app.ProviderCode]Fact{}
		}
		all[user][provider] = f
	}
	return all, explain("read facts", rows.Err())
}

// micro and fromMicro are times as they are stored: 0 is none.
func micro(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func fromMicro(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.UnixMicro(n).UTC()
}
