-- What the answers to operations tell of a charger: its configuration, its local list, its reservations.

ALTER TABLE commands ADD COLUMN facts TEXT NOT NULL DEFAULT '[]';  -- JSON
ALTER TABLE chargers ADD COLUMN local_list_version INTEGER;

-- As last read; key_folded is the key in small letters. Secrets have no value here.
CREATE TABLE configuration (
    charger_id  TEXT    NOT NULL,
    key_folded  TEXT    NOT NULL,
    key         TEXT    NOT NULL,
    value       TEXT,
    readonly    INTEGER NOT NULL,
    known       INTEGER NOT NULL,
    PRIMARY KEY (charger_id, key_folded)
) STRICT, WITHOUT ROWID;

-- made_at tells two of the same id apart: the later one replaced the other.
CREATE TABLE reservations (
    charger_id      TEXT    NOT NULL,
    reservation_id  INTEGER NOT NULL,
    made_at         INTEGER NOT NULL,
    connector_id    INTEGER NOT NULL,
    id_tag          TEXT    NOT NULL,
    parent_id_tag   TEXT    NOT NULL,
    expires_at      INTEGER NOT NULL,
    ended_at        INTEGER NOT NULL,
    ended_because   TEXT    NOT NULL,
    PRIMARY KEY (charger_id, reservation_id, made_at)
) STRICT, WITHOUT ROWID;
CREATE INDEX reservations_open ON reservations (charger_id) WHERE ended_at = 0;

PRAGMA user_version = 2;
