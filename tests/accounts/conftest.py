"""Cheap password hashing, and two more administrators so that one of each may go."""

from __future__ import annotations

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient


@pytest.fixture(autouse=True)
def _cheap_hashing(app: Flask) -> None:
    app.config["PASSWORD_HASHER"] = PasswordHasher(time_cost=1, memory_cost=256, parallelism=1)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()
