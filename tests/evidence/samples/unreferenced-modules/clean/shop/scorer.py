import json


def lambda_handler(event, context):
    """Called by the platform."""
    return json.dumps(event)
