"""Keys of outlets, encrypted with the installation's secret: a copy of the database alone lets nobody write to a group."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import asdict, dataclass

from cryptography.fernet import Fernet, InvalidToken
from flask import current_app

from tracker.messages.rules import Trouble, Unsent


@dataclass(frozen=True)
class Keys:
    """``key``: what opens the robot, "" for a webhook; ``secret``: what signs, "" where nothing is signed."""

    key: str
    secret: str


def lock(keys: Keys) -> bytes:
    return _fernet().encrypt(json.dumps(asdict(keys)).encode())


def unlock(locked: bytes) -> Keys:
    """Raises Unsent where the installation's secret is another one by now."""
    try:
        return Keys(**json.loads(_fernet().decrypt(locked)))
    except InvalidToken as error:
        raise Unsent(Trouble.KEY, final=True) from error


def _fernet() -> Fernet:
    secret = current_app.config["TRACKER"].secret()
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(f"outlets:{secret}".encode()).digest()))
