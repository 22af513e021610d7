package otp_test

import (
	"context"
	"encoding/binary"
	"errors"
	"iter"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app/otp"
)

// crowd yields n users with secrets of their own.
func crowd(n int) iter.Seq2[otp.Suspect, error] {
	return func(yield func(otp.Suspect, error) bool) {
		for i := range n {
			if !yield(otp.Suspect{ID: strconv.Itoa(i), Secret: secretOf(i), Params: otp.Default(), Last: otp.NoStep}, nil) {
				return
			}
		}
	}
}

func secretOf(i int) []byte {
	return binary.BigEndian.AppendUint64([]byte("secret of "), uint64(i))
}

func TestOwnersOf(t *testing.T) {
	const users = 20_000
	ctx := context.Background()
	at := time.Date(2026, 6, 9, 12, 8, 15, 0, time.UTC)
	read := func(at time.Time) otp.Reading {
		c, err := otp.CodeAt(secretOf(4711), otp.Default(), at)
		require.NoError(t, err)
		return otp.Reading{Code: c, At: at}
	}
	var told []int
	o, err := otp.OwnersOf(ctx, []otp.Reading{read(at)}, crowd(users), 1, func(n int) { told = append(told, n) })
	require.NoError(t, err)
	require.Equal(t, users, o.Asked)
	require.Contains(t, ids(o), "4711")
	require.InDelta(t, 0.06, o.Chance, 1e-9, "three steps of 20,000 users, a million codes")
	require.False(t, o.Sure(), "chance alone may explain it, so nobody is named")
	require.Equal(t, users, told[len(told)-1])
	require.Greater(t, len(told), 50)

	o, err = otp.OwnersOf(ctx, []otp.Reading{read(at), read(at.Add(30 * time.Second))}, crowd(users), 1, nil)
	require.NoError(t, err)
	require.Equal(t, []string{"4711"}, ids(o))
	require.True(t, o.Sure())
	require.Less(t, o.Chance, 1e-6)

	stopped, cancel := context.WithCancel(ctx)
	asked := 0
	_, err = otp.OwnersOf(stopped, []otp.Reading{read(at)}, crowd(users), 1, func(n int) {
		if asked = n; n >= 1000 {
			cancel()
		}
	})
	require.ErrorIs(t, err, context.Canceled)
	require.Less(t, asked, 2000)
}

func ids(o otp.Owners) []string {
	var all []string
	for _, f := range o.Found {
		all = append(all, f.ID)
	}
	return all
}

func TestOwnersOfRefusesNonsense(t *testing.T) {
	ctx := context.Background()
	at := time.Unix(1_700_000_000, 0)
	_, err := otp.OwnersOf(ctx, nil, crowd(1), 1, nil)
	require.ErrorIs(t, err, otp.ErrCode)
	_, err = otp.OwnersOf(ctx, []otp.Reading{{Code: "abc", At: at}}, crowd(1), 1, nil)
	require.ErrorIs(t, err, otp.ErrCode)
	_, err = otp.OwnersOf(ctx, []otp.Reading{{Code: "123456", At: at}}, crowd(1), -1, nil)
	require.ErrorIs(t, err, otp.ErrWindow)
	broken := errors.New("the store is gone")
	_, err = otp.OwnersOf(ctx, []otp.Reading{{Code: "123456", At: at}}, func(yield func(otp.Suspect, error) bool) {
		yield(otp.Suspect{}, broken)
	}, 1, nil)
	require.ErrorIs(t, err, broken)
	o, err := otp.OwnersOf(ctx, []otp.Reading{{Code: "123456", At: at}}, func(yield func(otp.Suspect, error) bool) {
		_ = yield(otp.Suspect{Secret: []byte("short"), Params: otp.Default()}, nil) && yield(otp.Suspect{Secret: secretOf(1)}, nil)
	}, 1, nil)
	require.NoError(t, err)
	require.Equal(t, 2, o.Asked)
	require.Empty(t, o.Found)
}
