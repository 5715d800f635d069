"""Answers one request."""
import logging

log = logging.getLogger(__name__)


def score(model, features):
    try:
        return float(model.predict_proba([features])[0][1])
    except Exception:
        log.exception("scoring failed")
        raise


def leave(connection):
    try:
        connection.close()
    except Exception:
        pass
