-- What is peculiar about chargers: the rules they break, and what the operator set for them.

CREATE TABLE deviations (
    charger_id  TEXT    NOT NULL,
    rule        TEXT    NOT NULL,
    detail      TEXT    NOT NULL,
    first_at    INTEGER NOT NULL,
    last_at     INTEGER NOT NULL,
    count       INTEGER NOT NULL,
    sample      TEXT    NOT NULL,
    PRIMARY KEY (charger_id, rule, detail)
) STRICT, WITHOUT ROWID;

-- options is a JSON object: only what the operator set.
CREATE TABLE charger_options (
    charger_id  TEXT PRIMARY KEY NOT NULL,
    options     TEXT NOT NULL
) STRICT, WITHOUT ROWID;

PRAGMA user_version = 4;
