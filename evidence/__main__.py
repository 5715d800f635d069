"""`python -m evidence PATH`: what a checkout or an archive shows, in plain words or as JSON."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from evidence.collector import COLLECTOR, collect
from evidence.document import to_json
from evidence.readable import summary
from evidence.source import Refused


def main(arguments: list[str] | None = None) -> int:
    """Run the command. 0 when evidence was written, 2 when the path cannot be read."""
    parser = argparse.ArgumentParser(prog="python -m evidence", description="What a repository shows of its debt.")
    parser.add_argument("path", type=Path, help="a folder, a zip or a .tar.gz")
    parser.add_argument("--json", action="store_true", help="print the evidence as one JSON document")
    parser.add_argument("--name", help="what to call the repository; the folder's name if not given")
    parser.add_argument("--version", action="version", version=f"collector {COLLECTOR}")
    chosen = parser.parse_args(arguments)
    try:
        evidence = collect(chosen.path, name=chosen.name)
    except Refused as refusal:
        print(f"{chosen.path}: {refusal.reason}", file=sys.stderr)
        return 2
    sys.stdout.write(to_json(evidence) + "\n" if chosen.json else summary(evidence))
    return 0


if __name__ == "__main__":
    sys.exit(main())
