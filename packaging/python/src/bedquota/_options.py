"""Keyword arguments as options of the program."""

from __future__ import annotations

import os
from typing import Any, Mapping


def arguments(options: Mapping[str, Any]) -> list[str]:
    """`time_scale=10` is `--time-scale=10`; True is a flag, None and False are nothing, and lists and mappings repeat the option."""
    found: list[str] = []
    for name, value in options.items():
        option = "--" + name.replace("_", "-")
        if value is True:
            found.append(option)
        elif isinstance(value, Mapping):
            found += [f"{option}={key}={_text(item)}" for key, item in value.items()]
        elif isinstance(value, (list, tuple)):
            found += [f"{option}={_text(item)}" for item in value]
        elif value is not None and value is not False:
            found.append(f"{option}={_text(value)}")
    return found


def _text(value: Any) -> str:
    if isinstance(value, tuple):
        return ",".join(map(str, value))
    return os.fspath(value) if isinstance(value, os.PathLike) else str(value)
