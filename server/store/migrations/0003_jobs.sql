-- What chargers report by themselves: jobs, security events, certificate requests; and the places of the file drop.

-- history is JSON: [[state, at], ...].
CREATE TABLE jobs (
    job_id      INTEGER PRIMARY KEY,
    charger_id  TEXT    NOT NULL,
    kind        TEXT    NOT NULL,
    state       TEXT    NOT NULL,
    opened_at   INTEGER NOT NULL,
    changed_at  INTEGER NOT NULL,
    request_id  INTEGER,
    command_id  INTEGER,
    file_name   TEXT    NOT NULL,
    history     TEXT    NOT NULL
) STRICT;
CREATE INDEX jobs_by_charger ON jobs (charger_id);

CREATE TABLE security_events (
    event_id    INTEGER PRIMARY KEY,
    charger_id  TEXT    NOT NULL,
    at          INTEGER NOT NULL,
    type        TEXT    NOT NULL,
    tech_info   TEXT    NOT NULL,
    station_at  INTEGER
) STRICT;
CREATE INDEX security_events_by_charger ON security_events (charger_id);

-- The newest of each charger: the key of an older one is gone.
CREATE TABLE certificate_requests (
    charger_id   TEXT    PRIMARY KEY NOT NULL,
    at           INTEGER NOT NULL,
    csr          TEXT    NOT NULL,
    is_accepted  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE drop_files (
    file_id      INTEGER PRIMARY KEY,
    token        TEXT    NOT NULL UNIQUE,
    kind         TEXT    NOT NULL,
    created_at   INTEGER NOT NULL,
    expires_at   INTEGER NOT NULL,
    name         TEXT    NOT NULL,
    charger_id   TEXT    NOT NULL,
    command_id   INTEGER,
    received_at  INTEGER NOT NULL,
    size         INTEGER NOT NULL
) STRICT;

PRAGMA user_version = 3;
