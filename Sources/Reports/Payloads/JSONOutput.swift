import Foundation

/// JSON as every command prints it: indented, keys sorted, so that a diff shows what changed.
package enum JSONOutput {
  package static func encode(_ payload: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    // JSON has no number for infinity.
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
    return String(decoding: try encoder.encode(payload), as: UTF8.self).escapedJSON
  }
}
