// An Engine is a worker with the Go in it. Each tab of the page has its own, so
// that one may be stopped, which ends its worker, without the others.
const packed = (() => {
  const digits = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&_()[]{}@%$#~";
  const value = new Uint8Array(128);
  for (let i = 0; i < digits.length; i++) value[digits.charCodeAt(i)] = i;
  const text = document.getElementById("wasm").textContent, from = text.indexOf('"') + 2;
  const words = new DataView(new ArrayBuffer((text.lastIndexOf('"') - from) / 5 * 4));
  const spare = value[text.charCodeAt(from - 1)]; // zeros at the end
  for (let i = 0, at = from; i < words.byteLength; i += 4) {
    let word = 0;
    for (let k = 0; k < 5; k++) word = word * 85 + value[text.charCodeAt(at++)];
    words.setUint32(i, word);
  }
  return new Uint8Array(words.buffer, 0, words.byteLength - spare);
})();
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
    this.worker.onerror = event => { event.preventDefault(); this.stop(T("the page's program has ended, perhaps for want of memory")); };
    this.worker.postMessage({ packed });
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
