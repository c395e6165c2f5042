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
    copy.message = Self.line(clean(String(message[..<end])))
    copy.code = String(Self.line(clean(code)).prefix(128))
    copy.requestID = requestID.map { String(Self.line($0).prefix(128)) }
    copy.body = Array(clean(String(decoding: body, as: UTF8.self)).utf8)
    return copy
  }

  /// The text on one line, without characters that control a terminal or the direction of writing.
  private static func line(_ text: String) -> String {
    var line = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator: line.append(" ")
      default: line.append(scalar)
      }
    }
    return String(line).trimmingCharacters(in: .whitespaces)
  }
}
