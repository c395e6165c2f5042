// Node's own HTTP/2 client by prior knowledge, for test_http2.py: what to ask comes on stdin, what came back goes to stdout.
import http2 from "node:http2";

const input = await new Promise((resolve) => {
  let text = "";
  process.stdin.on("data", (part) => (text += part)).on("end", () => resolve(JSON.parse(text)));
});
const session = http2.connect(input.url);

function ask({ path, headers }, body = input.body) {
  return new Promise((resolve, reject) => {
    const { host, ...rest } = headers;
    const request = session.request({ ":method": "POST", ":path": path, ":authority": host, ...rest });
    const result = { bytes: 0 };
    request.on("response", (head) => Object.assign(result, { status: head[":status"], type: head["content-type"] }));
    request.on("data", (part) => (result.bytes += part.length));
    request.on("end", () => resolve(result)).on("error", reject);
    request.end(body);
  });
}

try {
  const plain = await Promise.all(Array.from({ length: 50 }, () => ask(input.plain)));
  const givenUp = session.request({ ":method": "POST", ":path": input.plain.path });
  givenUp.on("error", () => {}).close(http2.constants.NGHTTP2_CANCEL);
  const stream = await ask(input.stream);
  const refused = await ask(input.plain, input.body + " ");
  console.log(JSON.stringify({ statuses: plain.map((reply) => reply.status), stream, refused: refused.status }));
  session.close();
} catch (error) {
  console.error(String(error));
  process.exit(1);
}
