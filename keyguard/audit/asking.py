"""Asks a provider for the pages of one read, and says in words what an answer without figures means."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import urljoin

from keyguard.audit.failure import AnswerError, AuditError, ScopeError
from keyguard.audit.rows import count_rows, look
from keyguard.audit.times import moment, write_time
from keyguard.http import Answer, HttpError
from keyguard.providers.requests import RequestSpec, fill

if TYPE_CHECKING:
    from keyguard.http import Client
    from keyguard.http.signing import AwsKey
    from keyguard.model import Secret
    from keyguard.model.usage import Span
    from keyguard.providers.usage import UsageRead

MOST_PAGES: Final = 200
_AWS_REFUSALS: Final = (b"UnrecognizedClientException", b"InvalidSignatureException", b"ExpiredTokenException")


class Page(NamedTuple):
    """One page as a tree, its numbers exact (Decimal). `cut` says that the provider left rows out."""

    tree: Any
    cut: bool


def ask(
    client: Client, read: UsageRead, values: Mapping[str, Secret | str], span: Span, granularity: int
) -> Iterator[Page]:
    """All pages for `span`. AuditError where an answer is of no use, or the pages do not end."""
    spec = read.request
    values = {**values, **_own_parts(read, span, granularity)}
    seen: set[str] = set()
    rows = 0
    for _ in range(MOST_PAGES):
        tree = _tree(send(client, spec, values, read), read)
        yield Page(tree, look(tree, read.cut) is True if read.cut else False)
        rows += count_rows(tree, read)
        following = _next(tree, read, rows)
        if not following:
            return
        if following in seen:
            raise AnswerError("the pages lead in circles: the same page was named twice")
        seen.add(following)
        spec = _turn(spec, read, following)
    raise AnswerError(f"the pages do not end: more than {MOST_PAGES}")


def _own_parts(read: UsageRead, span: Span, granularity: int) -> dict[str, str]:
    last = span.end - 1 if read.end == "inclusive" else span.end
    start = moment(span.start)
    return {
        "start": write_time(span.start, read.times),
        "end": write_time(last, read.times),
        "width": read.widths[granularity],
        "limit": read.limits.get(granularity, ""),
        "year": f"{start.year}",
        "month": f"{start.month}",
    }


def send(client: Client, spec: RequestSpec, values: Mapping[str, Secret | str], read: UsageRead) -> Answer:
    """The answer to one request, signed where its provider wants that. AuditError where there is none."""
    request = fill(spec, values, repeatable=True)
    if spec.adapter == "aws":
        from keyguard.http.signing import sign_aws

        request = sign_aws(request, _aws_key(values), spec.service, spec.region)
    try:
        return client.send(request)
    except HttpError as error:
        raise _unanswered(error, read) from error


def _aws_key(values: Mapping[str, Secret | str]) -> AwsKey:
    from keyguard.http.signing import AwsKey

    texts = {
        name: value if isinstance(value, str) else value.reveal().decode("utf-8") for name, value in values.items()
    }
    missing = [part for part in ("id", "secret") if f"credential.{part}" not in texts]
    if missing:
        raise AuditError(f"the credential has no {missing[0]!r}", 'credential = { id = "env:…", secret = "env:…" }')
    return AwsKey(texts["credential.id"], texts["credential.secret"], texts.get("credential.token", ""))


def _unanswered(error: HttpError, read: UsageRead) -> AuditError:
    if error.status == 429:
        return AuditError(f"{read.id}: {error}", "the provider wants fewer requests; the next run goes on")
    return AuditError(f"{read.id}: {error}", error.hint)


def refusal(status: int, read: UsageRead) -> AuditError:
    """What a status other than 200 means. Never the body: some providers repeat the credential in it."""
    if status == 401:
        hint = "it may be revoked, expired, or of another kind"
        return AuditError(f"{read.id}: the credential is refused (401)", hint)
    if status == 403:
        needed = f"it needs {read.scope}" if read.scope else "it lacks a permission"
        return ScopeError(f"{read.id}: the credential may not do this (403); {needed}")
    return AnswerError(f"{read.id}: the provider answered {status}", _hint(status))


def _tree(answer: Answer, read: UsageRead) -> Any:
    """The body, numbers as decimals."""
    if answer.status != 200:
        raise refusal(_plain_status(answer), read)
    try:
        return json.loads(answer.body, parse_float=Decimal)
    except (ValueError, RecursionError):
        kind = answer.headers.get("content-type", "no type").partition(";")[0][:40]
        raise AnswerError(
            f"{read.id}: the answer is no JSON but {kind}", "a proxy or a login page in between?"
        ) from None


def _plain_status(answer: Answer) -> int:
    """The services of AWS that speak JSON say 400 for everything, and why in the name of the error."""
    if answer.status == 400 and b"AccessDenied" in answer.body:
        return 403
    if answer.status == 400 and any(name in answer.body for name in _AWS_REFUSALS):
        return 401
    return answer.status


def _hint(status: int) -> str:
    hints = {
        400: "a part of the account may be wrong, or the provider changed",
        402: "the account has no credit left",
        404: "a part of the account may be wrong",
    }
    return hints.get(status, "")


def _next(tree: Any, read: UsageRead, rows: int) -> str:
    """The name of the next page, "" after the last."""
    if not read.paging or (read.page_more and look(tree, read.page_more) is not True):
        return ""
    if read.paging == "offset":
        return str(rows) if count_rows(tree, read) else ""
    found = look(tree, read.page_from)
    return str(found) if found else ""


def _turn(spec: RequestSpec, read: UsageRead, page: str) -> RequestSpec:
    """The request for the page that is named so."""
    if read.paging == "link":
        return spec._replace(url=_plain(urljoin(f"https://{spec.host}/", page)), query={})
    text = _plain(page)
    if read.paging == "body-cursor":
        return spec._replace(json={**spec.json, read.page_to: text})
    return spec._replace(query={**spec.query, read.page_to: text})


def _plain(text: str) -> str:
    """`text` as a template that stands for nothing but itself."""
    return text.replace("{", "{{").replace("}", "}}")
