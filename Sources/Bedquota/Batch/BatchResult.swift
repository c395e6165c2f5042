import AWSWire
import Foundation

/// A line of the output.
struct BatchResult: Sendable, Equatable {
  /// The position of the input line that the result answers, from 0.
  var index: Int
  /// JSON with a newline at its end.
  var line: Data

  init(index: Int, line: Data) {
    self.index = index
    self.line = line
  }

  /// - Parameter answer: the model's reply or an error, as a member of the line.
  init(_ record: BatchRecord, _ answer: JSONValue.Member) {
    index = record.index
    line = JSONValue.object([.init("recordId", .string(record.recordID)), answer]).data
    line.append(0x0A)
  }
}

/// Results that are to be made safe on disk together.
struct ResultBatch: Sendable, Equatable {
  private static let recordsMax = 200
  private static let bytesMax = 4 << 20

  private(set) var lines = Data()
  private(set) var records: [Int] = []

  var isEmpty: Bool { records.isEmpty }
  /// Whether the batch is large enough to be written before the next regular flush.
  var isFull: Bool { records.count >= Self.recordsMax || lines.count > Self.bytesMax }

  mutating func append(_ result: BatchResult) {
    lines.append(result.line)
    records.append(result.index)
  }
}
