"""Why a command is not possible now, and what else will happen when it is carried out.

The server refuses with these words and the console greys its keys with the same words, from the same function.
"""

from server.model.guards.refusing import why_not
from server.model.guards.security import HIGHEST
from server.model.guards.warning import consequences

__all__ = ["HIGHEST", "consequences", "why_not"]
