"""Signing up and in: one account per e-mail, and the CRM hears of it."""

from collections.abc import Callable

from tests.pipeline.people import Person, fresh

Someone = Callable[[], Person]


async def test_the_crm_gets_every_field_in_its_place(someone: Someone) -> None:
    """A sign-up becomes one contact with the mapped fields, and a blank is not sent."""
    lead = {"utm_source": "newsletter", "referral": "friend"}
    person = await someone().sign_up(phone="", company=" ", lead=lead)
    contact = person.world.contacts[person.email]
    assert (contact["firstname"], contact["lastname"]) == ("Ada", "Love Lace")
    assert (contact["lifecyclestage"], contact["plan"], contact["plan_status"]) == ("lead", "free", "none")
    assert contact["lead_source"] == "newsletter"
    assert contact["hubspot_owner_id"] in ("1", "2")
    assert not {"phone", "company"} & set(contact)
    assert (await person.me())["state"] == "Up to date"


async def test_the_answer_comes_before_the_crm(someone: Someone) -> None:
    """While the CRM hangs, the app is told at once that the account is syncing."""
    person = someone()
    person.fault("crm", "slow_hang")
    await person.sign_up(settle=False)
    assert (await person.me())["state"] == "Account syncing"
    await person.settled()
    assert (await person.me())["state"] == "Up to date"


async def test_an_email_has_one_account_whatever_its_case(someone: Someone, person: Person) -> None:
    """The same e-mail in capitals is taken; with a plus it is somebody else's."""
    profile = {"email": person.email.upper(), "password": "a long password", "name": "B"}
    assert (await someone().send("POST", "/v1/accounts", profile)).status_code == 409
    plus = {**profile, "email": person.email.replace("@", "+2@")}
    assert (await someone().send("POST", "/v1/accounts", plus)).status_code == 202


async def test_the_same_sign_up_twice_gets_the_same_answer(someone: Someone) -> None:
    """A repeated key gets the same account and token; with another body it is refused."""
    person, key = someone(), f"sign-up-{fresh()}"
    profile = {"email": person.email, "password": "a long password", "name": "Ada"}
    first = await person.send("POST", "/v1/accounts", profile, key)
    again = await person.send("POST", "/v1/accounts", profile, key)
    other = await person.send("POST", "/v1/accounts", {**profile, "name": "Eve"}, key)
    assert (first.status_code, again.status_code, other.status_code) == (202, 202, 409)
    assert first.json() == again.json()


async def test_signing_in(person: Person) -> None:
    """The right password gets a token, the wrong one and the unknown e-mail get the same refusal."""
    right = await person.send("POST", "/v1/sessions", {"email": person.email.upper(), "password": "a long password"})
    wrong = await person.send("POST", "/v1/sessions", {"email": person.email, "password": "another password"})
    nobody = await person.send("POST", "/v1/sessions", {"email": "nobody@people.example.com", "password": "a password"})
    assert right.json()["expires_in"] > 0
    assert (right.status_code, wrong.status_code, nobody.status_code) == (200, 401, 401)
    assert wrong.json()["error"]["message"] == nobody.json()["error"]["message"]


async def test_a_later_sync_leaves_the_stage_of_sales_alone(person: Person) -> None:
    """A contact that sales moved further than we would is not moved back when its person buys."""
    person.world.contacts[person.email]["lifecyclestage"] = "evangelist"
    person.world.contacts[person.email]["company"] = "typed by sales"
    await person.pay(await person.buy())
    await person.settled()
    contact = person.world.contacts[person.email]
    assert (contact["lifecyclestage"], contact["company"]) == ("evangelist", "typed by sales")


async def test_a_contact_that_took_another_s_place_gets_its_owner_and_stage(person: Person) -> None:
    """Sales did away with the contact: the one that the next sync makes knows whose it is and how far it came."""
    person.world.contacts.pop(person.email)
    await person.pay(await person.buy())
    await person.settled()
    contact = person.world.contacts[person.email]
    assert (contact["lifecyclestage"], contact["firstname"]) == ("customer", "Ada")
    assert contact["hubspot_owner_id"] in ("1", "2")
