from scoring.model import columns
