"""The dashboard's files: as built, one page for every address, and a word when they are not there."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from unit.api.asgi import serve


@pytest.fixture
def built(tmp_path: Path) -> Path:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<!doctype html>the dashboard")
    (tmp_path / "assets" / "app-1a2b.js").write_text("run()")
    (tmp_path.parent / "secret.txt").write_text("secret")
    return tmp_path


async def got(web_dir: Path, path: str, method: str = "GET") -> httpx.Response:
    async with serve(web_dir=web_dir).client() as client:
        return await client.request(method, path)


@pytest.mark.parametrize("path", ["/", "/trades", "/signals/sabc-0/trace"])
async def test_every_address_of_the_dashboard_is_its_one_page(built: Path, path: str) -> None:
    answer = await got(built, path)
    assert answer.text == "<!doctype html>the dashboard"
    assert answer.headers["cache-control"] == "no-cache"


async def test_a_built_file_is_kept_by_the_browser(built: Path) -> None:
    answer = await got(built, "/assets/app-1a2b.js")
    assert answer.text == "run()"
    assert "immutable" in answer.headers["cache-control"]


@pytest.mark.parametrize("path", ["/assets/gone.js", "/api/v2/orders", "/%2e%2e/secret.txt", "/..%2fsecret.txt"])
async def test_what_is_not_built_is_not_found(built: Path, path: str) -> None:
    answer = await got(built, path)
    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "not_found"


async def test_without_a_build_the_page_says_how_to_get_it(tmp_path: Path) -> None:
    assert "make web" in (await got(tmp_path, "/")).text
