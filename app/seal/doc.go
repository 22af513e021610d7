// Package seal keeps secrets at rest: it turns a password into a proof and a
// key, and seals values so that only the right key opens them in the one place
// they were written for.
//
// What it promises:
//
//   - Who merely reads a store's file or database can read no secret in it. A
//     store has one [Keyset]; the keyset itself is stored sealed only: once for
//     each operator whose role needs secrets (a slot), and once under the
//     printed [Recovery] key.
//   - A sealed value names its [Place] (store, table, column, row) as
//     associated data, so that one that is copied elsewhere does not open.
//   - Who can write to the file, but holds no key, cannot have the keyset or a
//     factor sealed to a key of their own: public keys carry the keyset's MAC,
//     or are read from behind the operator's password.
//   - A password costs one Argon2id, whether it only proves or also opens.
//
// How: root = Argon2id(password, salt). From root, HKDF makes a verifier, which
// is stored in the password's record, and a wrapping key, which is not. The
// wrapping key opens the operator's private HPKE key (X25519), and that opens
// the operator's slot. Values are sealed with XChaCha20-Poly1305 (Tink). A role
// can thus be given or taken without the operator's password.
//
// Rotation: [Keyset.Next] makes the keyset that follows. It has new keys for
// everything (cipher, MAC, key pair), and keeps the old cipher and key pair to
// open what they sealed until that is sealed anew; [Keyset.Only] then leaves
// them behind. Nobody's password is needed: the keyset is sealed to each operator's
// public key, and to the recovery key's. To operators, whose password vouches
// for the key pair that the store had, the old keyset endorses the new one
// ([Keyset.Endorse], [Operator.Follow]).
//
// What it does not: who had a slot and copied the keyset keeps what the file
// held until the rotation. An endorsement is made with the old keyset. Who
// copied that, and can still write to the file, can forge one until the operator
// has typed the password once after the rotation; from then on it counts no more.
package seal
