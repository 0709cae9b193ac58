"""What an account looks like, the platform's own and a connected one; nothing is decided here."""

from fakes.payments.state.store import Thing

CURRENCIES = {"US": "usd", "GB": "gbp", "CA": "cad", "AU": "aud", "JP": "jpy", "CH": "chf", "NZ": "nzd", "SG": "sgd"}
PROFILE = (
    "mcc",
    "name",
    "product_description",
    "support_address",
    "support_email",
    "support_phone",
    "support_url",
    "url",
)


def requirements(missing: list[str]) -> Thing:
    """What an account still owes the provider."""
    return {
        "alternatives": [],
        "current_deadline": None,
        "currently_due": list(missing),
        "disabled_reason": "requirements.past_due" if missing else None,
        "errors": [],
        "eventually_due": list(missing),
        "past_due": list(missing),
        "pending_verification": [],
    }


def nothing_due() -> Thing:
    """What it will owe later: nothing."""
    return {**requirements([]), "disabled_reason": None}


def controller(kind: str) -> Thing:
    """Who is responsible for a connected account of a type."""
    if kind == "standard":
        return {"type": "application", "is_controller": True, **_who("account", "stripe", "full", "stripe")}
    if kind == "express":
        return {
            "type": "application",
            "is_controller": True,
            **_who("application_express", "application", "express", "stripe"),
        }
    return {
        "type": "application",
        "is_controller": True,
        **_who("application_custom", "application", "none", "application"),
    }


def _who(fees: str, losses: str, dashboard: str, collects: str) -> Thing:
    return {
        "fees": {"payer": fees},
        "losses": {"payments": losses},
        "requirement_collection": collects,
        "stripe_dashboard": {"type": dashboard},
    }


def account(name: str, created: int, kind: str, country: str, currency: str | None = None) -> Thing:
    """An account of which nothing is known yet."""
    return {
        "id": name,
        "object": "account",
        "business_profile": {"annual_revenue": None, "estimated_worker_count": None, **dict.fromkeys(PROFILE)},
        "business_type": None,
        "capabilities": {},
        "charges_enabled": False,
        "controller": controller(kind),
        "country": country,
        "created": created,
        "default_currency": currency or CURRENCIES.get(country, "eur"),
        "details_submitted": False,
        "email": None,
        "external_accounts": {
            "object": "list",
            "data": [],
            "has_more": False,
            "total_count": 0,
            "url": f"/v1/accounts/{name}/external_accounts",
        },
        "future_requirements": nothing_due(),
        "metadata": {},
        "payouts_enabled": False,
        "requirements": requirements([]),
        "settings": _settings(),
        "tos_acceptance": {"date": None, "ip": None, "user_agent": None},
        "type": kind,
    }


def _settings() -> Thing:
    return {
        "bacs_debit_payments": {"display_name": None, "service_user_number": None},
        "branding": {"icon": None, "logo": None, "primary_color": None, "secondary_color": None},
        "card_issuing": {"tos_acceptance": {"date": None, "ip": None}},
        "card_payments": {
            "decline_on": {"avs_failure": False, "cvc_failure": False},
            "statement_descriptor_prefix": None,
            "statement_descriptor_prefix_kana": None,
            "statement_descriptor_prefix_kanji": None,
        },
        "dashboard": {"display_name": None, "timezone": "Etc/UTC"},
        "invoices": {"default_account_tax_ids": None},
        "payments": {
            "statement_descriptor": None,
            "statement_descriptor_kana": None,
            "statement_descriptor_kanji": None,
        },
        "payouts": {
            "debit_negative_balances": True,
            "schedule": {"delay_days": 2, "interval": "daily"},
            "statement_descriptor": None,
        },
        "sepa_debit_payments": {},
    }


def own(name: str, created: int) -> Thing:
    """The platform's own account: everything is known and allowed."""
    shown = account(name, created, "standard", "US")
    shown.pop("controller")
    shown["capabilities"] = {"card_payments": "active", "transfers": "active"}
    shown["settings"]["dashboard"]["display_name"] = "Staging Shop"
    return shown | {"charges_enabled": True, "details_submitted": True, "payouts_enabled": True}
