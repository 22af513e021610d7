-- What a store knows of the devices that codes come from: how far the clock of one
-- is off, and with which secrets it was enrolled before.

-- +goose Up
ALTER TABLE factors ADD COLUMN clock_offset BIGINT NOT NULL DEFAULT 0; -- seconds that the device's clock is ahead; 0: nothing is added

-- The secrets of enrollments that were reset or replaced. No code of them is ever
-- accepted: they tell a person that the app still has the old entry.
CREATE TABLE earlier_factors (
    user_id   BIGINT  NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    provider  TEXT    NOT NULL,
    ended     BIGINT  NOT NULL,
    kind      TEXT    NOT NULL,
    algorithm TEXT    NOT NULL,
    digits    INTEGER NOT NULL,
    period    INTEGER NOT NULL, -- seconds
    key_id    TEXT    NOT NULL, -- the keyset that sealed opens with
    sealed    BYTEA   NOT NULL,
    PRIMARY KEY (user_id, provider, ended)
);

-- Finding out whose code it is needs a permission of its own.
UPDATE roles SET permissions = permissions || ' identify', version = version + 1 WHERE administers AND built_in;
UPDATE store SET roles_version = roles_version + 1;

-- +goose Down
UPDATE roles SET permissions = replace(permissions, ' identify', ''), version = version + 1 WHERE permissions LIKE '% identify%';
UPDATE store SET roles_version = roles_version + 1;
DROP TABLE earlier_factors;
ALTER TABLE factors DROP COLUMN clock_offset;
