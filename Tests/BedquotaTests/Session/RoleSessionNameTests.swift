import Bedquota
import Testing

@Suite struct RoleSessionNameTests {
  @Test(arguments: [
    ("{key}", "alice", "alice"), ("gateway-{key}", "a.b@c", "gateway-a.b@c"), ("{key}@{key}", "me", "me@me"),
    ("fixed", "alice", "fixed"),
  ])
  func aPlainNameStaysAsItIs(template: String, caller: String, name: String) throws {
    #expect(try #require(RoleSessionName(template)).name(of: caller) == name)
  }

  /// What AWS doesn't take is replaced or cut, and still differs from caller to caller.
  @Test func otherNamesAreMadeToFit() throws {
    let template = try #require(RoleSessionName("{key}"))
    let long = String(repeating: "x", count: 70)
    let callers = ["a", "b", "a b", "a_b ", "a/b", "naïve", long, long + "y", "", "a\r\nb", "\u{202E}"]
    let names = callers.map(template.name)
    #expect(Set(names).count == callers.count)
    for name in names { #expect(name.wholeMatch(of: /[A-Za-z0-9_+=,.@-]{2,64}/) != nil, "\(name)") }
    #expect(template.name(of: "a") == "a-ca978112", "the hash is SHA-256's")
    #expect(template.name(of: long).hasPrefix(String(repeating: "x", count: 55) + "-"))
  }

  @Test func onlyWhatAWSTakesIsATemplate() {
    for template in ["", "x", "a b", "{name}", "{key", "é{key}", String(repeating: "x", count: 65)] {
      #expect(RoleSessionName(template) == nil, "\(template)")
    }
    #expect(RoleSessionName("{key}")?.isPerCaller == true && RoleSessionName("fixed")?.isPerCaller == false)
  }
}
