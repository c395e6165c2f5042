import Foundation

extension AWSClientError.Service {
  /// The same error without the caller's secrets, its message on one line.
  ///
  /// AWS repeats the request in its reply to a wrong signature ("The Canonical String for this request should have been …"),
  /// and the session token is part of that.
  package func hiding(_ identity: AWSIdentity) -> AWSClientError.Service {
    func clean(_ text: String) -> String {
      identity.secrets.filter { !$0.isEmpty }.reduce(text) { $0.replacing($1, with: "…") }
    }
    var copy = self
    let end = message.range(of: "The Canonical String")?.lowerBound ?? message.endIndex
    let line = clean(String(message[..<end])).map { $0.isNewline || $0.asciiValue.map { $0 < 32 } == true ? " " : $0 }
    copy.message = String(line).trimmingCharacters(in: .whitespaces)
    copy.body = Array(clean(String(decoding: body, as: UTF8.self)).utf8)
    return copy
  }
}
