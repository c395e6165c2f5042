import AWSServer
import BedrockEmulator
import Foundation
import Testing

/// Who may use the emulator, by the heads of requests.
struct WebGuardTests {
  private static func status(
    _ method: String, _ target: String, _ headers: [(name: String, value: String)], token: String? = nil, hosts: [String] = []
  ) -> Int? {
    let head = ServerRequest(method: method, target: target, headers: headers, body: Data())
    return WebGuard(token: token, hosts: hosts).refusal(of: head)?.status
  }

  @Test(
    arguments: [
      ("localhost", nil), ("localhost:8080", nil), ("LOCALHOST", nil), ("127.0.0.1:8080", nil), ("127.255.0.9", nil),
      ("[::1]:80", nil),
      ("[::1]", nil), ("rebind.evil.example", 403), ("rebind.evil.example:8080", 403), ("127.0.0.1.evil.example", 403),
      ("localhost.evil.example", 403), ("127.0.0", 403), ("127.0.0.1.", 403), ("127.0.0.256", 403), ("127.0.0.+1", 403),
      ("", 403),
      ("169.254.169.254", 403), ("emulator:8080", nil), ("emulator.evil", 403),
    ] as [(String, Int?)])
  func theControlAPIAnswersOnNamesOfThisMachine(host: String, status: Int?) {
    #expect(Self.status("GET", "/_emulator/state", [("Host", host)], hosts: ["Emulator"]) == status)
  }

  @Test func aRequestHasOneHost() {
    #expect(Self.status("GET", "/_emulator/state", [("Host", "localhost"), ("Host", "evil.example")]) == 403)
    #expect(Self.status("GET", "/_emulator/state", []) == 403)
  }

  @Test(arguments: ["/_emulator/state", "/model/x/converse", "/", "/foundation-models"])
  func noWebPageIsAnswered(target: String) {
    for method in ["GET", "POST", "PUT", "OPTIONS"] {
      for header in [
        ("Origin", "http://evil.example"), ("Origin", "null"), ("Sec-Fetch-Site", "cross-site"),
        ("Sec-Fetch-Site", "same-origin"),
      ] {
        #expect(Self.status(method, target, [("Host", "localhost"), ("Content-Type", "application/json"), header]) == 403)
      }
    }
    #expect(Self.status("GET", target, [("Host", "localhost"), ("Sec-Fetch-Site", "none")]) == nil, "typed into the address bar")
  }

  @Test(
    arguments: [
      ("application/json", "2", nil), ("application/json; charset=utf-8", "2", nil), ("Application/JSON", "2", nil),
      ("text/plain", "2", 415),
      ("application/x-www-form-urlencoded", "2", 415), ("multipart/form-data; boundary=x", "2", 415), (nil, "2", 415),
      (nil, "0", nil),
      (nil, nil, nil), ("text/plain", nil, 415), ("text/plain;application/json", "2", 415), ("", "2", 415),
      ("application/jsonp", "2", 415),
    ] as [(String?, String?, Int?)])
  func changesAreJSON(type: String?, length: String?, status: Int?) {
    var headers: [(name: String, value: String)] = [("Host", "localhost")]
    if let type { headers.append(("Content-Type", type)) }
    if let length { headers.append(("Content-Length", length)) }
    #expect(Self.status("POST", "/_emulator/reset", headers) == status)
    #expect(Self.status("PUT", "/_emulator/faults", headers) == status)
    #expect(Self.status("GET", "/_emulator/faults", headers) == nil)
  }

  @Test(
    arguments: [("secret", nil), ("Secret", 401), ("secre", 401), ("secrets", 401), ("", 401), (nil, 401)] as [(String?, Int?)])
  func beyondLoopbackATokenIsNeeded(token: String?, status: Int?) {
    let headers = [(name: "Host", value: "emulator:8080")] + (token.map { [(name: "X-Emulator-Token", value: $0)] } ?? [])
    #expect(Self.status("GET", "/_emulator/state", headers, token: "secret") == status)
    #expect(Self.status("POST", "/model/x/converse", headers, token: "secret") == nil, "AWS's own calls are signed instead")
  }
}
