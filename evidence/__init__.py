"""WHAT A REPOSITORY SHOWS: collector, signals, sandbox. Standard library only, imports nothing of ours."""
