"""What every HTML page is held against: well-formed elements, and text that stands out."""

from __future__ import annotations

from html.parser import HTMLParser

VOID = {"meta", "input", "br", "rect", "path"}
CONTRAST = """
(() => {
  const rgb = (text) => text.match(/[0-9.]+/g).slice(0, 3).map(Number);
  const light = (text) => rgb(text).map((each) => each / 255).map((each) =>
    each <= 0.03928 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4).reduce((sum, each, n) =>
    sum + each * [0.2126, 0.7152, 0.0722][n], 0);
  const behind = (node) => {
    for (let each = node; each; each = each.parentElement) {
      const color = getComputedStyle(each).backgroundColor;
      if (!/, 0\\)$/.test(color)) return color;
    }
  };
  const worst = [...document.querySelectorAll("body *")].filter((node) => node.children.length === 0 && node.textContent
    .trim() && node.tagName !== "SCRIPT" && node.checkVisibility()).map((node) => {
    const pair = [light(getComputedStyle(node).color), light(behind(node))].sort((a, b) => b - a);
    return (pair[0] + 0.05) / (pair[1] + 0.05);
  });
  return Math.min(...worst);
})()
"""


class Checker(HTMLParser):
    """Fails on elements that do not nest; gathers ids, references and elements."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.references: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        self.elements.append((tag, named))
        self.ids += [named["id"] or ""] if "id" in named else []
        self.references += [value for key in ("aria-labelledby",) if (value := named.get(key))]
        self.references += [href[1:] for href in [named.get("href") or ""] if href.startswith("#")]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag, self.getpos()


def checked(text: str) -> Checker:
    checker = Checker()
    checker.feed(text)
    checker.close()
    assert checker.open == []
    return checker
