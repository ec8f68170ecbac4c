"""When each access key of AWS was last used: no figures, but a key that wakes up after a long sleep shows.

IAM tells it by key, and only the last time: each time that is seen stays as a point of one request.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from keyguard.audit.asking import MOST_PAGES, refusal, send
from keyguard.audit.failure import AnswerError
from keyguard.audit.results import SourceResult
from keyguard.audit.times import floor, parse_time
from keyguard.model.usage import HOUR, SeriesName, Span, UsagePoint, UsageSeries
from keyguard.providers.answers import find_all, first, read_answer
from keyguard.state.usage import replace_points

if TYPE_CHECKING:
    from keyguard.audit.reading import Task

MOST_KEYS: Final = 500


def read_last_used(task: Task) -> SourceResult:
    """One request for each user and key (iam:ListUsers, ListAccessKeys, GetAccessKeyLastUsed)."""
    asking = _Asking(task)
    series = []
    for user in asking.all("ListUsers", "Users", "UserName"):
        for key in asking.all("ListAccessKeys", "AccessKeyMetadata", "AccessKeyId", UserName=user):
            if asking.keys == MOST_KEYS:
                raise AnswerError(f"{task.read.id}: more than {MOST_KEYS} access keys, too many to ask for one by one")
            asking.keys += 1
            seen = asking.last_use(key)
            if seen:
                series.append(_sighting(task, key, user, *seen))
    _, written = replace_points(task.reader.state, task.place, HOUR, Span(0, 0), series)
    return SourceResult(task.read.id, points=written, requests=asking.requests)


def _sighting(task: Task, key: str, user: str, when: int, service: str) -> UsageSeries:
    place, read = task.place, task.read
    name = SeriesName(place.provider, place.account, key, service, user, read.id, HOUR, "", read.basis, read.unit)
    return UsageSeries(name, (UsagePoint(floor(when, HOUR), requests=1, read_at=task.now),))


class _Asking:
    """Asks IAM, and counts."""

    def __init__(self, task: Task) -> None:
        self._task = task
        self.requests = 0
        self.keys = 0

    def all(self, action: str, members: str, name: str, **parts: str) -> Iterator[str]:
        """A value of each member of a list, page by page."""
        marker: dict[str, str] = {}
        for _ in range(MOST_PAGES):
            tree = self._ask(action, **parts, **marker)
            result = f"/{action}Response/{action}Result"
            found: Any = next(find_all(tree, f"{result}/{members}/member"), [])
            for member in found if isinstance(found, list) else [found]:
                yield str(member.get(name, "")) if isinstance(member, dict) else ""
            if next(find_all(tree, f"{result}/IsTruncated"), "false") != "true":
                return
            marker = {"Marker": str(next(find_all(tree, f"{result}/Marker"), ""))}
        raise AnswerError(f"{self._task.read.id}: the pages do not end: more than {MOST_PAGES}")

    def last_use(self, key: str) -> tuple[int, str] | None:
        """When and by which service a key was last used; None where it never was."""
        tree = self._ask("GetAccessKeyLastUsed", AccessKeyId=key)
        place = "/GetAccessKeyLastUsedResponse/GetAccessKeyLastUsedResult/AccessKeyLastUsed"
        when = next(find_all(tree, f"{place}/LastUsedDate"), "")
        return (parse_time(when, "rfc3339"), str(next(find_all(tree, f"{place}/ServiceName"), ""))) if when else None

    def _ask(self, action: str, **parts: str) -> Any:
        task = self._task
        form: Mapping[str, str] = {**task.read.request.form, "Action": action, **parts}
        answer = send(task.client, task.read.request._replace(form=form), task.values, task.read)
        self.requests += 1
        reading = read_answer(answer)
        code = first(reading, ("/ErrorResponse/Error/Code",))
        if answer.status != 200 or reading.tree is None:
            # IAM says 403 for a key that is none, too.
            raise refusal(
                401 if code in ("InvalidClientTokenId", "SignatureDoesNotMatch") else answer.status, task.read
            )
        return reading.tree
