-- Profiles of remote starts whose session has not begun: where they belong shows then. JSON of the typed list.

CREATE TABLE awaited_profiles (
    charger_id  TEXT PRIMARY KEY NOT NULL,
    profiles    TEXT NOT NULL
) STRICT, WITHOUT ROWID;

PRAGMA user_version = 12;
