-- Transactions by blocks of 1,024 ids too: the starts and stops of many chargers share the pages of the index.

DROP INDEX transactions_by_connector;
CREATE INDEX transactions_by_connector ON transactions (transaction_id >> 10, charger_id, connector_id);

PRAGMA user_version = 8;
