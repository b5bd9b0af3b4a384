"""Write the key table of the README from `console/keys.py`: `python -m screenshots.keys_table`."""

from __future__ import annotations

from pathlib import Path

from console.keys import KEYS

README = Path(__file__).parents[1] / "README.md"
BEGIN, END = "<!-- keys: begin -->\n", "<!-- keys: end -->\n"


def table() -> str:
    """The keys as Markdown, in the order of the table of the console."""
    rows = ["| key | what it does | on |", "| --- | --- | --- |"]
    for key in KEYS:
        shown = " ".join(_name(k) for k in key.keys).replace("|", "\\|")
        where = "all" if "*" in key.where else ", ".join(key.where)
        rows.append(f"| `{shown}` | {key.help} | {where} |")
    return "\n".join(rows) + "\n"


def _name(key: str) -> str:
    words = {"slash": "/", "colon": ":", "question_mark": "?", "plus": "+", "minus": "-", "escape": "esc"}
    return words.get(key, key)


def written(text: str) -> str:
    """`text` with the table between the marks renewed."""
    before, rest = text.split(BEGIN)
    return before + BEGIN + table() + END + rest.split(END)[1]


if __name__ == "__main__":
    README.write_text(written(README.read_text(encoding="utf-8")), encoding="utf-8")
