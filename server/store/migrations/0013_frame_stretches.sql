-- The clock of a small machine starts in the past after a power cut, until the network sets it. Blocks are searched by
-- halving, which is right as long as none begins before the one before it ended: where one does, a stretch begins.

CREATE TABLE frame_stretches (
    first_id  INTEGER PRIMARY KEY  -- of its first block; what comes before the first one of these is a stretch too
) STRICT;

-- Within a block too: began_at was the first frame's time, and ended_at the last one's. Now: the earliest, and the latest.
UPDATE frame_blocks SET (began_at, ended_at) = (times.began_at, times.ended_at)
FROM (
    SELECT
        first_id,
        (SELECT min(json_extract(value, '$[0]')) FROM json_each(frames)) AS began_at,
        (SELECT max(json_extract(value, '$[0]')) FROM json_each(frames)) AS ended_at
    FROM frame_blocks
) AS times
WHERE times.first_id = frame_blocks.first_id
    AND (times.began_at <> frame_blocks.began_at OR times.ended_at <> frame_blocks.ended_at);

INSERT INTO frame_stretches
SELECT first_id FROM (
    SELECT first_id, began_at, lag(ended_at) OVER (ORDER BY first_id) AS ended_before FROM frame_blocks
) WHERE began_at < ended_before;

PRAGMA user_version = 13;
