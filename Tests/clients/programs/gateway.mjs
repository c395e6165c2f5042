// Node's own HTTP clients, for test_gateway_clients.py: prints one line of JSON with what each of them got.
// Arguments: the URL of a whole reply, that of a stream, the bearer token, and "http2" to use it too; the body comes on stdin.
import http from "node:http";
import http2 from "node:http2";

const [whole, stream, token, protocol] = process.argv.slice(2);
let body = "";
for await (const part of process.stdin) body += part;
const headers = { "content-type": "application/json", authorization: `Bearer ${token}` };
const results = [];

for (const url of [whole, stream]) {
  const reply = await fetch(url, { method: "POST", headers, body });
  results.push([reply.status, (await reply.arrayBuffer()).byteLength]);
}

function collected(source, status) {
  return new Promise((resolve, reject) => {
    let bytes = 0;
    source.on("data", (part) => (bytes += part.length)).on("end", () => resolve([status(), bytes])).on("error", reject);
  });
}

for (const url of [whole, stream]) {
  results.push(
    await new Promise((resolve, reject) => {
      const request = http.request(url, { method: "POST", headers }, (reply) =>
        collected(reply, () => reply.statusCode).then(resolve, reject),
      );
      request.on("error", reject).end(body);
    }),
  );
}

if (protocol === "http2") {
  const session = http2.connect(new URL(whole).origin);
  const asked = [whole, stream].map((url) => {
    const { pathname } = new URL(url);
    const request = session.request({ ":method": "POST", ":path": pathname, ...headers });
    let status;
    request.on("response", (head) => (status = head[":status"]));
    request.end(body);
    return collected(request, () => status);
  });
  results.push(...(await Promise.all(asked)));
  session.close();
}
console.log(JSON.stringify(results));
