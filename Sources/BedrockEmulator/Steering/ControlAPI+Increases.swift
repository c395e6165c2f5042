import AWSWire

extension ControlAPI {
  /// Decides one request, or sets the course of the next ones.
  func decide(_ body: JSONValue) throws(Refusal) {
    if body["refusals"] != nil || body["steps"] != nil { return emulator.increases.setCourse(try Self.course(body)) }
    guard let id = body["id"]?.string, let status = body["status"]?.string else {
      throw Refusal(message: "A quota request needs id and status; a course has refusals, steps, or both.")
    }
    guard emulator.increases.decide(requestID: id, status: status, now: emulator.clock.date) else {
      throw Refusal(message: "There is no open request \(id.prefix(100)), or no status \(status.prefix(50)).")
    }
  }

  private static func course(_ body: JSONValue) throws(Refusal) -> IncreaseCourse {
    var course = IncreaseCourse()
    let (refusals, steps) = (body["refusals"]?.array, body["steps"]?.array)
    guard (body["refusals"] == nil) == (refusals == nil), (body["steps"] == nil) == (steps == nil),
      (refusals ?? []).count + (steps ?? []).count <= IncreaseCourse.lengthMax
    else { throw Refusal(message: "refusals and steps are lists, of \(IncreaseCourse.lengthMax) together at most.") }
    for code in refusals ?? [] {
      guard let code = code.string, IncreaseCourse.messages[code] != nil else {
        throw Refusal(message: "refusals has codes of \(IncreaseCourse.messages.keys.sorted().joined(separator: ", ")).")
      }
      course.refusals.append(code)
    }
    for step in steps ?? [] {
      guard let after = step["afterSeconds"]?.double, (0...3.2e9).contains(after),
        let status = step["status"]?.string.flatMap(QuotaIncreaseRequest.Status.init), status != .pending,
        after >= course.steps.last?.afterSeconds ?? 0
      else {
        throw Refusal(message: "A step has afterSeconds, not before the one above it, and a status other than PENDING.")
      }
      course.steps.append(.init(afterSeconds: after, status: status))
    }
    return course
  }
}
