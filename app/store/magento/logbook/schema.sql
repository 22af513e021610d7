-- Times are microseconds since 1970 in UTC, 0 is never.
PRAGMA application_id = 1178881090; -- "FDLB"
PRAGMA user_version = 1;

CREATE TABLE book (
    id        INTEGER PRIMARY KEY CHECK (id = 1),
    book_id   TEXT    NOT NULL,
    created   INTEGER NOT NULL,
    head_seq  INTEGER NOT NULL, -- the newest event that was sealed,
    head_hash BLOB    NOT NULL, -- or the newest one at all where there is no key
    head_key  BLOB    NOT NULL, -- which key sealed it; empty: none ever did
    head_mac  BLOB    NOT NULL
);

-- The form is the event, and all that is ever shown of it. The columns beside
-- it choose events, and are compared with the form when the chain is verified.
CREATE TABLE events (
    seq         INTEGER PRIMARY KEY,
    form        BLOB    NOT NULL,
    hash        BLOB    NOT NULL,
    at          INTEGER NOT NULL,
    operator_id TEXT    NOT NULL,
    target_id   TEXT    NOT NULL,
    settled     INTEGER -- of an intent: the number of its outcome, 0 while it is open
);
CREATE INDEX events_at ON events (at);
CREATE INDEX events_operator ON events (operator_id) WHERE operator_id <> '';
CREATE INDEX events_target ON events (target_id) WHERE target_id <> '';
CREATE INDEX events_open ON events (seq) WHERE settled = 0;

-- The last accepted step of each secret that a user had.
CREATE TABLE steps (
    user_id TEXT    NOT NULL,
    secret  BLOB    NOT NULL, -- a fingerprint of it
    step    INTEGER NOT NULL,
    PRIMARY KEY (user_id, secret)
) WITHOUT ROWID;

CREATE TABLE sessions (
    token       BLOB    PRIMARY KEY, -- SHA-256 of the token
    user_id     TEXT    NOT NULL,
    break_glass INTEGER NOT NULL,
    mark        BLOB    NOT NULL,
    started     INTEGER NOT NULL,
    ends        INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX sessions_user ON sessions (user_id);

-- What this desk has seen of a factor.
CREATE TABLE facts (
    user_id     TEXT    NOT NULL,
    provider    TEXT    NOT NULL,
    mark        BLOB    NOT NULL, -- of the factor that it was
    since       INTEGER NOT NULL,
    last_used   INTEGER NOT NULL,
    enrolled_by TEXT    NOT NULL,
    PRIMARY KEY (user_id, provider)
) WITHOUT ROWID;
