"""The garbage collector, kept from stopping the loop for what never becomes garbage.

A full collection looks at every object of the process: 50 ms for the modules and screens of the console alone, while
no charger is answered. So it is off until all of that is there, and never looks at it again.
"""

from __future__ import annotations

import gc

#: Objects made and not gone before the youngest are looked at. What a message leaves behind lives until its commit, a
#: hundred messages later: with the 700 of Python a collection looks at it in vain, and keeps it for the next one.
YOUNG = 20_000


def hold() -> None:
    """No collections while the process starts."""
    gc.disable()


def settle() -> None:
    """What is there now stays: leave it out of all collections to come. Costs nothing; only the first call counts."""
    if not gc.get_freeze_count():
        gc.freeze()
    gc.set_threshold(YOUNG, 10, 10)
    gc.enable()
