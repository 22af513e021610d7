-- The rights of the database accounts that work with a store of Factordesk.
--
-- Run this in the store's database, after the store was made, as the account that
-- made it: psql -d DATABASE -f FILE. That account is the owner: it alone can bring
-- the schema up to date, and nobody needs it from day to day. To make the two
-- roles it needs CREATEROLE; else a database administrator makes them before. Run
-- it again after a newer Factordesk has changed the schema.
--
-- Two roles, each of which is given to as many accounts as there are people:
--
--   factordesk_desk     works with users and factors, and adds to the audit. It
--                       can neither change nor remove an event; triggers in the
--                       schema see to it that it adds no event that does not go on
--                       from the last one, and no operator's keys without holding
--                       the keys of the store.
--   factordesk_auditor  reads users, roles and the audit, and no sealed secret.
--                       It changes nothing, so what it does is not in the audit.

DO $$
DECLARE
    wanted TEXT;
BEGIN
    FOREACH wanted IN ARRAY ARRAY['factordesk_desk', 'factordesk_auditor'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
            EXECUTE format('CREATE ROLE %I NOLOGIN', wanted);
        END IF;
    END LOOP;
END $$;

REVOKE ALL ON store, roles, users, factors, earlier_factors, operators, sessions, events, goose_db_version
    FROM PUBLIC, factordesk_desk, factordesk_auditor;

GRANT SELECT ON store, roles, users, factors, earlier_factors, operators, sessions, events, goose_db_version TO factordesk_desk;
GRANT UPDATE (head_seq, head_hash, head_mac, users, no_factor, pending, active, inactive, unreadable, roles_version,
              key_id, key_since, old_key_ids, keys_version, recovery, keys_proof)
    ON store TO factordesk_desk;
GRANT INSERT, DELETE, UPDATE (name, name_key, permissions, administers, version) ON roles TO factordesk_desk;
GRANT INSERT, DELETE, UPDATE (key_id, sealed) ON earlier_factors TO factordesk_desk;
GRANT INSERT, UPDATE, DELETE ON users, factors, sessions TO factordesk_desk;
GRANT INSERT, UPDATE (password, password_since, private_key, public_key, voucher, slot, endorsements, ended) ON operators TO factordesk_desk;
GRANT INSERT ON events TO factordesk_desk;
GRANT SELECT ON SEQUENCE users_id_seq TO factordesk_desk;

GRANT SELECT ON store, roles, users, operators, sessions, events, goose_db_version TO factordesk_auditor;
GRANT SELECT (user_id, provider, status, since, last_used, enrolled_by, kind, algorithm, digits, period, last_step, clock_offset, key_id)
    ON factors TO factordesk_auditor;

-- An account for one person:
--
--   CREATE ROLE ann LOGIN IN ROLE factordesk_desk;
--   \password ann
--   GRANT CONNECT ON DATABASE desk TO ann;
