"""`python -m evidence scan PATH`, and what `arrears-collect.pyz` starts with."""

from __future__ import annotations

from evidence.command import leave, main

if __name__ == "__main__":
    leave(main())
