"""Charger connections: listener, handshake, the RPC engine of one link, and the translators of each OCPP version.

The only room that knows `websockets` and `ocpp`. The way of a frame: `connection` (bytes to messages) -> `link` (stamp,
journal, check, answer) -> a file of `v16/inbound` (payload to observation) -> `server.core`.
"""
