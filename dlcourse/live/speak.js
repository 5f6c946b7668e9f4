// What the widgets beside the picture leave unsaid to a screen reader: a slider's name, its value in words ("0.98", not
// position 16), whether a button is pressed. ipywidgets sets none of these, and sets others anew at each move.

function speak(side) {
  const set = (node, name, value) => node.getAttribute(name) === value || node.setAttribute(name, value);
  function say() {
    for (const handle of side.querySelectorAll(".noUi-handle")) {
      const row = handle.closest(".widget-inline-hbox");
      const [label, readout] = ["label", "readout"].map((part) => row?.querySelector(`.widget-${part}`)?.textContent.trim() ?? "");
      set(handle, "aria-label", label);
      set(handle, "aria-valuetext", `${label} ${readout}`);
    }
    for (const button of side.querySelectorAll(".widget-toggle-button, .widget-toggle-buttons button"))
      set(button, "aria-pressed", String(button.classList.contains("mod-active")));
    for (const group of side.querySelectorAll(".widget-toggle-buttons")) {
      set(group, "role", "group");
      set(group, "aria-label", group.querySelector(".widget-label")?.textContent ?? "");
    }
    for (const readout of side.querySelectorAll(".widget-readout")) {
      set(readout, "aria-label", `${readout.closest(".widget-inline-hbox")?.querySelector(".widget-label")?.textContent}, typed`);
      if (readout.isContentEditable) set(readout, "role", "textbox");
    }
  }
  const observer = new MutationObserver(say);
  observer.observe(side, { subtree: true, childList: true, characterData: true, attributeFilter: ["aria-valuetext", "class"] });
  say();
  return () => observer.disconnect();
}

