"""The peer of the hook: an endpoint as FastAPI's own documentation would write it. It validates and stores nothing."""

from __future__ import annotations

import sys

import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI()


class Signal(BaseModel):
    """The eight fields that every request of `signals.lua` has."""

    id: str
    action: str
    symbol: str
    quote: float
    tsl: str
    type: str
    time: str
    comment: str


@app.post("/hook", status_code=202)
async def hook(signal: Signal) -> dict[str, object]:
    return {"message_id": signal.id, "duplicate": False}


if __name__ == "__main__":
    uvicorn.run(app, port=int(sys.argv[1]), loop="uvloop", http="httptools", log_level="warning", access_log=False)
