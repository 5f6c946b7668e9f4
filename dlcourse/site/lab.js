// A page of the site: what the widgets of a lab look like here (native controls), the one Python of the visit, and the way
// from page to page without losing it. Plain DOM, no library. The picture itself is picture.js, as in the notebook.

const root = new URL("..", document.currentScript.src).href;
const embedded = window.top !== window;
const present = () => new URLSearchParams(location.search).has("present");

// A widget: its state, and what it says to Python. It is what anywidget hands to picture.js, too.
class Model {
  constructor(id, state, say) {
    Object.assign(this, { id, state, say, news: {}, listeners: new Map() });
  }
  get(name) { return this.state[name]; }
  set(name, value) { this.state[name] = this.news[name] = value; }
  save_changes() {
    this.say(this.id, { state: this.news });
    this.news = {};
  }
  send(content) { this.say(this.id, { content }); }
  on(names, listener) { for (const name of names.split(" ")) this.listeners.set(name, [...(this.listeners.get(name) ?? []), listener]); }
  off(names, listener) { for (const name of names.split(" ")) this.listeners.set(name, (this.listeners.get(name) ?? []).filter((each) => each !== listener)); }
  update(state) {
    Object.assign(this.state, state);
    for (const name of Object.keys(state)) for (const listener of this.listeners.get(`change:${name}`) ?? []) listener();
  }
}

function make(parent, tag, className = "", attributes = {}) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  parent?.append(node);
  return node;
}

// Calls show() now, and whenever one of these changes.
function follow(model, names, show) {
  model.on(names.split(" ").map((name) => `change:${name}`).join(" "), show);
  show();
}

const words = (model) => (model.get("description") ?? "").replace(/\s+/g, " ");

function slider(model) {
  const row = make(null, "div", "control slider");
  const label = make(row, "span", "name");
  const input = make(row, "input", "", { type: "range", min: 0, step: 1, "data-name": words(model) });
  const output = make(row, "span", "readout", { "aria-hidden": "true" });
  const choices = () => model.get("_options_labels");
  const step = () => model.get("step");
  const digits = () => Number(/\.(\d+)f/.exec(model.get("readout_format"))?.[1] ?? 0);
  const read = (k) => choices()?.[k] ?? (model.get("min") + k * step()).toFixed(digits());
  const speak = () => {
    output.textContent = read(input.valueAsNumber);
    input.setAttribute("aria-valuetext", `${words(model)} ${output.textContent}`);
  };
  follow(model, "value index min max step _options_labels description disabled", () => {
    label.textContent = model.get("description");
    input.setAttribute("aria-label", words(model));
    input.max = choices() ? choices().length - 1 : Math.round((model.get("max") - model.get("min")) / step());
    input.valueAsNumber = choices() ? model.get("index") : Math.round((model.get("value") - model.get("min")) / step());
    input.disabled = model.get("disabled");
    speak();
  });
  input.addEventListener("input", () => {
    speak();
    if (choices()) model.set("index", input.valueAsNumber);
    else model.set("value", Number((model.get("min") + input.valueAsNumber * step()).toPrecision(12)));
    model.save_changes();
  });
  return row;
}

function buttons(model) {
  const row = make(null, "div", "control choice", { role: "group" });
  const label = make(row, "span", "name");
  follow(model, "_options_labels index description disabled", () => {
    label.textContent = words(model);
    row.setAttribute("aria-label", words(model));
    const labels = model.get("_options_labels");
    while (row.querySelectorAll("button").length > labels.length) row.lastChild.remove();
    labels.forEach((text, k) => {
      const button = row.querySelectorAll("button")[k] ?? make(row, "button", "", { type: "button" });
      Object.assign(button, { textContent: text, disabled: model.get("disabled") });
      button.setAttribute("aria-pressed", String(k === model.get("index")));
      button.onclick = () => {
        model.update({ index: k });
        model.set("index", k);
        model.save_changes();
      };
    });
  });
  return row;
}

function list(model) {
  const row = make(null, "label", "control list");
  const label = make(row, "span", "name");
  const select = make(row, "select");
  follow(model, "_options_labels index description disabled", () => {
    label.textContent = words(model);
    select.setAttribute("aria-label", words(model)); // else the entries would be part of its name
    select.replaceChildren(...model.get("_options_labels").map((text) => new Option(text)));
    select.selectedIndex = model.get("index");
    select.disabled = model.get("disabled");
  });
  select.addEventListener("change", () => {
    model.set("index", select.selectedIndex);
    model.save_changes();
  });
  return row;
}

function tick(model) {
  const row = make(null, "label", "control tick");
  const input = make(row, "input", "", { type: "checkbox" });
  const label = make(row, "span", "name");
  follow(model, "value description disabled", () => {
    label.textContent = words(model);
    Object.assign(input, { checked: model.get("value"), disabled: model.get("disabled") });
  });
  input.addEventListener("change", () => {
    model.set("value", input.checked);
    model.save_changes();
  });
  return row;
}

function button(model) {
  const made = make(null, "button", "", { type: "button" });
  const toggles = model.get("_model_name") === "ToggleButtonModel";
  follow(model, "value description tooltip disabled", () => {
    Object.assign(made, { textContent: model.get("description"), title: model.get("tooltip") ?? "", disabled: model.get("disabled") });
    if (toggles) made.setAttribute("aria-pressed", String(model.get("value")));
  });
  made.addEventListener("click", () => {
    if (!toggles) return model.send({ event: "click" });
    model.update({ value: !model.get("value") });
    model.set("value", model.get("value"));
    model.save_changes();
  });
  return made;
}

function text(model) {
  const made = make(null, "span", "words");
  follow(model, "value", () => { made.textContent = model.get("value"); });
  return made;
}

const views = {
  SelectionSliderModel: slider, FloatSliderModel: slider, IntSliderModel: slider, ToggleButtonsModel: buttons, DropdownModel: list,
  CheckboxModel: tick, ButtonModel: button, ToggleButtonModel: button, LabelModel: text,
};

function view(models, id) {
  const model = models.get(id.replace("IPY_MODEL_", ""));
  const kind = model.get("_model_name");
  if (views[kind]) return views[kind](model);
  const node = make(null, "div");
  if (!model.get("children")) { // the picture
    const made = picture();
    made.initialize({ model });
    made.render({ model, el: node });
    return node;
  }
  const classes = () => { node.className = ["box", ...(model.get("_dom_classes") ?? [])].join(" "); };
  follow(model, "_dom_classes", classes);
  node.append(...model.get("children").map((child) => view(models, child)));
  const layout = models.get(String(model.get("layout")).replace("IPY_MODEL_", ""));
  if (layout) follow(layout, "display", () => { node.style.display = layout.get("display") ?? ""; });
  return node;
}

// The one Python of the visit. `lab` is what hears of the lab that is open: {message, box, failed}.
const python = {
  state: "asleep", worker: null, lab: null, ticket: 0, done: 0, why: "",
  wake() {
    if (this.state !== "asleep") return;
    this.state = "loading";
    const settings = JSON.parse(document.getElementById("python").textContent);
    if (typeof WebAssembly !== "object") return this.fail("this browser has no WebAssembly");
    if (location.protocol === "file:") return this.fail("pages opened as files may not load it; a web server, such as python -m http.server, may");
    try {
      this.worker = new Worker(`${root}site/worker.js`);
    } catch (error) {
      return this.fail(error.message);
    }
    this.worker.onerror = (event) => this.fail(event.message || "its worker could not be loaded");
    this.worker.onmessage = ({ data }) => this.hear(data);
    const pyodide = new URL(settings.pyodide, root).href;
    this.worker.postMessage({ start: { pyodide, stdlib: settings.stdlib, lock: `${root}site/pyodide-lock.json`, course: `${root}site/course.zip`, files: settings.files } });
  },
  hear(data) {
    if (data.of) this.done = data.done / data.of;
    if (data.ready) this.state = "ready";
    if (data.failed && data.starting) return this.fail(data.failed);
    if (data.ready || data.of) this.lab?.status();
    if (data.ready) this.lab?.open();
    if (data.text) this.lab?.message(JSON.parse(data.text), data.png);
    if (data.ticket === this.ticket && data.box) this.lab?.opened(data.box);
    if (data.ticket === this.ticket && data.failed) this.lab?.failed(data.failed);
  },
  fail(why) {
    Object.assign(this, { state: "failed", why });
    this.lab?.status();
  },
  open(program) { this.worker.postMessage({ open: program, ticket: ++this.ticket }); },
};

// One lab on the page: first what is stored, with ready pictures for one slider; then Python's.
class Lab {
  constructor(main) {
    this.main = main;
    this.about = JSON.parse(main.querySelector("#about").textContent);
    this.place = main.querySelector(".dlcourse-lab");
    this.line = main.querySelector(".status");
    this.models = new Map();
    this.turned = null; // where the reader has left the slider of the ready pictures
    this.stored();
  }

  start() {
    this.status();
    if (python.state === "ready") this.open();
    else if (!embedded) python.wake();
    else for (const kind of ["pointerenter", "focusin"]) this.main.addEventListener(kind, () => python.wake(), { once: true });
  }

  // What is stored: the controls stand still, but for the one that has ready pictures.
  stored() {
    const { box, widgets, book } = this.about;
    const image = this.place.querySelector("img");
    const caption = this.place.querySelector(".dlcourse-caption");
    const models = new Map(Object.entries(widgets).map(([id, state]) => [id, new Model(id, state, () => this.turn(book, models, image, caption))]));
    for (const [id, model] of models) if (id !== book?.slider) model.state.disabled = true;
    const side = this.place.querySelector(".dlcourse-side");
    side.replaceWith(view(models, models.get(models.get(box).get("children")[0].replace("IPY_MODEL_", "")).get("children")[0]));
  }

  turn(book, models, image, caption) {
    const model = models.get(book.slider);
    this.turned = model.news;
    const at = "index" in model.news ? model.get("index") : Math.round((model.get("value") - model.get("min")) / model.get("step"));
    if (!this.pictures) this.pictures = book.stops.map((_, k) => Object.assign(new Image(), { src: `${this.about.name}/${k}.webp` })); // so that none comes late
    const near = book.stops.reduce((best, stop, k) => (Math.abs(stop - at) < Math.abs(book.stops[best] - at) ? k : best), 0);
    image.src = this.pictures[near].src;
    image.alt = caption.textContent = book.says[near];
    model.news = {};
  }

  status(failed = "") {
    const { book } = this.about;
    const ready = book ? ` Until then ${book.label} turns the pages of ready pictures.` : "";
    const only = book ? ` What moves is ${book.label}, through ready pictures.` : "";
    const said = failed ? `This figure cannot be computed in the browser: ${failed}.${only}` : {
      asleep: `Python starts when you touch this figure.${ready}`,
      loading: `Python is being loaded: ${Math.round(100 * python.done)} %.${ready}`,
      ready: "Python is here: this figure is being made.",
      failed: `There is no Python on this page: ${python.why}.${only}`,
    }[python.state];
    if (!this.live) this.line.replaceChildren(said);
    this.line.hidden = Boolean(this.live);
    this.line.classList.toggle("failed", Boolean(failed) || python.state === "failed");
    const bar = this.main.querySelector("progress");
    bar.hidden = python.state !== "loading";
    bar.value = python.done;
  }

  open() {
    const { program, book, widgets } = this.about;
    const space = [Math.round(this.place.querySelector("img").clientWidth), window.devicePixelRatio || 1];
    const turned = this.turned ? { [words(new Model("", widgets[book.slider]))]: this.turned } : {};
    this.models.clear();
    python.open(JSON.stringify({ program, space, turned, large: present() }));
    this.status();
  }

  failed(why) { this.status(why); }

  message({ kind, id, state }, png) {
    if (png) state.png = png;
    if (kind === "open") this.models.set(id, new Model(id, state, (widget, said) => python.worker.postMessage({ id: widget, text: JSON.stringify(said) })));
    else if (kind === "msg") this.models.get(id)?.update(state);
    if (state.error && !this.live) this.failed(state.error.trim().split("\n").pop());
    if (png && this.box && !this.live) this.exchange();
  }

  opened(box) { this.box = box; }

  // The first picture is here: Python's figure takes the place of the stored one, and the reader keeps the control he holds.
  exchange() {
    this.live = true;
    const focused = document.activeElement?.dataset?.name;
    const made = view(this.models, this.box);
    this.place.replaceWith(made);
    this.place = made;
    if (focused) made.querySelector(`[data-name="${CSS.escape(focused)}"]`)?.focus();
    this.status();
    this.main.dataset.live = "true";
  }
}

function begin() {
  const main = document.querySelector("main");
  document.documentElement.classList.toggle("present", present());
  document.documentElement.classList.toggle("embedded", embedded);
  python.lab = main.querySelector("#about") ? new Lab(main) : null;
  python.lab?.start();
}

// From page to page within the visit: the next page's content takes the place of this one's, and Python stays.
async function visit(address, push = true) {
  let text;
  try {
    text = await (await fetch(address)).text();
  } catch {
    location.href = address;
    return;
  }
  const page = new DOMParser().parseFromString(text, "text/html");
  if (push) history.pushState(null, "", address);
  document.title = page.title;
  document.querySelector("main").replaceWith(page.querySelector("main"));
  window.scrollTo(0, 0);
  begin();
  document.querySelector("h1").focus({ preventScroll: true });
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a");
  const here = link && new URL(link.href);
  if (!here || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || link.target || location.protocol === "file:") return;
  if (!here.href.startsWith(root) || !here.pathname.endsWith(".html") || here.pathname.startsWith(new URL("jupyter/", root).pathname)) return;
  event.preventDefault();
  if (present()) here.search = "present";
  visit(here.href);
});

addEventListener("popstate", () => visit(location.href, false));

// On the projector the keys of a presenter lead from lab to lab; where a control or a handle has the focus they are its own.

addEventListener("keydown", (event) => {
  if (!present() || event.target.closest("input, select, textarea, .dlcourse-spot")) return;
  const way = { ArrowRight: "next", PageDown: "next", ArrowLeft: "prev", PageUp: "prev" }[event.key];
  if (way) document.querySelector(`a[rel="${way}"]`)?.click();
  else if (event.key === "f") document.documentElement.requestFullscreen?.();
  else if (event.key === "Escape") visit(location.href.split("?")[0]);
  else return;
  event.preventDefault();
});

begin();
