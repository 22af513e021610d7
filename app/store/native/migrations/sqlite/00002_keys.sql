-- Keys that can be rotated: what was sealed with the ones before is sealed anew,
-- one value after the other.

-- +goose Up
ALTER TABLE store ADD COLUMN keys_version BIGINT NOT NULL DEFAULT 1; -- moves when the keyset does
ALTER TABLE store ADD COLUMN key_since BIGINT NOT NULL DEFAULT 0; -- since when key_id seals; 0: since the store was made
ALTER TABLE store ADD COLUMN old_key_ids TEXT NOT NULL DEFAULT ''; -- keysets before, separated by blanks, until nothing is sealed with them

-- The proofs that lead from the store's public key, as private_key has it, to the
-- one that it has now; NULL: they are the same.
ALTER TABLE operators ADD COLUMN endorsements BLOB;

-- +goose Down
ALTER TABLE operators DROP COLUMN endorsements;
ALTER TABLE store DROP COLUMN old_key_ids;
ALTER TABLE store DROP COLUMN key_since;
ALTER TABLE store DROP COLUMN keys_version;
