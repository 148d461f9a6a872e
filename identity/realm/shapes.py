"""How is each part of a realm written in our file, and how in Keycloak?

Names are Keycloak's own, in the file as ``snake_case``, in Keycloak as ``camelCase``; one shape reads both.
Lists are sets: their order means nothing. Times are texts like ``30m`` in the file, seconds in Keycloak.
"""

import re
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    SerializationInfo,
    model_validator,
)
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from campus.settings.secret import FORMS, PATTERN
from campus.strict_yaml import Plain
from identity.realm.things import MARK, Fields

Rules = dict[str, bool | int | str]

_UNITS = {"d": 86400, "h": 3600, "m": 60, "s": 1}


def _seconds(value: object) -> object:
    found = re.fullmatch(r"([0-9]+)([dhms])", value) if isinstance(value, str) else None
    if found:
        return int(found[1]) * _UNITS[found[2]]
    if isinstance(value, str):
        raise PydanticCustomError(
            "wrong", "{what}", {"what": f"{value!r} is no duration", "hint": "write 0s, 60s, 30m, 10h or 90d"}
        )
    return value


def _seconds_out(value: int, info: SerializationInfo) -> int | str:
    if info.by_alias or value < 0:
        return value
    unit = next(unit for unit, size in _UNITS.items() if value % size == 0) if value else "s"
    return f"{value // _UNITS[unit]}{unit}"


def _policy(value: object) -> object:
    """Read Keycloak's ``length(8) and notUsername``; the file writes a map."""
    if not isinstance(value, str):
        return value
    rules = (re.fullmatch(r"(\w+)(?:\((.*)\))?", rule.strip()) for rule in value.split(" and "))
    return {rule[1]: _argument(rule[2]) for rule in rules if rule}


def _argument(text: str | None) -> bool | int | str:
    if text is None or text == "undefined":
        return True
    return int(text) if text.isdecimal() else text


def _policy_out(value: Rules, info: SerializationInfo) -> Rules | str:
    if not info.by_alias:
        return {name: argument for name, argument in value.items() if argument is not False}
    given = ((name, argument) for name, argument in value.items() if argument is not False)
    return " and ".join(name if argument is True else f"{name}({argument})" for name, argument in given)


def _reference(value: str) -> str:
    if not re.fullmatch(PATTERN, value):
        raise PydanticCustomError("secret", "{what}", {"what": "a secret stands in clear", "hint": f"write {FORMS}"})
    return value


def _sorted(value: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(set(value)))


Seconds = Annotated[int, BeforeValidator(_seconds), PlainSerializer(_seconds_out)]
Reference = Annotated[str, AfterValidator(_reference)]
Names = Annotated[tuple[str, ...], AfterValidator(_sorted)]
Texts = dict[str, str]
Lists = dict[str, Names]
Scalar = bool | int | float | str
Options = dict[str, Scalar | list[Scalar]]
PasswordPolicy = Annotated[Rules, BeforeValidator(_policy), PlainSerializer(_policy_out)]


class Part(BaseModel):
    """A part of a realm. The file may leave out every field: what it leaves out is untouched."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, alias_generator=to_camel, validate_by_name=True, validate_by_alias=False
    )

    @model_validator(mode="before")
    @classmethod
    def _empty_is_absent(cls, value: object) -> object:
        return {key: item for key, item in value.items() if item is not None} if isinstance(value, dict) else value

    @model_validator(mode="after")
    def _mark_is_ours(self) -> Self:
        for name in ("attributes", "config", "annotations"):
            if MARK in (getattr(self, name, None) or {}):
                raise PydanticCustomError("wrong", "{what}", {"what": f"{MARK} is set by us alone", "hint": ""})
        return self

    @classmethod
    def from_keycloak(cls, told: Plain) -> Fields:
        """Give every field in the spelling of the file, without secret and mark; Keycloak leaves out what is empty."""
        if isinstance(told, dict):
            told = {name: _unmarked(value) for name, value in told.items()}
        read = cls.model_validate(told, by_alias=True, by_name=False, extra="ignore")
        return read.model_dump(mode="json", exclude={"secret"})

    @classmethod
    def to_keycloak(cls, fields: Fields) -> dict[str, Plain]:
        """Give fields in Keycloak's spelling."""
        return cls.model_validate(dict(fields)).model_dump(mode="json", by_alias=True, exclude_unset=True)

    def fields(self) -> Fields:
        """Give what was set, as plain data in the spelling of the file."""
        return self.model_dump(mode="json", exclude_unset=True)


def _unmarked(value: Plain) -> Plain:
    return {key: item for key, item in value.items() if key != MARK} if isinstance(value, dict) else value


class Realm(Part):
    """Settings of the realm itself."""

    display_name: str = ""
    enabled: bool = True
    ssl_required: Literal["all", "external", "none"] = "external"
    default_locale: str = ""
    supported_locales: Names = ()
    internationalization_enabled: bool = False
    login_theme: str = ""
    account_theme: str = ""
    email_theme: str = ""
    # who may sign in, and how
    registration_allowed: bool = False
    registration_email_as_username: bool = False
    remember_me: bool = False
    verify_email: bool = False
    login_with_email_allowed: bool = True
    duplicate_emails_allowed: bool = False
    reset_password_allowed: bool = False
    edit_username_allowed: bool = False
    organizations_enabled: bool = False
    user_managed_access_allowed: bool = False
    # passwords and attempts
    password_policy: PasswordPolicy = Field(default_factory=dict)
    brute_force_protected: bool = False
    permanent_lockout: bool = False
    max_temporary_lockouts: int = 0
    brute_force_strategy: Literal["LINEAR", "MULTIPLE"] = "MULTIPLE"
    failure_factor: int = 30
    wait_increment: Annotated[Seconds, Field(alias="waitIncrementSeconds")] = 60
    max_failure_wait: Annotated[Seconds, Field(alias="maxFailureWaitSeconds")] = 900
    max_delta_time: Annotated[Seconds, Field(alias="maxDeltaTimeSeconds")] = 43200
    minimum_quick_login_wait: Annotated[Seconds, Field(alias="minimumQuickLoginWaitSeconds")] = 60
    quick_login_check_milli_seconds: int = 1000
    otp_policy_type: Literal["totp", "hotp"] = "totp"
    otp_policy_algorithm: str = "HmacSHA1"
    otp_policy_digits: int = 6
    otp_policy_period: Seconds = 30
    otp_policy_look_ahead_window: int = 1
    otp_policy_code_reusable: bool = False
    # sessions and tokens
    access_token_lifespan: Seconds = 300
    access_token_lifespan_for_implicit_flow: Seconds = 900
    access_code_lifespan: Seconds = 60
    access_code_lifespan_login: Seconds = 1800
    access_code_lifespan_user_action: Seconds = 300
    action_token_generated_by_admin_lifespan: Seconds = 43200
    action_token_generated_by_user_lifespan: Seconds = 300
    sso_session_idle_timeout: Seconds = 1800
    sso_session_max_lifespan: Seconds = 36000
    sso_session_idle_timeout_remember_me: Seconds = 0
    sso_session_max_lifespan_remember_me: Seconds = 0
    client_session_idle_timeout: Seconds = 0
    client_session_max_lifespan: Seconds = 0
    offline_session_idle_timeout: Seconds = 2592000
    offline_session_max_lifespan: Seconds = 5184000
    offline_session_max_lifespan_enabled: bool = False
    revoke_refresh_token: bool = False
    refresh_token_max_reuse: int = 0
    default_signature_algorithm: str = "RS256"
    # events
    events_enabled: bool = False
    events_expiration: Seconds = 0
    events_listeners: Names = ()
    enabled_event_types: Names = ()
    admin_events_enabled: bool = False
    admin_events_details_enabled: bool = False
    # flows that the realm uses
    browser_flow: str = "browser"
    direct_grant_flow: str = "direct grant"
    reset_credentials_flow: str = "reset credentials"
    first_broker_login_flow: str = "first broker login"
    browser_security_headers: Texts = Field(default_factory=dict)
    attributes: Texts = Field(default_factory=dict)


class UserProfile(Part):
    """What may be said of people beyond their declared attributes."""

    unmanaged_attribute_policy: Literal["DISABLED", "ENABLED", "ADMIN_VIEW", "ADMIN_EDIT"] = "DISABLED"


class Permissions(Part):
    """Who sees and who changes an attribute: ``admin``, ``user``."""

    view: Names = ()
    edit: Names = ()


class Required(Part):
    """Whom an attribute is asked of; both empty = everybody."""

    roles: Names = ()
    scopes: Names = ()


class UserAttribute(Part):
    """One attribute of people."""

    display_name: str = ""
    group: str = ""
    multivalued: bool = False
    required: Literal["never"] | Required = "never"
    permissions: Permissions = Permissions()
    validations: dict[str, Options] = Field(default_factory=dict)
    annotations: Options = Field(default_factory=dict)


class RequiredAction(Part):
    """Something that Keycloak may ask of a person at sign-in."""

    enabled: bool = True
    default_action: bool = False
    priority: int = 0


class Role(Part):
    """A role of the realm or of a client; ``composites`` are ``role`` or ``client:role``."""

    description: str = ""
    composites: Names = ()
    attributes: Lists = Field(default_factory=dict)


class Group(Part):
    """A group; its members have its ``roles``, written ``role`` or ``client:role``."""

    roles: Names = ()
    attributes: Lists = Field(default_factory=dict)


class Mapper(Part):
    """What a token or an identity says of a person. ``type`` is Keycloak's id of the mapper."""

    type: str
    config: Texts = Field(default_factory=dict)


class ClientScope(Part):
    """A bundle of mappers that clients share; ``default`` says whether new clients get it."""

    description: str = ""
    protocol: Literal["openid-connect", "saml"] = "openid-connect"
    default: Literal["none", "default", "optional"] = "none"
    mappers: dict[str, Mapper] = Field(default_factory=dict)
    attributes: Texts = Field(default_factory=dict)


class Client(Part):
    """An application, or a service that asks in its own name."""

    name: str = ""
    description: str = ""
    enabled: bool = True
    protocol: Literal["openid-connect", "saml"] = "openid-connect"
    root_url: str = ""
    base_url: str = ""
    admin_url: str = ""
    redirect_uris: Names = ()
    web_origins: Names = ()
    public_client: bool = False
    bearer_only: bool = False
    client_authenticator_type: str = "client-secret"
    secret: Reference | None = None
    standard_flow_enabled: bool = True
    implicit_flow_enabled: bool = False
    direct_access_grants_enabled: bool = False
    service_accounts_enabled: bool = False
    consent_required: bool = False
    full_scope_allowed: bool = True
    frontchannel_logout: bool = False
    always_display_in_console: bool = False
    default_client_scopes: Names = ()
    optional_client_scopes: Names = ()
    service_account_roles: Names = ()
    mappers: dict[str, Mapper] = Field(default_factory=dict)
    attributes: Texts = Field(default_factory=dict)


class IdentityProvider(Part):
    """Another place whose people may sign in here."""

    provider_id: str = "oidc"
    display_name: str = ""
    enabled: bool = True
    trust_email: bool = False
    store_token: bool = False
    link_only: bool = False
    hide_on_login: bool = False
    first_broker_login_flow_alias: str = ""
    secret: Reference | None = None
    mappers: dict[str, Mapper] = Field(default_factory=dict)
    config: Texts = Field(default_factory=dict)


SHAPES: dict[str, type[Part]] = {
    "realm": Realm,
    "user_profile": UserProfile,
    "user_attribute": UserAttribute,
    "required_action": RequiredAction,
    "role": Role,
    "client_role": Role,
    "group": Group,
    "client_scope": ClientScope,
    "client": Client,
    "identity_provider": IdentityProvider,
}
"""The shape of each type of thing."""
