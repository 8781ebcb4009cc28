"""Turn standard input into traditional script: `python scripts/traditional.py s2twp < K.jsonl`.

For checking that simplified questions find traditional articles. The argument is a configuration of OpenCC.
"""

from __future__ import annotations

import sys

from opencc import OpenCC


def main() -> None:
    """Run the command."""
    sys.stdout.write(OpenCC(sys.argv[1] if len(sys.argv) > 1 else "s2t").convert(sys.stdin.read()))


if __name__ == "__main__":
    main()
