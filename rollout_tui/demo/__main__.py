"""`python -m rollout_tui.demo ROOT [--pace 1.0]`: write the demo recording and print its folder."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from rollout_tui.demo.session import write_demo


def main(arguments: list[str] | None = None) -> int:
    """Write the demo below ROOT; 0 if it was written, 1 if not."""
    parser = argparse.ArgumentParser(prog="python -m rollout_tui.demo", description=__doc__)
    parser.add_argument("root", type=Path, help="folder in which the bundle is made")
    parser.add_argument(
        "--pace", type=float, default=1.0, help="1: about 70 s; 0: at once, with repeatable ids"
    )
    options = parser.parse_args(arguments)
    try:
        print(write_demo(options.root, options.pace))
    except (OSError, KeyboardInterrupt) as error:
        print(f"rollout_tui.demo: {error or 'interrupted'}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
