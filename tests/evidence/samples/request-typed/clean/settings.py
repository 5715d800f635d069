from pydantic import BaseModel


class Settings(BaseModel):
    depth: int
