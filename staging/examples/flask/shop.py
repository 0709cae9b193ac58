"""The shop's routes: forms in, JSON out, a cookie that says who asks. The payment provider alone says what is paid."""

import json
import os
import re
import secrets
import sqlite3
import time
from typing import Any

import stripe
from flask import Flask, Response, jsonify, make_response, request
from werkzeug.exceptions import BadRequest, Conflict, NotFound, Unauthorized
from werkzeug.security import check_password_hash, generate_password_hash

from staging.examples import outbox
from staging.examples.flask import vendors
from staging.examples.outbox import enqueue, transaction

CATALOGUE = {"mug": (1200, "usd"), "shirt": (2500, "eur"), "poster": (900, "jpy")}
HASH = "scrypt:1024:8:1"
SAYS = {"open": "Waiting for your payment", "paid": "Thank you", "failed": "Something went wrong"}
COOKIE = "shop_session"
DB = os.environ["SHOP_DB"]
SCHEMA = """
CREATE TABLE IF NOT EXISTS people (
    id INTEGER PRIMARY KEY, email TEXT UNIQUE NOT NULL, password TEXT NOT NULL, name TEXT NOT NULL,
    phone TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS sessions (token TEXT PRIMARY KEY, person INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS orders (
    id TEXT PRIMARY KEY, person INTEGER NOT NULL, request TEXT NOT NULL, sku TEXT NOT NULL, cents INTEGER NOT NULL,
    currency TEXT NOT NULL, status TEXT NOT NULL DEFAULT 'open', page TEXT, tries INTEGER NOT NULL DEFAULT 0,
    next_try REAL NOT NULL DEFAULT 0, UNIQUE (person, request));
CREATE TABLE IF NOT EXISTS heard (event TEXT PRIMARY KEY);
"""
app = Flask(__name__)
app.config["MAX_CONTENT_LENGTH"] = 100_000
app.config["MAX_FORM_MEMORY_SIZE"] = 100_000


def fields(*names: str, optional: tuple[str, ...] = ()) -> dict[str, str]:
    """The form's fields, all of `names` filled in and nothing that nobody asked for."""
    form = request.form
    wrong = [name for name in names if not form.get(name, "").strip()]
    wrong += [name for name in form if name not in (*names, *optional)]
    wrong += [name for name in form if "\0" in form[name] or len(form[name]) > 300 or len(form.getlist(name)) > 1]
    if wrong:
        raise BadRequest(f"look at {', '.join(wrong)}")
    return {name: form.get(name, "").strip() for name in (*names, *optional)}


def me(db: sqlite3.Connection) -> sqlite3.Row:
    """Whoever asks, by their cookie."""
    sql = "SELECT p.* FROM people p JOIN sessions s ON s.person = p.id WHERE s.token = ?"
    person: sqlite3.Row | None = db.execute(sql, (request.cookies.get(COOKIE, ""),)).fetchone()
    if person is None:
        raise Unauthorized("sign in first")
    return person


@app.errorhandler(400)
@app.errorhandler(401)
@app.errorhandler(404)
@app.errorhandler(409)
@app.errorhandler(413)
@app.errorhandler(415)
def refuse(problem: Any) -> tuple[Response, int]:
    """A refusal, in the same shape everywhere."""
    return jsonify(problem=problem.description), problem.code


@app.post("/rpc/register")
def register() -> Response:
    """An account, or the one that is there for who knows its password: the e-mail is the key."""
    form = fields("email", "password", "fullName", optional=("telephone",))
    if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", form["email"]):
        raise BadRequest("look at email")
    with transaction(DB) as db:
        person = db.execute("SELECT * FROM people WHERE email = ?", (form["email"].lower(),)).fetchone()
        if person is None:
            made = db.execute(
                "INSERT INTO people (email, password, name, phone) VALUES (?, ?, ?, ?)",
                (
                    form["email"].lower(),
                    generate_password_hash(form["password"], HASH),
                    form["fullName"],
                    form["telephone"],
                ),
            )
            assert made.lastrowid is not None
            number = made.lastrowid
            enqueue(db, number, "contact", "")
        elif check_password_hash(person["password"], form["password"]):
            number = person["id"]
        else:
            raise Conflict("this e-mail has an account")
        token = secrets.token_urlsafe(24)
        db.execute("INSERT INTO sessions VALUES (?, ?)", (token, number))
    answer = make_response(jsonify(customer=number, message="Setting up your account"))
    answer.set_cookie(COOKIE, token, httponly=True, samesite="Lax")
    return answer


@app.get("/rpc/me")
def tell_me() -> Response:
    """Everything the app shows."""
    with transaction(DB) as db:
        person = me(db)
        orders = db.execute("SELECT * FROM orders WHERE person = ? ORDER BY rowid", (person["id"],)).fetchall()
    bought = [{"cents": one["cents"], "currency": one["currency"]} for one in orders if one["status"] == "paid"]
    told = [{"id": one["id"], "sku": one["sku"], "status": one["status"]} for one in orders]
    return jsonify(email=person["email"], orders=told, bought=bought)


@app.post("/rpc/checkout")
def checkout() -> tuple[Response, int]:
    """An order and the page where it is paid; the same order for the same `requestId`."""
    form = fields("sku", "requestId")
    if form["sku"] not in CATALOGUE:
        raise BadRequest("look at sku")
    with transaction(DB) as db:
        person = me(db)
        key = (person["id"], form["requestId"])
        db.execute(
            "INSERT INTO orders (id, person, request, sku, cents, currency) VALUES (?, ?, ?, ?, ?, ?) "
            "ON CONFLICT DO NOTHING",
            (f"ord_{secrets.token_hex(8)}", *key, form["sku"], *CATALOGUE[form["sku"]]),
        )
        order = db.execute("SELECT * FROM orders WHERE person = ? AND request = ?", key).fetchone()
    if order["sku"] != form["sku"]:
        raise Conflict("this requestId was another wish")
    return told(with_page(order, person["email"])), 202


@app.get("/rpc/order")
def tell_order() -> Response:
    """One order of whoever asks, with its page as soon as there is one."""
    with transaction(DB) as db:
        person = me(db)
        ask = (request.args.get("id", ""), person["id"])
        order = db.execute("SELECT * FROM orders WHERE id = ? AND person = ?", ask).fetchone()
    if order is None:
        raise NotFound("no such order")
    return told(with_page(order, person["email"]))


def told(order: sqlite3.Row) -> Response:
    """An order as the app hears of it."""
    message = SAYS[order["status"]]
    return jsonify(order=order["id"], status=order["status"], payAt=order["page"], message=message)


def with_page(order: sqlite3.Row, email: str) -> sqlite3.Row:
    """The order with its page; without one, for now, when the provider does not answer in time."""
    if order["page"] or order["status"] != "open" or order["next_try"] > time.time():
        return order
    page, wait_s, status = None, 0.0, "open"
    try:
        page = vendors.page_for(order, email)
    except stripe.StripeError as error:
        headers = {name.lower(): text for name, text in (error.headers or {}).items()}
        meant = outbox.trouble(error.http_status or 0, headers.get("retry-after"))
        if isinstance(meant, outbox.NotNow):
            wait_s = outbox.patience(order["tries"], meant.wait_s)
        elif order["tries"] + 1 >= outbox.REFUSALS:
            status = "failed"
    with transaction(DB) as db:
        if page:
            db.execute("UPDATE orders SET page = ? WHERE id = ?", (page, order["id"]))
        else:
            again = (order["tries"] + 1, time.time() + wait_s, status, order["id"])
            db.execute("UPDATE orders SET tries = ?, next_try = ?, status = ? WHERE id = ? AND status = 'open'", again)
        fresh: sqlite3.Row = db.execute("SELECT * FROM orders WHERE id = ?", (order["id"],)).fetchone()
    return fresh


@app.post("/hooks/pay")
def hear() -> tuple[Response, int]:
    """News from the payment provider: believed when signed, acted on once."""
    body, signatures = request.get_data(), request.headers.get("Stripe-Signature", "")
    try:
        if signatures.count("t=") > 1:  # Two headers arrive as one, and the SDK would mix their times and signatures.
            raise ValueError("signed twice")
        if vendors.FLAW != "believes_anybody":  # The flaw: whoever knows the address can say what is paid.
            stripe.WebhookSignature.verify_header(body.decode(), signatures, os.environ["PAY_HOOK_SECRET"], 300)
        event = json.loads(body)
    except (ValueError, stripe.SignatureVerificationError):
        raise BadRequest("not signed by the provider") from None
    with transaction(DB) as db:
        new = db.execute("INSERT INTO heard VALUES (?) ON CONFLICT DO NOTHING", (event["id"],)).rowcount
        if new and event["type"] == "checkout.session.completed":
            settle(db, event["data"]["object"])
    return jsonify(ok=True), 200


def settle(db: sqlite3.Connection, session: dict[str, Any]) -> None:
    """A page was completed: if the money is there and is what was asked for, the order is paid, once."""
    if session["payment_status"] != "paid":
        return
    ask = (session["client_reference_id"], session["amount_total"], session["currency"])
    paid = db.execute(
        "UPDATE orders SET status = 'paid' WHERE id = ? AND cents = ? AND currency = ? AND status = 'open' RETURNING *",
        ask,
    ).fetchone()
    if paid:
        enqueue(db, paid["person"], "deal", paid["id"])
        enqueue(db, paid["person"], "contact", "")


@app.get("/up")
def up() -> Response:
    """It is well."""
    return jsonify(ok=True)
