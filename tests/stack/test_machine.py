"""What the machine must offer: ports."""

import pytest

from harness.errors import MachineError
from harness.stack import ports


def test_ports_are_different_and_held() -> None:
    """Chosen together, no two are the same, and none can be chosen again before it is handed over."""
    chosen = ports.free(20)
    assert len(set(chosen)) == 20
    assert set(chosen) <= ports.held()
    assert not any(ports.is_taken(ports.LOOPBACK, port) for port in chosen)
    ports.hand_over_named_in([f"--port={chosen[0]}"])
    assert chosen[0] not in ports.held()
    assert chosen[1] in ports.held()
    ports.hand_over_named_in(map(str, chosen))


def test_a_row_leaves_out_the_port_that_is_meant_for_somebody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pipeline's own port is free until it starts, and still none of the fakes'."""
    (port,) = ports.free()
    ports.hand_over(port)
    monkeypatch.setattr(ports, "LOWEST", port - 5)
    monkeypatch.setattr(ports, "HIGHEST", port + 25)
    monkeypatch.setattr(ports, "TRIES", 20)
    assert all(port not in range(begin, begin + 4) for begin in (ports.row(4, but=port) for _ in range(40)))
    assert any(port in range(begin, begin + 4) for begin in (ports.row(4) for _ in range(40)))


def test_no_free_port_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """The message says how many were found, between which numbers, and what to do; none stays held."""
    monkeypatch.setattr(ports, "LOWEST", 20_000)
    monkeypatch.setattr(ports, "TRIES", 2)
    before = ports.held()
    with pytest.raises(MachineError, match=r"of 3 free ports on 127.0.0.1 after trying 2 between 20000"):
        ports.free(3)
    assert ports.held() == before
