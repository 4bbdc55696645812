// The worker runs the Go and answers one call after the other.
"use strict";
onmessage = async ({ data }) => {
  if (data.module) {
    const go = new Go();
    go.run(await WebAssembly.instantiate(data.module, go.importObject));
    postMessage({ ready: true });
    return;
  }
  const { answer, file } = glassbox(data.name, data.args, data.file);
  postMessage({ id: data.id, answer, file }, file ? [file.buffer] : []);
};
