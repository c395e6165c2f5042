package import Foundation

/// A request as it came over the wire.
package struct EmulatedRequest: Sendable {
  package var method: String
  /// Path and query, still percent-encoded.
  package var target: String
  /// Names in lower case.
  package var headers: [(name: String, value: String)]
  package var body: Data

  package init(method: String, target: String, headers: [(name: String, value: String)], body: Data) {
    self.method = method
    self.target = target
    self.headers = headers.map { ($0.name.lowercased(), $0.value) }
    self.body = body
  }

  /// The first header of this name, which is given in lower case.
  func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }

  var path: Substring { target.prefix { $0 != "?" } }

  /// Decoded names and values of the query string.
  var query: [String: String] {
    Self.pairs(target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false).dropFirst().first ?? "")
  }

  /// Decoded names and values of a form in the body.
  var form: [String: String] { Self.pairs(Substring(decoding: body, as: UTF8.self)) }

  private static func pairs(_ text: Substring) -> [String: String] {
    var pairs: [String: String] = [:]
    for pair in text.split(separator: "&") {
      let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      // In a form, a plus is a space; in AWS's query strings it never stands for itself either.
      func decoded(_ side: Substring) -> String { side.replacing("+", with: " ").removingPercentEncoding ?? String(side) }
      pairs[decoded(sides[0])] = sides.count > 1 ? decoded(sides[1]) : ""
    }
    return pairs
  }
}

/// Takes the pieces of a streamed reply.
package protocol EmulatedStreamSink {
  /// - Throws: where the client is gone.
  mutating func write(_ bytes: [UInt8]) async throws
}

/// A reply, ready for the wire.
package struct EmulatedResponse: Sendable {
  /// The body of a streamed reply.
  package struct Stream: Sendable {
    /// Writes all of it, at its pace.
    package var write: @Sendable (inout any EmulatedStreamSink) async throws -> Void
    /// To be called when the client has gone away before the end.
    package var clientIsGone: @Sendable () -> Void
  }

  package var status: Int
  package var headers: [(name: String, value: String)]
  package var body: Data
  /// Takes the place of `body`.
  package var stream: Stream?
  /// The connection is to be closed without a word.
  package var isDropped = false

  init(status: Int, headers: [(name: String, value: String)], body: Data) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  static func json(_ body: Data, version: String? = nil) -> EmulatedResponse {
    EmulatedResponse(
      status: 200, headers: [("Content-Type", version.map { "application/x-amz-json-\($0)" } ?? "application/json")], body: body)
  }
}

/// An error that AWS would answer with, before a protocol gives it its form.
package struct AWSFault: Error, Equatable {
  package var code: String
  package var message: String
  /// nil: the protocol's usual one.
  package var status: Int?
  /// Modelled errors of Service Quotas spell the member `Message`; errors of the front door, `message`.
  package var isModelled: Bool
  /// The code that CloudWatch's older query protocol had for it, which clients still show; nil: the same.
  package var queryCode: String?

  /// Seconds for a `Retry-After` header; nil: none.
  package var retryAfter: Int?

  package init(code: String, message: String, status: Int? = nil, isModelled: Bool = true, queryCode: String? = nil) {
    self.code = code
    self.message = message
    self.status = status
    self.isModelled = isModelled
    self.queryCode = queryCode
  }
}
