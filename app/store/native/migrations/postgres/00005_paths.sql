-- What the triggers look at is in the store's own schema. A name without a schema
-- would lead to a temporary table of the same name first, which any account may make
-- that may make one: what such a table says would be the proof.

-- +goose Up
-- +goose StatementBegin
DO $$
DECLARE
    named TEXT;
BEGIN
    FOREACH named IN ARRAY ARRAY['events_stay', 'events_go_on', 'operators_need_proof', 'keys_need_proof', 'holds_keys'] LOOP
        EXECUTE format('ALTER FUNCTION %I.%I() SET search_path = %I, pg_temp', current_schema(), named, current_schema());
    END LOOP;
END $$;
-- +goose StatementEnd

-- +goose Down
-- +goose StatementBegin
DO $$
DECLARE
    named TEXT;
BEGIN
    FOREACH named IN ARRAY ARRAY['events_stay', 'events_go_on', 'operators_need_proof', 'keys_need_proof', 'holds_keys'] LOOP
        EXECUTE format('ALTER FUNCTION %I.%I() RESET search_path', current_schema(), named);
    END LOOP;
END $$;
-- +goose StatementEnd
