"""An application of one page with every kind of element we use, and with attacks that only the policy stops."""
