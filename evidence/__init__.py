"""WHAT A REPOSITORY SHOWS: collector, signals, sandbox. Standard library only, imports nothing of ours."""

COLLECTOR = "0.1.0"  # its version: here, so that asking for it reads nothing else
