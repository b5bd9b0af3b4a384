"""The `ocpp-console` command.

Only the standard library is imported here until it is known what to run: `attach` paints in a tenth of a second, and
plain `ocpp-console` looks first whether a server already runs on this host.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

USAGE_ERROR = 2
INTERRUPTED = 130  #: as the shell tells it


def main() -> None:
    """Entry point of the script."""
    try:
        _main()
    except KeyboardInterrupt:  # before anything runs that knows what to do about it
        sys.exit(INTERRUPTED)


def _main() -> None:
    arguments = sys.argv[1:]
    _refuse_strangers()
    plain = _plain_attach(arguments)
    if plain is not None:
        from console.terminal.attach import attach
        from console.terminal.served import is_served

        path, read_only, flags, only_attach = plain
        if only_attach or is_served(path):
            sys.exit(attach(path, read_only=read_only, flags=flags))
    from console.commands import run

    run(arguments)


def _plain_attach(arguments: list[str]) -> tuple[str, bool, dict[str, bool], bool] | None:
    """Socket, read-only, terminal flags, and whether to attach or nothing; when `arguments` need no more than that.

    None: something else, which the full command line has to parse.
    """
    only_attach = arguments[:1] == ["attach"]
    if os.environ.get("OCPP_CONSOLE_CONFIG"):
        return None  # the file may name another socket
    rest = arguments[1:] if only_attach else arguments[:]
    socket_text = os.environ.get("OCPP_CONSOLE_SOCKET", "")
    read_only = False
    flags: dict[str, bool] = {}
    while rest:
        word = rest.pop(0)
        name, _, value = word.partition("=")
        if name == "--socket" and (value or rest):
            socket_text = value or rest.pop(0)
        elif word == "--read-only":
            read_only = True
        elif word in ("--ascii", "--no-color"):
            flags[word[2:].replace("-", "_")] = True
        else:
            return None
    if not socket_text:
        from server.settings.paths import default_socket_path

        socket_text = str(default_socket_path())
    return socket_text, read_only, flags, only_attach


def _refuse_strangers() -> None:
    """Our folders have common names; a stranger's `server` package beside us would be imported in our place."""
    import server

    ours = Path(__file__).resolve().parent.parent
    if server.__file__ is None or Path(server.__file__).resolve().parent.parent != ours:
        sys.stderr.write(
            f"ocpp-console: another package named `server` is installed here ({server.__file__}).\n"
            "Install ocpp-console into an environment of its own: `uv tool install` or `pipx install`.\n"
        )
        sys.exit(USAGE_ERROR)


if __name__ == "__main__":
    main()
