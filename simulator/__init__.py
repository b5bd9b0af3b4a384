"""Charge points that are not there: for users who try a CSMS, for the demo, and for tests.

`ChargePoint` is one, `Depot` is a whole site that lives. Nothing of the server or the console is imported here: two
independent ends find each other's mistakes.
"""

from simulator.charge_point import ChargePoint
from simulator.clock import Clock
from simulator.connector import Connector, Rating, Refused, Session
from simulator.depot import Depot
from simulator.messages import Nameplate
from simulator.station import Acknowledged
from simulator.statistics import Counters
from simulator.traits import Traits
from simulator.vehicle import Vehicle
from simulator.watch import Happening, Kind
from simulator.words import ERROR_CODES, Profile, Reason, Status

__all__ = [
    "ERROR_CODES",
    "Acknowledged",
    "ChargePoint",
    "Clock",
    "Connector",
    "Counters",
    "Depot",
    "Happening",
    "Kind",
    "Nameplate",
    "Profile",
    "Rating",
    "Reason",
    "Refused",
    "Session",
    "Status",
    "Traits",
    "Vehicle",
]
