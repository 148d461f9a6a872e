"""What people look at: pages that speak only to /api/v1."""

from pathlib import Path

STATIC = Path(__file__).with_name("static")
