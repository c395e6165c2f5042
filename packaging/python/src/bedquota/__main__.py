"""`python -m bedquota`: becomes the program."""

import os
import signal
import sys

from ._program import StartError, find


def main() -> None:
    try:
        program = find()
        # Python ignores it, and the program would inherit that.
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
        os.execv(program, [program, *sys.argv[1:]])
    except (OSError, StartError) as error:
        sys.exit(f"bedquota: {error}")


if __name__ == "__main__":
    main()
