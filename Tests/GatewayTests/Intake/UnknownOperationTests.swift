import Testing

@testable import Gateway

@Suite struct UnknownOperationTests {
  @Test(arguments: [
    ("/chat/completions", "ends in /v1"), ("/v1/v1/messages", "no /v1"), ("/", "not that of all services"),
  ])
  func aLikelySlipIsNamed(path: String, hint: String) {
    let message = UnknownOperation.message(method: "POST", path: path[...])
    #expect(message.hasPrefix("The gateway has no operation POST \(path). ") && message.contains(hint))
  }

  @Test func anythingElseIsNamedAlone() {
    #expect(UnknownOperation.message(method: "GET", path: "/x") == "The gateway has no operation GET /x.")
    let long = UnknownOperation.message(method: "GET", path: String(repeating: "a", count: 9_000)[...])
    #expect(long.utf8.count < 300)
  }
}
