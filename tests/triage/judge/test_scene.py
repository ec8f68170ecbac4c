from __future__ import annotations

from keyguard.triage.judge.scene import words_of
from tests.triage.judge.scenes import scene_of


def test_a_value_without_a_name() -> None:
    scene = scene_of(b"x = '<<abc>>'")
    assert scene.name == b""


def test_name_line_and_surroundings() -> None:
    scene = scene_of(b"# first\nuser = 'me'\ndb.adminPassword = '<<abc>>'; // x\nlast\n")
    assert scene.value == b"abc"
    assert scene.name == b"db.adminPassword"
    assert words_of(scene.name) == (b"db", b"admin", b"password")
    assert (scene.before, scene.after) == (b"db.adminPassword = '", b"'; // x")
    assert scene.above == b"# first\nuser = 'me'"
    assert scene.below == b"last\n"


def test_the_name_on_the_line_above() -> None:
    assert scene_of(b"- name: DB_PASSWORD\n  value: <<abc>>\n").name == b"DB_PASSWORD"


def test_the_name_that_opens_a_block() -> None:
    listed = b'tokens = [\n  "a",\n  "<<abc>>",\n]\n'
    below = b'variable "db_password" {\n  # the key of a user\n  default = "<<abc>>"\n}\n'
    assert scene_of(listed, rule="generic-listed-below").name == b"tokens"
    assert scene_of(listed.replace(b"\n", b"\r\n"), rule="generic-listed-below").name == b"tokens"
    assert scene_of(b"tokens:\n  - a\n  - <<abc>>\n", rule="generic-listed-below").name == b"tokens"
    assert scene_of(below, rule="generic-variable-default").name == b"db_password"
    assert scene_of(b'\n  "<<abc>>",\n]\n', rule="generic-listed-below").name == b""


def test_the_last_name_that_promises_something() -> None:
    assert scene_of(b"myPassword = lookup(host, '<<abc>>')").name == b"myPassword"
    assert scene_of(b"user.pass, 9api_key2, x = '<<abc>>'").name == b"api_key2"
    assert scene_of(b"a" * 80 + b"Token = '<<abc>>'").name == (b"a" * 80 + b"Token")[-64:]


def test_only_the_end_of_a_path_counts() -> None:
    assert scene_of(b"<<abc>>", b"/home/Me/test/a/b/C/d.py").path == b"a/b/c/d.py"


def test_what_is_far_away_does_not_count() -> None:
    near = b"a" * 300 + b"\npassword = '<<abc>>'\n" + b"b" * 300
    assert scene_of(b"q\n" * 5000 + near + b"\nz" * 5000) == scene_of(b"r\n" * 700 + near + b"\ny" * 500)._replace(
        above=scene_of(b"q\n" * 5000 + near).above, below=scene_of(near + b"\nz" * 5000).below
    )
