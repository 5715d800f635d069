"""The door is tested twice: its rules one by one, and a real server on a loopback port."""
