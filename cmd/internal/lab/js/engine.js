// The Go of the page, unpacked and compiled once, in a worker that then ends.
const compiled = new Promise((resolve, reject) => {
  const unpacker = new Worker(URL.createObjectURL(new Blob([unpackText], { type: "text/javascript" })));
  unpacker.onmessage = ({ data }) => { unpacker.terminate(); resolve(data); };
  unpacker.onerror = event => { event.preventDefault(); reject(new Error(event.message)); };
  unpacker.postMessage(document.getElementById("wasm").textContent);
});

// An Engine is a worker with the Go in it. Each tab of the page has its own, so
// that one may be stopped, which ends its worker, without the others.
const workerURL = URL.createObjectURL(new Blob([workerText], { type: "text/javascript" }));

class Engine {
  start() {
    if (this.worker) return;
    this.waiting = new Map();
    this.next = 0;
    this.worker = new Worker(workerURL);
    this.ready = new Promise(resolve => {
      this.worker.onmessage = ({ data }) => {
        if (data.ready) return resolve();
        const { resolve: answer, reject } = this.waiting.get(data.id);
        this.waiting.delete(data.id);
        const value = JSON.parse(data.answer);
        if (value && value.error !== undefined) reject(new Error(value.error));
        else answer({ value, file: data.file });
      };
    });
    this.worker.onerror = event => { event.preventDefault?.(); this.stop(T("the page's program has ended, perhaps for want of memory")); };
    const { worker } = this;
    compiled.then(module => worker.postMessage({ module }), worker.onerror);
  }

  // call asks for something by name; a file may go along.
  async call(name, args = {}, file = null) {
    this.start();
    await this.ready;
    const id = this.next++;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.worker.postMessage({ id, name, args: JSON.stringify(args), file });
    });
  }

  // stop ends whatever runs; the next call begins anew.
  stop(why = T("stopped")) {
    if (!this.worker) return;
    this.worker.terminate();
    this.worker = null;
    for (const { reject } of this.waiting.values()) reject(new Error(why));
    this.waiting.clear();
  }
}
