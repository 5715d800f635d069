"""What the collector says of public repositories."""
