import Tracing

/// How far a request has come.
struct RequestCourse: Sendable {
  let start = ContinuousClock.now
  let span: any Span
  var waited = Duration.zero
  /// Times that it was sent.
  var attempts = 0

  init(span: any Span) { self.span = span }

  var took: Duration { start.duration(to: .now) }

  mutating func waiting<Output: ~Copyable>(_ body: () async throws -> Output) async throws -> Output {
    let begin = ContinuousClock.now
    defer { waited += begin.duration(to: .now) }
    return try await body()
  }
}
