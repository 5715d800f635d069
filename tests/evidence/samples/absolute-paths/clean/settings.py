"""Where inputs are."""
import os
from pathlib import Path

INPUTS = Path(os.environ.get("CHURN_INPUTS", "data"))
LOGS = "/var/log/churn"
