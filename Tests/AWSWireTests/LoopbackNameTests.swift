import AWSWire
import Testing

struct LoopbackNameTests {
  @Test(arguments: [
    ("127.0.0.1", true), ("127.255.0.9", true), ("localhost", true), ("LocalHost", true), ("a.localhost", true), ("::1", true),
    ("0:0:0:0:0:0:0:1", true), ("0.0.0.0", false), ("::", false), ("::2", false), ("192.168.1.2", false), ("", false),
    ("example.com", false), ("localhost.example.com", false), ("notlocalhost", false), ("127.0.0.1.example.com", false),
    ("127.0.0", false), ("127.0.0.1.", false), ("127.0.0.256", false), ("127.0.0.+1", false),
  ])
  func whatOnlyThisMachineReaches(name: String, expected: Bool) { #expect(LoopbackName.contains(name) == expected) }
}
