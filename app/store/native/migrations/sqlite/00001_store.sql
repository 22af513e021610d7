-- Times are microseconds since 1970 in UTC, 0 is never. The columns that end in
-- _key are what is compared and sorted by: lower case, as Go's strings.ToLower
-- makes it.

-- +goose Up
PRAGMA application_id = 1178882891; -- "FDSK"

CREATE TABLE store (
    id         INTEGER PRIMARY KEY CHECK (id = 1),
    store_id   TEXT    NOT NULL,
    created    BIGINT  NOT NULL,
    key_id     TEXT    NOT NULL, -- the keyset that factors are sealed with
    recovery   BLOB    NOT NULL, -- the keyset, wrapped under the recovery key
    head_seq   BIGINT  NOT NULL, -- the newest event that a key holder has seen,
    head_hash  BLOB    NOT NULL,
    head_mac   BLOB    NOT NULL, -- under the keyset's MAC

    -- The numbers of the filter chips. They are in this row because each deed
    -- writes it anyway.
    users         BIGINT NOT NULL DEFAULT 0,
    no_factor     BIGINT NOT NULL DEFAULT 0,
    pending       BIGINT NOT NULL DEFAULT 0,
    active        BIGINT NOT NULL DEFAULT 0,
    inactive      BIGINT NOT NULL DEFAULT 0,
    unreadable    BIGINT NOT NULL DEFAULT 0,
    roles_version BIGINT NOT NULL DEFAULT 0 -- moves when a role does
);

CREATE TABLE roles (
    id          TEXT    PRIMARY KEY,
    name        TEXT    NOT NULL,
    name_key    TEXT    NOT NULL UNIQUE,
    permissions TEXT    NOT NULL, -- separated by blanks
    administers BOOLEAN NOT NULL,
    built_in    BOOLEAN NOT NULL,
    version     BIGINT  NOT NULL
);

CREATE TABLE users (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    username       TEXT    NOT NULL,
    username_key   TEXT    NOT NULL UNIQUE,
    email          TEXT    NOT NULL,
    email_key      TEXT    NOT NULL,
    first_name     TEXT    NOT NULL,
    last_name      TEXT    NOT NULL,
    name_key       TEXT    NOT NULL, -- of the name as shown
    role_id        TEXT    REFERENCES roles (id),
    role_key       TEXT    NOT NULL, -- of the role's name
    active         BOOLEAN NOT NULL,
    operator       BOOLEAN NOT NULL DEFAULT FALSE, -- has a row in operators
    must_enroll    BOOLEAN NOT NULL DEFAULT FALSE,
    created        BIGINT  NOT NULL,
    last_sign_in   BIGINT  NOT NULL DEFAULT 0,
    failures       INTEGER NOT NULL DEFAULT 0,
    locked_until   BIGINT  NOT NULL DEFAULT 0,
    version        BIGINT  NOT NULL DEFAULT 1,
    no_factor      BOOLEAN NOT NULL DEFAULT TRUE, -- what is in factors, for filters and their indexes
    has_pending    BOOLEAN NOT NULL DEFAULT FALSE,
    has_active     BOOLEAN NOT NULL DEFAULT FALSE,
    has_unreadable BOOLEAN NOT NULL DEFAULT FALSE,
    search         TEXT    NOT NULL -- name, username and email in lower case, a line each
);

-- There are no triggers: they would make SQLite keep a journal for each
-- statement, and the search index write to the disk after each row.

-- One index for each sort order, and for each filter in each order, so that no
-- page of any list walks over rows that it does not show.
CREATE INDEX users_by_name_key ON users (name_key);
CREATE INDEX users_by_email_key ON users (email_key);
CREATE INDEX users_by_role_key ON users (role_key);
CREATE INDEX users_by_last_sign_in ON users (last_sign_in);

CREATE INDEX users_no_factor_by_name_key ON users (name_key) WHERE no_factor;
CREATE INDEX users_no_factor_by_username_key ON users (username_key) WHERE no_factor;
CREATE INDEX users_no_factor_by_email_key ON users (email_key) WHERE no_factor;
CREATE INDEX users_no_factor_by_role_key ON users (role_key) WHERE no_factor;
CREATE INDEX users_no_factor_by_last_sign_in ON users (last_sign_in) WHERE no_factor;

CREATE INDEX users_pending_by_name_key ON users (name_key) WHERE has_pending;
CREATE INDEX users_pending_by_username_key ON users (username_key) WHERE has_pending;
CREATE INDEX users_pending_by_email_key ON users (email_key) WHERE has_pending;
CREATE INDEX users_pending_by_role_key ON users (role_key) WHERE has_pending;
CREATE INDEX users_pending_by_last_sign_in ON users (last_sign_in) WHERE has_pending;

CREATE INDEX users_active_by_name_key ON users (name_key) WHERE has_active;
CREATE INDEX users_active_by_username_key ON users (username_key) WHERE has_active;
CREATE INDEX users_active_by_email_key ON users (email_key) WHERE has_active;
CREATE INDEX users_active_by_role_key ON users (role_key) WHERE has_active;
CREATE INDEX users_active_by_last_sign_in ON users (last_sign_in) WHERE has_active;

CREATE INDEX users_unreadable_by_name_key ON users (name_key) WHERE has_unreadable;
CREATE INDEX users_unreadable_by_username_key ON users (username_key) WHERE has_unreadable;
CREATE INDEX users_unreadable_by_email_key ON users (email_key) WHERE has_unreadable;
CREATE INDEX users_unreadable_by_role_key ON users (role_key) WHERE has_unreadable;
CREATE INDEX users_unreadable_by_last_sign_in ON users (last_sign_in) WHERE has_unreadable;

CREATE INDEX users_inactive_by_name_key ON users (name_key) WHERE NOT active;
CREATE INDEX users_inactive_by_username_key ON users (username_key) WHERE NOT active;
CREATE INDEX users_inactive_by_email_key ON users (email_key) WHERE NOT active;
CREATE INDEX users_inactive_by_role_key ON users (role_key) WHERE NOT active;
CREATE INDEX users_inactive_by_last_sign_in ON users (last_sign_in) WHERE NOT active;

CREATE INDEX users_locked_by_name_key ON users (name_key) WHERE locked_until > 0;
CREATE INDEX users_locked_by_username_key ON users (username_key) WHERE locked_until > 0;
CREATE INDEX users_locked_by_email_key ON users (email_key) WHERE locked_until > 0;
CREATE INDEX users_locked_by_role_key ON users (role_key) WHERE locked_until > 0;
CREATE INDEX users_locked_by_last_sign_in ON users (last_sign_in) WHERE locked_until > 0;

CREATE INDEX users_locked ON users (locked_until) WHERE locked_until > 0;
CREATE INDEX users_operators ON users (role_id) WHERE operator;

CREATE TABLE factors (
    user_id     BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    provider    TEXT   NOT NULL,
    status      TEXT   NOT NULL CHECK (status IN ('pending', 'active')),
    since       BIGINT NOT NULL,
    last_used   BIGINT NOT NULL DEFAULT 0,
    enrolled_by TEXT   NOT NULL,
    kind        TEXT   NOT NULL,
    algorithm   TEXT   NOT NULL,
    digits      INTEGER NOT NULL,
    period      INTEGER NOT NULL, -- seconds
    last_step   BIGINT NOT NULL,  -- the last accepted step or counter
    key_id      TEXT   NOT NULL,  -- the keyset that sealed opens with
    sealed      BLOB   NOT NULL,  -- the secret, for the holders of the keyset
    own_sealed  BLOB,             -- the secret, for the operator whose factor it is
    PRIMARY KEY (user_id, provider)
) WITHOUT ROWID;

CREATE TABLE operators (
    user_id        INTEGER PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    password       TEXT   NOT NULL, -- $argon2id$…
    password_since BIGINT NOT NULL, -- when it was set, later than the one before
    private_key    BLOB   NOT NULL, -- wrapped under the password
    public_key     BLOB   NOT NULL,
    voucher        BLOB   NOT NULL, -- of the public key, by the keyset's MAC
    slot           BLOB             -- the keyset, sealed to the public key; NULL: the role opens no secrets
);

CREATE TABLE sessions (
    token       BLOB    PRIMARY KEY, -- SHA-256 of the token
    user_id     BIGINT  NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    break_glass BOOLEAN NOT NULL,
    started     BIGINT  NOT NULL,
    ends        BIGINT  NOT NULL
) WITHOUT ROWID;
CREATE INDEX sessions_user ON sessions (user_id);

-- The form is the event, and all that is ever shown of it. The columns beside
-- it choose events, and are compared with the form when the chain is verified.
CREATE TABLE events (
    seq         INTEGER PRIMARY KEY,
    form        BLOB    NOT NULL,
    hash        BLOB    NOT NULL,
    at          BIGINT  NOT NULL,
    operator_id BIGINT,
    target_id   BIGINT
);
CREATE INDEX events_at ON events (at);
CREATE INDEX events_operator ON events (operator_id) WHERE operator_id IS NOT NULL;
CREATE INDEX events_target ON events (target_id) WHERE target_id IS NOT NULL;

-- Which users have which three letters in a row. Where in the text they are is
-- not kept: the text itself is asked in the end.
CREATE VIRTUAL TABLE users_search USING fts5 (
    search, content = 'users', content_rowid = 'id', tokenize = 'trigram', detail = none, columnsize = 0
);
