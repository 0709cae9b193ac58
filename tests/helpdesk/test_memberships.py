"""Who is in which group and organization, and which of them is whose default, as bare HTTP sees it."""

from typing import Any

import pytest

from tests.helpdesk.inside import Inside


def _joined(inside: Inside, circle: str, user_id: int) -> list[dict[str, Any]]:
    """Memberships of a user in two new groups or organizations, A and B."""
    made = [inside.ask("POST", f"/{circle}s", {circle: {"name": each}}).body[circle]["id"] for each in "AB"]
    kind = f"{circle}_membership"
    given = [{kind: {"user_id": user_id, f"{circle}_id": each}} for each in made]
    return [inside.ask("POST", f"/{kind}s", each).body[kind] for each in given]


@pytest.mark.parametrize(("own", "default"), [(False, "B"), (True, "A")])
def test_merging_moves_memberships(inside: Inside, own: bool, default: str) -> None:
    """The other is in every organization that the one was in; their own default stays, or else the one's is theirs."""
    ann, bob = inside.user("Ann"), inside.user("Bob")
    joined = _joined(inside, "organization", ann["id"])
    inside.ask("PUT", f"/users/{ann['id']}/organization_memberships/{joined[1]['id']}/make_default")
    if own:
        inside.ask("PUT", f"/users/{bob['id']}", {"user": {"organization_id": joined[0]["organization_id"]}})
    winner = inside.ask("PUT", f"/users/{ann['id']}/merge", {"user": {"id": bob["id"]}}).body["user"]
    listed = inside.ask("GET", f"/users/{bob['id']}/organization_memberships").body["organization_memberships"]
    assert sorted(each["organization_name"] for each in listed) == ["A", "B"]
    assert [each["organization_name"] for each in listed if each["default"]] == [default]
    assert [each["organization_id"] for each in listed if each["default"]] == [winner["organization_id"]]


def test_memberships_have_a_default(inside: Inside) -> None:
    """The first is the default; another one takes over when it goes."""
    ann = inside.user("Ann")
    organizations = [
        inside.ask("POST", "/organizations", {"organization": {"name": each}}).body["organization"]["id"]
        for each in "AB"
    ]
    joined = [
        inside.ask("POST", "/organization_memberships", {"organization_membership": each}).body[
            "organization_membership"
        ]
        for each in ({"user_id": ann["id"], "organization_id": number} for number in organizations)
    ]
    assert [each["default"] for each in joined] == [True, False]
    path = f"/users/{ann['id']}"
    assert inside.ask("GET", path).body["user"]["organization_id"] == organizations[0]
    inside.ask("PUT", f"{path}/organization_memberships/{joined[1]['id']}/make_default")
    assert inside.ask("GET", path).body["user"]["organization_id"] == organizations[1]
    assert inside.ask("DELETE", f"/organization_memberships/{joined[1]['id']}").status == 204
    assert inside.ask("GET", path).body["user"]["organization_id"] == organizations[0]
    again = {"organization_membership": {"user_id": ann["id"], "organization_id": organizations[0]}}
    assert inside.ask("POST", "/organization_memberships", again).status == 422


def test_groups_have_agents(inside: Inside) -> None:
    """Only agents join; a name is taken once; the default group stays."""
    made = inside.ask("POST", "/groups", {"group": {"name": "Night"}}).body["group"]
    assert inside.ask("POST", "/groups", {"group": {"name": "night"}}).status == 422
    bob, ann = inside.user("Bob", role="agent"), inside.user("Ann")
    join = {"group_membership": {"user_id": bob["id"], "group_id": made["id"]}}
    joined = inside.ask("POST", "/group_memberships", join)
    assert (joined.status, joined.body["group_membership"]["default"]) == (201, False)
    customer = {"group_membership": {"user_id": ann["id"], "group_id": made["id"]}}
    assert inside.ask("POST", "/group_memberships", customer).status == 422
    assert [each["id"] for each in inside.ask("GET", f"/groups/{made['id']}/users").body["users"]] == [bob["id"]]
    assert [each["name"] for each in inside.ask("GET", f"/users/{bob['id']}/groups").body["groups"]] == [
        "General",
        "Night",
    ]
    assert inside.ask("DELETE", f"/groups/{made['id']}").status == 204
    assert inside.ask("GET", f"/groups/{made['id']}").status == 404
    default = next(each for each in inside.ask("GET", "/groups").body["groups"] if each["default"])
    assert inside.ask("DELETE", f"/groups/{default['id']}").status == 422


@pytest.mark.parametrize(("circle", "own"), [("group", "default_group_id"), ("organization", "organization_id")])
def test_another_default_takes_over_from_what_is_deleted(inside: Inside, circle: str, own: str) -> None:
    """Who was in a group or organization by default has another default once it is gone, if they are in any."""
    bob = inside.user("Bob", role="agent")
    first, second = _joined(inside, circle, bob["id"])
    kind, path = f"{circle}_membership", f"/users/{bob['id']}"
    assert inside.ask("PUT", f"{path}/{kind}s/{second['id']}/make_default").status == 200
    assert inside.ask("GET", path).body["user"][own] == second[f"{circle}_id"]
    assert inside.ask("DELETE", f"/{circle}s/{second[f'{circle}_id']}").status == 204
    left = inside.ask("GET", f"{path}/{kind}s").body[f"{kind}s"]
    assert first["id"] in [each["id"] for each in left]
    assert [each["default"] for each in left] == [True, *[False] * (len(left) - 1)]
    assert inside.ask("GET", path).body["user"][own] == left[0][f"{circle}_id"]


@pytest.mark.parametrize("circle", ["group", "organization"])
def test_a_membership_is_made_the_default_of_its_own_user_only(inside: Inside, circle: str) -> None:
    """Under another user's path it is not found, and nothing changes."""
    bob, eve = inside.user("Bob", role="agent"), inside.user("Eve", role="agent")
    second = _joined(inside, circle, bob["id"])[1]
    path = f"{circle}_memberships/{second['id']}"
    assert inside.ask("PUT", f"/users/{eve['id']}/{path}/make_default").status == 404
    assert inside.ask("GET", f"/{path}").body[f"{circle}_membership"]["default"] is False


def test_a_membership_names_its_organization_as_it_is_called_now(inside: Inside) -> None:
    """Shown alone and in lists, also after the organization has got another name."""
    first = _joined(inside, "organization", inside.user("Ann")["id"])[0]
    assert first["organization_name"] == "A"
    path = f"/organizations/{first['organization_id']}"
    inside.ask("PUT", path, {"organization": {"name": "Z"}})
    shown = inside.ask("GET", f"/organization_memberships/{first['id']}").body["organization_membership"]
    listed = inside.ask("GET", f"{path}/organization_memberships").body["organization_memberships"]
    assert [each["organization_name"] for each in (shown, *listed)] == ["Z", "Z"]
