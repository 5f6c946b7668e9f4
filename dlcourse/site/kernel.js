// What the notebooks' kernel loads where it expects pyodide.js: the same Pyodide, each file checked against its sha256, with
// our packages in its lock. Runs in the kernel's worker. pyodideURL: where Pyodide's files are, beside this site or on its CDN.

self.loadPyodide = async ({ pyodideURL, lockFileURL, sha256, ...options }) => {
  const fetched = self.fetch.bind(self);
  self.fetch = (request, how = {}) => {
    const name = String(request.url ?? request).split(/[?#]/)[0].split("/").pop();
    return fetched(request, sha256[name] ? { ...how, integrity: sha256[name] } : how);
  };
  const run = async (name) => importScripts(URL.createObjectURL(await (await fetch(pyodideURL + name)).blob()));
  const lock = await (await fetch(lockFileURL)).json();
  for (const one of Object.values(lock.packages)) { // ours lie in folders beside the lock
    one.file_name = new URL(one.file_name, one.file_name.includes("/") ? lockFileURL : pyodideURL).href;
  }
  await run("pyodide.js"); // which puts its own loadPyodide in the place of this one
  await run("pyodide.asm.js");
  const whole = URL.createObjectURL(new Blob([JSON.stringify(lock)]));
  const python = await self.loadPyodide({ ...options, indexURL: pyodideURL, lockFileURL: whole });
  python.runPython("import logging; logging.getLogger('matplotlib.font_manager').setLevel('ERROR')"); // new fonts in each visit
  return python;
};
