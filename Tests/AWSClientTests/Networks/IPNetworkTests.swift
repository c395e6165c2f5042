import Testing

@testable import AWSClient

struct IPNetworkTests {
  @Test(arguments: [
    ("10.0.0.0/8", "10.255.1.2", true), ("10.0.0.0/8", "11.0.0.0", false), ("10.1.2.0/25", "10.1.2.127", true),
    ("10.1.2.0/25", "10.1.2.128", false), ("10.1.2.3", "10.1.2.3", true), ("10.1.2.3", "10.1.2.4", false),
    ("0.0.0.0/0", "1.2.3.4", true), ("0.0.0.0/0", "::1", false), ("fd00::/8", "fdff::1", true), ("fd00::/8", "fe00::1", false),
    ("::1", "0:0:0:0:0:0:0:1", true), ("10.0.0.0/8", "10.0.0.0/9", true), ("10.0.0.0/9", "10.0.0.0/8", false),
  ])
  func contains(network: String, other: String, isInside: Bool) throws {
    #expect(try #require(IPNetwork(network)).contains(try #require(IPNetwork(other))) == isInside)
  }

  @Test(arguments: [
    "", "a", "10.0.0", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "10.0.0.0/8/8", "::/129", "1.2.3.4.5", "localhost",
  ])
  func whatIsNone(text: String) { #expect(IPNetwork(text) == nil) }
}
