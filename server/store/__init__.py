"""The only room with SQL: one writer with group commit, read-only history, migrations, retention."""
