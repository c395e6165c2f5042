import AWSServer
import AWSWire
import Foundation

/// A line of a batch job's input: `{"recordId": …, "modelInput": …}`.
///
/// Source: docs.aws.amazon.com/bedrock/latest/userguide/batch-inference-data.html
struct BatchRecord: Sendable {
  /// As it is in the file; made up if it isn't there.
  let id: JSONValue
  let modelInput: JSONValue

  /// nil if the line isn't such an object.
  /// - Parameter number: of the line, from 1.
  init?(_ line: [UInt8], number: Int) {
    guard let json = try? JSONValue(line), let input = json["modelInput"], input.members != nil else { return nil }
    modelInput = input
    id = json["recordId"] ?? .string(Self.madeUp(number))
  }

  /// Eleven letters and digits, as AWS makes them.
  private static func madeUp(_ number: Int) -> String {
    String(ResourceID.make(UInt64(number), kind: "record").prefix(11)).uppercased()
  }

  /// The line of the output.
  /// - Parameter output: the JSON of the reply.
  func line(output: Data) -> [UInt8] { line("modelOutput", Array(output)) }

  /// The line of the output for a record that failed. Source: docs.aws.amazon.com/bedrock/latest/userguide/batch-inference-results.html
  func line(error: AWSFault) -> [UInt8] {
    let described: JSONValue = ["errorCode": .integer(error.status ?? 400), "errorMessage": .string(error.message)]
    return line("error", Array(described.data))
  }

  private func line(_ member: String, _ value: [UInt8]) -> [UInt8] {
    var bytes = Array("{\"modelInput\":".utf8)
    modelInput.write(to: &bytes)
    bytes += ",\"\(member)\":".utf8
    bytes += value
    bytes += ",\"recordId\":".utf8
    id.write(to: &bytes)
    bytes += "}\n".utf8
    return bytes
  }
}
