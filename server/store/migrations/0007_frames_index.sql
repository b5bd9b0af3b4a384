-- Frames by blocks of 1,024 ids, and by charger within a block: what is committed together lies on the same few pages of
-- the index. By charger alone, every commit writes one page for each charger.

DROP INDEX frames_by_charger;
CREATE INDEX frames_by_charger ON frames (id >> 10, charger_key);

PRAGMA user_version = 7;
