import AWSServer
import AWSWire
import BedrockEmulator
import Testing

/// How many responses, of which size, are made in the background at a time.
struct BackgroundResponsesTests {
  private static let response: JSONValue = ["status": "queued"]
  private let responses = BackgroundResponses()

  /// Begins one that never ends by itself.
  private func begin(_ id: String, megabytes: Int = 0) throws {
    try responses.begin(id, Self.response, bytes: megabytes << 20) { () throws(AWSFault) in
      try? await Task.sleep(for: .seconds(86_400))
    }
  }

  private func status(_ id: String) -> String? { responses.response(id)?["status"]?.string }

  /// A picture has few tokens and many bytes, so no quota would bound the memory that requests take.
  @Test func theirRequestsHaveALimitTogether() throws {
    for id in ["a", "b"] { try begin(id, megabytes: 32) }
    #expect(throws: AWSFault.self) { try begin("c", megabytes: 1) }
    try begin("empty")
    responses.forget("a")
    try begin("c", megabytes: 32)
    #expect(["a", "b", "c", "empty"].map(status) == [nil, "in_progress", "in_progress", "in_progress"])
  }

  @Test func whatHasEndedMakesRoomFromTheOldestOn() throws {
    for id in ["a", "b", "c", "d"] { try begin(id, megabytes: 16) }
    for id in ["b", "c", "d"] { #expect(responses.cancel(id)?["status"]?.string == "cancelled") }
    try begin("e", megabytes: 30)
    #expect(["a", "b", "c", "d", "e"].map(status) == ["in_progress", nil, nil, "cancelled", "in_progress"])
    #expect(throws: AWSFault.self) { try begin("f", megabytes: 40) }
    responses.reset()
    try begin("f", megabytes: 64)
  }

  /// What ends just when it is cancelled, deleted or reset must not come back.
  @Test func onlyWhatIsUnderWayIsKept() throws {
    func isKept(_ id: String) -> Bool {
      var isKept = false
      responses.complete(id) { isKept = true }
      return isKept
    }
    for id in ["a", "b", "c", "d"] { try begin(id) }
    _ = responses.cancel("b")
    responses.forget("c")
    #expect(["a", "b", "c", "none"].map(isKept) == [true, false, false, false])
    responses.reset()
    #expect(!isKept("d"))
  }

  @Test func thereAreAThousandAtMost() throws {
    for index in 0..<1_000 { try begin("\(index)") }
    #expect(throws: AWSFault.self) { try begin("more") }
    _ = responses.cancel("500")
    try begin("more")
    #expect(status("500") == nil && status("0") == "in_progress")
  }
}
