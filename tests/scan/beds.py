"""All the places in one repository where a secret can be, planted."""

from __future__ import annotations

from tests.scan.planting import Garden, Stamp, shown, text, token

NOBODY = Stamp("", "")
FILE_NAMES = {
    "spaces": b" two  spaces .txt",
    "quotes": b'it\'s a "quote" `here`.txt',
    "newline": b"one\ntwo\r.txt",
    "tab and backslash": b"a\tb\\c.txt",
    "invalid utf-8": b"\xff\xfe\xe4.txt",
    "unicode": "schlüssel-鍵.txt".encode(),
    "dash": b"--exec=x",
    "looks like a tree entry": b"100644 40000 x",
    "no letters": b"\x01\x1b[31m",
}


def plant_all(garden: Garden) -> None:
    """Every bed; the branch is main in the end and only what is staged differs from it."""
    for bed in _BEDS:
        bed(garden)
        if bed is not _index:
            garden.repo.git("checkout", "--quiet", "--force", "main")
            garden.repo.git("clean", "--quiet", "-fdx")


def _files(garden: Garden) -> None:
    first = garden.commit({"gone.txt": text("deleted later"), "top.txt": text("root commit"), "plain.txt": "x\n"})
    garden.sow("deleted later", first, "gone.txt")
    garden.sow("root commit", first, "top.txt", state="head")
    deep = "a/very deep/folder/x.env"
    second = garden.commit({"gone.txt": None, deep: text("deep folder"), "empty.txt": ""})
    garden.sow("deep folder", second, deep, state="head")
    files = {"last.txt": token("no newline at end"), "crlf.txt": text("crlf").replace(b"\n", b"\r\n")}
    third = garden.commit({**files, "binary.dat": b"\0\1\2\n\xff\xfevalue " + token("binary") + b"\0\0"})
    garden.sow("no newline at end", third, "last.txt", at=(1, 1), state="head")
    garden.sow("crlf", third, "crlf.txt", state="head")
    garden.sow("binary", third, "binary.dat", at=(2, 9), state="head")
    changed = garden.commit({"top.txt": text("root commit").replace(b"last", text("line of a known file"))})
    garden.sow("line of a known file", changed, "top.txt", at=(4, 7), state="head")


def _modes(garden: Garden) -> None:
    repo = garden.repo
    kinds = {"link": "120000", "program": "100755"}
    for name, mode in kinds.items():
        content = b"../x/" + token("link") if name == "link" else text(name)
        repo.git("update-index", "--add", "--cacheinfo", f"{mode},{repo.blob(content)},{name}")
    stamp = garden.commit()
    garden.sow("link", stamp, "link", at=(1, 6), state="head")
    garden.sow("program", stamp, "program", state="head")


def _odd_modes(garden: Garden) -> None:
    """Old tools wrote modes that git of today no longer makes."""
    repo = garden.repo
    for mode in (b"100600", b"100664", b"100775", b"0100644"):
        place = f"mode {mode.decode()}"
        entry = mode + b" odd.txt\0" + bytes.fromhex(repo.blob(text(place)))
        tree = repo.git("hash-object", "-t", "tree", "-w", "--literally", "--stdin", stdin=entry)
        stamp = garden.git("commit-tree", "-m", "odd", tree)
        repo.git("update-ref", f"refs/odd/{mode.decode()}", stamp.commit)
        garden.sow(place, stamp, "odd.txt")


def _odd_names(garden: Garden) -> None:
    repo = garden.repo
    rows = {name: ("100644", "blob", repo.blob(text(f"in {place}"))) for place, name in FILE_NAMES.items()}
    inner = garden.tree(rows)
    folders = dict.fromkeys((b"dir one", b"\xe4\n"), ("040000", "tree", inner))
    stamp = garden.git("commit-tree", "-m", "odd names", garden.tree({**rows, **folders}))
    repo.git("update-ref", "refs/heads/names", stamp.commit)
    for place, name in FILE_NAMES.items():
        for path in (name, b"dir one/" + name, b"\xe4\n/" + name):
            garden.sow(f"in {place}", stamp, path)


def _branches(garden: Garden) -> None:
    repo = garden.repo
    repo.branch("side")
    garden.sow("side branch", garden.commit({"side.txt": text("side branch")}), "side.txt")
    repo.git("checkout", "--quiet", "--detach")
    pull = garden.commit({"pull.txt": text("refs/pull")})
    repo.git("update-ref", "refs/pull/7/head", pull.commit)
    garden.sow("refs/pull", pull, "pull.txt")
    remote = garden.commit({"remote.txt": text("remote branch")})
    repo.git("update-ref", "refs/remotes/origin/feature", remote.commit)
    garden.sow("remote branch", remote, "remote.txt")
    repo.git("checkout", "--quiet", "--orphan", "island")
    garden.sow("orphan branch", garden.commit({"island.txt": text("orphan branch")}), "island.txt")


def _merges(garden: Garden) -> None:
    repo = garden.repo
    repo.branch("topic", "main~1")
    topic = garden.commit({"topic.txt": text("merged branch"), "plain.txt": "theirs\n"})
    repo.switch("main")
    garden.commit({"plain.txt": "ours\n"})
    garden.sow("merged branch", topic, "topic.txt", state="head")
    repo.git("merge", "--no-commit", "--no-ff", "--strategy=ours", "topic")
    repo.git("checkout", "topic", "--", "topic.txt")
    evil = {"evil.txt": text("only in a merge"), "evil-kept.txt": text("only in a merge, kept")}
    merge = garden.commit({**evil, "plain.txt": b"both\n" + text("merge resolution")}, "merge")
    assert len(repo.git("rev-list", "--parents", "-1", merge.commit).split()) == 3
    garden.sow("only in a merge", merge, "evil.txt")
    garden.sow("only in a merge, kept", merge, "evil-kept.txt", state="head")
    garden.sow("merge resolution", merge, "plain.txt", at=(3, 7))
    garden.commit({"evil.txt": None, "plain.txt": "clean\n"})


def _octopus(garden: Garden) -> None:
    repo = garden.repo
    tree = repo.head("main^{tree}")
    arms = [garden.git("commit-tree", "-m", f"arm {arm}", "-p", "main", tree).commit for arm in range(3)]
    rows = garden.tree({b"octopus.txt": ("100644", "blob", repo.blob(text("octopus merge")))})
    parents = [word for arm in arms for word in ("-p", arm)]
    merge = garden.git("commit-tree", "-m", "octopus", *parents, rows)
    repo.git("update-ref", "refs/heads/octopus", merge.commit)
    garden.sow("octopus merge", merge, "octopus.txt")


def _tags(garden: Garden) -> None:
    repo = garden.repo
    repo.git("checkout", "--quiet", "--detach")
    annotated = garden.commit({"tagged.txt": text("only under a tag")})
    repo.tag("v1", "release")
    garden.sow("only under a tag", annotated, "tagged.txt")
    light = garden.commit({"light.txt": text("only under a light tag")})
    repo.tag("v1-light")
    garden.sow("only under a light tag", light, "light.txt")
    tag = garden.git("tag", "--annotate", "-m", _message("tag message"), "v2", "main")
    garden.sow("tag message", Stamp(repo.head("main"), tag.date), kind="tag", at=(3, 7))
    inner = garden.git("tag", "--annotate", "-m", _message("inner tag message"), "inner", "main")
    garden.sow("inner tag message", Stamp(repo.head("main"), inner.date), kind="tag", at=(3, 7))
    outer = garden.git("tag", "--annotate", "-m", _message("tag of a tag"), "outer", "inner")
    garden.sow("tag of a tag", Stamp(repo.head("main"), outer.date), kind="tag", at=(3, 7))
    lost = garden.git("tag", "--annotate", "-m", _message("deleted tag message"), "lost", "main")
    garden.sow("deleted tag message", Stamp(repo.head("main"), lost.date), kind="tag", at=(3, 7), state="unreachable")
    repo.git("tag", "--delete", "inner", "lost")


def _tagged_objects(garden: Garden) -> None:
    repo = garden.repo
    repo.tag("blob-light", target=repo.blob(text("light tag of a blob")))
    garden.sow("light tag of a blob", NOBODY, author="")
    blob = repo.blob(text("tag of a blob"))
    tag = garden.git("tag", "--annotate", "-m", "key", "blob-tag", blob)
    garden.sow("tag of a blob", Stamp("", tag.date))
    inner = garden.tree({b"in.txt": ("100644", "blob", repo.blob(text("tag of a tree")))})
    tree = garden.tree({b"dir": ("040000", "tree", inner)})
    repo.tag("tree-tag", "tree", tree)
    garden.sow("tag of a tree", NOBODY, "dir/in.txt", author="")


def _notes(garden: Garden) -> None:
    target = garden.repo.head("main")
    garden.git("notes", "add", "--message", _message("note"), target)
    note = _last(garden, "refs/notes/commits")
    garden.sow("note", note, target, at=(3, 7))
    garden.git("notes", "--ref=review", "add", "--message", _message("note on another ref"), target)
    garden.sow("note on another ref", _last(garden, "refs/notes/review"), target, at=(3, 7))
    garden.git("notes", "remove", target)
    assert _last(garden, "refs/notes/commits") != note


def _stashes(garden: Garden) -> None:
    repo = garden.repo
    for place in ("older", "newer", "dropped"):
        state = "unreachable" if place == "dropped" else "history"
        repo.write("staged.txt", text(f"{place} stash, index"))
        repo.git("add", "staged.txt")
        repo.write("staged.txt", text(f"{place} stash, work tree"))
        repo.write("loose.txt", text(f"{place} stash, untracked"))
        garden.git("stash", "push", "--quiet", "--include-untracked", "--message", "m")
        for part, rev, path in (("work tree", "", "staged"), ("index", "^2", "staged"), ("untracked", "^3", "loose")):
            garden.sow(f"{place} stash, {part}", _last(garden, f"stash{rev}"), f"{path}.txt", state=state)
    repo.git("stash", "drop", "--quiet")


def _lost(garden: Garden) -> None:
    repo = garden.repo
    amended = garden.commit({"amended.txt": text("amended away")}, _message("message amended away"))
    garden.sow("amended away", amended, "amended.txt", state="unreachable")
    garden.sow("message amended away", amended, kind="commit", at=(3, 7), state="unreachable")
    repo.git("rm", "--quiet", "amended.txt")
    garden.git("commit", "--quiet", "--amend", "--allow-empty", "--message", "amended")
    repo.branch("dropped")
    garden.sow("dropped branch", garden.commit({"d.txt": text("dropped branch")}), "d.txt", state="unreachable")
    below = garden.commit({"d.txt": text("dropped branch, later")})
    garden.sow("dropped branch, later", below, "d.txt", state="unreachable")
    repo.switch("main")
    repo.git("branch", "--quiet", "-D", "dropped")
    repo.blob(text("dangling blob"))
    garden.sow("dangling blob", NOBODY, state="unreachable", author="")
    inner = garden.tree({b"in.txt": ("100644", "blob", repo.blob(text("dangling tree")))})
    garden.tree({b"dir": ("040000", "tree", inner)})
    garden.sow("dangling tree", NOBODY, "dir/in.txt", state="unreachable", author="")
    tree = garden.tree({b"u.txt": ("100644", "blob", repo.blob(text("no ref ever")))})
    never = garden.git("commit-tree", "-m", _message("message without ref"), tree)
    garden.sow("no ref ever", never, "u.txt", state="unreachable")
    garden.sow("message without ref", never, kind="commit", at=(3, 7), state="unreachable")


def _messages(garden: Garden) -> None:
    repo = garden.repo
    subject = garden.commit(message=f"use {token('commit subject').decode()}")
    garden.sow("commit subject", subject, kind="commit", at=(1, 5), state="head")
    body = garden.commit(message=_message("commit body"))
    garden.sow("commit body", body, kind="commit", at=(3, 7), state="head")
    repo.branch("talk")
    aside = garden.commit(message=_message("message on a branch"))
    garden.sow("message on a branch", aside, kind="commit", at=(3, 7))
    other = ("commit", "--quiet", "--allow-empty", "--author=Zoë Other <zoe@example.org>")
    date = garden.date()
    repo.git(*other, "--date=2025-12-24T23:59:58-0330", "-m", _message("other author"), date=date)
    stamp = Stamp(repo.head(), "2025-12-24T23:59:58-03:30")
    garden.sow("other author", stamp, kind="commit", at=(3, 7), author="Zoë Other <zoe@example.org>")


def _names(garden: Garden) -> None:
    repo = garden.repo
    kept, gone, folder = (f"k-{token(f'{place} name').decode()}.txt" for place in ("kept", "deleted", "folder"))
    stamp = garden.commit({kept: "1\n", gone: "2\n", f"x/{folder}/y": "3\n"})
    garden.sow("kept name", stamp, kept, kind="path", at=(1, 3), state="head")
    garden.sow("deleted name", stamp, gone, kind="path", at=(1, 3))
    garden.sow("folder name", stamp, f"x/{folder}", kind="path", at=(1, 5), state="head")
    garden.commit({kept: "changed\n", gone: None, f"x/{folder}/y": "changed\n"})
    rows = [("160000", repo.head(), "name of a submodule"), ("120000", repo.blob(b"x"), "name of a link")]
    for mode, oid, place in rows:
        repo.git("update-index", "--add", "--cacheinfo", f"{mode},{oid},{token(place).decode()}")
    stamp = garden.commit()
    for _, _, place in rows:
        garden.sow(place, stamp, token(place), kind="path", at=(1, 1), state="head")
    odd = b"\n\xff " + token("name in odd bytes") + b"\n"
    inner = garden.tree({odd: ("100644", "blob", repo.blob(b""))})
    stamp = garden.git("commit-tree", "-m", "odd", garden.tree({b"\xff": ("040000", "tree", inner)}))
    repo.git("update-ref", "refs/heads/odd", stamp.commit)
    garden.sow("name in odd bytes", stamp, b"\xff/" + odd, kind="path", at=(2, 3))
    garden.tree({token("name in a dangling tree"): ("100644", "blob", repo.blob(b""))})
    place = "name in a dangling tree"
    garden.sow(place, NOBODY, token(place), kind="path", at=(1, 1), state="unreachable", author="")


def _refs(garden: Garden) -> None:
    repo = garden.repo
    stamp = garden.commit({"plain.txt": "for refs\n"})
    prefixes = {"branch name": "refs/heads/fix/", "tag name": "refs/tags/", "other ref name": "refs/x/"}
    for place, prefix in prefixes.items():
        name = prefix + token(place).decode()
        repo.git("update-ref", name, stamp.commit)
        garden.sow(place, stamp, name, kind="ref", at=(1, len(prefix) + 1))


def _index(garden: Garden) -> None:
    """Staged, and never committed."""
    garden.repo.write("staged-only.txt", text("staged only"))
    garden.repo.git("add", "staged-only.txt")
    garden.sow("staged only", NOBODY, state="unreachable", author="")


def _last(garden: Garden, rev: str) -> Stamp:
    words = ("log", "-1", "--no-notes", "--format=%H %ad", "--date=format:%Y-%m-%dT%H:%M:%S%z", rev)
    oid, date = garden.repo.git(*words).split()
    return Stamp(oid, shown(date))


def _message(place: str) -> str:
    return f"subject\n\nvalue {token(place).decode()}\n\nTrailer: x"


_BEDS = (
    _files, _modes, _odd_modes, _odd_names, _branches, _merges, _octopus, _tags, _tagged_objects, _notes, _stashes,
    _lost, _messages, _names, _refs, _index,
)  # fmt: skip
