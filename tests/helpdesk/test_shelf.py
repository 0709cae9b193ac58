"""Records by id, by value and by their last change."""

from fakes.helpdesk.state.shelf import Index, Recency, Shelf


def test_a_shelf_is_in_the_order_of_ids_whatever_comes_back() -> None:
    """A record that was taken and put back is in its old place."""
    shelf: Shelf[str] = Shelf()
    for number in (1, 2, 3):
        shelf.put(number, str(number))
    shelf.put(2, shelf.take(2) + "!")
    assert (shelf.ids, list(shelf), len(shelf), 2 in shelf) == ([1, 2, 3], ["1", "2!", "3"], 3, True)
    assert [shelf.get(each) for each in ("2", 2, "x", None, True, "٣")] == ["2!", "2!", None, None, None, None]


def test_an_index_forgets_values_that_nobody_has() -> None:
    """Ids ascend; None is no value."""
    index = Index()
    for number in (3, 1, 2):
        index.add("a", number)
    index.add(None, 4)
    index.move("a", "b", 2)
    assert (index.ids("a"), index.ids("b"), index.ids(None)) == ([1, 3], [2], [])
    index.drop("b", 2)
    assert dict(index.values()) == {"a": 2}


def test_changes_come_once_at_their_newest_place_even_when_there_were_many() -> None:
    """Thousands of changes of a few records are not kept."""
    recency = Recency()
    for second in range(5000):
        recency.touch(second % 3, second)
    assert [each[2] for each in recency.since(0)] == [4997 % 3, 4998 % 3, 4999 % 3]
    assert list(recency.backwards()) == [4999 % 3, 4998 % 3, 4997 % 3]
    assert len(recency._log) < 300


def test_a_clock_that_is_put_back_does_not_hide_a_change() -> None:
    """Who asks since the last change they saw gets the next one."""
    recency = Recency()
    recency.touch(1, 100)
    recency.touch(2, 40)
    (seen,) = [each for each in recency.since(100) if each[2] == 1]
    assert [each[2] for each in recency.since(seen[0], seen[1])] == [2]
