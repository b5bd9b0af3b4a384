-- The first schema. Columns of the small tables have the names of the model's fields.
-- Times are ms since the epoch (UTC), energy Wh, power W, current mA, voltage mV; 0 = never where the model says so.
-- An index ends with the table's integer key by itself: what it finds is in the order of ids.

PRAGMA application_id = 0x4F435043;

CREATE TABLE chargers (
    key            INTEGER PRIMARY KEY,
    charger_id     TEXT    NOT NULL UNIQUE,
    registration   TEXT    NOT NULL,
    alias          TEXT    NOT NULL,
    vendor         TEXT    NOT NULL,
    model          TEXT    NOT NULL,
    serial         TEXT    NOT NULL,
    firmware       TEXT    NOT NULL,
    iccid          TEXT    NOT NULL,
    imsi           TEXT    NOT NULL,
    meter_type     TEXT    NOT NULL,
    meter_serial   TEXT    NOT NULL,
    ocpp_version   TEXT    NOT NULL,
    online_at      INTEGER NOT NULL,
    seen_at        INTEGER NOT NULL,
    booted_at      INTEGER NOT NULL,
    first_seen_at  INTEGER NOT NULL,
    peer           TEXT    NOT NULL,
    secure         INTEGER NOT NULL,
    heartbeat_s    INTEGER NOT NULL,
    clock_skew_ms  INTEGER NOT NULL,
    reboot_needed  INTEGER NOT NULL,
    reconnects     INTEGER NOT NULL
) STRICT;

-- connector_id 0 is the main controller.
CREATE TABLE connectors (
    charger_id         TEXT    NOT NULL,
    connector_id       INTEGER NOT NULL,
    status             TEXT    NOT NULL,
    status_at          INTEGER NOT NULL,
    reported_at        INTEGER NOT NULL,
    error_code         TEXT    NOT NULL,
    vendor_id          TEXT    NOT NULL,
    vendor_error_code  TEXT    NOT NULL,
    info               TEXT    NOT NULL,
    rated_w            INTEGER NOT NULL,
    PRIMARY KEY (charger_id, connector_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE transactions (
    transaction_id     INTEGER PRIMARY KEY,
    charger_id         TEXT    NOT NULL,
    connector_id       INTEGER NOT NULL,
    id_tag             TEXT    NOT NULL,
    tag_status         TEXT    NOT NULL,
    started_at         INTEGER NOT NULL,
    start_received_at  INTEGER NOT NULL,
    claimed_start_at   INTEGER,
    meter_start_wh     INTEGER NOT NULL,
    state              TEXT    NOT NULL,
    stopped_at         INTEGER NOT NULL,
    stop_received_at   INTEGER NOT NULL,
    meter_stop_wh      INTEGER NOT NULL,
    energy_wh          INTEGER NOT NULL,
    estimated          TEXT    NOT NULL,
    stop_reason        TEXT    NOT NULL,
    stop_id_tag        TEXT    NOT NULL,
    reservation_id     INTEGER,
    closed_by          TEXT    NOT NULL,
    interrupted        INTEGER NOT NULL
) STRICT;
CREATE INDEX transactions_by_connector ON transactions (charger_id, connector_id);
CREATE INDEX transactions_by_state ON transactions (state);
CREATE INDEX transactions_by_stop ON transactions (stopped_at);

CREATE TABLE faults (
    fault_id           INTEGER PRIMARY KEY,
    charger_id         TEXT    NOT NULL,
    connector_id       INTEGER NOT NULL,
    error_code         TEXT    NOT NULL,
    severity           TEXT    NOT NULL,
    opened_at          INTEGER NOT NULL,
    seen_at            INTEGER NOT NULL,
    vendor_id          TEXT    NOT NULL,
    vendor_error_code  TEXT    NOT NULL,
    info               TEXT    NOT NULL,
    count              INTEGER NOT NULL,
    cleared_at         INTEGER NOT NULL,
    transaction_id     INTEGER,
    acknowledged_by    TEXT    NOT NULL,
    acknowledged_at    INTEGER NOT NULL,
    note               TEXT    NOT NULL
) STRICT;
CREATE INDEX faults_by_charger ON faults (charger_id);
CREATE INDEX faults_open ON faults (fault_id) WHERE cleared_at = 0;

CREATE TABLE tags (
    id_tag         TEXT COLLATE NOCASE PRIMARY KEY NOT NULL,
    status         TEXT NOT NULL,
    expires_at     INTEGER,
    parent_id_tag  TEXT NOT NULL,
    note           TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- payload, response, items and steps are JSON.
CREATE TABLE commands (
    command_id     INTEGER PRIMARY KEY,
    charger_id     TEXT    NOT NULL,
    operation      TEXT    NOT NULL,
    payload        TEXT    NOT NULL,
    operator       TEXT    NOT NULL,
    created_at     INTEGER NOT NULL,
    state          TEXT    NOT NULL,
    sent_at        INTEGER NOT NULL,
    answered_at    INTEGER NOT NULL,
    latency_ms     INTEGER,
    message_id     TEXT    NOT NULL,
    response       TEXT,
    status         TEXT    NOT NULL,
    error          TEXT    NOT NULL,
    items          TEXT    NOT NULL,
    steps          TEXT    NOT NULL,
    answered_late  INTEGER NOT NULL
) STRICT;
CREATE INDEX commands_by_charger ON commands (charger_id);

-- One row a sample. digest tells samples of the same moment apart: equal ones are the same message sent again.
-- context is a small number for the words of OCPP, the word itself for others; extra is JSON.
CREATE TABLE meter_values (
    charger_key      INTEGER NOT NULL,
    connector_id     INTEGER NOT NULL,
    at               INTEGER NOT NULL,
    digest           INTEGER NOT NULL,
    transaction_id   INTEGER,
    received_at      INTEGER NOT NULL,
    context          ANY     NOT NULL,
    energy_wh        INTEGER,
    power_w          INTEGER,
    offered_w        INTEGER,
    current_ma       INTEGER,
    current_l1_ma    INTEGER,
    current_l2_ma    INTEGER,
    current_l3_ma    INTEGER,
    voltage_mv       INTEGER,
    voltage_l1_mv    INTEGER,
    voltage_l2_mv    INTEGER,
    voltage_l3_mv    INTEGER,
    soc_percent      INTEGER,
    temperature_c10  INTEGER,
    extra            TEXT,
    PRIMARY KEY (charger_key, connector_id, at, digest)
) STRICT, WITHOUT ROWID;

-- raw is text as it was on the wire, or a blob where that was no text. Ids grow with time.
CREATE TABLE frames (
    id           INTEGER PRIMARY KEY,
    charger_key  INTEGER NOT NULL,
    at           INTEGER NOT NULL,
    direction    TEXT    NOT NULL,
    action       TEXT    NOT NULL,
    message_id   TEXT    NOT NULL,
    raw          ANY     NOT NULL,
    deviations   TEXT    NOT NULL
) STRICT;
CREATE INDEX frames_by_charger ON frames (charger_key);

PRAGMA user_version = 1;
