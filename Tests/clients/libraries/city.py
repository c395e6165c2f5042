"""What the libraries are asked for as structured output."""

from pydantic import BaseModel


class City(BaseModel):
    """A city."""

    name: str
    people: int
