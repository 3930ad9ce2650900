"""Pages of this part."""

from flask import Blueprint

bp = Blueprint("clearance", __name__)
