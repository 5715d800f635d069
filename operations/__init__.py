"""WHAT A USER CAN DO: one function = one permission check = one transaction. Pages, command line and routes call the same."""
