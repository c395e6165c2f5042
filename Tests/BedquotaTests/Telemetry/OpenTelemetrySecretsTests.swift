import Bedquota
import Foundation
import HTTPTypes
import Testing

/// The headers of a collector are keys: no text shows them.
struct OpenTelemetrySecretsTests {
  private static let secrets = ["sekrit-token", "sekrit-query", "sekrit-path"]
  private let environment = [
    "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "https://otlp.example.com/sekrit-path?api=sekrit-query",
    "OTEL_EXPORTER_OTLP_HEADERS": "authorization=Bearer%20sekrit-token",
  ]

  private func isClean(_ text: String) -> Bool { !Self.secrets.contains { text.contains($0) } }

  @Test func noDescriptionShowsThem() throws {
    let settings = try #require(try OpenTelemetrySettings(environment: environment))
    let signal = try #require(settings.traces)
    let post = Post()
    let exporter = OpenTelemetryExporter(settings, tell: { _ in }, send: post.send)
    for value in [settings, signal, exporter, OTLPSender(signal, send: post.send)] as [Any] {
      var dumped = ""
      dump(value, to: &dumped)
      #expect(isClean("\(value)") && isClean(String(reflecting: value)) && isClean(dumped))
    }
    #expect(signal.place == "https://otlp.example.com")
  }

  @Test func noReplyAndNoErrorBringsThemBack() async throws {
    let signal = try #require(try OpenTelemetrySettings(environment: environment)?.traces)
    let words = "who is Bearer sekrit-token at /sekrit-path?api=sekrit-query\r\nof " + String(repeating: "x", count: 1_000)
    let answers: [Post.Answer] = [
      .status(401, body: #"{"message": "who is Bearer sekrit-token at /sekrit-path?api=sekrit-query?"}"#),
      .status(200, body: #"{"partialSuccess": {"rejectedSpans": "1", "errorMessage": "sekrit-token"}}"#),
      .failure(NoConnection(description: words)),
    ]
    for answer in answers {
      let sender = OTLPSender(signal, clock: FakeTime().clock(), send: Post(answer).send)
      let outcome = await sender.export(Data(), within: .seconds(1))
      #expect(isClean("\(outcome)") && "\(outcome)".count < 400 && !"\(outcome)".contains("\r"))
    }
  }

  @Test func theyAreSent() async throws {
    let signal = try #require(try OpenTelemetrySettings(environment: environment)?.traces)
    let post = Post()
    _ = await OTLPSender(signal, clock: FakeTime().clock(), send: post.send).export(Data("{}".utf8), within: .seconds(1))
    let request = try #require(post.requests.first)
    #expect(request.headers[.authorization] == "Bearer sekrit-token")
    #expect(request.headers[.contentType] == "application/json")
    #expect(request.url.absoluteString.hasSuffix("/sekrit-path?api=sekrit-query"))
  }
}
