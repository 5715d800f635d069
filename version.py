"""The version of Arrears, in one place."""

VERSION = "0.1.0"
