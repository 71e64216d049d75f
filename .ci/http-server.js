// A server for .ci/http-logs: answers in all the ways HTTP/1 allows and logs what it was asked and said, a line of JSON for
// each request: node http-server.js PORT LOG. Sizes are those of contents: without chunks, before and behind codings.
const crypto = require("crypto"), fs = require("fs"), http = require("http"), net = require("net"), zlib = require("zlib");
const [port, path] = process.argv.slice(2);

function log(request, fields) {
  const { method, url, headers, socket } = request;
  fs.appendFileSync(path, JSON.stringify({ port: socket.remotePort ?? request.port, method, url, host: headers.host ?? null, ...fields }) + "\n");
}

// Writes parts one after the other, so that each is sent by itself.
function parts(response, all) {
  const [part, ...rest] = all;
  if (part === undefined) return response.end();
  response.write(part, () => setTimeout(parts, 2, response, rest));
}

const text = (length) => "0123456789abcdef\n".repeat(Math.ceil(length / 17)).slice(0, length);

// What is said to each path: the status, the content, and how it is sent.
const answers = {
  "/hello": (response) => { response.setHeader("Content-Type", "text/plain"); response.end("Hello, world.\n"); return 14; },
  "/chunked": (response) => { parts(response, ["one ", "two ", text(5000), "end"]); return 5011; },
  "/gzip": (response) => {
    response.setHeader("Content-Encoding", "gzip");
    const packed = zlib.gzipSync(text(20000));
    parts(response, [packed.subarray(0, 20), packed.subarray(20)]);
    return 20000;
  },
  "/deflate": (response) => { response.setHeader("Content-Encoding", "deflate"); response.end(zlib.deflateSync(text(3000))); return 3000; },
  "/brotli": (response) => { response.setHeader("Content-Encoding", "br"); response.end(zlib.brotliCompressSync(text(3000))); return 3000; },
  "/big": (response) => { response.end(text(300000)); return 300000; },
  "/nothing": (response) => { response.statusCode = 204; response.end(); return 0; },
  "/same": (response) => { response.statusCode = 304; response.setHeader("Content-Length", 5); response.end(); return 0; },
  "/reset": (response) => { response.statusCode = 205; response.end(); return 0; },
  "/teapot": (response) => { response.writeHead(418, "I am short and stout"); response.end("tea"); return 3; },
  "/error": (response) => { response.statusCode = 500; response.end("{\"error\":true}"); return 14; },
  "/trailers": (response) => {
    response.setHeader("Trailer", "Checksum");
    response.write(text(100));
    response.addTrailers({ Checksum: "none" });
    response.end();
    return 100;
  },
  "/hints": (response) => { response.writeEarlyHints({ link: "</style.css>; rel=preload; as=style" }); response.end("late"); return 4; },
  // Neither a length nor chunks: the connection's end is the body's.
  "/rest": (response) => {
    response.setHeader("Connection", "close");
    response.removeHeader("Transfer-Encoding");
    response.useChunkedEncodingByDefault = false;
    response.write(text(4000));
    setTimeout(() => response.end(text(96)), 5);
    return 4096;
  },
  "/slow": (response) => { setTimeout(() => response.end("at last"), 1500); return 7; },
};

function answer(request, response) {
  let received = 0;
  const taken = [];
  request.on("data", (data) => { received += data.length; taken.push(data); });
  let content = 0;
  const begin = () => {
    const route = request.url.split("?")[0];
    if (route === "/echo") {
      const body = Buffer.concat(taken);
      response.setHeader("Content-Length", body.length);
      response.end(body);
      content = body.length;
    } else if (answers[route]) {
      content = answers[route](response);
    } else {
      response.statusCode = 404;
      response.end("not here");
      content = 8;
    }
  };
  request.on("end", begin);
  const { remotePort } = request.socket;
  response.on("close", () => {
    const none = request.method === "HEAD" || [204, 304].includes(response.statusCode);
    request.port = remotePort;
    log(request, { status: response.writableFinished ? response.statusCode : null, received, content: none ? 0 : content });
  });
}

const server = http.createServer(answer);
server.keepAliveTimeout = 60000;
server.on("checkContinue", (request, response) => {
  if (request.url === "/refused") {
    response.writeHead(417, { "Content-Length": 2, Connection: "close" });
    response.end("no");
    return log(request, { status: 417, received: 0, content: 2 });
  }
  response.writeContinue();
  answer(request, response);
});
server.on("upgrade", (request, socket) => {
  const key = crypto.createHash("sha1").update(request.headers["sec-websocket-key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest("base64");
  socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${key}\r\n\r\n`);
  log(request, { status: 101, received: 0, content: 0 });
  let messages = 0;
  socket.on("data", () => {
    // A message for a message, then the end.
    messages += 1;
    socket.write(messages < 3 ? Buffer.from([0x81, 2, 0x68, 0x69]) : Buffer.from([0x88, 2, 0x03, 0xe8]));
  });
  socket.on("error", () => {});
});
server.on("connect", (request, socket) => {
  const [host, to] = request.url.split(":");
  const other = net.connect(to, host, () => {
    socket.write("HTTP/1.1 200 Connection Established\r\n\r\n");
    log(request, { status: 200, received: 0, content: 0 });
    other.pipe(socket).pipe(other);
  });
  for (const end of [socket, other]) end.on("error", () => {});
});
server.listen(port, "127.0.0.1");
