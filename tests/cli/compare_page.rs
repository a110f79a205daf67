//! `partask compare --export-html`: the page in a real browser, where one is installed.

use crate::harness::{installed, run_shell};
use std::fs;

/// Browsers without a window, by the names that systems give them.
const BROWSERS: [&str; 3] = ["chromium-headless-shell", "chromium", "google-chrome"];

/// Shows the page as wide as a phone and as a desk, and says what became of it.
const FRAME: &str = r#"<!DOCTYPE html><title>frame</title><body><script>
const sizes = [360, 1200];
for (const width of sizes) {
  const frame = document.createElement("iframe");
  frame.src = "page.html";
  frame.style = `border:0;width:${width}px;height:900px`;
  frame.onload = () => {
    const page = frame.contentDocument;
    const looks = frame.contentWindow.getComputedStyle(page.body);
    const wide = page.documentElement.scrollWidth > width ? "too wide" : "fits";
    const dots = page.querySelectorAll(".strip circle").length;
    const loads = frame.contentWindow.performance.getEntriesByType("resource").length;
    const said = `${width}: ${wide}, ${looks.backgroundColor}, ${looks.color}, ${dots} dots, ${loads} loads;`;
    document.body.append(said);
  };
  document.body.append(frame);
}
</script></body>"#;

#[test]
fn a_browser_shows_the_page_in_light_and_dark_and_on_a_phone() {
    let Some(browser) = BROWSERS.into_iter().find(|browser| installed(browser)) else {
        return;
    };
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("frame.html"), FRAME).expect("a page");
    let long = "a-name-without-any-blank-".repeat(8);
    let line = format!(
        "partask compare squares 1..1001 -w 1,2 --runs 3 -q --against true --against-unchecked \
         --against-name '<script>{long}' --export-html page.html"
    );
    run_shell(&line, folder.path()).succeeded();
    for (scheme, paper, ink) in [
        (1, "rgb(255, 255, 255)", "rgb(31, 35, 40)"),
        (0, "rgb(13, 17, 23)", "rgb(230, 237, 243)"),
    ] {
        let line = format!(
            "timeout 300 {browser} --headless --no-sandbox --disable-gpu --user-data-dir=profile \
             --allow-file-access-from-files --blink-settings=preferredColorScheme={scheme} \
             --virtual-time-budget=20000 --dump-dom file://$PWD/frame.html 2>log"
        );
        let shown = run_shell(&line, folder.path()).stdout;
        for width in [360, 1200] {
            let said = format!("{width}: fits, {paper}, {ink}, 9 dots, 0 loads;");
            assert!(shown.contains(&said), "{said}: {shown}");
        }
    }
}
