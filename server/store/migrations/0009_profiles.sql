-- Charging profiles that chargers accepted, and what they said that they will do. Both are JSON of the typed object.

CREATE TABLE charging_profiles (
    charger_id    TEXT    NOT NULL,
    connector_id  INTEGER NOT NULL,
    purpose       TEXT    NOT NULL,
    stack_level   INTEGER NOT NULL,
    profile       TEXT    NOT NULL,
    installed_at  INTEGER NOT NULL,
    PRIMARY KEY (charger_id, connector_id, purpose, stack_level)
) STRICT, WITHOUT ROWID;

CREATE TABLE composite_schedules (
    charger_id    TEXT    NOT NULL,
    connector_id  INTEGER NOT NULL,
    schedule      TEXT    NOT NULL,
    told_at       INTEGER NOT NULL,
    PRIMARY KEY (charger_id, connector_id)
) STRICT, WITHOUT ROWID;

PRAGMA user_version = 9;
