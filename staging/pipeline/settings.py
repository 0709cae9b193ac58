"""What the environment says; read once, checked at start, never logged. Called by `__main__` alone.

A missing variable and a live key end the start with one clear line: this pipeline is for staging.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field

from staging.pipeline import scale

REQUIRED = (
    "DATABASE_URL",
    "PIPELINE_JWT_SECRET",
    "PIPELINE_OPS_TOKEN",
    "STRIPE_API_BASE",
    "STRIPE_SECRET_KEY",
    "STRIPE_PUBLISHABLE_KEY",
    "STRIPE_WEBHOOK_SECRETS",
    "CRM_BASE_URL",
    "CRM_TOKEN",
    "HELPDESK_BASE_URL",
    "HELPDESK_EMAIL",
    "HELPDESK_TOKEN",
    "SLACK_WEBHOOK_URL",
    "SMTP_HOST",
    "SMTP_PORT",
    "MAIL_FROM",
    "ALERT_MAIL_TO",
)
LIVE_PREFIXES = ("sk_live", "rk_live", "pk_live")
OWN_DELAYS = {
    "GUARDRAIL_WINDOW_S": "guardrail_window_s",
    "GUARDRAIL_SYNC_P95_S": "sync_p95_limit_s",
    "GUARDRAIL_INTERVENTION_WINDOW_S": "intervention_window_s",
    "GUARDRAIL_CHECK_S": "guardrail_check_s",
    "PIPELINE_VENDOR_TIMEOUT_S": "vendor_timeout_s",
    "PIPELINE_MESSAGE_TIMEOUT_S": "message_timeout_s",
}


class Misconfigured(Exception):
    """The environment does not allow a start; the message says which variable and what it should hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Guardrails:
    """Thresholds of the alerts that the pipeline raises about itself."""

    webhook_failure_rate: float = 0.02
    webhook_min_count: int = 50
    webhook_min_failures: int = 3
    sync_min_count: int = 20
    interventions_a_day: int = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The whole configuration of one process."""

    database_url: str = field(repr=False)
    jwt_secret: str = field(repr=False)
    ops_token: str = field(repr=False)
    stripe_api_base: str
    stripe_secret_key: str = field(repr=False)
    stripe_publishable_key: str
    stripe_webhook_secrets: tuple[str, ...] = field(repr=False)
    crm_base_url: str
    crm_token: str = field(repr=False)
    helpdesk_base_url: str
    helpdesk_email: str
    helpdesk_token: str = field(repr=False)
    chat_webhook_url: str = field(repr=False)
    smtp_host: str
    smtp_port: int
    mail_from: str
    alert_mail_to: tuple[str, ...]
    host: str = "127.0.0.1"
    port: int = 8000
    time_scale: float = 1.0
    delays: scale.Delays
    guardrails: Guardrails = Guardrails()
    crm_owners: tuple[str, ...] = ()
    cors_origins: tuple[str, ...] = ()
    signature_tolerance_s: float = 300.0
    token_lifetime_s: int = 86_400
    scrypt_n: int = 1024
    pool_size: int = 20


def _list(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _number(env: Mapping[str, str], name: str, default: float) -> float:
    text = env.get(name, "").strip()
    if not text:
        return default
    try:
        return float(text)
    except ValueError:
        raise Misconfigured(f"{name}: found {text!r}, expected a number") from None


def _refuse_live_keys(env: Mapping[str, str]) -> None:
    for name in ("STRIPE_SECRET_KEY", "STRIPE_PUBLISHABLE_KEY"):
        if env[name].startswith(LIVE_PREFIXES):
            raise Misconfigured(
                f"{name}: is a live key; this pipeline is for staging, use a test key (sk_test_..., pk_test_...)"
            )


def _refuse_gaps(env: Mapping[str, str]) -> None:
    missing = [name for name in REQUIRED if not env.get(name, "").strip()]
    if missing:
        raise Misconfigured(f"missing in the environment: {', '.join(missing)} (see staging/README.md)")
    if len(env["PIPELINE_JWT_SECRET"].encode()) < 32:
        raise Misconfigured("PIPELINE_JWT_SECRET: shorter than 32 bytes")


def _guardrails(env: Mapping[str, str]) -> Guardrails:
    return Guardrails(
        webhook_failure_rate=_number(env, "GUARDRAIL_WEBHOOK_FAILURE_RATE", 0.02),
        webhook_min_count=int(_number(env, "GUARDRAIL_WEBHOOK_MIN_COUNT", 50)),
        webhook_min_failures=int(_number(env, "GUARDRAIL_WEBHOOK_MIN_FAILURES", 3)),
        sync_min_count=int(_number(env, "GUARDRAIL_SYNC_MIN_COUNT", 20)),
        interventions_a_day=int(_number(env, "GUARDRAIL_INTERVENTIONS_A_DAY", 5)),
    )


def from_env(env: Mapping[str, str] | None = None) -> Settings:
    """The settings, or `Misconfigured` with the name of what is wrong."""
    env = os.environ if env is None else env
    _refuse_gaps(env)
    _refuse_live_keys(env)
    factor = _number(env, "PIPELINE_TIME_SCALE", 1.0)
    if factor <= 0:
        raise Misconfigured("PIPELINE_TIME_SCALE: expected a number above 0")
    own = {field: _number(env, name, 0.0) for name, field in OWN_DELAYS.items() if env.get(name, "").strip()}
    return Settings(
        database_url=env["DATABASE_URL"],
        jwt_secret=env["PIPELINE_JWT_SECRET"],
        ops_token=env["PIPELINE_OPS_TOKEN"],
        stripe_api_base=env["STRIPE_API_BASE"].rstrip("/"),
        stripe_secret_key=env["STRIPE_SECRET_KEY"],
        stripe_publishable_key=env["STRIPE_PUBLISHABLE_KEY"],
        stripe_webhook_secrets=_list(env["STRIPE_WEBHOOK_SECRETS"]),
        crm_base_url=env["CRM_BASE_URL"].rstrip("/"),
        crm_token=env["CRM_TOKEN"],
        helpdesk_base_url=env["HELPDESK_BASE_URL"].rstrip("/"),
        helpdesk_email=env["HELPDESK_EMAIL"],
        helpdesk_token=env["HELPDESK_TOKEN"],
        chat_webhook_url=env["SLACK_WEBHOOK_URL"],
        smtp_host=env["SMTP_HOST"],
        smtp_port=int(_number(env, "SMTP_PORT", 25)),
        mail_from=env["MAIL_FROM"],
        alert_mail_to=_list(env["ALERT_MAIL_TO"]),
        host=env.get("PIPELINE_HOST", "127.0.0.1"),
        port=int(_number(env, "PIPELINE_PORT", 8000)),
        time_scale=factor,
        delays=scale.scaled(factor, own),
        guardrails=_guardrails(env),
        crm_owners=_list(env.get("CRM_OWNER_IDS", "")),
        cors_origins=_list(env.get("PIPELINE_CORS_ORIGINS", "")),
        scrypt_n=int(_number(env, "PIPELINE_SCRYPT_N", 1024)),
        pool_size=int(_number(env, "PIPELINE_POOL_SIZE", 20)),
    )
