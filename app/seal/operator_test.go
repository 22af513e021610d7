package seal_test

import (
	"crypto/rand"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app/seal"
)

var slot = seal.Place{Store: "desk", Table: "operators", Column: "slot", Row: "1"}

// A slot is sealed to a public key, which stands in the file for everybody to
// read: that it opens does not prove that a holder of the keyset made it.
func TestASlotWithAnotherKeysetDoesNotOpen(t *testing.T) {
	keys, forged := newKeyset(t), newKeyset(t)
	operator, err := keys.NewOperator()
	require.NoError(t, err)

	right := slotFor(t, keys, operator)
	opened, err := operator.OpenSlot(slot, right)
	require.NoError(t, err)
	require.Equal(t, keys.ID(), opened.ID())

	planted := slotFor(t, forged, operator)
	_, err = operator.OpenSlot(slot, planted)
	require.ErrorIs(t, err, seal.ErrSealed, "else new secrets would be sealed with a key that the writer of the file knows")
}

func newKeyset(t *testing.T) *seal.Keyset {
	t.Helper()
	_, public, err := seal.NewRecovery(rand.Reader)
	require.NoError(t, err)
	k, err := seal.NewKeyset(public)
	require.NoError(t, err)
	return k
}

// slotFor seals a keyset to an operator, whoever's it is.
func slotFor(t *testing.T, k *seal.Keyset, o *seal.Operator) []byte {
	t.Helper()
	voucher, err := k.Vouch("desk", "1", o.Public())
	require.NoError(t, err)
	sealed, err := k.Slot("desk", "1", o.Public(), voucher, slot)
	require.NoError(t, err)
	return sealed
}
