"""Puts anomalies that tell of one event together: the same key at the same time, whatever source or width told it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Final, NamedTuple

from keyguard.audit.detect.events import QUIET
from keyguard.model.anomaly import Anomaly, Kind
from keyguard.model.usage import SeriesName
from keyguard.state.alarms import Alarm

_RANK: Final = {kind: number for number, kind in enumerate(Kind)}


class Group(NamedTuple):
    """The anomalies of one event. `key` and `project` are "" where it is of the whole account."""

    key: str
    project: str
    anomalies: tuple[Anomaly, ...]

    @property
    def started(self) -> int:
        return min(each.started for each in self.anomalies)

    @property
    def until(self) -> int:
        return max(each.last + each.series.granularity for each in self.anomalies)

    def meets(self, started: int, until: int) -> bool:
        return self.started <= until + QUIET and started <= self.until + QUIET

    @property
    def excess(self) -> float:
        """What it cost above normal. Several series can tell the same money, so the one that tells most counts."""
        sums: dict[SeriesName, float] = defaultdict(float)
        for each in self._amounts():
            sums[each.series] += each.excess
        return max(sums.values(), default=0.0)

    def _amounts(self) -> Sequence[Anomaly]:
        """Those that speak of money, if any does; else those that count requests."""
        money = [each for each in self.anomalies if each.series.currency]
        return money or self.anomalies

    def alarm(self, provider: str, account: str) -> Alarm:
        """As an alarm that nobody was told of yet. The most telling anomaly speaks for all."""
        lead = min(self.anomalies, key=lambda each: (-each.severity, _RANK[each.kind], -each.excess))
        most = max(self._amounts(), key=lambda each: each.excess)
        kinds = {kind for each in self.anomalies for kind in (each.kind, *each.also)}
        lasts = any(each.ended is None for each in self.anomalies)
        raised = min(each.raised for each in self.anomalies)
        return Alarm(
            id=sha256(repr((provider, account, self.key, self.project, raised)).encode()).hexdigest()[:16],
            provider=provider,
            account=account,
            key=self.key,
            project=self.project,
            kinds=tuple(kind.value for kind in sorted(kinds, key=_RANK.__getitem__)),
            severity=int(max(each.severity for each in self.anomalies)),
            started=self.started,
            raised=raised,
            last=max(each.last for each in self.anomalies),
            ended=None if lasts else max(each.ended or 0 for each in self.anomalies),
            observed=most.observed,
            expected=most.expected,
            excess=self.excess,
            currency=most.series.currency,
            sentence=lead.sentence,
            causes=lead.causes,
        )


def group(anomalies: Iterable[Anomaly], homes: Mapping[str, frozenset[str]]) -> list[Group]:
    """Events of one account, oldest first. `homes` are the projects of each key.

    What a project, or the account as a whole, shows while one of its keys shows it too is the same event.
    """
    units: dict[tuple[str, str], list[Anomaly]] = defaultdict(list)
    for each in anomalies:
        units[each.series.key, "" if each.series.key else each.series.project].append(each)
    keys = [each for unit, found in units.items() if unit[0] for each in _spells(unit, found)]
    projects = [each for unit, found in units.items() if unit[1] for each in _spells(unit, found)]
    whole = _spells(("", ""), units.get(("", ""), []))
    groups = keys
    for one in projects:
        groups = _join(groups, one, {key for key, own in homes.items() if one.project in own})
    for one in whole:
        groups = _join(groups, one, None)
    return sorted(groups, key=lambda one: (one.started, one.key, one.project))


def _spells(unit: tuple[str, str], found: Iterable[Anomaly]) -> list[Group]:
    groups: list[Group] = []
    for each in sorted(found, key=lambda one: (one.started, one.id)):
        one = Group(*unit, (each,))
        if groups and groups[-1].meets(one.started, one.until):
            groups[-1] = groups[-1]._replace(anomalies=(*groups[-1].anomalies, each))
        else:
            groups.append(one)
    return groups


def _join(groups: Sequence[Group], one: Group, keys: Collection[str] | None) -> list[Group]:
    """Add what is coarser to the costliest event of these keys (None: of any) that it meets; else it stands alone."""
    meeting = [each for each in groups if each.meets(one.started, one.until) and (keys is None or each.key in keys)]
    if not meeting:
        return [*groups, one]
    most = max(meeting, key=lambda each: each.excess)
    joined = most._replace(anomalies=(*most.anomalies, *one.anomalies))
    return [joined if each is most else each for each in groups]
