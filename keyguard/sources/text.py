"""Sees texts that are stored as UTF-16 or UTF-32, and gives them as UTF-8, which the rules are written for."""

from __future__ import annotations

from keyguard.model.namedtuple import NamedTuple

HEAD = 1024
_SHARE = 50  # one unit in this many must be ASCII, and not more than that may be unprintable
_PLAIN = 3
_ASCII = frozenset("\t\n\r" + "".join(map(chr, range(32, 127))))
_PAIRED = frozenset({0, *map(ord, _ASCII)})
_KANA = 0x30  # the first byte of all kana is the digit 0
_SILENT = str.maketrans("", "", "\t\n\r\f\xa0\xad\u200b\u200c\u200d\u200e\u200f\u2028\u2029\u202f\u3000\ufeff")
_MARKS = (
    (b"\xff\xfe\0\0", "utf-32-le"),
    (b"\0\0\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)


class Coding(NamedTuple):
    """A coding of wide characters, and the bytes of the byte order mark before the text."""

    name: str
    mark: int

    @property
    def unit(self) -> int:
        return 4 if self.name.startswith("utf-32") else 2

    def view(self, stored: bytes) -> bytes:
        """The UTF-8 bytes of a stretch of text. What does not decode becomes U+FFFD."""
        return stored.decode(self.name, "replace").encode("utf-8", "replace")

    def stored_size(self, view: bytes) -> int:
        """How many bytes a stretch of a view takes as stored."""
        return len(view.decode("utf-8", "ignore").encode(self.name))

    def skip(self, stored: bytes, offset: int) -> int:
        """How many bytes at the start of a stretch from `offset` on belong to the mark or to a character before it."""
        if not offset:
            return self.mark
        skip = (self.mark - offset) % self.unit
        high = skip + self.name.endswith("-le")
        is_second_half = self.unit == 2 and b"\xdc" <= stored[high : high + 1] <= b"\xdf"
        return skip + 2 * is_second_half


def text_view(content: bytes) -> bytes | None:
    """The UTF-8 bytes of a text in UTF-16 or UTF-32, without byte order mark, else None.

    Judged by the first KiB. What does not decode becomes U+FFFD, so that every later character is still read.
    """
    coding = coding_of(content)
    return None if coding is None else coding.view(content[coding.mark :])


def stored_offset(content: bytes, view: bytes, offset: int) -> int:
    """Where in `content` the byte `view[offset]` of its text view comes from."""
    coding = coding_of(content)
    return offset if coding is None else coding.mark + coding.stored_size(view[:offset])


def coding_of(content: bytes) -> Coding | None:
    """The coding of a text in wide characters, by its first bytes (`HEAD` and one more are enough), else None."""
    head = content[:HEAD]
    is_cut = len(content) > HEAD
    if head[:1] in (b"\xff", b"\xfe", b"\0"):
        for mark, name in _MARKS:
            if head.startswith(mark) and _is_text(head[len(mark) :], name, is_cut=is_cut, has_mark=True):
                return Coding(name, len(mark))
    if 0 not in head:  # nearly every file ends here
        return None
    for name in _likely(head):
        if _is_text(head, name, is_cut=is_cut, has_mark=False):
            return Coding(name, 0)
    return None


def _likely(head: bytes) -> list[str]:
    """Codings whose pattern of zeros fits, by position within a unit: ASCII leaves the high bytes zero."""
    zeros = [head[start::4].count(0) for start in range(4)]
    quarter = len(head) // 4
    if quarter and zeros[3] == quarter <= 2 * zeros[2]:  # few characters need more than 16 bits, none more than 24
        return ["utf-32-le"]
    if quarter and zeros[0] == quarter <= 2 * zeros[1]:
        return ["utf-32-be"]
    # Too few zeros for the ASCII that _is_likely() asks for: compressed data ends here.
    least = max(_PLAIN, len(head) // 2 // _SHARE)
    counted = [(zeros[1] + zeros[3], "utf-16-le"), (zeros[0] + zeros[2], "utf-16-be")]
    return [name for count, name in sorted(counted, reverse=True) if count >= least]


def _is_text(head: bytes, name: str, *, is_cut: bool, has_mark: bool) -> bool:
    """Whether the units are characters that texts hold: hardly any unprintable ones."""
    unit = 4 if name.startswith("utf-32") else 2
    try:
        text = head[: len(head) // unit * unit].decode(name, "surrogatepass")
    except UnicodeDecodeError:
        return False
    bad = sum(not char.isprintable() for char in text.translate(_SILENT))
    if bad > len(text) // _SHARE + is_cut:
        return False
    return has_mark or _is_likely(text)


def _is_likely(text: str) -> bool:
    """Without a byte order mark there must be some ASCII, and no plain text whose bytes make units two by two.

    Plain text with zeros in it (tar, /proc/*/environ) reads as Chinese otherwise.
    """
    plain = sum(char in _ASCII for char in text)
    wide = [divmod(ord(char), 256) for char in text if char not in _ASCII]
    pairs = sum(high in _PAIRED and low in _PAIRED and high != _KANA for high, low in wide)
    swapped = sum(low == 0 for _, low in wide)
    return plain >= max(_PLAIN, len(text) // _SHARE, 2 * swapped) and 4 * pairs <= 3 * len(wide)
