"""`keyguard scan`: its command line, as click reads it and `--help` tells it."""

from __future__ import annotations

from typing import Any

import click

from keyguard.commands.config import CONFIDENCES, ENGINES
from keyguard.commands.options import config_file, debug, show_secrets, size
from keyguard.commands.output import FORMATS
from keyguard.commands.scanning import run_scan
from keyguard.commands.wishes import Wishes

EPILOG = """\b
Examples:
  keyguard scan                             the folder you are in
  keyguard scan src config.env              some files and folders
  keyguard scan --staged                    what the next commit would bring
  keyguard scan main..feature               what each of its commits brought
  keyguard scan --history                   all its repository ever held
  keyguard scan --history ../mirror.git     a bare repository
  keyguard scan --machine                   where keys lie on this machine
  keyguard scan --format sarif -o out.sarif
  keyguard scan -o r.json -o r.sarif        two reports of one scan

A key is shown masked unless you ask with --show-secrets. Settings are read from .keyguard.toml or [tool.keyguard] in
pyproject.toml, from the target upwards; the command line wins.
"""


@click.command("scan", epilog=EPILOG, short_help="Find secrets.")
@click.argument("targets", nargs=-1, metavar="[PATH]...")
@click.option("--history", is_flag=True, help="Scan everything the repository ever held. PATH may be a URL to clone.")
@click.option("--branch", default="", metavar="NAME", help="With --history: only what this branch reaches.")
@click.option("--since", default="", metavar="DATE", help="With --history: only commits since this date.")
@click.option("--range", multiple=True, metavar="A..B", help="Only what commits in B and not in A brought.")
@click.option("--since-ref", default="", metavar="REF", help="The same as the range REF..HEAD.")
@click.option("--staged", is_flag=True, help="Scan what `git add` has staged: new lines only, in their context.")
@click.option("--pre-push", is_flag=True, help="For git's hook of this name: scan what the remote does not have.")
@click.option("--pre-receive", is_flag=True, help="For git's hook of this name: scan what a server does not have.")
@click.option("--commit-msg", default="", metavar="FILE", help="For git's hook of this name: scan the message.")
@click.option("--machine", is_flag=True, help="Scan where keys lie on this machine: histories, settings, AI tools.")
@click.option("--processes", is_flag=True, help="With --machine: running programs' command lines too, on Linux.")
@click.option("-f", "--format", multiple=True, type=click.Choice(FORMATS), help="Of the report; text unless named.")
@click.option(
    "-o", "--output", multiple=True, metavar="FILE", help="Write the report there; its name tells the format."
)
@click.option("--min-confidence", type=click.Choice(CONFIDENCES), help="Report nothing less sure; medium unless named.")
@show_secrets
@click.option("--exit-code", type=click.IntRange(0, 255), default=1, metavar="N", help="Exit with N on findings.")
@click.option("--exclude", multiple=True, metavar="GLOB", help="Leave out paths that match.")
@click.option("--disable", multiple=True, metavar="RULE", help="Leave out a rule, by id.")
@click.option("--rules", multiple=True, metavar="FILE", help="Scan with this provider file too.")
@click.option("--baseline", default="", metavar="FILE", help="Do not count the secrets in this baseline.")
@click.option("--write-baseline", default="", metavar="FILE", help="Write what is found to a new baseline.")
@click.option("--show-allowed", is_flag=True, help="List what does not count, and by what.")
@click.option("--include-ignored/--no-include-ignored", default=None, help="Scan what git ignores too.")
@click.option("--git/--no-git", default=None, help="Ask git which files belong to a folder; --no-git takes all.")
@config_file
@click.option("-j", "--jobs", type=click.IntRange(min=0), metavar="N", help="Processes; 0, the default, is one a core.")
@click.option("--engine", type=click.Choice(ENGINES), help="What matches; auto unless named.")
@click.option("--max-object-size", type=size, help="Read larger files in pieces of this size; 64M unless named.")
@click.option("--memory", type=size, help="For file contents held at a time; 256M unless named.")
@click.option(
    "--max-decode-depth",
    type=click.IntRange(0, 3),
    metavar="N",
    help="Decode base64, hex and escapes in each other N deep; 3 unless named, 0 for not at all.",
)
@click.option(
    "--containers/--no-containers",
    default=None,
    help="Look into archives, compressed files and databases; --history does only when asked.",
)
@click.option("--verify", is_flag=True, help="Ask the providers whether what is found is live.")
@click.option("--only-live", is_flag=True, help="With --verify: report live and restricted ones only.")
@click.option("--explain", is_flag=True, help="Say of each finding why it is one.")
@click.option("--offline", is_flag=True, help="Ask nobody: fail where --verify would have to.")
@click.option("--trust-rules", multiple=True, metavar="FILE", help="With --verify: make this file's requests too.")
@click.option("--delta/--no-delta", default=True, hidden=True, help="The slow way through a history, to compare with.")
@click.option("-q", "--quiet", is_flag=True, help="No progress and no notes, only the report.")
@click.option("-v", "--verbose", is_flag=True, help="Say what was scanned with what.")
@debug
def command(**given: Any) -> int:
    """Find secrets in PATHs (the current folder unless named; - is standard input).

    With --history, in every commit, tag, note, stash and unreachable object of a repository.
    """
    return run_scan(Wishes(**given))
