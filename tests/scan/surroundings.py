"""The places a key is seen in: N stands for a name such as API_KEY, V for the value."""

from __future__ import annotations

from typing import NamedTuple


class Surrounding(NamedTuple):
    name: str
    before: bytes
    after: bytes

    def around(self, name: bytes, value: bytes) -> bytes:
        return self.before.replace(b"NAME", name) + value + self.after


SURROUNDINGS = (
    Surrounding("an environment file", b"NAME=", b"\n"),
    Surrounding("the end of a file", b"one line\nNAME=", b""),
    Surrounding("before CRLF", b"NAME=", b"\r\nnext\r\n"),
    Surrounding("double quotes", b'NAME = "', b'"\n'),
    Surrounding("single quotes", b"NAME = '", b"',\n"),
    Surrounding("backticks", b"const NAME = `", b"`;\n"),
    Surrounding("a JSON member", b'{"NAME": "', b'", "n": 1}'),
    Surrounding("JSON without spaces", b'{"a":1,"NAME":"', b'"}'),
    Surrounding("JSON in JSON", b'{"body": "{\\"NAME\\":\\"', b'\\"}"}'),
    Surrounding("JSON in JSON in JSON", b'"{\\\\\\"NAME\\\\\\":\\\\\\"', b'\\\\\\"}"'),
    Surrounding("YAML", b"env:\n  NAME: ", b"\n  other: 1\n"),
    Surrounding("a YAML list of pairs", b"- NAME: '", b"'\n"),
    Surrounding("an escaped line end before", b'"text\\nNAME=', b'"\n'),
    Surrounding("an escaped line end after", b'"NAME=', b'\\nOTHER=2"'),
    Surrounding("an XML element", b"<config><NAME>", b"</NAME></config>"),
    Surrounding("an XML attribute", b'<add key="NAME" value="', b'" />'),
    Surrounding("an HTML entity for quotes", b"data-x=&quot;NAME&quot;:&quot;", b"&quot;"),
    Surrounding("the query of a URL", b"https://api.invalid/v1?NAME=", b"&alt=json"),
    Surrounding("the end of a URL", b"GET https://api.invalid/v1?a=1&NAME=", b" HTTP/1.1"),
    Surrounding("the fragment before #", b"https://api.invalid/?NAME=", b"#top"),
    Surrounding("percent-encoded quotes", b"q=%7B%22NAME%22%3A%22", b"%22%7D"),
    Surrounding("a percent-encoded assignment", b"body=NAME%3D", b"%26x%3D1"),
    Surrounding("unicode escapes", b'"\\u0022NAME\\u0022\\u003a\\u0022', b'\\u0022"'),
    Surrounding("after Bearer, with its name before", b"NAME: Bearer ", b"\r\n"),
    Surrounding("a curl header", b"curl -H 'NAME: ", b"' https://api.invalid"),
    Surrounding("a Markdown table", b"| NAME | `", b"` |\n"),
    Surrounding("Markdown bold", b"NAME: **", b"**\n"),
    Surrounding("a CSV field", b"NAME,", b",2026-01-01\n"),
    Surrounding("a tab-separated field", b"NAME\t", b"\tx\n"),
    Surrounding("round brackets", b"NAME=(", b")\n"),
    Surrounding("square brackets", b"NAME: [", b"]\n"),
    Surrounding("angle brackets", b"NAME=<", b">\n"),
    Surrounding("curly braces", b"NAME: {", b"}\n"),
    Surrounding("terminal colours", b"\x1b[33mNAME\x1b[0m=\x1b[93m", b"\x1b[0m\n"),
    Surrounding("an added line of a diff", b"@@ -1 +1 @@\n+NAME=", b"\n-x\n"),
    Surrounding("a line before a comment", b"NAME=", b" # rotate me\n"),
    Surrounding("a call", b'os.environ["NAME"] = "', b'"\n'),
    Surrounding("a default of a call", b'os.getenv("NAME", "', b'")\n'),
    Surrounding("a Dockerfile", b"ENV NAME ", b"\n"),
    Surrounding("a semicolon behind", b"NAME=", b";next=1"),
    Surrounding("a pipe behind", b"NAME=", b"|next"),
    Surrounding("a Windows batch file", b"set NAME=", b"\r\n"),
)
