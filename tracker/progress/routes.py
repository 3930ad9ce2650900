"""Pages of this part."""

from flask import Blueprint

bp = Blueprint("progress", __name__)
