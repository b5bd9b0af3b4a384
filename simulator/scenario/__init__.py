"""Scenarios: what happens at a charge point and what the CSMS must say to it, as a TOML file. This is the schema.

At the top: `name`, `shows` (one sentence), `timeout` (seconds for all of it, 300), `seed` (of everything random, 0),
`complete` (there is a step for every CALL that comes by what is done: recordings).

`[charge-point]`: `connectors`, `vendor`, `model`, `serial`, `firmware`, `speed` (of energy), `quirk` (a name or a list,
see `--list-quirks`), `reboot` (seconds it is away), `finishing` (seconds until Finishing becomes Preparing), `refuses`
(operations answered with Rejected); and `[charge-point.configuration]` with keys and values. What is not there is as
the command line says.

`[variables]`: names and texts, used as "$name"; `--set name=value` replaces them. Always there: `$tag` (`--tag`),
`$charger`, and the times `$now`, `$soon` (in a minute), `$later` (in an hour).

`[[step]]`, one after the other; the first that fails ends the scenario. Each has one of these, and may have `note`:

    do = "plug-in"          a control, with its fields beside it: `connector = 1`, `tag = "$tag"`
        refused             it must be refused, with this part of the sentence
    expect = "Authorize"    the charge point sends this CALL; `direction = "in"`: the CSMS does
        payload             pattern of what is in it
        answer              pattern of what it is answered; without, any CALLRESULT will do
        error               the code of the CALLERROR that must come instead
        answered = false    nothing is asked of the answer
        remember            variables to take from it: `{ tx = "answer.transactionId" }`, or "payload...."
        within              seconds, 30
    csms = "ReserveNow"     the CSMS sends this, which somebody has to make it do; all of `expect` but `direction`, and
        please              what that somebody has to do, as a sentence
        example             a payload that will do
        within              seconds, 120
    never = "StopTransaction"   no such CALL since the last control, and for `within` seconds, 5; with `direction` and
                            `payload` as above
    wait = 3                seconds; "2..5" is a random number in between
    until = "Charging"      `connector` (1) has this status; or `online`, `offline`, `delivered`; `within` seconds, 60
    repeat = 3              the steps of its `[[step.step]]` so many times; "1..4" is a random number

CALLs of one direction are looked for in the order in which they went over the wire: those that nothing fits are passed
over, and what has been passed is not found again. What the charge point sent before a control, or before what the CSMS
sent, is no effect of it and not found either; controls with nothing expected between them count as one. With `complete`
nothing is forgotten so. Patterns: see `simulator.scenario.pattern`.

Seconds are those of the charge point: `--tempo` hurries them. What waits for the CSMS gets a few real seconds all the
same.
"""

from simulator.scenario.model import Scenario
from simulator.scenario.read import Broken, load, parse
from simulator.scenario.shipped import find, shipped

__all__ = ["Broken", "Scenario", "find", "load", "parse", "shipped"]
