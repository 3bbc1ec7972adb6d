"use strict";
// Uses the page as a person would, and says in `data-checked` what went wrong, or "well".
(async () => {
  const root = document.documentElement, wrong = [];
  addEventListener("error", (event) => wrong.push(event.message));
  const is = (what, truth) => { if (!truth) wrong.push(what); };
  const one = (selector) => document.querySelector(selector);
  const all = (selector) => [...document.querySelectorAll(selector)];
  const named = (list, name) => all(`${list} button`).find((button) => button.firstChild.data.endsWith(name));
  const details = () => one("#details").textContent;
  const turned = (act) => new Promise((done) => {
    addEventListener("hashchange", done, { once: true });
    act();
  });
  const key = (target, name) => target.dispatchEvent(new KeyboardEvent("keydown", { key: name, bubbles: true, cancelable: true }));
  try {
    const boxes = all("[data-entity]");
    is("each table is in the list", all("#tables button").length === boxes.length && boxes.length > 0);
    is("each box can be reached by the keyboard", boxes.every((box) => box.tabIndex === 0));
    is("nothing is chosen", details().startsWith("Overview"));

    // A table, by the list.
    const first = named("#tables", boxes[0].querySelector(".name").lastChild.data);
    await turned(() => first.click());
    is("the table is shown", details().includes("Migrations that touched it"));
    is("it is marked", boxes[0].classList.contains("chosen") && first.getAttribute("aria-current") === "true");
    is("its migrations are marked", all("#history .touches").length > 0);

    // From there to the migration, and back by the browser.
    const link = all("#details .links button").at(-1);
    await turned(() => link.click());
    is("the migration is shown", details().includes("What it changed") && details().includes(link.textContent));
    is("what it made is marked", all(".entity.made, .entity.changed").length > 0);
    is("the focus is there", document.activeElement === one("#details"));
    await turned(() => history.back());
    is("back is back", boxes[0].classList.contains("chosen"));

    // A box, by the keyboard.
    const last = boxes.at(-1);
    last.focus();
    await turned(() => key(last, "Enter"));
    is("Enter chooses a box", last.classList.contains("chosen"));
    await turned(() => key(document.body, "Escape"));
    is("Escape chooses nothing", details().startsWith("Overview") && !one(".chosen, .dim"));

    // The search.
    key(document.body, "/");
    const search = one("#search");
    is("a stroke begins the search", document.activeElement === search);
    search.value = "no such thing <b>";
    search.dispatchEvent(new Event("input"));
    is("nothing is found", !one("#tables button") && !one("#history button"));
    key(search, "Escape");
    is("Escape ends the search", search.value === "" && all("#tables button").length === boxes.length);

    // Zoom and theme.
    const before = one("#sheet").style.transform;
    key(document.body, "+");
    is("+ is larger", one("#sheet").style.transform !== before);
    key(document.body, "0");
    is("0 fits again", one("#sheet").style.transform === before);
    const paper = () => getComputedStyle(document.body).backgroundColor;
    const colours = new Set();
    for (let turn = 0; turn < 3; turn += 1) { one("#theme").click(); colours.add(paper()); }
    is("light and dark differ", colours.size === 2 && one("#theme").textContent === "Theme: auto");
    is("all is there for the printer", all("#paper article").length === boxes.length + all("#history button").length);
  } catch (error) {
    wrong.push(String(error));
  }
  root.dataset.checked = wrong.join("; ") || "well";
})();
