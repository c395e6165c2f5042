import AWSWire
import Crypto
import Foundation

/// How the sessions of a role are called: a text in which `{key}` stands for the name of a caller, so that CloudTrail tells who called.
package struct RoleSessionName: Sendable, Equatable {
  private static let placeholder = "{key}"
  /// Source: the pattern of RoleSessionName, docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html.
  private static let lengths = 2...64
  /// Hexadecimal digits of a hash that tell shortened names apart.
  private static let digits = 8

  package let template: String

  /// nil unless AWS takes the text for a name, with a short name in the place of `{key}`.
  package init?(_ template: String) {
    let example = template.replacing(Self.placeholder, with: "xx")
    guard Self.isValid(example) else { return nil }
    self.template = template
  }

  /// Whether each caller has a session of its own.
  package var isPerCaller: Bool { template.contains(Self.placeholder) }

  /// The name of a caller's session, as AWS takes it. Where a caller's name had to be changed for it, a hash tells it from others.
  package func name(of caller: String) -> String {
    let plain = template.replacing(Self.placeholder, with: caller)
    guard !Self.isValid(plain) else { return plain }
    let letters = plain.utf8.map { Self.isLetter($0) ? $0 : UInt8(ascii: "_") }.prefix(Self.lengths.upperBound - Self.digits - 1)
    let hash = Hex.encode(SHA256.hash(data: Data(caller.utf8)).prefix(Self.digits / 2))
    return "\(String(decoding: letters, as: UTF8.self))-\(hash)"
  }

  private static func isValid(_ name: String) -> Bool { lengths.contains(name.utf8.count) && name.utf8.allSatisfy(isLetter) }

  private static func isLetter(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"): true
    default: "_+=,.@-".utf8.contains(byte)
    }
  }
}
