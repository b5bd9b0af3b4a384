"""The desk: guards, records, queues, sends and confirms every command. The only way to a charger's operations."""
