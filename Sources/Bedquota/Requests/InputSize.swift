import AWSWire
import Foundation

/// What a body holds that becomes input.
struct InputSize {
  /// Of text that the model reads.
  private(set) var bytes = 0
  private(set) var blocks = 0
  /// Pictures and documents.
  private(set) var attachments = 0

  var estimatedTokens: Int { bytes / 3 + blocks * 8 + attachments * 1_600 + 8 }

  init(_ body: JSONValue) { add(body) }

  private mutating func add(_ value: JSONValue) {
    switch value {
    case .string(let text): bytes += text.utf8.count
    case .array(let elements): for element in elements { add(element) }
    case .object(let members):
      blocks += 1
      for member in members {
        // Base64 of a picture is no text.
        if let text = member.value.string, ["bytes", "data"].contains(member.name), text.utf8.count > 512 {
          attachments += 1
        } else {
          add(member.value)
        }
      }
    default: bytes += 2
    }
  }
}
