"""WHAT A REPOSITORY SHOWS: the collector, its signals and its sandbox. Standard library only, imports nothing of ours."""
