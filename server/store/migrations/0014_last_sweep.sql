-- What retention took for the present when it looked for old rows the last time: a clock that leaps is not followed at
-- once. It begins where the newest frames are.

CREATE TABLE last_sweep (
    id  INTEGER PRIMARY KEY CHECK (id = 0),
    at  INTEGER NOT NULL
) STRICT;
INSERT INTO last_sweep SELECT 0, ended_at FROM frame_blocks ORDER BY first_id DESC LIMIT 1;

PRAGMA user_version = 14;
