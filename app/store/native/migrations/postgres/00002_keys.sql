-- Keys that can be rotated: what was sealed with the ones before is sealed anew,
-- one value after the other.

-- +goose Up
ALTER TABLE store ADD COLUMN keys_version BIGINT NOT NULL DEFAULT 1; -- moves when the keyset does
ALTER TABLE store ADD COLUMN key_since BIGINT NOT NULL DEFAULT 0; -- since when key_id seals; 0: since the store was made
ALTER TABLE store ADD COLUMN old_key_ids TEXT NOT NULL DEFAULT ''; -- keysets before, separated by blanks, until nothing is sealed with them

-- The proofs that lead from the store's public key, as private_key has it, to the
-- one that it has now; NULL: they are the same.
ALTER TABLE operators ADD COLUMN endorsements BYTEA;

-- +goose StatementBegin
CREATE FUNCTION holds_keys() RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT sha256(decode(coalesce(current_setting('factordesk.proof', TRUE), ''), 'hex')) IS NOT DISTINCT FROM
        (SELECT keys_proof FROM store WHERE id = 1)
$$;
-- +goose StatementEnd

-- As before, and nobody leads an operator to another keyset without holding the
-- one that there is. That an operator has followed needs no proof.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION operators_need_proof() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.user_id = OLD.user_id AND NEW.public_key = OLD.public_key AND NEW.voucher = OLD.voucher AND
        (NEW.endorsements IS NULL OR NEW.endorsements IS NOT DISTINCT FROM OLD.endorsements) AND (
        NEW.slot IS NOT DISTINCT FROM OLD.slot OR (NEW.slot IS NULL AND NOT EXISTS (
            SELECT FROM users u JOIN roles r ON r.id = u.role_id WHERE u.id = NEW.user_id AND u.active AND
                (r.administers OR string_to_array(r.permissions, ' ') && ARRAY['enroll', 'verify', 'reset'])))) THEN
        RETURN NEW;
    END IF;
    IF NOT holds_keys() THEN
        RAISE insufficient_privilege USING MESSAGE = 'the keys of an operator are written by who holds the keys of the store';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION keys_need_proof() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT holds_keys() THEN
        RAISE insufficient_privilege USING MESSAGE = 'the keys of the store are changed by who holds the keys of the store';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER keys_need_proof BEFORE UPDATE OF key_id, key_since, old_key_ids, keys_version, recovery, keys_proof ON store
    FOR EACH ROW WHEN (OLD.keys_proof <> '') EXECUTE FUNCTION keys_need_proof();

-- +goose Down
DROP TRIGGER keys_need_proof ON store;
DROP FUNCTION keys_need_proof();
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION operators_need_proof() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.user_id = OLD.user_id AND NEW.public_key = OLD.public_key AND NEW.voucher = OLD.voucher AND (
        NEW.slot IS NOT DISTINCT FROM OLD.slot OR (NEW.slot IS NULL AND NOT EXISTS (
            SELECT FROM users u JOIN roles r ON r.id = u.role_id WHERE u.id = NEW.user_id AND u.active AND
                (r.administers OR string_to_array(r.permissions, ' ') && ARRAY['enroll', 'verify', 'reset'])))) THEN
        RETURN NEW;
    END IF;
    IF sha256(decode(coalesce(current_setting('factordesk.proof', TRUE), ''), 'hex')) IS DISTINCT FROM (SELECT keys_proof FROM store WHERE id = 1) THEN
        RAISE insufficient_privilege USING MESSAGE = 'the keys of an operator are written by who holds the keys of the store';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
DROP FUNCTION holds_keys();
ALTER TABLE operators DROP COLUMN endorsements;
ALTER TABLE store DROP COLUMN old_key_ids;
ALTER TABLE store DROP COLUMN key_since;
ALTER TABLE store DROP COLUMN keys_version;
