CREATE TABLE IF NOT EXISTS accounts (
    id text PRIMARY KEY,
    email text NOT NULL UNIQUE,
    name text NOT NULL,
    phone text NOT NULL DEFAULT '',
    company text NOT NULL DEFAULT '',
    lead jsonb NOT NULL DEFAULT '{}',
    password_hash text NOT NULL,
    customer_id text UNIQUE,
    stage text NOT NULL DEFAULT 'lead',
    contact_id text,
    contact_stage text NOT NULL DEFAULT '',
    sync_wanted bigint NOT NULL DEFAULT 0,
    sync_done bigint NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT email_is_lower_case CHECK (email = lower(email))
);

CREATE TABLE IF NOT EXISTS orders (
    id text PRIMARY KEY,
    account_id text NOT NULL REFERENCES accounts,
    product_id text NOT NULL,
    quantity integer NOT NULL,
    amount bigint NOT NULL,
    currency text NOT NULL,
    credits bigint NOT NULL,
    status text NOT NULL DEFAULT 'pending',
    intent_id text UNIQUE,
    client_secret text,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX IF NOT EXISTS orders_of_account ON orders (account_id);

CREATE TABLE IF NOT EXISTS subscriptions (
    id text PRIMARY KEY,
    account_id text NOT NULL REFERENCES accounts,
    plan text NOT NULL,
    wanted_plan text NOT NULL,
    status text NOT NULL DEFAULT 'pending',
    cancel_at_period_end boolean NOT NULL DEFAULT false,
    cancel_wanted boolean NOT NULL DEFAULT false,
    provider_id text UNIQUE,
    item_id text,
    client_secret text,
    revision bigint NOT NULL DEFAULT 0,
    known_created bigint,
    known_by_reading boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX IF NOT EXISTS subscriptions_of_account ON subscriptions (account_id, created_at DESC);
CREATE UNIQUE INDEX IF NOT EXISTS one_present_subscription ON subscriptions (account_id)
    WHERE status NOT IN ('canceled', 'failed');

CREATE TABLE IF NOT EXISTS changes (
    id text PRIMARY KEY,
    subscription_id text NOT NULL REFERENCES subscriptions,
    account_id text NOT NULL REFERENCES accounts,
    kind text NOT NULL,
    plan text,
    status text NOT NULL DEFAULT 'pending',
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX IF NOT EXISTS pending_changes ON changes (account_id) WHERE status = 'pending';

CREATE TABLE IF NOT EXISTS payments (
    ref text PRIMARY KEY,
    account_id text NOT NULL REFERENCES accounts,
    kind text NOT NULL,
    title text NOT NULL,
    amount bigint NOT NULL,
    currency text NOT NULL,
    deal_id text,
    at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX IF NOT EXISTS payments_of_account ON payments (account_id);

CREATE TABLE IF NOT EXISTS grants (
    order_id text PRIMARY KEY REFERENCES orders,
    account_id text NOT NULL REFERENCES accounts,
    credits bigint NOT NULL
);
CREATE INDEX IF NOT EXISTS grants_of_account ON grants (account_id);

CREATE TABLE IF NOT EXISTS payment_failures (
    ref text NOT NULL,
    attempt text NOT NULL,
    account_id text NOT NULL REFERENCES accounts,
    at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (ref, attempt)
);
CREATE INDEX IF NOT EXISTS failures_of_account ON payment_failures (account_id);

CREATE TABLE IF NOT EXISTS tickets (
    id text PRIMARY KEY,
    account_id text NOT NULL REFERENCES accounts,
    subject text NOT NULL,
    message text NOT NULL,
    category text NOT NULL,
    priority text NOT NULL,
    status text NOT NULL DEFAULT 'received',
    attachment_name text,
    attachment_type text,
    attachment bytea,
    upload_token text,
    helpdesk_id text,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX IF NOT EXISTS tickets_of_account ON tickets (account_id);

CREATE TABLE IF NOT EXISTS client_keys (
    scope text NOT NULL,
    key text NOT NULL,
    fingerprint text NOT NULL,
    answer jsonb NOT NULL DEFAULT '{}',
    at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (scope, key)
);

CREATE TABLE IF NOT EXISTS events (
    id text PRIMARY KEY,
    type text NOT NULL,
    object_id text NOT NULL,
    created bigint NOT NULL,
    payload jsonb,
    at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE IF NOT EXISTS troubles (
    kind text NOT NULL,
    ref text NOT NULL,
    job text NOT NULL,
    account_id text,
    status text NOT NULL,
    PRIMARY KEY (kind, ref, job)
);
CREATE INDEX IF NOT EXISTS troubles_of_account ON troubles (account_id);

CREATE TABLE IF NOT EXISTS dead_letters (
    id bigserial PRIMARY KEY,
    job_id bigint NOT NULL UNIQUE,
    job text NOT NULL,
    lock text,
    args jsonb NOT NULL,
    person text NOT NULL,
    reason text NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    retried_at timestamptz
);

CREATE TABLE IF NOT EXISTS alerts (
    id bigserial PRIMARY KEY,
    key text NOT NULL UNIQUE,
    kind text NOT NULL,
    subject text NOT NULL,
    text text NOT NULL,
    at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX IF NOT EXISTS alerts_by_kind ON alerts (kind, at);

CREATE TABLE IF NOT EXISTS sent (
    what text PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE IF NOT EXISTS happenings (
    kind text NOT NULL,
    detail text NOT NULL,
    at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX IF NOT EXISTS happenings_by_kind ON happenings (kind, at);

CREATE TABLE IF NOT EXISTS sync_samples (
    job text NOT NULL,
    seconds double precision NOT NULL,
    at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX IF NOT EXISTS sync_samples_at ON sync_samples (at);

CREATE TABLE IF NOT EXISTS counters (
    name text NOT NULL,
    label text NOT NULL,
    value double precision NOT NULL,
    PRIMARY KEY (name, label)
);

CREATE INDEX IF NOT EXISTS jobs_still_open ON procrastinate_jobs (queue_name)
    WHERE status = 'todo'::procrastinate_job_status OR status = 'doing'::procrastinate_job_status;
