"""What an anomaly says to a person: one sentence, then likely causes."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Final

from keyguard.audit.detect.grid import worth
from keyguard.model.anomaly import Anomaly, Kind
from keyguard.model.usage import SeriesName

_WHAT: Final = {
    Kind.LIMIT: "is over its limit",
    Kind.REVOKED: "was used although it had been revoked",
    Kind.EXPOSED: "was used while it is known to be exposed",
    Kind.UNUSUAL: "is far above what is normal for these hours",
    Kind.RAMP: "has been rising above normal, too slowly to be sudden",
    Kind.BURST: "is quiet by habit and had a burst",
    Kind.MODEL: "uses a model it never used before",
    Kind.FIRST: "is used for the first time",
    Kind.SILENCE: "is used again after at least two weeks of silence",
    Kind.HOUR: "is used at an hour of the day at which it never was",
}
_STOLEN: Final = "a stolen key"
_CAUSES: Final = {
    Kind.LIMIT: ("growth beyond what was planned", "a loop or a retry storm", _STOLEN),
    Kind.REVOKED: ("the revocation did not reach the provider", "a delay at the provider, or billing that comes late"),
    Kind.EXPOSED: ("its owner, who has not rotated it yet", _STOLEN),
    Kind.UNUSUAL: (_STOLEN, "a batch job or a load test", "a loop or a retry storm", "a new release"),
    Kind.RAMP: (_STOLEN + " used with care", "growth", "a new release that costs more for each request"),
    Kind.BURST: (_STOLEN, "somebody trying something out by hand"),
    Kind.MODEL: (_STOLEN + " (thieves prefer expensive models)", "a change of model by its owner"),
    Kind.FIRST: ("a new key going into service", _STOLEN),
    Kind.SILENCE: (_STOLEN + " that its owner forgot", "a job that runs seldom"),
    Kind.HOUR: (_STOLEN + ", used from another time zone", "a job moved to another hour"),
}


def causes(kind: Kind) -> tuple[str, ...]:
    """Likely ones, the likeliest first."""
    return _CAUSES[kind]


def sentence(anomaly: Anomaly, step: int, unit: str) -> str:
    """What is unusual, against what, how sure, and what it has cost above normal so far. `unit` is "" for money."""
    name = anomaly.series

    def amount(value: float) -> str:
        return f"{value * worth(unit):,.0f} {unit}" if unit else _money(value, name.currency)

    span = f"from {_time(anomaly.started)} to {_time(anomaly.last + step)} UTC"
    extra = amount(max(0.0, anomaly.excess))
    spent = f"{amount(anomaly.observed)} {span} where {amount(anomaly.expected)} is normal"
    return (
        f"{_who(name)} {_WHAT[anomaly.kind]}: {spent}, "
        f"{extra} above normal so far{_sure(anomaly.by_chance)}{_also(anomaly)}."
    )


def _who(name: SeriesName) -> str:
    key = f"key {name.key}" if name.key else f"project {name.project}" if name.project else "the whole account"
    model = f" on {name.model}" if name.model else ""
    return f"{name.provider}/{name.account}: {key}{model}"


def _also(anomaly: Anomaly) -> str:
    told = [_WHAT[kind] for kind in anomaly.also if kind not in {Kind.UNUSUAL, Kind.RAMP}]
    return f"; also, it {', and '.join(told)}" if told else ""


def _sure(by_chance: float) -> str:
    if by_chance == 0:
        return "; this is certain"
    if by_chance >= 30:
        return ""
    months = 3 / by_chance
    often = f"{by_chance / 3:.0f} times a month" if months < 0.7 else "once a month" if months < 1.5 else ""
    often = often or (f"once in {months:.0f} months" if months < 24 else f"once in {min(months / 12, 100):.0f} years")
    more = "less than " if months / 12 > 100 else ""
    return f"; without a cause, a key's use looks like this about {more}{often}"


def _money(value: float, currency: str) -> str:
    return f"${value:,.2f}" if currency in {"USD", ""} else f"{value:,.2f} {currency}"


def _time(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%d %H:%M")
