"""Asks the address service."""
import address_service

service = address_service.Client(api_key="q7Zt2LmX94vBnR8sKp3W")
