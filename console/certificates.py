"""`ocpp-console certificates`: TLS for a depot that has no certificates. Needs no running server."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from server.config import default_db_path, load_config

if TYPE_CHECKING:
    from datetime import datetime

EXIT_FAILED = 1

certificates = typer.Typer(help="Certificates for TLS, for a depot that has none.", no_args_is_help=True)

Folder = Annotated[
    Path | None, typer.Option(help="Where they are kept.", show_default="`certificates` beside the database")
]
Host = Annotated[
    list[str], typer.Option("--host", help="Name or address that chargers dial; again for each further one.")
]
ConfigFile = Annotated[
    Path | None,
    typer.Option(
        "--config",
        envvar="OCPP_CONSOLE_CONFIG",
        help="TOML file with settings: the place of the database in it counts.",
        show_default=False,
    ),
]


def register(app: typer.Typer) -> None:
    app.add_typer(certificates, name="certificates")


@certificates.command("init")
def init(
    host: Host,
    folder: Folder = None,
    organization: Annotated[str, typer.Option(help="Whose depot it is (O); the same as in chargers.")] = "ocpp-console",
    config: ConfigFile = None,
) -> None:
    """Make a CA and certificates of this server, and say what goes where. Nothing is ever written over.

    Example: ocpp-console certificates init --host csms.depot.lan --host 10.0.0.5
    """
    from server.pki import folder as pki

    where = _folder(folder, config)
    written, until = _made(lambda: pki.init(where, host, organization))
    _say_init(where, written, until)


@certificates.command("charger")
def charger(
    charger_id: Annotated[str, typer.Argument(help="Its id, or its serial number: the CN.")],
    folder: Folder = None,
    config: ConfigFile = None,
) -> None:
    """Make a client certificate for one charger: security profile 3.

    Example: ocpp-console certificates charger CP-0003
    """
    from server.pki import folder as pki

    written, until = _made(lambda: pki.charger(_folder(folder, config), charger_id))
    certificate, key = written
    sys.stdout.write(
        f"made, good until {until:%Y-%m-%d}:\n"
        f"  {certificate}\n  {key}\n\n"
        f"Load both into the charger, with {certificate.parent / pki.CA} as the CA of its central system. It is the\n"
        "charger's secret: copy it in a safe way, then remove the key here.\n"
    )


def _folder(folder: Path | None, config: Path | None) -> Path:
    """Where certificates are kept: `folder`, else beside the database of the settings."""
    if folder is None:
        database = load_config(config, os.environ, {}).store.path
        folder = (default_db_path() if database == Path() else database).parent / "certificates"
    return folder.expanduser().absolute()


def _made(work: Callable[[], tuple[list[Path], datetime]]) -> tuple[list[Path], datetime]:
    try:
        return work()
    except (ValueError, OSError) as error:
        sys.stderr.write(f"ocpp-console: {error}\n")
        sys.exit(EXIT_FAILED)


def _say_init(folder: Path, written: list[Path], until: datetime) -> None:
    from server.pki import folder as pki

    said = {
        pki.CA: "the CA: load it into every charger, as the CA certificate of its central system",
        pki.CA_KEY: "its key: whoever has it can pass for this server, keep a copy where nobody gets at it",
        pki.SERVER: "of this server, RSA",
        pki.SERVER_KEY: "",
        pki.SERVER_EC: "of this server, ECDSA",
        pki.SERVER_EC_KEY: "",
    }
    lines = [f"made in {folder}, good until {until:%Y-%m-%d}:"]
    lines += [f"  {path.name:18} {said[path.name]}".rstrip() for path in written]
    settings = {
        "certificate": pki.SERVER,
        "key": pki.SERVER_KEY,
        "second_certificate": pki.SERVER_EC,
        "second_key": pki.SERVER_EC_KEY,
    }
    lines += ["", "Put this into the settings (--config FILE):", "", "[security]"]
    lines += [f'{key} = "{_toml(folder / name)}"' for key, name in settings.items()]
    lines += [
        "# For security profile 3, where chargers have certificates too (`ocpp-console certificates charger ID`):",
        f'# client_ca = "{_toml(folder / pki.CA)}"',
        "# and for this server to sign what chargers ask for (SignCertificate):",
        f'# client_ca_key = "{_toml(folder / pki.CA_KEY)}"',
        "",
        "Then restart the server; chargers dial wss://HOST:9443/CHARGER-ID.",
    ]
    sys.stdout.write("\n".join(lines) + "\n")


def _toml(path: Path) -> str:
    return str(path).replace("\\", "\\\\").replace('"', '\\"')
