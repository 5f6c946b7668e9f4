// Python in a worker of the page: Pyodide, the course, and the one lab that is open. Plain messages, no library.
// In:  {start: {pyodide, stdlib, lock, course, files}}, {open: program, ticket}, {id, text}.   Out: {done, of}, {ready}, {box, ticket}, {failed}, {text, png}.

let python = null;
let front = null;

const say = (message, transfer = []) => postMessage(message, transfer);
const reason = (error) => String(error.message || error).trim().split("\n").pop();

// Every file of Pyodide is checked against its sha256, and counted for the progress bar.
function watch(files) {
  const real = self.fetch.bind(self);
  const of = Object.values(files).reduce((sum, [, bytes]) => sum + bytes, 0);
  let done = 0;
  self.fetch = async (url, options = {}) => {
    const file = files[String(url.url ?? url).split(/[?#]/)[0].split("/").pop()];
    if (!file) return real(url, options);
    const answer = await real(url, { ...options, integrity: `sha256-${file[0]}` });
    done += file[1];
    say({ done, of });
    return answer;
  };
}

async function load(address) { // a classic script, checked
  const text = await (await fetch(address)).blob();
  importScripts(URL.createObjectURL(new Blob([text], { type: "text/javascript" })));
}

async function start({ pyodide, stdlib, lock, course, files }) {
  watch(files);
  await load(`${pyodide}pyodide.js`);
  await load(`${pyodide}pyodide.asm.js`);
  const [loaded, archive] = await Promise.all([
    loadPyodide({ indexURL: pyodide, stdLibURL: pyodide + stdlib, lockFileURL: lock, packages: ["numpy", "matplotlib"] }),
    fetch(course).then((answer) => answer.arrayBuffer()),
  ]);
  python = loaded;
  python.unpackArchive(archive, "zip", { extractDir: "/course" });
  python.runPython("import sys; sys.path.insert(0, '/course')");
  front = python.pyimport("dlcourse.site.front");
  front.start((text, png) => say({ text, png }, png ? [png.buffer] : []));
  say({ ready: true });
}

onmessage = async ({ data }) => {
  try {
    if (data.start) await start(data.start);
    else if (data.open) say({ box: front.show(data.open), ticket: data.ticket });
    else front.receive(data.id, data.text);
  } catch (error) {
    console.log(String(error.message || error));
    say({ failed: reason(error), starting: Boolean(data.start), ticket: data.ticket });
  }
};
