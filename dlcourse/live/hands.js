// The hand in the picture: an element over the picture for each spot that can be taken. Plain DOM, no library.
// It speaks to the kernel in shares of the picture: a drag by the state `touch`, of which only the newest matters;
// a press, an added or a removed point by a message, of which none may be lost. See hands.py.

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

function hands(stage, model) {
  const layer = place(stage, "div", "dlcourse-hands");
  layer.dataset.lmSuppressShortcuts = "true"; // else JupyterLab takes the arrow keys
  let held = null; // {handle, spot, node} while a pointer holds one
  let tabbed = {}; // for each handle the spot that the tab key reaches

  const say = (act) => model.send(act);
  const handles = () => model.get("handles") || [];

  // Where the pointer is, in shares of the picture, kept within the axes and to the ways that are free.
  function at(event, handle, spot) {
    const picture = stage.getBoundingClientRect();
    const [left, top, width, height] = handle.box;
    const [x, y] = handle.spots[spot] || [0, 0];
    const free = handle.free ?? "xy";
    return [
      free.includes("x") ? clamp((event.clientX - picture.left) / picture.width, left, left + width) : x,
      free.includes("y") ? clamp((event.clientY - picture.top) / picture.height, top, top + height) : y,
    ];
  }

  function put(node, handle, [x, y]) {
    const [left, top, width, height] = handle.box;
    const [anyX, anyY] = handle.strip || [false, false];
    node.style.left = `${100 * (anyX ? left + width / 2 : x)}%`;
    node.style.top = `${100 * (anyY ? top + height / 2 : y)}%`;
    node.style.width = anyX ? `${100 * width}%` : "";
    node.style.height = anyY ? `${100 * height}%` : "";
  }

  // Spots may overlap: of those under the pointer the one whose middle is nearest; a line yields to a point.
  function meant(event) {
    if (!event.detail && event.type === "click") return event.currentTarget; // a key has pressed it
    let [best, least] = [event.currentTarget, Infinity];
    for (const each of layer.querySelectorAll(".dlcourse-spot")) {
      const box = each.getBoundingClientRect();
      const [x, y] = [Math.abs(event.clientX - box.x - box.width / 2), Math.abs(event.clientY - box.y - box.height / 2)];
      if (x > box.width / 2 || y > box.height / 2) continue;
      const [anyX, anyY] = handles()[each.handle]?.strip || [false, false];
      const away = anyX ? y + 8 : anyY ? x + 8 : Math.hypot(x, y);
      if (away < least) [best, least] = [each, away];
    }
    return best;
  }

  function grab(event) {
    if (event.button || !event.isPrimary) return;
    const node = meant(event);
    const handle = handles()[node.handle];
    if (!handle) return;
    if (handle.kind === "pick" || handle.kind === "toggle" || handle.tool === "take away") return; // a click does it
    event.preventDefault();
    node.focus({ preventScroll: true });
    node.setPointerCapture(event.pointerId);
    held = { number: node.handle, spot: node.spot, node };
    node.classList.add("dlcourse-held");
  }

  function drag(event) {
    const handle = held && held.node === event.currentTarget && handles()[held.number];
    if (!handle) return;
    const to = at(event, handle, held.spot);
    put(held.node, handle, to); // at once; the picture follows
    model.set("touch", { act: "move", handle: held.number, spot: held.spot, at: to });
    model.save_changes();
  }

  function drop(event) {
    if (!held || held.node !== event.currentTarget) return;
    held.node.classList.remove("dlcourse-held");
    held = null;
    show();
  }

  function click(event) {
    const { handle: number, spot } = meant(event);
    const handle = handles()[number];
    if (!handle) return;
    if (handle.kind === "pick" || handle.kind === "toggle") say({ act: "pick", handle: number, spot });
    else if (handle.tool === "take away") say({ act: "remove", handle: number, spot });
  }

  function key(event) {
    const { handle: number, spot } = event.currentTarget;
    const handle = handles()[number];
    if (!handle) return;
    const way = ARROWS[event.key];
    const pointed = handle.kind === "points";
    if (pointed && (event.key === "Delete" || event.key === "Backspace")) say({ act: "remove", handle: number, spot });
    else if (event.key === "PageDown" || event.key === "PageUp" || (way && !handle.free && !pointed)) {
      const step = event.key === "PageUp" || (way && way[0] + way[1] < 0) ? -1 : 1; // to the next spot
      tabbed[number] = (spot + step + handle.spots.length) % handle.spots.length;
      show();
      layer.querySelector(`[data-spot="${number} ${tabbed[number]}"]`).focus();
      if (handle.kind === "pick") say({ act: "pick", handle: number, spot: tabbed[number] });
    } else if (way) say({ act: "nudge", handle: number, spot, at: way });
    else return;
    event.preventDefault();
    event.stopPropagation(); // else the notebook takes the key
  }

  // A press on the free field of the axes: a new point, or the one point of these axes jumps there.
  function press(event) {
    const number = event.currentTarget.handle;
    const handle = handles()[number];
    if (!handle) return;
    const to = at(event, handle, 0);
    if (handle.kind === "points") say({ act: "add", handle: number, at: to });
    else say({ act: "move", handle: number, spot: 0, at: to });
  }

  function node(kind, number, spot) {
    const made = place(layer, kind === "field" ? "div" : "button", `dlcourse-${kind}`);
    Object.assign(made, { handle: number, spot });
    if (kind === "field") made.addEventListener("click", press);
    else {
      made.type = "button";
      made.dataset.spot = `${number} ${spot}`;
      for (const [name, listener] of Object.entries({
        pointerdown: grab, pointermove: drag, pointerup: drop, pointercancel: drop, click, keydown: key,
      })) made.addEventListener(name, listener);
    }
    return made;
  }

  let drawn = ""; // the handles that have elements: kinds and numbers of spots
  function build() {
    const wanted = handles().map((handle) => [handle.kind, handle.spots.length, handle.free, handle.strip].join()).join("|");
    if (wanted === drawn) return;
    const focused = layer.contains(document.activeElement) ? document.activeElement.dataset.spot : null;
    layer.replaceChildren();
    drawn = wanted;
    held = null;
    const alone = (handle) => handles().filter((other) => other.box.join() === handle.box.join()).length === 1;
    handles().forEach((handle, number) => {
      if (handle.kind === "points" || (handle.kind === "place" && alone(handle))) node("field", number, 0);
    });
    handles().forEach((handle, number) => handle.spots.forEach((_, spot) => node("spot", number, spot)));
    if (focused) layer.querySelector(`[data-spot="${focused}"]`)?.focus();
  }

  function show() {
    build();
    for (const each of layer.children) {
      const handle = handles()[each.handle];
      if (each.className === "dlcourse-field") {
        const [left, top, width, height] = handle.box;
        Object.assign(each.style, { left: `${100 * left}%`, top: `${100 * top}%`, width: `${100 * width}%`, height: `${100 * height}%` });
        each.style.cursor = handle.tool === "take away" ? "default" : handle.kind === "points" ? "copy" : "crosshair";
        continue;
      }
      if (held && held.node === each) continue;
      put(each, handle, handle.spots[each.spot]);
      const one = handle.spots.length === 1;
      const pressed = (handle.pressed || []).includes(each.spot);
      each.dataset.kind = handle.strip ? (handle.strip[0] ? "across" : handle.strip[1] ? "upright" : handle.free) : handle.kind;
      each.dataset.tool = handle.tool || "";
      each.tabIndex = one || handle.switch || each.spot === (tabbed[each.handle] ?? (handle.pressed?.[0] || 0)) ? 0 : -1;
      each.setAttribute("aria-label", one ? `${handle.name}: ${handle.text}` : `${handle.name} ${each.spot + 1} of ${handle.spots.length}`);
      if (handle.pressed) each.setAttribute("aria-pressed", pressed);
      else each.setAttribute("aria-roledescription", "handle: drag it, or press arrow keys");
      each.title = handle.kind === "pick" ? `press: ${handle.name}` : handle.switch ? "press: off and on" : handle.tool ? `drag, or ${handle.tool}` : `drag: ${handle.name}`;
    }
  }

  model.on("change:handles", show);
  show();
  return () => model.off("change:handles", show);
}

