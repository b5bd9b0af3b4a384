"""What is peculiar about a charger, in words: options, quirks, jobs, security events, plans. Pure."""

from __future__ import annotations

from console.present.words import clock, day_and_clock, span
from server.model.charger import Charger
from server.model.deviation import Deviation
from server.model.job import DONE, FAILED, REQUESTED, Job, JobKind
from server.model.options import DEFAULT, NAMES
from server.model.profile import ChargingSchedule, InstalledProfile, ProfilePurpose
from server.model.quirk import MatchedQuirk
from server.model.reservation import Reservation
from server.model.security_event import TAMPERED, SecurityEvent

Piece = tuple[str, str]  #: text and role

_SECURITY = {
    "FirmwareUpdated": "New firmware runs.",
    "FailedToAuthenticateAtCentralSystem": "It could not log in here: look at its password and its certificate.",
    "CentralSystemFailedToAuthenticate": "It does not believe that we are we: look at the certificate of this server.",
    "SettingSystemTime": "Its clock was set by more than a little.",
    "StartupOfTheDevice": "It has started.",
    "ResetOrReboot": "It was reset, or has rebooted.",
    "SecurityLogWasCleared": "Its security log was cleared. Who did that?",
    "ReconfigurationOfSecurityParameters": "Keys, certificates or its security profile were changed.",
    "MemoryExhaustion": "It runs out of memory: ask for its log before it is reset.",
    "InvalidMessages": "It got messages that are not valid.",
    "AttemptedReplayAttacks": "It was sent an old message again.",
    "TamperDetectionActivated": "Somebody has opened it. Send somebody to look.",
    "InvalidFirmwareSignature": "The signature of new firmware is wrong: it was not installed.",
    "InvalidFirmwareSigningCertificate": "The certificate behind new firmware is wrong: it was not installed.",
    "InvalidCentralSystemCertificate": "The certificate of this server is not valid for it.",
    "InvalidChargePointCertificate": "It was given a certificate that it cannot use.",
    "InvalidTLSVersion": "It was offered a version of TLS that it does not take.",
    "InvalidTLSCipherSuite": "It was offered only ciphers that it does not take.",
}
#: Which message asks for the status of a job that has said nothing for long (FW-03).
_ASKS = {
    JobKind.FIRMWARE: "FirmwareStatusNotification",
    JobKind.DIAGNOSTICS: "DiagnosticsStatusNotification",
    JobKind.LOG: "LogStatusNotification",
}


def rule_of(line: Deviation) -> str:
    """`MV-05 nan`: the rule and the place."""
    return f"{line.rule} {line.detail}".strip()


def times_of(line: Deviation, now: int) -> str:
    """`214 times since 11-18 06:31, last 10:41:58`"""
    last = day_and_clock(line.last_at, now)
    if line.count == 1:
        return f"once, {last}"
    return f"{line.count} times since {day_and_clock(line.first_at, now)}, last {last}"


# options and quirks


def quirk_state(quirk: MatchedQuirk) -> Piece:
    """`suggested` asks for a decision; `advice` has no options that could be set."""
    if quirk.applied:
        return "applied", "sky"
    return ("suggested", "amber_strong") if quirk.profile.options else ("advice", "muted")


def options_in_words(options: dict[str, object]) -> str:
    """`settle_ms = 2000, no_ping = yes`"""
    return ", ".join(f"{name} = {_value(value)}" for name, value in options.items())


def options_in_force(charger: Charger) -> list[tuple[str, str, str]]:
    """(name, value, who set it) of every option that is not as usual, or that the operator has set."""
    found = []
    for name in NAMES:
        value = getattr(charger.options, name)
        if name in charger.own_options:
            found.append((name, _value(value), "set here"))
        elif value != getattr(DEFAULT, name):
            by = next((q.profile.name for q in charger.quirks if q.applied and name in q.profile.options), "")
            found.append((name, _value(value), f"by {by}" if by else "by a quirk profile"))
    return found


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value) or "-"


# jobs


def job_state(job: Job, now: int) -> Piece:
    if job.is_stale(now):
        return job.state, "amber_strong"
    if job.state in FAILED:
        return job.state, "amber_strong"
    return job.state, "sky_strong" if job.is_open else "muted" if job.state in DONE else "dim"


def job_in_words(job: Job, now: int, has_file: bool) -> str:
    """What came of it, or what it waits for."""
    if job.is_stale(now):
        return f"no news for {span(now - job.changed_at)}: t, {_ASKS[job.kind]}"
    words = []
    if job.file_name:
        words.append(job.file_name)
    if has_file:
        words.append("received")
    elif job.state == REQUESTED:
        words.append("agreed, has told nothing yet")
    if job.started_elsewhere:
        words.append("not started from here")
    return ", ".join(words)


# security events


def security_role(told: SecurityEvent) -> str:
    """Somebody who opens a charger is the loudest of them."""
    if told.type == TAMPERED:
        return "fault_strong"
    return "amber_strong" if told.is_critical else "text"


def security_in_words(told: SecurityEvent) -> str:
    """The meaning, and what the charger says of it."""
    meaning = _SECURITY.get(told.type, "An event of the vendor's own.")
    return f"{meaning} '{told.tech_info}'" if told.tech_info else meaning


# reservations and charging profiles


def reservation_state(reservation: Reservation, now: int) -> Piece:
    return ("holds", "purple") if reservation.holds(now) else ("ended", "dim")


def reservation_in_words(reservation: Reservation, now: int) -> str:
    if reservation.holds(now):
        return f"until {_until(reservation.expires_at, now)}"
    return reservation.ended_because or "expired"


def profile_in_words(installed: InstalledProfile) -> str:
    """`TxDefaultProfile, level 0`"""
    profile = installed.profile
    words = [profile.purpose.value, f"level {profile.stack_level}"]
    if profile.purpose is ProfilePurpose.TX:
        words.append(f"tx {profile.transaction_id}" if profile.transaction_id is not None else "waits for its session")
    if profile.recurrency:
        words.append(profile.recurrency.lower())
    return ", ".join(words)


def schedule_in_words(schedule: ChargingSchedule) -> str:
    """`16 A, after 1:00 8 A on 1 phase`; hours and minutes."""
    parts = []
    for period in schedule.periods:
        limit = f"{period.limit_x10 / 10:g} {schedule.unit.value}"
        if period.phases:
            limit += f" on {period.phases} phase{'s' if period.phases != 1 else ''}"
        hours, minutes = divmod(period.start_s // 60, 60)
        parts.append(f"after {hours}:{minutes:02} {limit}" if period.start_s else limit)
    if schedule.duration_s is not None:
        hours, minutes = divmod(schedule.duration_s // 60, 60)
        parts.append(f"for {hours}:{minutes:02}")
    return ", ".join(parts)


def _until(at: int, now: int) -> str:
    then = day_and_clock(at, now)
    return clock(at)[:5] if ":" in then[:3] else then
