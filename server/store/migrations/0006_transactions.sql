-- The id a charger uses where it is not ours (TX-18), and energy that flowed between two sessions (MV-15).

ALTER TABLE transactions ADD COLUMN claimed_id INTEGER;
ALTER TABLE transactions ADD COLUMN missing_wh INTEGER NOT NULL DEFAULT 0;

PRAGMA user_version = 6;
