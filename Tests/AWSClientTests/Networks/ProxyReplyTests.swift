import Testing

@testable import AWSClient

/// A reply to CONNECT arrives in pieces, and may be anything.
struct ProxyReplyTests {
  @Test(arguments: [
    ("HTTP/1.1 200 Connection established\r\n\r\n", ProxyReply(status: 200)),
    ("HTTP/1.0 403 Forbidden\r\nContent-Length: 9\r\n\r\n", ProxyReply(status: 403)),
    (
      "HTTP/1.1 407 No\r\nproxy-authenticate: Basic realm=\"x\"\r\nProxy-Authenticate: Negotiate\r\n\r\n",
      ProxyReply(status: 407, schemes: ["Basic", "Negotiate"])
    ),
    ("SSH-2.0-OpenSSH_9.2\r\n", .unreadable), ("\r\n", .unreadable), ("HTTP/1.1 abc\r\n\r\n", .unreadable),
    (String(repeating: "x", count: 100), .unreadable),
  ])
  func replies(text: String, reply: ProxyReply) { #expect(ProxyReply(Array(text.utf8)) == reply) }

  @Test(arguments: ["", "HTTP/1.1", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nVia: x\r\n"])
  func aPartIsNoReplyYet(text: String) { #expect(ProxyReply(Array(text.utf8)) == nil) }

  @Test func whatFollowsIsSeen() {
    #expect(ProxyReply(Array("HTTP/1.1 200 OK\r\n\r\n<html>".utf8))?.hasBody == true)
  }
}
