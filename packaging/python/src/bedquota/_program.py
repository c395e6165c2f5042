"""Where the program of this installation is."""

from __future__ import annotations

import os
from pathlib import Path

AnyPath = str | os.PathLike[str]


class StartError(RuntimeError):
    """The program can't be found, doesn't start, or doesn't become ready. The message has the reason, in the program's own words where it gave one."""


def find() -> str:
    """The path of the executable that was installed with this package, never that of another `bedquota` on PATH.

    The wheel has it among its scripts, and each installer has its own place for those: the folder of the venv, of the user, of pipx.
    The record of the installation, beside this package, says where it went. `pip install --target` moves files after the record was
    written, so the folder `bin` in the target is looked at too.
    """
    # Half the time of `import bedquota`, if it were above.
    from importlib.metadata import distributions

    site = Path(__file__).absolute().parent.parent
    recorded = [
        str(file.locate())
        for distribution in distributions(name="bedquota", path=[str(site)])
        for file in distribution.files or ()
        if file.name == "bedquota"
    ]
    for candidate in (*recorded, str(site / "bin" / "bedquota")):
        if os.path.isfile(candidate):
            return os.path.normpath(candidate)
    raise StartError(
        f"The program bedquota is not where {site} was installed. Install the wheel with pip, pipx or uv, not inside a zip file, "
        "or name a program with program=…."
    )
