import AWSClient
import AWSWire
import Foundation
import Reports

/// One of several accounts: a profile, or a role.
struct AccountSource: Sendable, Equatable {
  enum Identity: Sendable, Equatable {
    case profile(String)
    case role(arn: String)
  }

  /// How the account is called in answers.
  var name: String
  var identity: Identity

  /// Reads a file with an account a line: a profile's name or a role's ARN, with a name and `=` before it if the user likes.
  /// What follows a `#` at the start of a line, or after a blank, is a comment.
  /// - Throws: ``AWSClientError`` (`configuration`) if the file can't be read, holds no account, or one name twice.
  static func read(_ path: String) throws -> [AccountSource] {
    guard let data = FileManager.default.contents(atPath: path), var text = String(data: data, encoding: .utf8) else {
      throw refusal("\(path) can't be read as text; write an account a line: a profile or a role's ARN.")
    }
    // Editors of Windows begin a file with a byte order mark.
    if text.first == "\u{FEFF}" { text.removeFirst() }
    var sources: [AccountSource] = []
    for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
      let content = line.hasPrefix("#") ? "" : line.prefix(upTo: line.firstRange(of: /\s#/)?.lowerBound ?? line.endIndex)
      if content.drop(while: \.isWhitespace).hasPrefix("- ") {
        throw refusal("\(path) is a list for `run` and `invoke`; here write a profile or a role's ARN a line.")
      }
      guard let source = AccountSource(String(content)) else {
        if content.allSatisfy(\.isWhitespace) { continue }
        throw refusal("\(path), line \(index + 1): expected a profile, a role's ARN, or NAME = one of them.")
      }
      if sources.contains(where: { $0.name == source.name }) {
        throw refusal("\(path), line \(index + 1): there are two accounts \"\(source.name.shortened())\".")
      }
      sources.append(source)
    }
    guard !sources.isEmpty else { throw refusal("\(path) names no account.") }
    return sources
  }

  /// - Returns: nil if a part is empty.
  init?(_ line: String) {
    let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map {
      $0.trimmingCharacters(in: .whitespaces)
    }
    guard let value = parts.last, parts.allSatisfy({ !$0.isEmpty }) else { return nil }
    identity = value.hasPrefix("arn:") ? .role(arn: value) : .profile(value)
    name = parts.count == 2 ? parts[0] : Self.name(of: value)
  }

  /// `123456789012/NAME` for a role.
  private static func name(of value: String) -> String {
    guard let arn = ARN(value) else { return value }
    return "\(arn.account)/\(arn.resource.split(separator: "/").last ?? "")"
  }

  private static func refusal(_ message: String) -> AWSClientError {
    AWSClientError(.configuration, message, parameters: ["accounts"])
  }
}
