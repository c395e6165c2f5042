import Foundation
import HTTPTypes
import Testing

@testable import AWSWire

/// Errors of OpenAI's and Anthropic's APIs.
struct CompatibleErrorTests {
  @Test(
    arguments: [
      (
        #"{"error":{"message":"Slow down","type":"rate_limit_error","param":null,"code":"rate_limit_exceeded"}}"#,
        "rate_limit_exceeded", "Slow down"
      ),
      (#"{"error":{"message":"No","type":"invalid_request_error","code":null}}"#, "invalid_request_error", "No"),
      (#"{"error":{"message":"No","code":7}}"#, "Unknown", "No"), (#"{"error":{}}"#, "Unknown", ""),
      (
        #"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"},"request_id":"r"}"#, "overloaded_error",
        "Overloaded"
      ),
      (#"{"type":"error","code":"server_error","message":"Oh","param":null,"sequence_number":3}"#, "server_error", "Oh"),
      (#"{"type":"error","message":"Oh"}"#, "Unknown", "Oh"),
      (
        #"{"type":"response.failed","response":{"status":"failed","error":{"code":"server_error","message":"Oh"}}}"#,
        "server_error", "Oh"
      ),
      (
        #"{"object":"response","status":"failed","error":{"code":"server_error","message":"Oh"},"output":[]}"#, "server_error",
        "Oh"
      ),
      (#"{"object":"response","status":"failed","error":null,"output":[]}"#, "Unknown", ""),
      // AWS's own door has its own words in every API.
      (
        #"{"error":{"message":"The security token included in the request is expired","type":"permission_error","code":"access_denied"}}"#,
        "ExpiredTokenException", "The security token included in the request is expired"
      ),
    ] as [(String, String, String)])
  func itIsRead(json: String, code: String, message: String) throws {
    let error = try #require(CompatibleError(JSONValue(Array(json.utf8))))
    #expect(error.code == code && error.message == message)
  }

  @Test(
    arguments: [
      #"{"message":"x","__type":"ThrottlingException"}"#, #"{"error":"invalid_grant"}"#, "[]", "7", "{}",
      #"{"id":"r","status":"completed","error":null,"output":[]}"#, #"{"type":"response.created","response":{"error":null}}"#,
      #"{"type":"message","content":[]}"#,
    ])
  func otherJSONIsNone(json: String) throws { #expect(CompatibleError(try JSONValue(Array(json.utf8))) == nil) }

  @Test func aReplyIsReadWithIt() {
    let body = Data(#"{"error":{"message":"Too many tokens","type":"rate_limit_error","code":"rate_limit_exceeded"}}"#.utf8)
    let service = ServiceErrorParser.parse(
      .init(head: HTTPResponse(status: .init(code: 429), headerFields: [:]), body: body), as: .restJSON)
    #expect(service.code == "rate_limit_exceeded" && service.message == "Too many tokens" && service.status == 429)
  }

  /// Whatever a server writes there, the pause has an end.
  @Test(
    arguments: [
      ("Retry-After", "7", 7), ("Retry-After", "0.5", 0.5), ("retry-after-ms", "250", 0.25), ("Retry-After", "86400", 60),
      ("Retry-After", "9e18", 60), ("Retry-After", "1e999", nil), ("Retry-After", "-1", nil), ("Retry-After", "0", nil),
      ("Retry-After", "nan", nil), ("Retry-After", "soon", nil), ("Retry-After", "", nil),
      ("Retry-After", "Sun, 06 Nov 1994 08:49:47 GMT", 10), ("Retry-After", "Sun, 06 Nov 1994 08:49:00 GMT", nil),
    ] as [(String, String, Double?)])
  func aPauseIsBounded(name: String, value: String, seconds: Double?) throws {
    let now = try #require(HTTPDate.parse("Sun, 06 Nov 1994 08:49:37 GMT"))
    let fields: HTTPFields = [try #require(HTTPField.Name(name)): value]
    #expect(RetryAfter.delay(fields, now: now) == seconds.map { .seconds($0) })
  }
}
