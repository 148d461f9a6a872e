"""Do the pages show people what the readings say, in both languages and themes, and grey when it is old?"""

import re
from datetime import timedelta

import pytest

from api.keys import INVENTORY
from campus.store.contracts import Record

pytestmark = pytest.mark.asyncio(loop_scope="session")

MINUTE = timedelta(minutes=1)
TILES = ["aps", "stations", "controllers", "availability", "age"]
STORM = [f"B{1 + number % 2}-1F-{100 + number}" for number in range(60)]

LOW_CONTRAST = """() => {
  const parse = (text) => text.match(/[\\d.]+/g).map(Number);
  const over = ([r, g, b, a = 1], under) => [r, g, b].map((one, at) => one * a + under[at] * (1 - a));
  const light = (rgb) => {
    const [r, g, b] = rgb.map((one) => (one /= 255) <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (node) => {
    const chain = [];
    for (let at = node; at; at = at.parentElement) chain.unshift(parse(getComputedStyle(at).backgroundColor));
    return chain.reduce((under, layer) => over(layer, under), [255, 255, 255]);
  };
  const found = [];
  for (const node of document.querySelectorAll("body *")) {
    const own = [...node.childNodes].some((child) => child.nodeType === 3 && child.data.trim());
    if (!own || !node.checkVisibility() || node.closest("svg, option, noscript")) continue;
    const behind = ground(node);
    const [a, b] = [light(over(parse(getComputedStyle(node).color), behind)), light(behind)];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) found.push(`${node.className} "${node.textContent.slice(0, 20)}" ${ratio.toFixed(2)}`);
  }
  return [...new Set(found)];
}"""


async def test_the_tiles_show_what_the_readings_say(site):
    await site.college.lose("B2-1F-1")
    page = await site.open()
    aps, stations, controllers, _, _ = await site.texts(".tile .big")
    assert (aps, stations, controllers) == ("6 / 7", "30", "3 / 3")
    assert await site.texts("[data-panel=aps] .sub .state") == ["离线 1"]
    assert await page.locator(".stale").count() == 0


async def test_the_heat_table_follows_the_estate_with_value_icon_and_word(site):
    await site.college.lose("B2-1F-1")
    await site.college.pass_minutes(2, down=["B2-1F-1"])
    page = await site.open()
    rows = await site.texts(".board tbody tr")
    assert [row.split()[0] for row in rows] == ["教学区", "一号楼", "图书馆", "宿舍区", "一号宿舍"]
    assert "离线 1" in rows[2]
    assert re.search(r"100\.00% 正常", rows[1])
    heats = page.locator(".board td.heat .grade")
    assert await heats.locator("svg.icon").count() == await heats.count() == 5


async def test_a_problem_names_its_cause_what_it_takes_along_and_since_when(site):
    await site.college.all_well()
    site.college.at += MINUTE
    await site.college.reach(silent=["ac-1", "ac-2"])
    await site.college.aps(names=["D1-1F-1", "D1-1F-2"])
    await site.open()
    (problem,) = await site.texts(".problem")
    assert "教学区控制器甲 / 教学区控制器乙 失联" in problem
    assert "5台AP" in problem
    assert "起" in problem


async def test_a_controller_that_answers_without_one_ap_is_not_called_lost(site):
    await site.college.lose("D1-1F-1", "D1-1F-2")
    await site.open()
    (problem,) = await site.texts(".problem")
    assert problem.startswith("宿舍区控制器 有应答，但AP全部离线 影响 2台AP")


async def test_every_tile_and_panel_greys_when_the_server_is_dead(site):
    await site.college.all_well()
    await site.page.clock.install()
    page = await site.open()
    assert await page.locator(".stale").count() == 0
    site.expected = "net::ERR_"
    site.server.should_exit = True
    await page.clock.fast_forward(150_000)
    await page.locator(".tile.stale").nth(len(TILES) - 1).wait_for()
    assert await page.locator("[data-panel]:not(.stale)").count() == 0
    ages = await site.texts(".tile .age")
    assert all("已过期" in age for age in ages), ages
    await page.get_by_role("alert").wait_for()


async def test_every_tile_is_grey_when_the_readings_are_old(site):
    site.college.at -= timedelta(minutes=5)
    await site.college.all_well()
    page = await site.open()
    stale = await page.locator(".tile.stale").evaluate_all("all => all.map((one) => one.dataset.panel)")
    assert stale == TILES


async def test_tiles_of_devices_silent_on_snmp_are_grey_without_a_number(site):
    await site.college.all_well()
    site.college.at += MINUTE
    await site.college.reach(snmp_silent=["ac-1", "ac-2", "ac-3"])
    page = await site.open()
    assert await page.locator("[data-panel=aps].stale, [data-panel=controllers].stale").count() == 2
    assert (await site.texts(".tile .big"))[0] == "— / 7"


async def test_an_empty_campus_says_what_to_do(site):
    page = await site.open()
    assert await page.locator(".empty li").count() == 3
    assert await page.locator(".board").count() == 0
    assert (await site.texts("[data-panel=aps] .age")) == ["尚无数据"]


async def test_a_storm_of_60_problems_stays_on_one_screen(site):
    await site.college.reach()
    await site.college.aps(names=STORM)
    site.college.at += MINUTE
    await site.college.reach()
    await site.college.aps(names=STORM, down=STORM[:-1])
    page = await site.open()
    assert (await site.texts("#problems .total")) == ["59 项"]
    assert await page.locator(".problem").count() == 2
    assert await page.evaluate("document.documentElement.scrollHeight <= innerHeight")
    await page.locator(".problem summary").first.click()
    assert await page.locator(".problem details[open] li").count() >= 29


@pytest.mark.parametrize("path", ["/", "/aps"])
@pytest.mark.parametrize("language", ["zh", "en"])
async def test_each_page_speaks_one_language_without_holes(site, path, language):
    await site.college.lose("B2-1F-1")
    page = await site.open(f"{path}?lang={language}")
    text = await page.locator("body").inner_text()
    assert re.findall(r"\b[a-z_]+\.[a-z_]+\b|\{\w+\}|undefined|NaN", text) == []
    assert await page.evaluate("document.documentElement.lang") == {"zh": "zh-CN", "en": "en"}[language]
    assert ("Overview" in text) == (language == "en")


async def test_language_and_theme_are_switched_by_hand_and_kept(site):
    await site.college.all_well()
    page = await site.open("/")
    await page.get_by_role("button", name="English").click()
    await page.get_by_role("heading", name="Areas and buildings").wait_for()
    await page.get_by_role("button", name="Dark").click()
    await page.goto(site.address + "/aps")
    await page.get_by_role("button", name="Light").wait_for()
    assert await page.evaluate("document.documentElement.dataset.theme") == "dark"


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/", "/aps"])
@pytest.mark.parametrize("old", [False, True], ids=["fresh", "stale"])
async def test_text_has_enough_contrast(site, path, theme, old):
    if old:
        site.college.at -= timedelta(minutes=5)
    await site.college.lose("B2-1F-1")
    await site.college.pass_minutes(1, down=["B2-1F-1"])
    page = await site.open(f"{path}?lang=zh&theme={theme}")
    assert await page.evaluate(LOW_CONTRAST) == []


@pytest.mark.parametrize("width", [390, 768, 1366, 3840])
@pytest.mark.parametrize("path", ["/", "/aps"])
async def test_no_width_scrolls_sideways(site, path, width):
    await site.college.lose("B2-1F-1")
    await site.page.set_viewport_size({"width": width, "height": 900})
    page = await site.open(f"{path}?lang=en")
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_a_note_that_finds_no_room_beside_the_title_takes_none_from_the_table(site):
    await site.college.all_well()
    made_up = {"start": "2026-01-01T00:00:00+00:00", "end": site.college.at.isoformat()}
    await site.college.records.append(Record("synthetic", "lab", site.college.at, "lab", made_up))
    await site.page.set_viewport_size({"width": 390, "height": 900})
    page = await site.open("/?lang=en")
    assert await page.locator(".board .note").is_visible()
    board, table = [await page.locator(where).bounding_box() for where in (".board", ".board .scroll")]
    assert table["width"] > 0.95 * board["width"]


async def test_paper_is_light_even_from_a_dark_page(site):
    await site.college.all_well()
    page = await site.open("/?lang=zh&theme=dark")
    await page.emulate_media(media="print")
    assert await page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(244, 246, 248)"
    assert await page.locator(".tools").is_hidden()


async def test_the_keyboard_reaches_content_first(site):
    await site.college.all_well()
    page = await site.open()
    await page.keyboard.press("Tab")
    assert await page.evaluate("document.activeElement.className") == "skip"
    await page.keyboard.press("Enter")
    assert await page.evaluate("document.activeElement.id") == "content"


# ── the list of APs ───────────────────────────────────────────────────────────────────────────────────────────


async def rows(site, expected):
    await site.page.wait_for_function("n => document.querySelectorAll('.list tbody tr').length === n", arg=expected)
    return await site.texts(".list tbody th")


async def test_filters_stand_in_the_address_and_back_undoes_them(site):
    await site.college.lose("B2-1F-1")
    page = await site.open("/aps?lang=zh")
    assert len(await rows(site, 7)) == 7
    await page.get_by_label("位置", exact=True).select_option("building:B2")
    assert await rows(site, 1) == ["B2-1F-1"]
    assert "scope=building%3AB2" in page.url
    await page.go_back()
    await rows(site, 7)
    assert "scope" not in page.url


async def test_an_address_with_filters_opens_as_it_was_shared(site):
    await site.college.lose("B2-1F-1")
    page = await site.open("/aps?lang=zh&state=bad&q=b2")
    assert await rows(site, 1) == ["B2-1F-1"]
    assert await page.get_by_role("searchbox").input_value() == "b2"
    assert await page.get_by_label("状态", exact=True).input_value() == "bad"


async def test_typing_searches_and_clearing_shows_all_again(site):
    await site.college.all_well()
    page = await site.open("/aps?lang=zh")
    await page.get_by_role("searchbox").fill("d1-")
    assert await rows(site, 2) == ["D1-1F-1", "D1-1F-2"]
    await page.get_by_role("button", name="清除条件").click()
    await rows(site, 7)


async def test_heads_sort_and_tell_how(site):
    await site.college.all_well()
    page = await site.open("/aps?lang=zh")
    head = page.get_by_role("columnheader", name="名称")
    for order, first in (("ascending", "B1-1F-1"), ("descending", "D1-1F-2")):
        await head.get_by_role("button").click()
        await page.wait_for_function("first => document.querySelector('.list tbody th').innerText === first", arg=first)
        assert await head.get_attribute("aria-sort") == order


async def test_long_lists_turn_pages(site):
    await site.college.reach()
    await site.college.aps(names=STORM)
    page = await site.open("/aps?lang=zh&sort=name")
    first = await rows(site, 50)
    await page.get_by_role("button", name="下一页").click()
    rest = await rows(site, 10)
    assert set(first) | set(rest) == set(STORM)
    await page.get_by_role("button", name="回到第一页").click()
    assert await rows(site, 50) == first


# ── signing in ────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_stranger_signs_in_by_hand_and_comes_back_where_they_were_going(site):
    await site.college.all_well()
    key = await site.college.key()
    page = site.page
    site.expected = "401"
    await page.goto(site.address + "/aps?lang=zh&state=good")
    await page.get_by_label("访问密钥").fill("campus_00_wrong")
    await page.get_by_role("button", name="进入").click()
    assert await page.get_by_role("alert").inner_text() == "密钥不正确、已过期或已停用"
    await page.get_by_label("访问密钥").fill(key)
    await page.get_by_role("button", name="进入").click()
    await page.wait_for_selector("[data-panel=list]")
    assert page.url.endswith("/aps?lang=zh&state=good")


@pytest.mark.parametrize("elsewhere", ["//evil.test", "https://evil.test", "/\\evil.test", "javascript:alert(1)"])
async def test_signing_in_never_leads_to_another_house(site, elsewhere):
    await site.college.all_well()
    await site.page.goto(f"{site.address}/sign-in?next={elsewhere}#key={await site.college.key()}")
    await site.page.wait_for_selector("[data-panel=aps]")
    assert site.page.url == site.address + "/"


async def test_a_key_in_the_address_does_not_stay_there(site):
    await site.college.all_well()
    page = await site.open()
    assert "campus_" not in page.url
    await page.go_back()
    assert "campus_" not in page.url


async def test_a_key_that_may_not_see_a_page_is_told_so(site):
    await site.college.all_well()
    site.expected = "403"
    await site.page.goto(f"{site.address}/sign-in?lang=zh#key={await site.college.key(INVENTORY)}")
    assert await site.page.get_by_role("alert").inner_text() == "这把密钥没有查看此页的权限"


async def test_a_page_opened_while_the_store_fails_tries_again_by_itself(site):
    await site.college.all_well()
    await site.open()
    site.expected = "503"
    await site.page.clock.install()
    await site.page.route("**/api/v1/session", lambda route: route.fulfill(status=503, json={"status": 503}))
    await site.page.reload()
    await site.page.get_by_role("alert").wait_for()
    await site.page.unroute("**/api/v1/session")
    await site.page.clock.fast_forward(20_000)
    await site.page.wait_for_selector("[data-panel=aps]")


async def test_signing_out_leads_to_the_sign_in_page(site):
    await site.college.all_well()
    page = await site.open()
    site.expected = "401"
    await page.get_by_role("button", name="退出").click()
    await page.get_by_label("访问密钥").wait_for()
