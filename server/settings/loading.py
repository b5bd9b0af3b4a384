"""Fills a tree of settings from a TOML file, the environment and the flags, and says what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from server.settings.schema import settings_of
from server.settings.toml_text import TomlError, line_of, parse


class Words(NamedTuple):
    """The words of one tree, beside its keys."""

    prefix: str  #: of the variables in the environment
    short: Mapping[str, str]  #: rest of a variable -> key
    options: Mapping[str, str]  #: key -> its option on the command line
    later: frozenset[str]  #: sections and keys that are documented and come with a later version


class Loading:
    """Fills `tree` (a dataclass of dataclasses). Collects every problem, instead of stopping at the first.

    Call the `read_…` methods in the order in which one beats the other.
    """

    def __init__(self, tree: object, words: Words) -> None:
        self.problems: list[str] = []
        self.sources: dict[str, str] = {}  #: key -> where its value comes from
        self._tree = tree
        self._words = words
        self._settings = {setting.key: setting for setting in settings_of(type(tree))}
        self._sections = {key.partition(".")[0] for key in self._settings if "." in key}

    def read_file(self, file: Path) -> None:
        try:
            text = file.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError:
            self.problems.append(f"{file}: not UTF-8 text")
            return
        except OSError as error:
            self.problems.append(f"{file}: {(error.strerror or str(error)).lower()}")
            return
        try:
            table = parse(text)
        except TomlError as error:
            self.problems.append(f"{file}, line {error.line}: not valid TOML: {error}")
            return
        for path, raw in self._entries(table):
            key = ".".join(path)
            if key not in self._settings or len(path) != key.count(".") + 1:  # "ocpp.port" in quotes is another key
                self._refuse_file(file, text, path, self._unknown(key, raw))
                continue
            try:
                value = self._settings[key].read(raw)
            except ValueError as error:
                self._refuse_file(file, text, path, self._mismatch(key, raw, error))
                continue
            if isinstance(value, Path) and value != Path():
                value = file.absolute().parent / value
            self._set(key, value, str(file))

    def _entries(self, table: dict[str, object]) -> Iterator[tuple[tuple[str, ...], object]]:
        """(path, value) of all keys; a table is walked into when it is a section of ours."""
        for name, value in table.items():
            if name in self._sections and isinstance(value, dict):
                yield from (((name, key), inner) for key, inner in value.items())
            else:
                yield (name,), value

    def read_environment(self, environment: Mapping[str, str]) -> None:
        prefix = self._words.prefix
        names = {environment_name(prefix, key): key for key in self._settings}
        names |= {prefix + short: key for short, key in self._words.short.items()}
        given: dict[str, tuple[str, str]] = {}  # key -> variable, text
        for variable, text in sorted(environment.items()):
            if not variable.startswith(prefix) or not text or _is_not_ours(variable.removeprefix(prefix), text):
                continue
            key = names.get(variable)
            if key is None:
                near = _closest(variable.removeprefix(prefix), [name.removeprefix(prefix) for name in names])
                self.problems.append(
                    f"environment {_plain(variable)}: unknown setting"
                    + (f", did you mean {prefix}{near}?" if near else "")
                )
            elif key in given and given[key][1] != text:
                self.problems.append(f"environment {variable} and {given[key][0]} differ: set one of them")
            else:
                given[key] = (variable, text)
        for key, (variable, text) in given.items():
            self._read_text(key, text, f"environment {variable}")

    def read_flags(self, flags: Mapping[str, object]) -> None:
        for key, raw in flags.items():
            where = f"option {self._words.options.get(key, key)}"
            if raw is None:
                continue
            if key not in self._settings:
                self.problems.append(f"{where}: {self._unknown(key, raw)}")
            elif isinstance(raw, str):
                self._read_text(key, raw, where)
            else:
                try:
                    self._set(key, self._settings[key].read(raw), where)
                except ValueError as error:
                    self.problems.append(f"{where}: {self._mismatch(key, raw, error)}")

    def _read_text(self, key: str, text: str, where: str) -> None:
        try:
            self._set(key, self._settings[key].read_text(text), where)
        except ValueError as error:
            self.problems.append(f"{where}: {self._mismatch(key, text, error)}")

    def _set(self, key: str, value: object, source: str) -> None:
        section, _, name = key.rpartition(".")
        setattr(getattr(self._tree, section) if section else self._tree, name, value)
        self.sources[key] = source

    def _refuse_file(self, file: Path, text: str, path: tuple[str, ...], problem: str) -> None:
        line = line_of(text, *path)
        where = f"{file}, line {line}" if line else str(file)
        self.problems.append(f"{where}: {_plain('.'.join(path))}: {problem}")

    def _mismatch(self, key: str, raw: object, expected: ValueError) -> str:
        if self._settings[key].secret:
            return f"must be {expected}"
        return f"must be {expected}, not {_shown(raw)}"

    def _unknown(self, key: str, raw: object) -> str:
        """What to write instead of `key`, which is none of ours."""
        if key in self._words.later:
            return "not available yet in this version"
        if key in self._sections:
            return f"is a section: write [{key}], not {_shown(raw)}"
        if isinstance(raw, dict) and "." not in key:
            near = _closest(key, self._sections | self._words.later)
            return "unknown section" + (f", did you mean [{near}]?" if near else "")
        near = self._near(key)
        return "unknown key" + (f", did you mean {near}?" if near else "")

    def _near(self, key: str) -> str:
        """Keys that may have been meant: of the same name elsewhere, alike in the same section, alike anywhere."""
        section, _, last = key.rpartition(".")
        names = {k: k.rpartition(".")[2] for k in self._settings}
        beside = [name for k, name in names.items() if k.rpartition(".")[0] == section]
        if last in names.values():
            return " or ".join(k for k, name in names.items() if name == last)
        if alike := _closest(last, beside):
            return f"{section}.{alike}" if section else alike
        alike = _closest(last, set(names.values()))
        return " or ".join(k for k, name in names.items() if name == alike)


def environment_name(prefix: str, key: str) -> str:
    return prefix + key.replace(".", "_").upper()


def _is_not_ours(rest: str, text: str) -> bool:
    """Variables that only share our prefix: the file to load, and what Kubernetes adds for a service of our name."""
    return (
        rest == "CONFIG"
        or rest.startswith("SERVICE_")
        or (rest.startswith("PORT_") and rest[5:6].isdigit())
        or (rest == "PORT" and "://" in text)
    )


def _closest(word: str, words: Iterable[str]) -> str:
    """The one of `words` that may have been meant, "" when none is near."""
    import difflib  # for errors only

    return next(iter(difflib.get_close_matches(word, sorted(words), 1, 0.7)), "")


def _shown(raw: object) -> str:
    """A value for an error message: foreign text, so without control characters, and short."""
    if isinstance(raw, dict | list):
        return "a table" if isinstance(raw, dict) else "a list"
    text = str(raw).lower() if isinstance(raw, bool) else f'"{raw}"' if isinstance(raw, str) else str(raw)
    if not text.isprintable():
        text = ascii(raw)
    return text if len(text) <= 60 else text[:59] + "…"


def _plain(key: str) -> str:
    return key if key.isprintable() else ascii(key)
