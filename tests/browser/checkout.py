"""A real checkout with a history: somebody else's small project, committed quarter by quarter."""

from __future__ import annotations

import os
import shutil
import subprocess
from datetime import datetime, timedelta
from pathlib import Path

NANO_GPT = Path(__file__).parent / "samples" / "nanoGPT"
#: What each commit adds, and how many days ago: the older quarters show less than the present.
GREW = ((400, ("model.py", "LICENSE")), (200, ("train.py", "config")), (20, ("",)))


def nano_gpt(folder: Path) -> Path:
    """A git checkout of nanoGPT below `folder`, with three commits over more than a year."""
    checkout = folder / "nanoGPT"
    checkout.mkdir()
    _git(checkout, "init", "--quiet", "--initial-branch=main")
    now = datetime.now().astimezone()
    for days, added in GREW:
        for name in added:
            if (NANO_GPT / name).is_dir():
                shutil.copytree(NANO_GPT / name, checkout / name, dirs_exist_ok=True)
            else:
                shutil.copy(NANO_GPT / name, checkout / name)
        _git(checkout, "add", "--all")
        _git(checkout, "commit", "--quiet", "--message", "more", at=now - timedelta(days=days))
    return checkout


def _git(checkout: Path, *arguments: str, at: datetime | None = None) -> None:
    moment = at.isoformat() if at else ""
    subprocess.run(
        ["git", "-C", str(checkout), *arguments],
        check=True,
        capture_output=True,
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(checkout),  # no setting of the person who runs the tests counts
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_AUTHOR_NAME": "A",
            "GIT_AUTHOR_EMAIL": "a@example.org",
            "GIT_COMMITTER_NAME": "A",
            "GIT_COMMITTER_EMAIL": "a@example.org",
            **({"GIT_AUTHOR_DATE": moment, "GIT_COMMITTER_DATE": moment} if moment else {}),
        },
    )
