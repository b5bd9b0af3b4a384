"""State and rules over the model. Synchronous and pure: no await, no disk, no clock of its own (time comes in)."""
