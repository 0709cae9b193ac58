"""Starting, waiting, watching, stopping; with real processes."""

import asyncio
import shutil
import socket
from pathlib import Path
from types import SimpleNamespace

import pytest

from harness.clock import until
from harness.errors import MachineError, StackError
from harness.journal import Journal, read
from harness.stack import ProcessSpec, Stack, guardian, ports
from tests.stack.conftest import Child


def events(folder: Path, name: str) -> list[tuple[str, int | None]]:
    """What the journal says of one process."""
    records = read(folder / "stack.jsonl")
    return [(r["event"], r["code"]) for r in records if r["k"] == "process" and r["name"] == name]


async def test_the_first_line_is_handed_over_and_kept_out_of_the_log(stack: Stack, child: Child) -> None:
    """A line may carry secrets: it is returned, and only what follows it is logged."""
    running = await stack.start(child("say", "my secret", "and then this"))
    assert await until(lambda: "and then this" in running.log.read_text(), within_s=20)
    assert running.line == "my secret"
    assert "secret" not in running.log.read_text()
    assert running.alive
    assert running.exit_code is None


async def test_a_tcp_process_is_ready_when_it_accepts(stack: Stack, child: Child) -> None:
    """A port chosen by `ports.free` is held, handed over at the start, and answered on."""
    (port,) = ports.free(1)
    assert port in ports.held()
    await stack.start(child("listen", port, ready=f"tcp:127.0.0.1:{port}"))
    assert port not in ports.held()
    assert ports.is_taken("127.0.0.1", port)


async def test_an_http_process_is_ready_when_it_answers_well(stack: Stack, child: Child) -> None:
    """A 2xx status is ready."""
    (port,) = ports.free(1)
    await stack.start(child("serve", port, 204, ready=f"http://127.0.0.1:{port}/health"))
    assert stack.running("child").alive


async def test_an_http_process_that_answers_badly_is_not_ready(stack: Stack, child: Child) -> None:
    """A 503 is no answer, and the message says what was waited for and where the log is."""
    (port,) = ports.free(1)
    spec = child("serve", port, 503, ready=f"http://127.0.0.1:{port}/health", ready_s=0.4)
    with pytest.raises(StackError, match=r'"child" was not ready within 0.4 s: http://.*/health did not answer') as it:
        await stack.start(spec)
    assert "logs/child.log" in str(it.value)


@pytest.mark.parametrize(("free", "is_said"), [(0, True), (2**20, False)])
async def test_a_full_disk_is_named_beside_the_process_that_died(
    stack: Stack, child: Child, monkeypatch: pytest.MonkeyPatch, free: int, is_said: bool
) -> None:
    """One that could not write a word is not blamed for it; one that died of its own is."""
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=free))
    with pytest.raises(StackError, match="ended with exit code 1") as it:
        await stack.start(child("die", 1, ready="exit"))
    assert ("the disk that its log is on is full; make room" in str(it.value)) is is_said


async def test_a_one_shot_must_end_well(stack: Stack, child: Child) -> None:
    """Ready by `exit` means exit code 0, and any other code is told with the log's last lines."""
    done = await stack.start(child("die", 0, "fine", name="well", ready="exit"))
    assert done.exit_code == 0
    with pytest.raises(StackError, match='"ill" ended with exit code 3, expected exit code 0\n') as it:
        await stack.start(child("die", 3, "no such table", name="ill", ready="exit"))
    assert "    no such table" in str(it.value)


async def test_a_death_at_start_is_told_with_the_last_lines(stack: Stack, child: Child) -> None:
    """Name, exit code, twenty lines and the log's path; not the lines before them."""
    lines = [f"line {number}." for number in range(30)]
    with pytest.raises(StackError) as it:
        await stack.start(child("die", 7, *lines, ready="tcp:127.0.0.1:1"))
    text = str(it.value)
    assert text.startswith('"child" ended with exit code 7 before it was ready (tcp:127.0.0.1:1)\n')
    assert str(stack.folder / "logs" / "child.log") in text
    assert "line 29." in text
    assert "line 10." in text
    assert "line 9." not in text


async def test_a_program_that_is_not_there_is_named(stack: Stack) -> None:
    """The message names the program and what to do."""
    with pytest.raises(StackError, match=r'"api" cannot be started: no-such-program: .*install it'):
        await stack.start(ProcessSpec(name="api", command=["no-such-program"]))


async def test_a_taken_port_is_refused_before_anything_starts(stack: Stack, child: Child) -> None:
    """Another program's listener would be taken for ours, so it is an error that names the port."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(MachineError, match=f"port {port} on 127.0.0.1.*is taken by another program"):
            await stack.start(child("listen", port, ready=f"tcp:127.0.0.1:{port}"))
    assert not events(stack.folder, "child")


async def test_a_death_while_needed_is_reported(stack: Stack, child: Child) -> None:
    """`watch` raises as soon as a process that is needed dies behind our back."""
    running = await stack.start(child("say", "ready"))
    guardian.send(9, [running.pid])
    with pytest.raises(StackError, match='"child" was killed by SIGKILL while it was needed'):
        await asyncio.wait_for(stack.watch(), 20)
    with pytest.raises(StackError, match="while it was needed"):
        await stack.start(child("say", "ready", name="next"))


async def test_a_planned_crash_is_no_trouble(stack: Stack, child: Child) -> None:
    """`kill` ends the process and its estranged grandchild, `restart` brings it back, and the journal tells it all."""
    first = await stack.start(child("estranged", stack.folder))
    pids = {int(pid) for pid in (first.line or "").split()}
    await stack.kill("child")
    assert await until(lambda: not pids & {p.pid for p in guardian.processes(stack.run)}, within_s=20)
    second = await stack.restart("child")
    assert second.pid != first.pid
    assert events(stack.folder, "child") == [
        ("started", None), ("ready", None), ("killed", None), ("exited", -9), ("started", None), ("ready", None),
    ]  # fmt: skip
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(stack.watch(), 0.1)


async def test_a_started_process_may_end_well(stack: Stack, child: Child) -> None:
    """Ready by `started`, an end with code 0 is no trouble and any other is."""
    well = await stack.start(child("die", 0, name="well", ready="started"))
    assert await until(lambda: not well.alive, within_s=20)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(stack.watch(), 0.1)
    await stack.start(child("die", 4, name="ill", ready="started"))
    with pytest.raises(StackError, match='"ill" ended with exit code 4'):
        await asyncio.wait_for(stack.watch(), 20)


async def test_all_are_stopped_in_reverse_order_whatever_they_ignore(stack: Stack, child: Child) -> None:
    """One that ignores SIGTERM is killed, an orphan in a session of its own is found by its mark."""
    await stack.start(child("stubborn", name="first"))
    await stack.start(child("orphan", stack.folder, name="second", ready="exit"))
    await stack.start(child("say", "x", name="third"))
    await stack.stop_all()
    assert not [p for p in guardian.processes(stack.run) if p.marked]
    ends = [r["name"] for r in read(stack.folder / "stack.jsonl") if r.get("event") == "exited"]
    assert ends == ["second", "third", "first"]
    assert ("killed", None) in events(stack.folder, "first")


async def test_one_name_for_one_process(stack: Stack, child: Child) -> None:
    """A second living process of the same name is refused, and an unknown name is told with the known ones."""
    await stack.start(child("say", "x"))
    with pytest.raises(StackError, match='"child" is running already'):
        await stack.start(child("say", "x"))
    with pytest.raises(StackError, match='no process called "other" was started; started: child'):
        await stack.kill("other")


async def test_the_work_folder_lives_as_long_as_the_stack(tmp_path: Path) -> None:
    """Others can pass through it, and it is gone with the stack."""
    journal = Journal(tmp_path / "stack.jsonl", "stack")
    async with Stack.open(tmp_path, journal) as stack:
        assert stack.work.stat().st_mode & 0o777 == 0o711
        (stack.work / "data").mkdir()
    assert not stack.work.exists()
    journal.close()


@pytest.mark.parametrize("ready", ["", "tcp:localhost", "tcp:127.0.0.1:0", "soon"])
def test_a_wrong_word_for_ready_is_refused(ready: str) -> None:
    """The message says what was found and what may be written."""
    with pytest.raises(StackError, match=r"ready is .*expected tcp:HOST:PORT"):
        ProcessSpec(name="api", command=["true"], ready=ready)


def test_a_command_is_words() -> None:
    """One string would need a shell, and there is none."""
    with pytest.raises(StackError, match="expected a list of words"):
        ProcessSpec(name="api", command="true")
