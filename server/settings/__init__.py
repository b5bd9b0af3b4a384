"""How settings are read: what a key accepts, where a TOML key stands, where files live. Knows no setting by name."""
