// The picture of a live figure with its sentence, goal, progress and error. Plain DOM, no library.

function place(parent, tag, className, attributes = {}) {
  const node = document.createElement(tag);
  node.className = className;
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  parent.append(node);
  return node;
}

function render({ model, el }, film) {
  el.classList.add("dlcourse-picture");
  const goal = place(el, "div", "dlcourse-goal", { role: "status" });
  const stage = place(el, "div", "dlcourse-stage");
  const img = place(stage, "img", "dlcourse-image", { decoding: "sync" });
  img.style.display = "none"; // until it has a picture: Chromium forgets to lay out one that comes while JupyterLab hides its cell
  const letGo = hands(stage, model);
  const bar = place(el, "input", "dlcourse-progress", { type: "range", min: 0, max: 1, step: "any" });
  const pinned = place(el, "p", "dlcourse-pinned");
  const caption = place(el, "p", "dlcourse-caption");
  const spoken = place(el, "p", "dlcourse-spoken", { role: "status" }); // the caption once more, for a screen reader, at rest
  const error = place(el, "pre", "dlcourse-error", { role: "alert" });
  let shown = null; // addresses of the picture on the page
  let waiting = null; // and of the newest that has come while another is being loaded
  let loading = false;
  let coming = 0; // the number of the frame that waits
  let resting = 0; // a timer
  let hush = null; // ends `speak`

  // The old picture stays until the new one is loaded; of several that arrive meanwhile, the newest is next.
  function picture() {
    const bytes = model.get("png");
    if (!bytes || !bytes.byteLength) return;
    paint(bytes, model.get("number"));
  }

  function paint(bytes, number) {
    if (waiting) URL.revokeObjectURL(waiting);
    waiting = URL.createObjectURL(new Blob([bytes], { type: "image/png" }));
    coming = number;
    if (!loading) load();
  }

  function load() {
    const next = new Image();
    const number = coming;
    loading = true;
    next.onload = next.onerror = () => { // next.decode() would wait for a frame of its own
      img.src = next.src;
      img.style.display = "";
      if (shown) URL.revokeObjectURL(shown);
      shown = next.src;
      loading = false;
      if (number) { // what the kernel sent: it waits until its frames are seen
        model.set("seen", number);
        model.save_changes();
      }
      if (waiting) load();
    };
    next.src = waiting;
    waiting = null;
  }

  function words() {
    img.alt = caption.textContent = model.get("caption");
    clearTimeout(resting);
    resting = setTimeout(() => { spoken.textContent = caption.textContent; }, model.get("training") ? 3000 : 700);
    pinned.textContent = model.get("pinned");
    goal.textContent = model.get("goal");
    goal.classList.toggle("dlcourse-reached", model.get("reached"));
    error.textContent = model.get("error");
    const training = model.get("training");
    bar.style.display = model.get("progress") < 0 ? "none" : "";
    bar.value = Math.max(0, model.get("progress"));
    const kept = model.get("remembered");
    bar.disabled = training || (film.length < 2 && !kept);
    bar.classList.toggle("dlcourse-training", training);
    bar.setAttribute("aria-label", training ? "training" : kept ? "training, to be shown again" : "training, to be scrubbed back");
    bar.title = bar.disabled ? "" : kept ? "press: this training once more; then drag back through it" : "drag: back through the training";
  }

  // A training that has ended can be scrubbed back, through the frames that came. Of a remembered picture none did: train again.
  function scrub() {
    if (model.get("remembered")) {
      bar.value = 1;
      bar.disabled = true;
      model.send({ act: "again" });
      return;
    }
    const frame = film.reduce((best, each) => (Math.abs(each[0] - bar.value) < Math.abs(best[0] - bar.value) ? each : best));
    paint(frame[1]);
    img.alt = caption.textContent = frame[2];
  }

  // As wide as the page allows, and as high as the style sheet's share of the window, so that the sliders stay in sight.
  function fit() {
    if (!lab && (lab = el.closest(".dlcourse-lab"))) {
      hush = speak(lab.querySelector(".dlcourse-side"));
      lab.addEventListener("pointerleave", () => model.send({ act: "keep" })); // whoever saves the page goes there first
      marks.observe(lab, { attributeFilter: ["class"] });
    }
    const ratio = model.get("ratio");
    const room = el.clientWidth;
    if (!room) return;
    const share = Number(getComputedStyle(el).getPropertyValue("--share")) || 0.6;
    const width = Math.round(Math.min(Math.max(room, 350), model.get("large") ? 1600 : 1200, Math.max(350, (share * window.innerHeight) / ratio)));
    stage.style.width = `${width}px`;
    stage.style.height = `${Math.round(width * ratio)}px`;
    const space = [width, window.devicePixelRatio || 1];
    if (space.join() !== (model.get("space") || []).join()) {
      model.set("space", space);
      model.save_changes();
    }
  }

  const pause = () => model.get("playing") && model.send({ act: "pause" });
  stage.addEventListener("pointerdown", pause, true);
  bar.addEventListener("input", scrub);

  // A kernel that was restarted, or has died, knows nothing of this figure: say so, and let nothing be taken. The page
  // marks its widgets then.
  let lab = null;
  const marks = new MutationObserver(() => {
    const gone = lab.classList.contains("jupyter-widgets-disconnected");
    lab.classList.toggle("dlcourse-gone", gone);
    error.textContent = gone ? "The kernel was restarted or has ended: run this cell again." : model.get("error");
  });

  // Keys that sliders, buttons and handles take are theirs, before the notebook (Notebook 7 looks first) moves on with them.
  const own = (event) => {
    if (!lab?.contains(event.target)) return;
    const plain = !(event.shiftKey || event.ctrlKey || event.altKey || event.metaKey);
    event.target.toggleAttribute("data-lm-suppress-shortcuts", plain && /^(Arrow|Page|Home|End|Enter| )/.test(event.key));
  };

  const observer = new ResizeObserver(fit);
  observer.observe(el);
  window.addEventListener("resize", fit);
  window.addEventListener("keydown", own, true);
  model.on("change:png", picture);
  model.on("change:ratio change:large", fit);
  for (const name of ["caption", "pinned", "goal", "reached", "error", "progress", "training"]) model.on("change:" + name, words);
  words();
  picture();
  return () => {
    observer.disconnect();
    window.removeEventListener("resize", fit);
    window.removeEventListener("keydown", own, true);
    letGo();
    marks.disconnect();
    hush?.();
    clearTimeout(resting);
    model.off("change:png", picture);
    model.off("change:ratio change:large", fit);
    for (const name of ["caption", "pinned", "goal", "reached", "error", "progress", "training"]) model.off("change:" + name, words);
    for (const address of [shown, waiting]) if (address) URL.revokeObjectURL(address);
  };
}

// The frames of the last training, to be scrubbed back: [done, picture, sentence]. A training that runs while its
// cell does comes before there is any view of it.
function record(model, film) {
  const keep = () => {
    const [done, bytes] = [model.get("progress"), model.get("png")];
    if (done < 0 || !bytes?.byteLength) return;
    if (model.get("remembered") || (film.length && done < film.at(-1)[0])) film.length = 0; // another training
    if (model.get("remembered")) return;
    if (film.length && done === film.at(-1)[0]) film.pop();
    film.push([done, bytes, model.get("caption")]);
    if (film.length > 120) film.splice(0, film.length, ...film.filter((_, k) => k % 2 || k === film.length - 1)); // every other
  };
  model.on("change:png", keep);
  return () => model.off("change:png", keep);
}

export default function () {
  const film = []; // of one model, for all its views
  return { initialize: ({ model }) => record(model, film), render: (context) => render(context, film) };
}
