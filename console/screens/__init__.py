"""The screens, one a file. A screen is made when somebody asks for it the first time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.present.look import Look

if TYPE_CHECKING:
    from console.screens.base import ConsoleScreen
    from server.site import Site


def make_screen(name: str, site: Site, look: Look) -> ConsoleScreen:
    """The screen with this name of the keys table. An unknown name is a KeyError."""
    match name:
        case "chargers":
            from console.screens.chargers import ChargersScreen

            return ChargersScreen(site, look)
        case "connectors":
            from console.screens.connectors import ConnectorsScreen

            return ConnectorsScreen(site, look)
        case "faults":
            from console.screens.faults import FaultsScreen

            return FaultsScreen(site, look)
        case "transactions":
            from console.screens.transactions import TransactionsScreen

            return TransactionsScreen(site, look)
        case "log":
            from console.screens.log import LogScreen

            return LogScreen(site, look)
        case "operations":
            from console.screens.operations import OperationsScreen

            return OperationsScreen(site, look)
        case "connections":
            from console.screens.connections import ConnectionsScreen

            return ConnectionsScreen(site, look)
        case "notices":
            from console.screens.notices import NoticesScreen

            return NoticesScreen(site, look)
    raise KeyError(name)
