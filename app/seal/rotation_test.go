package seal_test

import (
	"crypto/rand"
	"encoding/hex"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app/seal"
)

var endorsed = seal.Place{Store: "desk", Table: "operators", Column: "endorsements", Row: "1"}

func next(t *testing.T, k *seal.Keyset, recovery []byte) *seal.Keyset {
	t.Helper()
	n, err := k.Next(recovery)
	require.NoError(t, err)
	return n
}

// The keyset that follows opens what the ones before sealed, until they are left
// behind; they open nothing of it.
func TestAKeysetFollowsAnother(t *testing.T) {
	old := newKeyset(t)
	auditor, err := old.NewOperator()
	require.NoError(t, err)
	sealed := map[string][]byte{}
	sealed["by the first"], err = old.Seal(slot, secret)
	require.NoError(t, err)
	sealed["to the first"], err = auditor.SealToStore(slot, secret)
	require.NoError(t, err)

	middle := next(t, old, nil)
	sealed["by the second"], err = middle.Seal(slot, secret)
	require.NoError(t, err)
	newest := next(t, middle, nil)
	require.Equal(t, []string{old.ID(), middle.ID()}, newest.Before())
	for name, s := range sealed {
		plain, err := newest.Open(slot, s)
		require.NoError(t, err, name)
		require.Equal(t, secret, plain, name)
	}

	only, err := newest.Only()
	require.NoError(t, err)
	require.Equal(t, newest.ID(), only.ID())
	require.Equal(t, newest.Public(), only.Public())
	require.Empty(t, only.Before())
	tag, err := newest.MAC("audit head", "desk")
	require.NoError(t, err)
	require.True(t, only.CheckMAC(tag, "audit head", "desk"))
	for name, s := range sealed {
		_, err := only.Open(slot, s)
		require.ErrorIs(t, err, seal.ErrSealed, name)
	}

	after, err := only.Seal(slot, secret)
	require.NoError(t, err)
	to, err := newest.NewOperator()
	require.NoError(t, err)
	toNewest, err := to.SealToStore(slot, secret)
	require.NoError(t, err)
	for _, k := range []*seal.Keyset{old, middle} {
		for _, s := range [][]byte{after, toNewest} {
			_, err = k.Open(slot, s)
			require.ErrorIs(t, err, seal.ErrSealed, "who copied the old keyset opens nothing new")
		}
		require.False(t, k.CheckMAC(tag, "audit head", "desk"), "nor makes what counts")
	}
	for _, s := range [][]byte{after, toNewest} {
		plain, err := only.Open(slot, s)
		require.NoError(t, err)
		require.Equal(t, secret, plain)
	}
}

// The recovery key goes on with each keyset that follows, though nobody has it at
// hand, unless there is a new one.
func TestTheRecoveryKeyFollows(t *testing.T) {
	printed, public, err := seal.NewRecovery(rand.Reader)
	require.NoError(t, err)
	first, err := seal.NewKeyset(public)
	require.NoError(t, err)
	second := next(t, first, nil)
	wrapped, err := second.Recovery(recovery)
	require.NoError(t, err)
	opened, err := seal.OpenRecovery(printed, recovery, wrapped)
	require.NoError(t, err)
	require.Equal(t, second.ID(), opened.ID())

	anew, other, err := seal.NewRecovery(rand.Reader)
	require.NoError(t, err)
	third, err := next(t, second, other).Only()
	require.NoError(t, err)
	wrapped, err = third.Recovery(recovery)
	require.NoError(t, err)
	_, err = seal.OpenRecovery(printed, recovery, wrapped)
	require.ErrorIs(t, err, seal.ErrSealed, "the old one has ended")
	opened, err = seal.OpenRecovery(anew, recovery, wrapped)
	require.NoError(t, err)
	require.Equal(t, third.ID(), opened.ID())
}

// Values and the wrapping that the first form of keysets made, which did not
// know the public half of the recovery key.
func TestTheFirstFormOfKeysets(t *testing.T) {
	const (
		printed = "O77R-6FAE-234F-BNXG-X3EG-BFS5-YTV5-RBCS-MTCB"
		wrapped = "8e7821c041708f0ccf47f32b1c154b6d07db701301d131d2dc5e065c0566e9b656035e652426b6c99e8b0c4f421410a14f83f619009879e800e036ef0a391777" +
			"dc17aa85f61c0543fcf3442323804bee00afe8f39fc96e72bf758761e9726af5788ab93fb060af72e85d68b89d2fafd29efd9f42d16bd2a05dbc99f1a447b8f4" +
			"e9b0b8d51d8e26743e7d8542816866047538750e19ad52b682dc0422d56d457171039c9959b16e0cc4f64f52b073658c98de24a16e6e247ee1c3e63c1a0fe4e4" +
			"22f27054a2310299cbe1c708f446e3b7be03f8f77f070fe19b663f3ded6a3da5cef76a9848f667f677a30332fa094760f69fc330f9d5947148423cf546200617" +
			"b39b56996688c374d5ba7af616d6c65bc369e98c51b696fd7d534cfa1a85e94d3fc8a4b10d24379b800500e323d27ac6179f37a38b3f952acb20924e506b4244" +
			"f92a4d21c1d8a4108ce0ffa728e6886feb76"
		sealed = "01016b3758fe142d2cd54c2db99cb292080b6ad3ceb4306e29637014bca077e23704a67e6b54e9d6ef160be15b49d67c144ee57c9c69894881fc4670857d"
	)
	record, err := hex.DecodeString(wrapped)
	require.NoError(t, err)
	value, err := hex.DecodeString(sealed)
	require.NoError(t, err)
	old, err := seal.OpenRecovery(printed, recovery, record)
	require.NoError(t, err)
	require.Equal(t, "6b3758fe", old.ID())
	require.False(t, old.HasRecovery())
	_, err = old.Recovery(recovery)
	require.ErrorIs(t, err, seal.ErrRecord)

	_, public, err := seal.NewRecovery(rand.Reader)
	require.NoError(t, err)
	k := next(t, old, public)
	require.True(t, k.HasRecovery())
	for _, k := range []*seal.Keyset{old, k} {
		plain, err := k.Open(slot, value)
		require.NoError(t, err)
		require.Equal(t, secret, plain)
	}
}

// An operator learns from the old keyset what the new one is, however long ago
// the password was typed, and from nobody else.
func TestAnOperatorFollowsEndorsements(t *testing.T) {
	first := newKeyset(t)
	second := next(t, first, nil)
	third := next(t, second, nil)
	operator, err := first.NewOperator()
	require.NoError(t, err)
	require.True(t, operator.Holds(first))
	require.False(t, operator.Holds(second))

	chain, err := first.Endorse(second, operator.Public(), endorsed, nil)
	require.NoError(t, err)
	chain, err = second.Endorse(third, operator.Public(), endorsed, chain)
	require.NoError(t, err)
	followed, err := operator.Follow(endorsed, chain)
	require.NoError(t, err)
	require.True(t, followed.Holds(third))
	require.Equal(t, operator.Public(), followed.Public())
	opened, err := followed.OpenSlot(slot, slotFor(t, third, operator))
	require.NoError(t, err)
	require.Equal(t, third.ID(), opened.ID())
	_, err = followed.OpenSlot(slot, slotFor(t, first, operator))
	require.ErrorIs(t, err, seal.ErrSealed, "the old one does not come back")
	again, err := followed.Follow(endorsed, chain)
	require.NoError(t, err)
	require.True(t, again.Holds(third), "what is behind is passed over")

	// Under the new key only the new keyset endorses.
	forged := next(t, first, nil)
	chain, err = first.Endorse(forged, operator.Public(), endorsed, chain)
	require.NoError(t, err)
	again, err = followed.Follow(endorsed, chain)
	require.NoError(t, err)
	require.True(t, again.Holds(third))

	stranger := newKeyset(t)
	for name, link := range map[string][]byte{
		"another store's":    link(t, stranger, second, operator, endorsed),
		"another operator's": link(t, first, second, mustOperator(t, first), endorsed),
		"in another place":   link(t, first, second, operator, slot),
	} {
		got, err := operator.Follow(endorsed, link)
		if err == nil {
			require.True(t, got.Holds(first), name)
			continue
		}
		require.ErrorIs(t, err, seal.ErrVoucher, name)
	}
	right := link(t, first, second, operator, endorsed)
	for i := range right {
		changed := append([]byte(nil), right...)
		changed[i] ^= 1
		got, err := operator.Follow(endorsed, changed)
		require.True(t, err != nil || got.Holds(first), "byte %d", i)
		got, err = operator.Follow(endorsed, right[:i])
		require.True(t, err != nil || got.Holds(first), "cut at %d", i)
	}
}

func mustOperator(t *testing.T, k *seal.Keyset) *seal.Operator {
	t.Helper()
	o, err := k.NewOperator()
	require.NoError(t, err)
	return o
}

func link(t *testing.T, from, to *seal.Keyset, o *seal.Operator, p seal.Place) []byte {
	t.Helper()
	b, err := from.Endorse(to, o.Public(), p, nil)
	require.NoError(t, err)
	return b
}
