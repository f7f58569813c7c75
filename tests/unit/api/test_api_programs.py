"""Programs over HTTP: how each stands, their kinds, and the words to them."""

from __future__ import annotations

import pytest

from tradewire.programs.shipped import SHIPPED
from unit.api.asgi import Served, serve

V1 = "/api/v1"


@pytest.fixture
def served() -> Served:
    return serve()


async def test_a_list_tells_how_each_stands(served: Served) -> None:
    async with served.client() as client:
        (program,) = (await client.get(f"{V1}/programs")).json()
        assert (program["name"], program["status"], program["told"]) == ("coffee", "running", "2 made")
        assert program["ts_next"].endswith("Z")
        assert (await client.get(f"{V1}/programs/coffee")).json() == program


async def test_the_kinds_come_with_their_parameters(served: Served) -> None:
    async with served.client() as client:
        kinds = (await client.get(f"{V1}/programs/kinds")).json()
    assert [kind["kind"] for kind in kinds] == sorted(SHIPPED)
    (dca,) = (kind for kind in kinds if kind["kind"] == "dca")
    parameters = {row["parameter"]: row for row in dca["parameters"]}
    assert parameters["symbol"]["required"] is True
    assert parameters["schedule.every"]["one_of"] == ["once", "interval", "daily", "weekly", "monthly"]
    assert all(row["description"] for kind in kinds for row in kind["parameters"])


async def test_a_word_to_a_program_changes_it_or_says_why_not(served: Served) -> None:
    async with served.client() as client:
        paused = await client.post(f"{V1}/programs/coffee/pause")
        assert (paused.status_code, paused.json()["status"]) == (200, "paused")
        again = await client.post(f"{V1}/programs/coffee/pause")
        assert (again.status_code, again.json()["error"]["message"]) == (409, "coffee is paused: it cannot pause")
        assert (await client.post(f"{V1}/programs/coffee/resume")).json()["status"] == "running"
        assert (await client.post(f"{V1}/programs/coffee/stop")).json()["reason"] == "by you"
        unknown = await client.post(f"{V1}/programs/cofee/stop")
        assert unknown.status_code == 404
        assert "did you mean coffee?" in unknown.json()["error"]["message"]
