"""Asks the address service."""
import os

import address_service

service = address_service.Client(api_key=os.environ["ADDRESS_API_KEY"])
TOKENS = {"pad_token": "[PAD]", "api_key": "YOUR_API_KEY_HERE"}
