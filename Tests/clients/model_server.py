"""A server that lists an account without quotas, and answers invocations as a test plays them."""

import json
import socket
import struct

import bare_account
from bare_account import REPLY, USAGE
from event_streams import frame
from scripted_server import ScriptedHandler, ScriptedServer


class Handler(ScriptedHandler):
    """`server.play(handler, number)` plays one invocation; numbers count from 1."""

    def do_GET(self):
        self.answer(*bare_account.answer(self.operation, self.path))

    def do_POST(self):
        self.body = self.read_body()
        if not self.path.startswith(("/model/", "/openai/", "/anthropic/")):
            return self.answer(*bare_account.answer(self.operation, self.path))
        with self.server.lock:
            self.server.calls.append(self.path.rpartition("/")[2])
            number = len(self.server.calls)
        self.server.play(self, number)

    def fail(self, status, code, message=""):
        self.answer(status, {"message": message}, [("x-amzn-errortype", code)])

    def stream(self, *pieces, ends=True, content_type="application/vnd.amazon.eventstream"):
        """Each piece is the bytes of an event or seconds to be silent."""
        self.send_response(200)
        self.send_header("Content-Type", content_type)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for piece in pieces:
            if isinstance(piece, bytes):
                self.wfile.write(b"%x\r\n" % len(piece) + piece + b"\r\n")
            else:
                self.server.stopping.wait(piece)
        if ends:
            self.wfile.write(b"0\r\n\r\n")
        else:
            self.drop()

    def drip(self, head=b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", byte=b" "):
        """A byte now and then, for ever: the connection is never silent."""
        self.wfile.write(head)
        while not self.server.stopping.wait(0.2):
            self.wfile.write(byte)

    def drop(self):
        """Resets the connection."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.connection.close()


class ModelServer(ScriptedServer):
    def __init__(self, play, port=0):
        super().__init__(Handler, port)
        self.play = play
        self.calls = []


def event(kind, payload, message_type="event", indent=None):
    name = ":event-type" if message_type == "event" else ":exception-type"
    headers = {":message-type": message_type, name: kind, ":content-type": "application/json"}
    return frame(headers, dict.fromkeys(headers, 7), json.dumps(payload, indent=indent).replace("\n", "\r\n").encode())


START = event("messageStart", {"role": "assistant"})
DELTA = event("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": "Hello "}})
STOP = event("messageStop", {"stopReason": "end_turn"})
METADATA = event("metadata", {"usage": USAGE, "metrics": {"latencyMs": 10}})


def sound(handler, number=0):
    handler.answer(200, REPLY)
