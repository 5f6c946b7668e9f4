// The picture of a live figure with its sentence, goal, progress and error. Plain DOM, no library.

function place(parent, tag, className, attributes = {}) {
  const node = document.createElement(tag);
  node.className = className;
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  parent.append(node);
  return node;
}

function render({ model, el }) {
  el.classList.add("dlcourse-picture");
  const goal = place(el, "div", "dlcourse-goal", { role: "status" });
  const img = place(el, "img", "dlcourse-image", { decoding: "sync" });
  const bar = place(el, "progress", "dlcourse-progress", { max: 1, "aria-label": "training" });
  const caption = place(el, "p", "dlcourse-caption", { "aria-live": "polite" });
  const error = place(el, "pre", "dlcourse-error", { role: "alert" });
  let shown = null; // addresses of the picture on the page
  let waiting = null; // and of the newest that has come while another is being decoded
  let decoding = false;

  // The old picture stays until the new one is decoded; of several that arrive meanwhile, the newest is next.
  function picture() {
    const bytes = model.get("png");
    if (!bytes || !bytes.byteLength) return;
    if (waiting) URL.revokeObjectURL(waiting);
    waiting = URL.createObjectURL(new Blob([bytes], { type: "image/png" }));
    if (!decoding) decode();
  }

  function decode() {
    const next = new Image();
    next.src = waiting;
    waiting = null;
    decoding = true;
    next.decode().catch(() => {}).then(() => {
      img.src = next.src;
      if (shown) URL.revokeObjectURL(shown);
      shown = next.src;
      decoding = false;
      if (waiting) decode();
    });
  }

  function words() {
    img.alt = caption.textContent = model.get("caption");
    goal.textContent = model.get("goal");
    goal.classList.toggle("dlcourse-reached", model.get("reached"));
    error.textContent = model.get("error");
    bar.style.visibility = model.get("training") ? "visible" : "hidden";
    bar.style.display = model.get("progress") < 0 ? "none" : "";
    bar.value = Math.max(0, model.get("progress"));
  }

  // As wide as the page allows, yet no wider than lines of text are pleasant (the projector takes more),
  // and no higher than three fifths of the window, so that the sliders stay in sight.
  function fit() {
    const ratio = model.get("ratio");
    const room = el.clientWidth;
    if (!room) return;
    const width = Math.round(Math.min(room, model.get("large") ? 1400 : 960, Math.max(420, (0.6 * window.innerHeight) / ratio)));
    img.width = width;
    img.height = Math.round(width * ratio);
    const space = [width, window.devicePixelRatio || 1];
    if (space.join() !== (model.get("space") || []).join()) {
      model.set("space", space);
      model.save_changes();
    }
  }

  const observer = new ResizeObserver(fit);
  observer.observe(el);
  window.addEventListener("resize", fit);
  model.on("change:png", picture);
  model.on("change:ratio change:large", fit);
  for (const name of ["caption", "goal", "reached", "error", "progress", "training"]) model.on("change:" + name, words);
  words();
  picture();
  return () => {
    observer.disconnect();
    window.removeEventListener("resize", fit);
    model.off("change:png", picture);
    model.off("change:ratio change:large", fit);
    for (const name of ["caption", "goal", "reached", "error", "progress", "training"]) model.off("change:" + name, words);
    for (const address of [shown, waiting]) if (address) URL.revokeObjectURL(address);
  };
}

export default { render };
