from fastapi.security import APIKeyHeader

key = APIKeyHeader(name="X-Caller")


def current_caller():
    return key
