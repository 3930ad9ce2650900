"""Pages of this part."""

from flask import Blueprint

bp = Blueprint("plans", __name__)
