import AWSClient
import AWSWire
import Foundation

/// Where the secrets of a configuration come from: the environment and files, never the configuration itself, which people share
/// and keep under version control.
package struct SecretSource: Sendable {
  /// Why a secret can't be had, as a sentence without the secret.
  package struct Problem: Error {
    var text: String

    /// With a capital and a full stop.
    package var sentence: String { "\(text.prefix(1).uppercased())\(text.dropFirst())." }
  }

  static let bytesMax = 4_096
  /// Shorter ones can be guessed.
  static let lengthMin = 16

  /// With the environment of this process.
  package static let process = SecretSource(environment: ProcessInfo.processInfo.environment)

  private let environment: [String: String]

  package init(environment: [String: String]) {
    self.environment = environment
  }

  /// The secret that a reference names: `${NAME}` or `${file:/path}`.
  /// - Parameter files: gets the path of the file that was read.
  func secret(_ reference: String, files: inout [String]) throws(Problem) -> Secret {
    guard reference.hasPrefix("${"), reference.hasSuffix("}") else {
      throw Problem(
        text: "a secret isn't written into the file itself; write \"${NAME}\" for an environment variable, or \"${file:/path}\"")
    }
    let name = String(reference.dropFirst(2).dropLast())
    if name.hasPrefix("file:") {
      let path = String(name.dropFirst("file:".count))
      guard path.hasPrefix("/") else { throw Problem(text: "the path of a secret's file is absolute: \"${file:/path}\"") }
      files.append(path)
      return try Self.checked(text(of: path), place: path)
    }
    guard Self.isVariable(name) else {
      throw Problem(text: "\"${…}\" holds the name of an environment variable, or file: and an absolute path")
    }
    return try variable(name)
  }

  /// The secret in an environment variable.
  func variable(_ name: String) throws(Problem) -> Secret {
    guard let value = environment[name], !value.isEmpty else {
      throw Problem(text: "the environment variable \(name) isn't set; set it where the gateway runs")
    }
    return try Self.checked(value, place: name)
  }

  /// The secret in an environment variable; nil: it isn't set.
  package func given(_ name: String) throws(Problem) -> Secret? { hasVariable(name) ? try variable(name) : nil }

  func hasVariable(_ name: String) -> Bool { environment[name]?.isEmpty == false }

  private func text(of path: String) throws(Problem) -> String {
    let data: Data
    do throws(SmallFile.Problem) {
      data = try SmallFile.contents(of: path, bytesMax: Self.bytesMax)
    } catch {
      throw Problem(text: "\(path) \(error.words)")
    }
    guard let text = String(data: data, encoding: .utf8) else { throw Problem(text: "\(path) is not text") }
    return text
  }

  /// A secret goes into headers, so it is visible ASCII; the end of a file's line doesn't belong to it.
  private static func checked(_ text: String, place: String) throws(Problem) -> Secret {
    let secret = text.trimmingCharacters(in: .whitespacesAndNewlines)
    guard secret.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
      throw Problem(text: "the secret in \(place) has blanks or characters that are not ASCII, which no header carries")
    }
    guard secret.utf8.count >= lengthMin else {
      throw Problem(
        text:
          "the secret in \(place) has fewer than \(lengthMin) characters and could be guessed; make one: openssl rand -base64 32")
    }
    guard secret.utf8.count <= 1_024 else { throw Problem(text: "the secret in \(place) has more than 1024 characters") }
    return Secret(secret)
  }

  private static func isVariable(_ name: String) -> Bool {
    guard let first = name.utf8.first, (1...128).contains(name.utf8.count) else { return false }
    func isLetter(_ byte: UInt8) -> Bool { (65...90).contains(byte) || (97...122).contains(byte) || byte == UInt8(ascii: "_") }
    return isLetter(first) && name.utf8.allSatisfy { isLetter($0) || (48...57).contains($0) }
  }
}
