"""Pages of this part."""

from flask import Blueprint

bp = Blueprint("ledgers", __name__)
