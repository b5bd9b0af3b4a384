"""What chargers are asked: one file per action, typed operation <-> payload, and what the answer means."""
