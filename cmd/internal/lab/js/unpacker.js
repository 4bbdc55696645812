onmessage = async ({ data }) => postMessage(await WebAssembly.compile(unpack(data)));
