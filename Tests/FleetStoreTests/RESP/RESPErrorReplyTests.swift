import Testing

@testable import FleetNetwork

struct RESPErrorReplyTests {
  @Test(arguments: [
    ("MOVED 42 127.0.0.1:7000", RESPErrorReply.moved(host: "127.0.0.1", port: 7000)),
    ("MOVED 42 :7000", .moved(host: "", port: 7000)),
    ("MOVED 42 ::1:7000", .moved(host: "::1", port: 7000)), ("ASK 1 a.example:1", .ask(host: "a.example", port: 1)),
    ("MOVED 42 ?:7000", .lost("MOVED 42 ?:7000")), ("MOVED 42 a:99999", .lost("MOVED 42 a:99999")), ("MOVED", .lost("MOVED")),
    ("NOSCRIPT No matching script. Please use EVAL.", .noScript),
    ("READONLY You can't write against a read only replica.", .lost("READONLY You can't write against a read only replica.")),
    ("LOADING x", .lost("LOADING x")), ("CLUSTERDOWN x", .lost("CLUSTERDOWN x")), ("MASTERDOWN x", .lost("MASTERDOWN x")),
    ("BUSY x", .lost("BUSY x")),
    ("OOM x", .lost("OOM x")),
    ("ERR max number of clients reached", .lost("ERR max number of clients reached")), ("TRYAGAIN x", .lost("TRYAGAIN x")),
    ("NOAUTH x", .credentials("NOAUTH x")),
    ("WRONGPASS x", .credentials("WRONGPASS x")),
    ("BEDQUOTA corrupt state", .refusal("corrupt state")), ("WRONGTYPE x", .wrongType),
    ("ERR unknown command 'EVAL'", .forbidden("ERR unknown command 'EVAL'")),
    (
      "NOPERM this user has no permissions to run the 'hkeys' command",
      .forbidden("NOPERM this user has no permissions to run the 'hkeys' command")
    ),
    ("NOPERM No permissions to access a key", .permission("NOPERM No permissions to access a key")),
    ("ERR Function not found", .forbidden("ERR Function not found")), ("", .other("")), ("ERR a\u{7}ü", .other("ERR a??")),
  ])
  func replies(text: String, reply: RESPErrorReply) {
    #expect(RESPErrorReply(text) == reply)
  }
}
