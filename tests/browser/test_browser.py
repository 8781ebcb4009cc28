"""The browser itself: it runs here and shows Chinese."""

from playwright.sync_api import Page, expect


def test_the_browser_runs_scripts_and_shadow_trees(page: Page) -> None:
    page.set_content("<p id=host></p>")
    page.evaluate("""() => {
        const root = document.getElementById("host").attachShadow({ mode: "open" });
        root.innerHTML = "<button>转人工</button>";
        root.querySelector("button").onclick = (event) => { event.target.textContent = "正在接通"; };
    }""")
    page.get_by_role("button", name="转人工").click()
    expect(page.get_by_role("button", name="正在接通")).to_be_visible()
