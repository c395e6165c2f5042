import Testing

@testable import FleetNetwork
@testable import FleetStore

struct FleetNameTests {
  @Test(arguments: [
    ("", "~"), ("a/0", "a/0"), ("123456789012/us-east-1/claude", "123456789012/us-east-1/claude"), ("{x}", "%7Bx%7D"),
    ("*", "%2A"),
    ("a\0b", "a%00b"), ("~", "%7E"), ("%7E", "%257E"), ("ä", "%C3%A4"), ("arn:aws:bedrock", "arn:aws:bedrock"),
  ])
  func names(name: String, encoded: String) {
    #expect(FleetName.encode(name) == encoded)
  }

  @Test func longNamesAreBoundedAndStayDifferent() {
    let names = ["x", "y", "{"].flatMap { [String(repeating: "x", count: 9_999) + $0, String(repeating: $0, count: 121)] }
    let encoded = Set(names.map { FleetName.encode($0) })
    #expect(encoded.count == names.count && encoded.allSatisfy { $0.utf8.count <= FleetName.bytesMax })
    #expect(FleetName.encode(String(repeating: "x", count: 120)) == String(repeating: "x", count: 120))
  }

  @Test func keysOfAScopeShareATagAndNothingElse() {
    let keys = FleetKeys(FleetScope("a}b{c"), prefix: "team{1}")
    #expect(keys.state == "team%7B1%7D:bq1:{a%7Db%7Bc}")
    #expect(keys.all.allSatisfy { $0.contains("{a%7Db%7Bc}") } && Set(keys.all).count == 5)
    #expect(FleetKeys(FleetScope("a"), prefix: "").all == ["bq1:{a}", "bq1:{a}:m", "bq1:{a}:q", "bq1:{a}:x", "bq1:{a}:w"])
  }

  @Test func aSlashInAPartMakesNoOtherScope() {
    #expect(FleetScope(account: "1", region: "r", family: "a/b") != FleetScope(account: "1", region: "r/a", family: "b"))
  }
}
