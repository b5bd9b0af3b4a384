"""One command, one answer: `get`, `do`, `tags` and `chargers` for scripts and for one look.

They ask the running server over HTTP like any other program. Each function takes plain values and returns the exit
code, so that the command line only parses.
"""
