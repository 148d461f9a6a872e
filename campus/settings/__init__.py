"""What did the operator write into ``campus.yaml``, and is all of it right?"""

from collections.abc import Mapping

from campus.settings.calendars import Calendars, CalendarSection
from campus.settings.inventory import ApPattern, ApRow, Aps, Area, Device, Duty, Inventory
from campus.settings.load import load
from campus.settings.people import Budget, Budgets, People, PeopleSource
from campus.settings.scalars import ap_key, instant
from campus.settings.schema import (
    Collect,
    Community,
    Credential,
    Identity,
    Indicators,
    KeycloakAccess,
    Settings,
    Tiers,
    User,
)
from campus.settings.secret import Secret

__all__ = [
    "ApPattern",
    "ApRow",
    "Aps",
    "Area",
    "Budget",
    "Budgets",
    "CalendarSection",
    "Calendars",
    "Collect",
    "Community",
    "Credential",
    "Device",
    "Duty",
    "Identity",
    "Indicators",
    "Inventory",
    "KeycloakAccess",
    "People",
    "PeopleSource",
    "Secret",
    "Settings",
    "Tiers",
    "User",
    "ap_key",
    "instant",
    "load",
    "schema",
]


def schema() -> Mapping[str, object]:
    """Give the JSON Schema of ``campus.yaml``, for editors."""
    return Settings.model_json_schema()
