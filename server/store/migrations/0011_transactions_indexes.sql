-- An open transaction is in no index of times, and a completed one in none of states: they are the newest and the most,
-- found without one.

DROP INDEX transactions_by_state;
DROP INDEX transactions_by_stop;
CREATE INDEX transactions_by_state ON transactions (state) WHERE state <> 'completed';
CREATE INDEX transactions_by_stop ON transactions (stopped_at) WHERE stopped_at > 0;

PRAGMA user_version = 11;
