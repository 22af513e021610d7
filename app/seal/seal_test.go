package seal_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/factordesk/factordesk/app/seal"
)

var (
	cheap  = seal.Cost{Memory: 64, Time: 1, Threads: 1}
	secret = []byte("JBSWY3DPEHPK3PXP")
)

// elsewhere returns the places that differ from p in one part.
func elsewhere(p seal.Place) []seal.Place {
	a, b, c, d := p, p, p, p
	a.Store, b.Table, c.Column, d.Row = "other", "other", "other", "other"
	e := p // the same letters, cut in another place
	e.Table, e.Column = p.Table+p.Column[:1], p.Column[1:]
	return []seal.Place{a, b, c, d, e}
}

func TestASealedValueOpensInItsPlaceOnly(t *testing.T) {
	keys := newKeyset(t)
	operator, err := keys.NewOperator()
	require.NoError(t, err)
	byKeyset, err := keys.Seal(slot, secret)
	require.NoError(t, err)
	toStore, err := operator.SealToStore(slot, secret)
	require.NoError(t, err)
	own, err := operator.Seal(slot, secret)
	require.NoError(t, err)
	for name, c := range map[string]struct {
		sealed []byte
		open   func(seal.Place, []byte) ([]byte, error)
	}{
		"by the keyset": {byKeyset, keys.Open}, "to the store": {toStore, keys.Open}, "to the operator": {own, operator.Open},
	} {
		plain, err := c.open(slot, c.sealed)
		require.NoError(t, err, name)
		require.Equal(t, secret, plain, name)
		require.NotContains(t, string(c.sealed), string(secret), name)
		for _, p := range elsewhere(slot) {
			_, err = c.open(p, c.sealed)
			require.ErrorIs(t, err, seal.ErrSealed, "%s: %+v", name, p)
		}
		for i := range c.sealed {
			changed := append([]byte(nil), c.sealed...)
			changed[i] ^= 1
			_, err = c.open(slot, changed)
			require.ErrorIs(t, err, seal.ErrSealed, "%s: byte %d", name, i)
			_, err = c.open(slot, c.sealed[:i])
			require.ErrorIs(t, err, seal.ErrSealed, "%s: cut at %d", name, i)
		}
	}
	_, err = newKeyset(t).Open(slot, byKeyset)
	require.ErrorIs(t, err, seal.ErrSealed)
	again, err := keys.Seal(slot, secret)
	require.NoError(t, err)
	require.NotEqual(t, byKeyset, again, "the same value seals differently each time")
}

func TestPasswordOpensTheOperatorKey(t *testing.T) {
	ctx, keys := context.Background(), newKeyset(t)
	operator, err := keys.NewOperator()
	require.NoError(t, err)
	record, key, err := seal.NewPassword(ctx, "correct horse battery", cheap)
	require.NoError(t, err)
	require.Regexp(t, `^\$argon2id\$v=19\$m=64,t=1,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$`, record)
	wrapped, err := operator.Wrap(key, slot)
	require.NoError(t, err)

	again, ok, err := seal.CheckPassword(ctx, record, "correct horse battery")
	require.NoError(t, err)
	require.True(t, ok)
	opened, err := seal.UnwrapOperator(again, slot, wrapped)
	require.NoError(t, err)
	require.Equal(t, operator.Public(), opened.Public())
	for _, p := range elsewhere(slot) {
		_, err = seal.UnwrapOperator(again, p, wrapped)
		require.ErrorIs(t, err, seal.ErrSealed)
	}
	other, otherKey, err := seal.NewPassword(ctx, "correct horse battery", cheap)
	require.NoError(t, err)
	require.NotEqual(t, record, other, "each record has a salt of its own")
	_, err = seal.UnwrapOperator(otherKey, slot, wrapped)
	require.ErrorIs(t, err, seal.ErrSealed)
	_, ok, err = seal.CheckPassword(ctx, record, "correct horse batterz")
	require.NoError(t, err)
	require.False(t, ok)
	require.NoError(t, seal.Decoy(ctx, "anything", cheap))
}

// A stored record may have been written by anybody: it is bounded before it is
// obeyed.
func TestAHostileRecordIsRefused(t *testing.T) {
	const salt, verifier = "c29tZXNhbHRzb21lc2FsdA", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
	record := func(parameters string) string { return "$argon2id$v=19$" + parameters + "$" + salt + "$" + verifier }
	_, ok, err := seal.CheckPassword(context.Background(), record("m=64,t=1,p=1"), "x")
	require.NoError(t, err)
	require.False(t, ok)
	for _, r := range []string{
		record("m=64,t=0,p=1"), record("m=64,t=11,p=1"), record("m=64,t=1,p=0"), record("m=64,t=1,p=17"), record("m=64,t=1,p=256"),
		record("m=0,t=1,p=1"), record("m=7,t=1,p=1"), record("m=15,t=1,p=2"), record("m=262145,t=1,p=1"),
		record("m=4294967295,t=1,p=1"), record("m=4294967360,t=1,p=1"), record("m=-64,t=1,p=1"), record("m=64,t=1,p=1,x=2"),
		record("m=064,t=1,p=1"), record("t=1,m=64,p=1"), record(""),
		"$argon2i$v=19$m=64,t=1,p=1$" + salt + "$" + verifier, "$argon2id$v=16$m=64,t=1,p=1$" + salt + "$" + verifier,
		"$argon2id$v=19$m=64,t=1,p=1$" + salt, "$argon2id$v=19$m=64,t=1,p=1$$" + verifier, "$argon2id$v=19$m=64,t=1,p=1$c29t$" + verifier,
		"$argon2id$v=19$m=64,t=1,p=1$" + strings.Repeat("A", 200) + "$" + verifier, record("m=64,t=1,p=1") + "AA",
		"$argon2id$v=19$m=64,t=1,p=1$" + salt + "$AAAA", "plain text", "$2y$10$abcdefghijklmnopqrstuv", " ",
	} {
		_, ok, err := seal.CheckPassword(context.Background(), r, "x")
		require.ErrorIs(t, err, seal.ErrRecord, "%q", r)
		require.False(t, ok)
	}
}

func TestHashesTakeTurns(t *testing.T) {
	cost := seal.Cost{Memory: 16 * 1024, Time: 2, Threads: 1}
	var all sync.WaitGroup
	ctx, cancel := context.WithCancel(context.Background())
	results := make(chan error, 50)
	for range 50 {
		all.Add(1)
		go func() {
			defer all.Done()
			results <- seal.Decoy(ctx, "x", cost)
		}()
	}
	time.AfterFunc(50*time.Millisecond, cancel)
	all.Wait()
	close(results)
	stopped := 0
	for err := range results {
		if errors.Is(err, context.Canceled) {
			stopped++
		} else {
			require.NoError(t, err)
		}
	}
	require.Positive(t, stopped, "those that waited for their turn stop with their context")
}

var recovery = seal.Place{Store: "desk", Table: "store", Column: "recovery", Row: "1"}

func TestRecoveryKey(t *testing.T) {
	printed, public, err := seal.NewRecovery(rand.Reader)
	require.NoError(t, err)
	require.Regexp(t, `^([A-Z2-7]{4}-){8}[A-Z2-7]{4}$`, printed)
	keys, err := seal.NewKeyset(public)
	require.NoError(t, err)
	wrapped, err := keys.Recovery(recovery)
	require.NoError(t, err)
	for _, typed := range []string{
		printed, strings.ToLower(printed), strings.ReplaceAll(printed, "-", ""), strings.ReplaceAll(printed, "-", "  "),
		strings.ReplaceAll(printed, "-", "–"), " " + printed + "\n", strings.NewReplacer("O", "0", "I", "1", "B", "8").Replace(printed),
	} {
		opened, err := seal.OpenRecovery(typed, recovery, wrapped)
		require.NoError(t, err, typed)
		require.Equal(t, keys.ID(), opened.ID())
		require.NoError(t, seal.CheckRecovery(typed), typed)
	}
	for _, typed := range []string{"", printed[:40], printed + "A", "recovery"} {
		_, err = seal.OpenRecovery(typed, recovery, wrapped)
		require.ErrorIs(t, err, seal.ErrTypo, typed)
		require.ErrorIs(t, seal.CheckRecovery(typed), seal.ErrTypo, typed)
	}
	other, _, err := seal.NewRecovery(rand.Reader)
	require.NoError(t, err)
	_, err = seal.OpenRecovery(other, recovery, wrapped)
	require.NoError(t, seal.CheckRecovery(other))
	require.ErrorIs(t, err, seal.ErrSealed, "a well-typed key of another store is no typing error")
	for _, p := range elsewhere(recovery) {
		_, err = seal.OpenRecovery(printed, p, wrapped)
		require.ErrorIs(t, err, seal.ErrSealed)
	}
	_, _, err = seal.NewRecovery(strings.NewReader("too short"))
	require.Error(t, err)
}

// One wrong letter is always told from a wrong key, short of one case in a
// million.
func TestATypoIsToldFromAWrongKey(t *testing.T) {
	printed, public, err := seal.NewRecovery(rand.Reader)
	require.NoError(t, err)
	keys, err := seal.NewKeyset(public)
	require.NoError(t, err)
	wrapped, err := keys.Recovery(recovery)
	require.NoError(t, err)
	rapid.Check(t, func(t *rapid.T) {
		typed := []byte(printed)
		i := rapid.IntRange(0, len(typed)-1).Filter(func(i int) bool { return typed[i] != '-' }).Draw(t, "at")
		typed[i] = rapid.SampledFrom([]byte("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")).Filter(func(c byte) bool { return c != typed[i] }).Draw(t, "letter")
		_, err := seal.OpenRecovery(string(typed), recovery, wrapped)
		require.ErrorIs(t, err, seal.ErrTypo)
	})
}

// Who can write to the file cannot have a secret sealed to a key of their own.
func TestNothingIsSealedToAKeyWithoutAVoucher(t *testing.T) {
	keys := newKeyset(t)
	mine, err := keys.NewOperator()
	require.NoError(t, err)
	voucher, err := keys.Vouch("desk", "1", mine.Public())
	require.NoError(t, err)
	sealed, err := keys.SealTo("desk", "1", mine.Public(), voucher, slot, secret)
	require.NoError(t, err)
	plain, err := mine.Open(slot, sealed)
	require.NoError(t, err)
	require.Equal(t, secret, plain)

	stranger, err := newKeyset(t).NewOperator()
	require.NoError(t, err)
	forged, err := newKeyset(t).Vouch("desk", "1", stranger.Public())
	require.NoError(t, err)
	for _, c := range []struct {
		store, operator string
		public, voucher []byte
	}{
		{"desk", "1", stranger.Public(), voucher},
		{"desk", "1", stranger.Public(), forged},
		{"desk", "1", stranger.Public(), nil},
		{"desk", "2", mine.Public(), voucher},
		{"other", "1", mine.Public(), voucher},
	} {
		_, err := keys.SealTo(c.store, c.operator, c.public, c.voucher, slot, secret)
		require.ErrorIs(t, err, seal.ErrVoucher)
		_, err = keys.Slot(c.store, c.operator, c.public, c.voucher, slot)
		require.ErrorIs(t, err, seal.ErrVoucher)
	}
}

// Parts of a MAC cannot be moved from one to the next.
func TestMACKeepsPartsApart(t *testing.T) {
	keys := newKeyset(t)
	tag, err := keys.MAC("audit head", "desk", "12")
	require.NoError(t, err)
	require.True(t, keys.CheckMAC(tag, "audit head", "desk", "12"))
	for _, parts := range [][]string{{"desk1", "2"}, {"desk", "12", ""}, {"desk", "13"}, {"desk"}, {}} {
		require.False(t, keys.CheckMAC(tag, "audit head", parts...), "%q", parts)
	}
	require.False(t, keys.CheckMAC(tag, "other use", "desk", "12"))
	require.False(t, newKeyset(t).CheckMAC(tag, "audit head", "desk", "12"))
}

// No way to print a key shows it.
func TestKeysDoNotPrint(t *testing.T) {
	keys := newKeyset(t)
	operator, err := keys.NewOperator()
	require.NoError(t, err)
	_, key, err := seal.NewPassword(context.Background(), "correct horse battery", cheap)
	require.NoError(t, err)
	for _, v := range []any{keys, operator, key, &key} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
			require.Regexp(t, `^seal\.\w+\(•+\)$`, fmt.Sprintf(verb, v), "%T %s", v, verb)
		}
	}
}
