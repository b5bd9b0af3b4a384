"""OCPP 1.6J: one small file per message."""
