"""Line numbers of TOML keys."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from server.settings.toml_text import line_of


@given(st.lists(st.sampled_from(["# x", "", "[a]\nk = 1", "[b]\nl = '''\n[c]\n'''", "[d]\nm = [\n1,\n]"]), unique=True))
def test_line_of_a_key_is_where_its_statement_begins(parts: list[str]) -> None:
    """Comments, blank lines, texts and lists over several lines do not confuse the count."""
    text = "\n".join(parts)
    for path, mark in ((("a", "k"), "k ="), (("b", "l"), "l ="), (("d", "m"), "m ="), (("b",), "[b]"), (("c",), None)):
        found = [n for n, line in enumerate(text.split("\n"), 1) if mark and line.startswith(mark)]
        assert line_of(text, *path) == (found[0] if found else None)
