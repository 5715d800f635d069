"""HOW IT LOOKS: values in, widgets and figures out. Never reads the store."""
