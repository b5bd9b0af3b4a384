-- Who may connect, and who tried.

ALTER TABLE chargers ADD COLUMN enabled INTEGER NOT NULL DEFAULT 1;
-- The highest OCPP security profile it ever logged in with: never lowered by the charger.
ALTER TABLE chargers ADD COLUMN security_profile INTEGER NOT NULL DEFAULT 0;
-- Removed chargers keep their row, so that their key is never given to another one.
ALTER TABLE chargers ADD COLUMN removed INTEGER NOT NULL DEFAULT 0;

-- One row for tries that are alike; times and peer are those of the last, `at` is that of the first.
CREATE TABLE connections (
    attempt_id  INTEGER PRIMARY KEY,
    at          INTEGER NOT NULL,
    peer        TEXT    NOT NULL,
    charger_id  TEXT    NOT NULL,
    cause       TEXT    NOT NULL,
    detail      TEXT    NOT NULL,
    fix         TEXT    NOT NULL,
    count       INTEGER NOT NULL,
    seen_at     INTEGER NOT NULL,
    profile     INTEGER NOT NULL,
    ended_at    INTEGER NOT NULL,
    ended       TEXT    NOT NULL
) STRICT;
CREATE INDEX connections_by_charger ON connections (charger_id COLLATE NOCASE);

-- current and coming are scheme, salt and digest, never a password.
CREATE TABLE credentials (
    charger_id  TEXT COLLATE NOCASE PRIMARY KEY NOT NULL,
    current     TEXT,
    coming      TEXT,
    after_reboot INTEGER NOT NULL,
    changed_at  INTEGER NOT NULL,
    form        TEXT    NOT NULL,
    used_at     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

PRAGMA user_version = 5;
