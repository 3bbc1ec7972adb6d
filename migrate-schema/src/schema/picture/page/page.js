"use strict";
// What is on the page comes from the JSON beside this script, and only as text: nothing of it is ever read as markup.
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const by = (id) => document.getElementById(id);
  const root = document.documentElement;

  /** An element with its children: text, or elements. */
  const make = (tag, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children.filter((child) => child !== null));
    return element;
  };
  const plural = (count, noun) => `${count} ${noun}${count === 1 ? "" : "s"}`;

  // Lists

  const views = data.entities.filter((entity) => entity.kind !== "table").length;
  by("counts").textContent = [
    plural(data.entities.length - views, "table"), views ? plural(views, "view") : "",
    data.chapters.length ? plural(data.chapters.length, "migration") : "", data.dialect,
  ].filter(Boolean).join(" · ");

  const item = (target, label, note, words, className) => {
    const button = make("button", { type: "button", onclick: () => choose(target) }, label);
    if (note) button.append(make("small", {}, note));
    const element = make("li", { className }, button);
    return { element, button, target, name: label, words: words.join("\n").toLowerCase() };
  };
  const tables = data.entities.map((entity, at) => item(
    `t${at}`, entity.name, "", [entity.name, entity.comment ?? "", ...entity.columns.map((column) => column.name)],
    entity.kind === "table" ? "" : "view"));
  const sorted = [...tables].sort((one, other) => one.name.localeCompare(other.name));
  const chapters = data.chapters.map((chapter, at) => item(
    `m${at}`, chapter.id, chapter.description,
    [chapter.id, chapter.description, ...chapter.changes.map((change) => change.words), ...chapter.up],
    chapter.pending ? "pending" : ""));
  const fill = (list, items, nothing) => {
    list.replaceChildren(...items.map((one) => one.element));
    if (!items.length) list.append(make("li", { className: "none" }, nothing));
  };
  const search = by("search");
  const filter = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const fits = (one) => words.every((word) => one.words.includes(word));
    fill(by("tables"), sorted.filter(fits), words.length ? "No table has this" : "No tables");
    fill(by("history"), chapters.filter(fits), words.length ? "No migration has this" : "No history");
  };

  // Details

  const link = (target, label) => make("button", { type: "button", onclick: () => choose(target, true) }, label);
  const links = (children) => make("ul", { className: "links" }, ...children.map((child) => make("li", {}, ...child)));
  const section = (title, ...children) => children.some(Boolean) ? [make("h4", {}, title), ...children] : [];
  /** SQL stands indented in its source: not its first line, and the others alike. */
  const outdented = (text) => {
    const [first, ...others] = text.split("\n");
    const indents = others.filter((line) => line.trim()).map((line) => line.search(/\S/));
    return [first, ...others.map((line) => line.slice(Math.min(...indents)))].join("\n");
  };
  const badge = (kind) => make("span", { className: `badge ${kind}` }, kind);

  const columns = (entity) => {
    if (!entity.columns.length) return null;
    const row = (column) => make("tr", {},
      make("td", { className: "mark" }, column.marks.join(" ")),
      make("td", { className: "mono" }, column.name),
      make("td", { className: "mono faint" }, column.type),
      make("td", { className: "faint" }, column.about));
    const head = ["", "Column", "Type", ""].map((word) => make("th", { scope: "col" }, word));
    return make("table", {}, make("thead", {}, make("tr", {}, ...head)), make("tbody", {}, ...entity.columns.map(row)));
  };

  const relations = (at) => {
    const name = (entity) => link(`t${entity}`, data.entities[entity].name);
    const out = data.relations.filter((one) => one.from === at).map((one) => [`${one.label} → `, name(one.to)]);
    const into = data.relations.filter((one) => one.to === at && one.from !== at)
      .map((one) => ["← ", name(one.from), ` ${one.label}`]);
    return out.length + into.length ? links([...out, ...into]) : null;
  };

  const showEntity = (at) => {
    const entity = data.entities[at];
    const touched = data.chapters.flatMap((chapter, place) => {
      const changes = chapter.changes.filter((change) => change.entity === at);
      return changes.length ? [[link(`m${place}`, chapter.id), ...changes.map((change) =>
        make("div", { className: "faint" }, badge(change.kind), change.words))]] : [];
    });
    const lines = entity.lines.map((line) => make("div", { className: "about" },
      make("span", { className: "faint" }, `${line.kind} `), make("span", { className: "mono" }, line.text),
      line.sql ? make("pre", {}, line.sql) : null));
    return [
      make("h3", {}, entity.name),
      make("p", { className: "about faint" }, [entity.kind, ...entity.notes].join(" · ")),
      entity.comment ? make("p", { className: "about" }, entity.comment) : null,
      columns(entity),
      ...section("Relations", relations(at)),
      ...section("Keys, checks, indexes, triggers", ...lines),
      ...(entity.query ? section("Query", make("pre", {}, entity.query)) : []),
      ...(touched.length ? section("Migrations that touched it", links(touched)) : []),
    ];
  };

  const showChapter = (at) => {
    const chapter = data.chapters[at];
    const changes = chapter.changes.map((change) => [badge(change.kind),
      change.entity === null ? change.words : link(`t${change.entity}`, change.words)]);
    const code = (texts) => texts.map((text) => make("pre", {}, outdented(text)));
    return [
      make("h3", {}, chapter.id),
      make("p", { className: "about" }, chapter.description),
      ...chapter.facts.map(([name, value]) => make("p", { className: "about faint" }, `${name} ${value}`)),
      ...section("What it changed", changes.length ? links(changes)
        : make("p", { className: "about faint" }, "Nothing in the structure.")),
      ...(chapter.up.length ? section("Up", ...code(chapter.up)) : []),
      ...(chapter.down.length ? section("Down", ...code(chapter.down)) : []),
    ];
  };

  const showOverview = () => {
    const sign = (text, meaning) => [make("span", { className: "mono" }, text), ` ${meaning}`];
    return [
      make("h3", {}, "Overview"),
      make("p", { className: "about" }, "Choose a table, or a migration: the other side shows what belongs to it."),
      ...section("Signs", links([
        sign("PK FK UK", "primary key, foreign key, unique"),
        sign("text?", "takes NULL"),
        sign("crow's foot", "any number of rows refer here"),
        sign("| o", "at most one row; o at the other end: may refer to nothing"),
        sign("dotted", "a view reads a table"),
      ])),
      ...section("Keys", links([
        sign("/", "search"), sign("+ - 0", "zoom the diagram, and show all of it"),
        sign("arrows", "move the diagram, or go through a list"), sign("Esc", "choose nothing"),
      ])),
      ...(data.others.length ? section("Types and routines", ...data.others.map((other) => make("div", { className: "about" },
        make("span", { className: "faint" }, `${other.kind} `), make("span", { className: "mono" }, other.name),
        other.text ? make("pre", {}, other.text) : null))) : []),
      ...(data.unknown.length ? section("Not known", make("p", { className: "about faint" }, data.unknown.join(", "))) : []),
    ];
  };

  // Choosing

  const boxes = [...document.querySelectorAll("[data-entity]")];
  const lines = [...document.querySelectorAll("[data-relation]")];
  const clear = (element) => element.classList.remove("chosen", "made", "changed", "dim");

  const paintEntity = (at) => {
    const near = new Set([at]);
    data.relations.forEach((relation, place) => {
      const own = relation.from === at || relation.to === at;
      if (own) near.add(relation.from).add(relation.to);
      lines[place].classList.add(own ? "chosen" : "dim");
      // Above the other lines.
      if (own) boxes[0].before(lines[place]);
    });
    boxes.forEach((box, place) => box.classList.toggle("dim", !near.has(place)));
    boxes[at].classList.add("chosen");
    chapters.forEach((one, place) => one.element.classList.toggle(
      "touches", data.chapters[place].changes.some((change) => change.entity === at)));
  };

  /** The tables that a migration made or changed; what came later is faint. */
  const paintChapter = (at) => {
    boxes.forEach((box, place) => {
      box.classList.toggle("dim", data.entities[place].since !== null && data.entities[place].since > at);
    });
    data.relations.forEach((relation, place) => {
      const faint = [relation.from, relation.to].some((end) => boxes[end].classList.contains("dim"));
      lines[place].classList.toggle("dim", faint);
    });
    for (const change of data.chapters[at].changes) {
      const box = boxes[change.entity];
      if (box && !box.classList.contains("made")) box.classList.add(change.kind === "made" ? "made" : "changed");
    }
  };

  const choose = (target, follow = false) => {
    if (target === location.hash.slice(1)) show(target, follow);
    else { following = follow; location.hash = target; }
  };
  let following = false;
  const show = (target, follow) => {
    const at = Number(target.slice(1));
    const isTable = /^t\d+$/.test(target) && at < data.entities.length;
    const isChapter = /^m\d+$/.test(target) && at < data.chapters.length;
    boxes.concat(lines).forEach(clear);
    chapters.forEach((one) => one.element.classList.remove("touches"));
    [...tables, ...chapters].forEach((one) => one.button.setAttribute("aria-current", String(one.target === target)));
    const details = isTable ? showEntity(at) : isChapter ? showChapter(at) : showOverview();
    by("details").replaceChildren(...details.filter(Boolean));
    by("details").scrollTop = 0;
    if (isTable) { paintEntity(at); reveal(boxes[at]); }
    if (isChapter) paintChapter(at);
    const current = [...tables, ...chapters].find((one) => one.target === target);
    current?.element.scrollIntoView({ block: "nearest" });
    if (follow) by("details").focus({ preventScroll: true });
  };

  // The diagram: moved and zoomed

  const picture = by("picture"), sheet = by("sheet"), drawing = sheet.querySelector("svg");
  const size = { width: drawing.width.baseVal.value, height: drawing.height.baseVal.value };
  let view = { x: 0, y: 0, scale: 1 };
  /** Nobody has moved it: it fits whatever becomes of the window. */
  let fitted = true;
  const move = (next) => {
    view = next;
    fitted = false;
    sheet.style.transform = `translate(${view.x}px, ${view.y}px) scale(${view.scale})`;
  };
  const zoom = (factor, x = picture.clientWidth / 2, y = picture.clientHeight / 2) => {
    const scale = Math.min(4, Math.max(0.05, view.scale * factor));
    const by = scale / view.scale;
    move({ x: x - (x - view.x) * by, y: y - (y - view.y) * by, scale });
  };
  const fit = () => {
    const { clientWidth: width, clientHeight: height } = picture;
    const scale = Math.max(0.05, Math.min(width / size.width, height / size.height, 1.25));
    move({ x: (width - size.width * scale) / 2, y: (height - size.height * scale) / 2, scale });
    fitted = true;
  };
  /** Brings a box into sight, where it is not. */
  const reveal = (box) => {
    const outer = picture.getBoundingClientRect(), inner = box.getBoundingClientRect();
    const inside = inner.left >= outer.left && inner.right <= outer.right && inner.top >= outer.top && inner.bottom <= outer.bottom;
    if (!inside) move({ ...view,
      x: view.x + (outer.left + outer.right - inner.left - inner.right) / 2,
      y: view.y + (outer.top + outer.bottom - inner.top - inner.bottom) / 2 });
  };
  picture.addEventListener("wheel", (event) => {
    event.preventDefault();
    const area = picture.getBoundingClientRect();
    zoom(Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.0015)), event.clientX - area.left, event.clientY - area.top);
  }, { passive: false });

  const pointers = new Map();
  let moved = false;
  picture.addEventListener("pointerdown", (event) => {
    if (event.button === 0 && !event.target.closest("#tools")) pointers.set(event.pointerId, event);
    moved = false;
  });
  addEventListener("pointermove", (event) => {
    const before = pointers.get(event.pointerId);
    if (!before) return;
    if (!moved && Math.hypot(event.clientX - before.clientX, event.clientY - before.clientY) < 4) return;
    moved = true;
    picture.classList.add("moving");
    pointers.set(event.pointerId, event);
    const others = [...pointers.values()].filter((other) => other.pointerId !== event.pointerId);
    if (others.length) {
      // Two fingers.
      const [other] = others, area = picture.getBoundingClientRect();
      const apart = (one) => Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY) || 1;
      zoom(apart(event) / apart(before), (event.clientX + other.clientX) / 2 - area.left, (event.clientY + other.clientY) / 2 - area.top);
    } else {
      move({ ...view, x: view.x + event.clientX - before.clientX, y: view.y + event.clientY - before.clientY });
    }
  });
  for (const name of ["pointerup", "pointercancel"]) {
    addEventListener(name, (event) => { pointers.delete(event.pointerId); picture.classList.remove("moving"); });
  }
  picture.addEventListener("click", (event) => {
    const box = event.target.closest("[data-entity]");
    if (moved || event.target.closest("#tools")) return;
    choose(box ? `t${box.dataset.entity}` : "");
  });
  by("larger").onclick = () => zoom(1.25);
  by("smaller").onclick = () => zoom(0.8);
  by("fit").onclick = fit;

  // Keys

  const arrows = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] };
  const inList = (event) => {
    const buttons = [...event.target.closest("nav section").querySelectorAll("button")];
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    const next = step && buttons[buttons.indexOf(event.target) + step];
    if (next) { next.focus(); event.preventDefault(); }
  };
  const inPicture = (event) => {
    const box = event.target.closest("[data-entity]");
    if (box && (event.key === "Enter" || event.key === " ")) choose(`t${box.dataset.entity}`);
    else if (arrows[event.key]) move({ ...view, x: view.x + arrows[event.key][0], y: view.y + arrows[event.key][1] });
    else return;
    event.preventDefault();
  };
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") {
      if (search.value) { search.value = ""; filter(); } else choose("");
    } else if (event.target === search) {
      const first = document.querySelector("nav li button");
      if (event.key === "Enter" && first) first.click();
      if (event.key === "ArrowDown" && first) { first.focus(); event.preventDefault(); }
    } else if (event.key === "/") { search.focus(); event.preventDefault();
    } else if (event.key === "+" || event.key === "=") zoom(1.25);
    else if (event.key === "-") zoom(0.8);
    else if (event.key === "0") fit();
    else if (event.target.closest("nav section")) inList(event);
    else if (event.target.closest("#picture") || event.target === document.body) inPicture(event);
  });
  sheet.addEventListener("focusin", (event) => {
    const box = event.target.closest("[data-entity]");
    if (box && box.matches(":focus-visible")) reveal(box);
  });

  // Light and dark. A page from a file may have no storage.

  const themes = ["auto", "light", "dark"];
  const remembered = () => { try { return localStorage.getItem("theme"); } catch { return null; } };
  const paint = (theme) => {
    if (theme === "auto") delete root.dataset.theme; else root.dataset.theme = theme;
    by("theme").textContent = `Theme: ${theme}`;
    try { localStorage.setItem("theme", theme); } catch { /* It lasts as long as the page. */ }
  };
  by("theme").onclick = () => paint(themes[(themes.indexOf(root.dataset.theme ?? "auto") + 1) % 3]);
  paint(themes.includes(remembered()) ? remembered() : "auto");

  // All of it, for the printer

  const articles = (count, of) => Array.from({ length: count }, (_, at) => make("article", {}, ...of(at).filter(Boolean)));
  by("paper").append(...articles(data.entities.length, showEntity), ...articles(data.chapters.length, showChapter));

  search.addEventListener("input", filter);
  addEventListener("hashchange", () => { show(location.hash.slice(1), following); following = false; });
  addEventListener("resize", () => { if (fitted) fit(); });
  filter();
  fit();
  show(location.hash.slice(1), false);
})();
