"""Requests as provider files describe them: one table each, with `{named}` parts and no expressions."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode, urlsplit

from keyguard.errors import KeyguardError, RuleError
from keyguard.http.destination import covers
from keyguard.http.message import Request
from keyguard.model import Secret
from keyguard.providers.actions import ActionFile
from keyguard.providers.placeholders import fill_nested, fill_text, names_in
from keyguard.providers.schema import Field

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
ADAPTERS = ("aws", "gcp")
SIGNERS = ("secret", "credential")
# A part of a secret that is asked for by a name with a dot is derived from it (respond.material).
_TEXTS = "a table of texts"
_LABEL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?")

Values = Mapping[str, "Secret | str"]


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value) and "\n" not in value


def _is_texts(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(each, str) for each in value.values())


def _is_plain(value: Any) -> bool:
    if isinstance(value, dict):
        return all(map(_is_plain, value.values()))
    if isinstance(value, list):
        return all(map(_is_plain, value))
    return isinstance(value, (str, int, float, bool))


def _is_auth(value: Any) -> bool:
    return _is_texts(value) and len(value) == 1 and next(iter(value)) in ("bearer", "basic")


def _is_copies(value: Any) -> bool:
    return _is_texts(value) and all(re.fullmatch(r"/[^\n]*", each) for each in value.values())


def _one_of(words: tuple[str, ...], default: str) -> Field:
    return Field("one of " + ", ".join(words), lambda value: value in words, default)


# The keys of a request, to be put among those of the table that holds it.
REQUEST: Mapping[str, Field] = {
    "method": _one_of(METHODS, "GET"),
    "url": Field("an https:// address of one of the provider's hosts", _is_text, ""),
    "headers": Field(_TEXTS, _is_texts, {}),
    "query": Field(_TEXTS, _is_texts, {}),
    "form": Field(_TEXTS, _is_texts, {}),
    "json": Field("a table", lambda value: isinstance(value, dict) and _is_plain(value), {}),
    "body": Field("a text", lambda value: isinstance(value, str), ""),
    "auth": Field('{ bearer = "…" } or { basic = "user:password" }', _is_auth, {}),
    "adapter": _one_of(("", *ADAPTERS), ""),
    "service": Field("what the adapter is to sign for", _is_text, ""),
    "region": Field("where it is signed for", _is_text, ""),
    "signed_by": _one_of(SIGNERS, "secret"),
}

# A key of tables whose request repeats what the provider's own record of a key says.
COPIES = Field('what goes from the record of the key into the body: { limit = "/limit" }', _is_copies, {})


class RequestSpec(NamedTuple):
    """One request of a provider file, checked. Texts can hold `{named}` parts."""

    method: str
    url: str
    headers: Mapping[str, str]
    query: Mapping[str, str]
    form: Mapping[str, str]
    json: Mapping[str, Any]
    body: str
    auth: Mapping[str, str]
    adapter: str
    service: str
    region: str
    signed_by: str

    @property
    def names(self) -> frozenset[str]:
        """The parts that the request needs."""
        return names_in([self.url, self.headers, self.query, self.form, self.json, self.body, self.auth])

    @property
    def host(self) -> str:
        """The host as written; it can hold a `{part}`."""
        return urlsplit(self.url.replace("{", "%7B").replace("}", "%7D")).netloc.replace("%7B", "{").replace("%7D", "}")


class MissingPartError(KeyguardError):
    """A request needs a part that is not known, or that cannot stand where it is to stand."""


def read_request(file: ActionFile, table: str, number: int, values: Mapping[str, Any]) -> RequestSpec:
    """The request among the checked `values` of a table. RuleError where its host is not one of the provider's."""
    spec = RequestSpec(**{key: values[key] for key in REQUEST})
    try:
        _ = spec.names
    except RuleError as error:
        raise file.source.error(str(error), table, number, "url") from None
    host = re.sub(r"\{[a-z0-9_.]+\}", "x", spec.host)
    if not spec.url.startswith("https://") or not any(covers(allowed, host) for allowed in file.hosts):
        raise file.source.error(
            f"url = {spec.url!r}, expected https:// and one of hosts in [provider]", table, number, "url"
        )
    if sum(map(bool, (spec.form, spec.json, spec.body))) > 1:
        raise file.source.error("more than one of form, json and body, expected one", table, number)
    return spec


def fill(spec: RequestSpec, values: Values, *, repeatable: bool = False) -> Request:
    """The request with values in place. MissingPartError names a part that is not known.

    Values are percent-encoded in the path and the query; a part of the host must be one plain label.
    """

    def get(name: str) -> str:
        return _known(values, name)

    headers = {name: fill_text(text, get) for name, text in spec.headers.items()}
    headers |= _auth_header(spec.auth, get)
    body, kind = _body(spec, get)
    if kind and not any(name.lower() == "content-type" for name in headers):
        headers["Content-Type"] = kind
    return Request(spec.method, _url(spec, get), headers, body, repeatable=repeatable)


def show(spec: RequestSpec, values: Values) -> str:
    """The request as a person may see it: secrets masked, one line for each header, then the body."""

    def get(name: str) -> str:
        value = values.get(name, f"<{name}>")
        return value if isinstance(value, str) else f"<{name} {value.masked}>"

    query = "&".join(f"{name}={fill_text(text, get)}" for name, text in spec.query.items())
    lines = [f"{spec.method} {fill_text(spec.url, get)}" + (f"?{query}" if query else "")]
    for kind, text in spec.auth.items():
        lines.append(f"Authorization: {kind.capitalize()} {fill_text(text, get)}")
    lines += [f"{name}: {fill_text(text, get)}" for name, text in spec.headers.items()]
    if spec.adapter:
        lines.append(f"(signed for {spec.adapter})")
    body = spec.form or spec.json
    if body:
        lines += ["", json.dumps(fill_nested(dict(body), get), ensure_ascii=False)]
    elif spec.body:
        lines += ["", fill_text(spec.body, get)]
    return "\n".join(lines)


def _known(values: Values, name: str) -> str:
    if name not in values:
        raise MissingPartError(f"the {name} is not known")
    value = values[name]
    if isinstance(value, str):
        return value
    try:
        return value.reveal().decode("utf-8")
    except UnicodeDecodeError:
        raise MissingPartError(f"the {name} is no text") from None


def _url(spec: RequestSpec, get: Callable[[str], str]) -> str:
    start = len("https://")
    end = start + len(spec.host)
    host = fill_text(spec.url[start:end], lambda name: _label(name, get(name)))
    rest = fill_text(spec.url[end:], lambda name: quote(get(name), safe="/:@" if name.endswith(".path") else ":@"))
    query = urlencode({name: fill_text(text, get) for name, text in spec.query.items()})
    return f"https://{host}{rest}" + (f"{'&' if '?' in rest else '?'}{query}" if query else "")


def _label(name: str, value: str) -> str:
    if not _LABEL.fullmatch(value):
        raise MissingPartError(f"the {name} is no part of a host name")
    return value.lower()


def _auth_header(auth: Mapping[str, str], get: Callable[[str], str]) -> dict[str, str]:
    if "bearer" in auth:
        return {"Authorization": "Bearer " + fill_text(auth["bearer"], get)}
    if "basic" in auth:
        return {"Authorization": "Basic " + b64encode(fill_text(auth["basic"], get).encode()).decode()}
    return {}


def _body(spec: RequestSpec, get: Callable[[str], str]) -> tuple[bytes, str]:
    """The body and its type."""
    if spec.json:
        return json.dumps(fill_nested(dict(spec.json), get)).encode(), "application/json"
    if spec.form:
        filled = {name: fill_text(text, get) for name, text in spec.form.items()}
        return urlencode(filled).encode(), "application/x-www-form-urlencoded"
    return fill_text(spec.body, get).encode(), ""
