"""The doors for programs and for more terminals: one unix socket, and TCP on loopback when it is asked for.

`door` listens and finds out who speaks; `app` and everything below it is HTTP and is imported when the first HTTP
byte arrives, because its libraries cost more than the rest of the server together.
"""
