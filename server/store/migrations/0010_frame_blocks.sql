-- Frames in blocks: what is committed together is one row, as JSON. A row for each frame cost more than all that the
-- frame itself changed. A frame is [at, charger_key, direction, action, message_id, raw, deviations]; its id is that of
-- the block's first one plus its place. raw in brackets: bytes that were no text, a character each.

CREATE TABLE frame_blocks (
    first_id  INTEGER PRIMARY KEY,
    count     INTEGER NOT NULL,
    began_at  INTEGER NOT NULL,  -- of the first frame
    ended_at  INTEGER NOT NULL,  -- of the last one
    frames    TEXT    NOT NULL
) STRICT;

-- Which blocks have frames of a charger, by spans of 4,096 ids: what is committed together lies on the same few pages.
CREATE TABLE frame_chargers (
    span         INTEGER NOT NULL,  -- first_id >> 12
    charger_key  INTEGER NOT NULL,
    first_id     INTEGER NOT NULL,
    PRIMARY KEY (span, charger_key, first_id)
) STRICT, WITHOUT ROWID;

-- `latin_1` is ours, see `server.store.migrate`. By 32: a frame may have a megabyte. Span by span of the ids, so that nothing has to be sorted.
WITH RECURSIVE spans (low, high) AS (
    SELECT min(id) & ~31, min(id) | 31 FROM frames
    UNION ALL
    SELECT high + 1, high + 32 FROM spans WHERE high < (SELECT max(id) FROM frames)
)
INSERT INTO frame_blocks
SELECT * FROM (
    SELECT
        (SELECT min(id) FROM frames WHERE id BETWEEN low AND high) AS first_id,
        (SELECT count(*) FROM frames WHERE id BETWEEN low AND high),
        (SELECT min(at) FROM frames WHERE id BETWEEN low AND high),
        (SELECT max(at) FROM frames WHERE id BETWEEN low AND high),
        (SELECT json_group_array(json_array(
            at, charger_key, direction, action, message_id,
            CASE typeof(raw) WHEN 'blob' THEN json_array(latin_1(raw)) ELSE raw END, deviations
        )) FROM (SELECT * FROM frames WHERE id BETWEEN low AND high ORDER BY id))
    FROM spans
) WHERE first_id IS NOT NULL;

INSERT INTO frame_chargers
SELECT DISTINCT b.first_id >> 12, f.charger_key, b.first_id
FROM frames AS f JOIN frame_blocks AS b ON b.first_id = (SELECT max(first_id) FROM frame_blocks WHERE first_id <= f.id);

DROP TABLE frames;

-- For whoever looks with SQL: a row for each frame. Characters after a NUL are missing in raw.
CREATE VIEW frames AS
SELECT
    b.first_id + f.key AS id,
    json_extract(f.value, '$[0]') AS at,
    json_extract(f.value, '$[1]') AS charger_key,
    json_extract(f.value, '$[2]') AS direction,
    json_extract(f.value, '$[3]') AS action,
    json_extract(f.value, '$[4]') AS message_id,
    coalesce(json_extract(f.value, '$[5][0]'), json_extract(f.value, '$[5]')) AS raw,
    json_extract(f.value, '$[6]') AS deviations
FROM frame_blocks AS b, json_each(b.frames) AS f;

PRAGMA user_version = 10;
