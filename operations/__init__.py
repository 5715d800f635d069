"""WHAT A USER CAN DO: one function = one permission check = one transaction, the same for pages, CLI and routes."""
