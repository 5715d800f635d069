"""Operations: what a user can do, over a real temporary database."""
