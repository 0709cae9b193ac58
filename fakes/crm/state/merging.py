"""Two records become one, and a contact is deleted for good.

After a merge both old ids lead to the merged record, which has an id of its own. A contact deleted for good is gone
with its history, and its addresses cannot be used again. Called by `wire`.
"""

from collections.abc import Mapping
from typing import Any

from fakes.crm.problems import malformed, not_found
from fakes.crm.state.associations import Associations
from fakes.crm.state.kinds import ACTIVITIES
from fakes.crm.state.record import Record, Written
from fakes.crm.state.records import STAGES, Portal
from fakes.crm.state.shelf import folded
from fakes.crm.state.values import addresses

UNMERGED = (*ACTIVITIES, "line_items", "products")
MERGES_MAX = 250
"""How many records may have become one."""


def merge(portal: Portal, associations: Associations, kind: str, given: Mapping[str, Any]) -> list[Written]:
    """Make one record of two; what became of each: the merged one first, then those that are gone."""
    if kind in UNMERGED:
        raise malformed(f"Records of object type {portal.schemas[kind].title} cannot be merged")
    ids = [given.get(each) for each in ("primaryObjectId", "objectIdToMerge")]
    if not all(isinstance(each, str) and each for each in ids):
        raise malformed(
            "Invalid input JSON on line 1, column 1: Cannot build PublicMergeInput, some of required attributes are "
            "not set [primaryObjectId, objectIdToMerge]"
        )
    first, second = (portal.get(kind, str(each)) for each in ids)
    if first is second:
        raise malformed(f"Cannot merge a {portal.schemas[kind].title} with itself: {ids[0]}")
    merged = (*first.merged, *second.merged, first.id, second.id)
    if len(merged) > MERGES_MAX:
        raise malformed(f"A record may be made of at most {MERGES_MAX} records")
    values = joined(first.values, second.values)
    if portal.settings.merge_keeps_id:
        made, gone = first, [second]
        merged = tuple(each for each in merged if each != first.id)
    else:
        made, gone = portal.blank(kind, min(first.created, second.created)), [first, second]
    for each in gone:
        associations.move(each, made)
    for each in gone:
        portal.remove(each)
    made.merged = merged
    for each_id in merged:
        portal.shelves[kind].moved[each_id] = made.id
    made.created, made.updated = min(first.created, second.created), portal.clock.wall()
    before = {} if made is not first else first.values
    changed = {name: value for name, value in values.items() if before.get(name) != value}
    portal.keep(made, values, changed)
    told = Written(record=made, op="update", ids=tuple(each.id for each in (first, second)), changed=changed)
    return [told, *(Written(record=each, op="delete", ids=(made.id,)) for each in gone)]


def joined(first: Mapping[str, str], second: Mapping[str, str]) -> dict[str, str]:
    """The values of a merged record: the first one's, the second one's where it has none, the further stage of life."""
    values = {**second, **first}
    stages = [each["lifecyclestage"] for each in (first, second) if each.get("lifecyclestage") in STAGES]
    if stages:
        values["lifecyclestage"] = max(stages, key=STAGES.index)
    known = [
        address
        for each in (first, second)
        for address in (each.get("email", ""), *addresses(each.get("hs_additional_emails", "")))
    ]
    others = [each for each in dict.fromkeys(known) if each and each != values.get("email")]
    if others:
        values["hs_additional_emails"] = ";".join(others)
    return values


def erase(portal: Portal, given: Mapping[str, Any]) -> Written | None:
    """Delete a contact for good; an address that nobody has is only kept from being used. None: nobody was deleted."""
    name, by = given.get("objectId"), given.get("idProperty")
    if not isinstance(name, str) or not name:
        raise malformed("Invalid input JSON on line 1, column 1: some of required attributes are not set [objectId]")
    if by not in (None, "", "hs_object_id", "email"):
        raise malformed(f"idProperty {by} cannot identify a contact to delete")
    shelf = portal.shelves["contacts"]
    if by == "email":
        found = portal.find("contacts", name, "email")
        shelf.barred.add(folded(name))
        if found is None:
            return None
    else:
        found = shelf.records.get(shelf.moved.get(name, name))
        if found is None:
            raise not_found()
    return _erased(portal, found)


def _erased(portal: Portal, found: Record) -> Written:
    shelf = portal.shelves["contacts"]
    portal.remove(found)
    for address in (found.values.get("email", ""), *addresses(found.values.get("hs_additional_emails", ""))):
        if address:
            shelf.barred.add(folded(address))
    for old in found.merged:
        shelf.moved.pop(old, None)
    found.versions.clear()
    return Written(record=found, op="delete")
