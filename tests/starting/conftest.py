"""Documents to begin with: that of the pipeline that ships, and two of other people's making."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from staging.pipeline.api.app import create
from tests.gate.conftest import gate

__all__ = ["gate"]
ENV_EXAMPLE = """\
# what the pipeline reads
DATABASE_URL=postgresql://localhost/pipeline
export PIPELINE_HOST=127.0.0.1
PIPELINE_PORT=8000
PIPELINE_JWT_SECRET=never-copied
PIPELINE_OPS_TOKEN=
ACCESS_TOKEN_EXPIRE_MINUTES=30
PIPELINE_TIME_SCALE=1     # how slow
STRIPE_API_BASE=
STRIPE_SECRET_KEY=never-copied-either
STRIPE_PUBLISHABLE_KEY=
STRIPE_WEBHOOK_SECRETS=
CRM_BASE_URL=
CRM_TOKEN=
HELPDESK_BASE_URL=
HELPDESK_EMAIL=
HELPDESK_TOKEN=
SLACK_WEBHOOK_URL=
SMTP_HOST=
SMTP_PORT=
MAIL_FROM=pipeline@staging.example.com
ALERT_MAIL_TO=team@staging.example.com
"""


@pytest.fixture
def shipped(tmp_path: Path) -> Path:
    """The document of the pipeline that ships, and its `.env.example` beside it."""
    settings: Any = SimpleNamespace(cors_origins=())
    path = tmp_path / "openapi.json"
    path.write_text(json.dumps(create(settings, cast(Any, None)).openapi()))
    (tmp_path / ".env.example").write_text(ENV_EXAMPLE)
    return path
