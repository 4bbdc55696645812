// The worker runs the Go and answers one call after the other.
"use strict";
onmessage = async ({ data }) => {
  if (data.packed) {
    const stream = new Blob([data.packed]).stream().pipeThrough(new DecompressionStream("gzip"));
    const go = new Go();
    const { instance } = await WebAssembly.instantiate(await new Response(stream).arrayBuffer(), go.importObject);
    go.run(instance);
    postMessage({ ready: true });
    return;
  }
  const { answer, file } = glassbox(data.name, data.args, data.file);
  postMessage({ id: data.id, answer, file }, file ? [file.buffer] : []);
};
