package logbook

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
)

// Whatever is changed in the file, the first event that does not fit is named.
func TestTamperingIsNamed(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		at   int64
		says string
	}{
		"a form":                  {"UPDATE events SET form = randomblob(200) WHERE seq = 3", 3, "Event 3 was changed after it was written."},
		"an event is gone":        {"DELETE FROM events WHERE seq = 3", 3, "Event 3 is missing."},
		"a time":                  {"UPDATE events SET at = at + 1 WHERE seq = 2", 2, "its time is not the one"},
		"a time that is none":     {"UPDATE events SET at = 'now' WHERE seq = 2", 2, "its time is not the one"},
		"an operator":             {"UPDATE events SET operator_id = '2' WHERE seq = 2", 2, "its operator is not the one"},
		"a target":                {"UPDATE events SET target_id = '' WHERE seq = 2", 2, "its target is not the one"},
		"a target as bytes":       {"UPDATE events SET target_id = CAST(target_id AS BLOB) WHERE seq = 2", 2, "its target is not the one"},
		"an intent hides":         {"UPDATE events SET settled = 7 WHERE seq = 6", 6, "its outcome is not the one"},
		"behind one to come":      {"UPDATE events SET settled = 99 WHERE seq = 6", 6, "its outcome is not the one"},
		"behind an older event":   {"UPDATE events SET settled = 1 WHERE seq = 6", 6, "its outcome is not the one"},
		"behind another's":        {"UPDATE events SET settled = 5 WHERE seq = 6; UPDATE events SET settled = 0 WHERE seq = 4", 4, "its outcome is not the one"},
		"a settled one opens":     {"UPDATE events SET settled = 0 WHERE seq = 4", 4, "its outcome is not the one"},
		"an intent is none":       {"UPDATE events SET settled = NULL WHERE seq = 4", 4, "its outcome is not the one"},
		"an event is an intent":   {"UPDATE events SET settled = 0 WHERE seq = 2", 2, "its outcome is not the one"},
		"an outcome is an intent": {"UPDATE events SET settled = 0 WHERE seq = 5", 5, "its outcome is not the one"},
		"a word for a number":     {"UPDATE events SET settled = 'yes' WHERE seq = 4", 4, "its outcome is not the one"},
	} {
		t.Run(name, func(t *testing.T) {
			path := place(t)
			b := open(t, path, key)
			write(t, b, 3)
			seq, err := b.Intend(ctx, event(app.DoReset, ""), nil)
			require.NoError(t, err)
			require.NoError(t, b.Settle(ctx, seq, event(app.DoReset, app.Done)))
			_, err = b.Intend(ctx, event(app.DoUnlock, ""), nil)
			require.NoError(t, err)
			write(t, b, 2)
			verify(t, b)
			outside(t, path, c.text)
			r, err := b.VerifyChain(ctx, nil)
			require.NoError(t, err)
			require.False(t, r.Whole)
			require.Equal(t, c.at, r.BrokenAt, r.Problem)
			require.Contains(t, r.Problem, c.says)
		})
	}
}

func TestAnEventThatCannotBeReadIsSaid(t *testing.T) {
	path := place(t)
	b := open(t, path)
	write(t, b, 2)
	outside(t, path, "UPDATE events SET form = x'00' WHERE seq = 1")
	_, err := b.Events(ctx, app.EventQuery{})
	isError(t, app.Unreadable, err)
	isError(t, app.Unreadable, errors.Join(err))
}

func TestProgressEndsAtTheEnd(t *testing.T) {
	b := open(t, place(t))
	require.NoError(t, b.Write(ctx, func(tx *Tx) error {
		for range progressEvery + 7 {
			if _, err := tx.Append(event(app.DoSignIn, app.Done)); err != nil {
				return err
			}
		}
		return nil
	}))
	var told [][2]int64
	r, err := b.VerifyChain(ctx, func(done, total int64) { told = append(told, [2]int64{done, total}) })
	require.NoError(t, err)
	require.True(t, r.Whole)
	require.Equal(t, [][2]int64{{progressEvery, progressEvery + 7}, {progressEvery + 7, progressEvery + 7}}, told)
	require.Equal(t, start, r.Checked)
}
