-- Who is signed in at which desk.

-- +goose Up
ALTER TABLE sessions ADD COLUMN console TEXT NOT NULL DEFAULT ''; -- which desk: host name and version
ALTER TABLE sessions ADD COLUMN kept BOOLEAN NOT NULL DEFAULT TRUE; -- can be resumed; else a window has it open
ALTER TABLE operators ADD COLUMN ended BIGINT NOT NULL DEFAULT 0; -- when all sessions were ended at once, later than before

-- +goose Down
ALTER TABLE operators DROP COLUMN ended;
DELETE FROM sessions WHERE NOT kept;
ALTER TABLE sessions DROP COLUMN kept;
ALTER TABLE sessions DROP COLUMN console;
