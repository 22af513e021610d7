-- How the clock of a device was seen to be, over time.

-- +goose Up
ALTER TABLE factors ADD COLUMN clock_seen TEXT NOT NULL DEFAULT ''; -- Unix second, and milliseconds that it was ahead, from and to; some of these, separated by blanks

-- +goose Down
ALTER TABLE factors DROP COLUMN clock_seen;
