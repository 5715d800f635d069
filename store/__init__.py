"""WHERE IT IS KEPT: the only SQL. An engine protocol, SQLite behind it, and one repository of portable statements."""
