"""Commands: one path for every change, answered with its story."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tradewire.parsing.command import LONGEST
from unit.api.asgi import Served, serve

V1 = "/api/v1"


@pytest.fixture
def served() -> Served:
    return serve()


async def posted(served: Served, path: str, body: Any) -> httpx.Response:
    async with served.client() as client:
        return await client.post(V1 + path, json=body)


async def test_a_command_is_a_message_of_its_sender_and_comes_back_as_a_story(served: Served) -> None:
    answer = await posted(served, "/commands", {"text": "buy btc 80", "account": "paper"})
    assert answer.status_code == 200
    story = answer.json()
    assert (story["settled"], story["duplicate"]) == (True, False)
    assert [step["code"] for step in story["signals"][0]["steps"]] == [None, "no_size"]
    kept = served.hub.received[0]
    assert (kept.source, kept.text, kept.account, kept.author) == ("api", "buy btc 80", "paper", "owner")
    async with served.client() as client:
        detail = (await client.get(f"{V1}/messages/{story['message_id']}", params={"wait": 1})).json()
    assert (story.pop("duplicate"), story.pop("mistake")) == (False, None)
    assert (detail["text"], detail["story"]) == ("buy btc 80", story)


async def test_the_same_words_twice_are_two_commands_and_the_same_id_twice_is_one(served: Served) -> None:
    for _ in range(2):
        assert not (await posted(served, "/commands", {"text": "buy btc 80"})).json()["duplicate"]
    first = await posted(served, "/commands", {"text": "buy btc 80", "id": "click-1"})
    second = await posted(served, "/commands", {"text": "buy btc 80", "id": "click-1"})
    assert (first.json()["duplicate"], second.json()["duplicate"]) == (False, True)
    assert len(served.hub.received) == 3


async def test_a_preview_shows_the_orders_and_does_nothing(served: Served) -> None:
    preview = (await posted(served, "/preview", {"text": "buy btc 80"})).json()
    (order,) = preview["accounts"][0]["orders"]
    assert (order["leg"], order["quantity"], order["text"]) == ("entry", "0.001", "buy 0.001 BTCUSDT")
    assert served.hub.received == []


async def test_a_preview_of_a_wrong_word_points_at_it(served: Served) -> None:
    preview = (await posted(served, "/preview", {"text": "buyy btc 80"})).json()
    assert (preview["refusal"]["code"], preview["position"], preview["suggestion"]) == ("unclear", 0, "buy")


async def test_a_command_with_a_wrong_word_is_explained_as_its_preview_would_be(served: Served) -> None:
    story = (await posted(served, "/commands", {"text": "buyy btc 80", "id": "one"})).json()
    mistake = {"text": "buyy btc 80", "reason": "there is no verb 'buyy'", "position": 0, "suggestion": "buy"}
    assert (story["status"], story["mistake"]) == ("unclear", mistake)
    again = (await posted(served, "/commands", {"text": "buyy other words", "id": "one"})).json()
    assert (again["duplicate"], again["mistake"]) == (True, None), "the story is that of the first words"


@pytest.mark.parametrize(
    ("scope", "halted"), [({}, {"paper": True, "second": True}), ({"account": "second"}, {"second": True})]
)
async def test_halt_goes_the_way_of_every_command_and_shows_how_the_accounts_stand(
    served: Served, scope: dict[str, str], halted: dict[str, bool]
) -> None:
    answer = (await posted(served, "/halt", scope)).json()
    assert {switch["account"]: switch["halted"] for switch in answer["accounts"]} == halted
    assert served.hub.received[0].text.startswith("halt")
    resumed = (await posted(served, "/resume", scope)).json()
    assert not any(switch["halted"] for switch in resumed["accounts"])


async def test_flatten_answers_account_by_account(served: Served) -> None:
    results = (await posted(served, "/flatten", {})).json()
    assert [(result["account"], result["flat"]) for result in results] == [("paper", True), ("second", True)]


async def test_a_hook_is_made_and_can_be_posted_to_at_its_url() -> None:
    served = serve(public_url="https://hub.example/")
    made = await posted(served, "/hooks", {"name": "tv-2", "account": "paper"})
    assert made.status_code == 201
    assert made.json()["url"] == f"https://hub.example{made.json()['path']}"
    async with served.client(login=False) as client:
        assert (await client.post(made.json()["path"], content="buy btc 80")).status_code == 202
    assert served.hub.received[0].channel == "tv-2"


async def test_without_a_public_address_a_hook_lies_where_the_request_came(served: Served) -> None:
    made = (await posted(served, "/hooks", {"name": "tv"})).json()
    assert made["url"] == f"http://127.0.0.1:8000{made['path']}"


@pytest.mark.parametrize("path", ["/commands", "/preview", "/halt", "/resume", "/flatten", "/hooks"])
async def test_an_unknown_account_is_named_and_nothing_is_done(served: Served, path: str) -> None:
    body = {"/hooks": {"name": "tv"}, "/commands": {"text": "buy btc 80"}, "/preview": {"text": "buy btc 80"}}
    answer = await posted(served, path, {**body.get(path, {}), "account": "nobody"})
    assert answer.status_code == 404
    assert answer.json()["error"] == {
        "code": "unknown_account",
        "message": "there is no account 'nobody'; known: paper, second",
        "where": "account",
    }
    assert served.hub.received == []


@pytest.mark.parametrize(
    ("path", "body", "where"),
    [
        ("/commands", {}, "body.text"),
        ("/commands", {"text": " "}, "body.text"),
        ("/commands", {"text": "a\0b"}, "body.text"),
        ("/commands", {"text": "buy btc 80", "acount": "paper"}, "body.acount"),
        ("/commands", {"text": "buy btc 80", "wait": 31}, "body.wait"),
        ("/hooks", {"name": "With Space"}, "body.name"),
        ("/halt", [], "body"),
    ],
)
async def test_a_wrong_body_is_told_where(served: Served, path: str, body: Any, where: str) -> None:
    answer = await posted(served, path, body)
    error = answer.json()["error"]
    assert (answer.status_code, error["where"]) == (422, where)
    assert error["message"].startswith(f"{where.removeprefix('body.')}: ")
    assert not set("^[]\\") & set(error["message"]), "a sentence, no pattern"
    assert served.hub.received == []


@pytest.mark.parametrize("path", ["/commands", "/preview"])
async def test_a_text_may_be_as_long_as_the_grammar_reads_and_no_longer(served: Served, path: str) -> None:
    text = "buy btc 80".ljust(LONGEST)
    assert (await posted(served, path, {"text": text})).status_code == 200
    answer = await posted(served, path, {"text": text + " "})
    sentence = 'text: takes a command such as "buy btc 80" (4,096 characters at most)'
    assert (answer.status_code, answer.json()["error"]["message"]) == (422, sentence)


@pytest.mark.parametrize("body", [b"{", b"\xff\xfe", b'{"text": "\\ud800"}', b"[" * 20_000, b""])
async def test_a_body_that_is_no_json_is_no_server_error(served: Served, body: bytes) -> None:
    async with served.client() as client:
        answer = await client.post(f"{V1}/commands", content=body, headers={"content-type": "application/json"})
    assert answer.status_code in (400, 422)
    assert set(answer.json()["error"]) >= {"code", "message"}


async def test_a_full_disk_is_told_as_such(served: Served) -> None:
    served.hub.disk_full = True
    answer = await posted(served, "/commands", {"text": "buy btc 80"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "intake_unavailable")
    assert "retry-after" in answer.headers
