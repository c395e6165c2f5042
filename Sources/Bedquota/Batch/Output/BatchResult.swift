import AWSWire
import Foundation

/// A line of the output.
struct BatchResult: Sendable, Equatable {
  /// The record that it answers.
  var key: RecordKey
  /// JSON with a newline at its end.
  var line: Data
  var isError: Bool

  init(key: RecordKey, line: Data, isError: Bool = false) {
    (self.key, self.line, self.isError) = (key, line, isError)
  }

  /// `{"recordId": …, "modelOutput": …}`, with the reply's bytes as they are.
  init(_ record: BatchRecord, _ reply: ModelReply) {
    // In JSON, line breaks are white space between values; within the line they would end it.
    let body = reply.json == nil ? JSONValue.string(String(decoding: reply.body, as: UTF8.self)).data : reply.body
    let output = body.map { $0 == 0x0A || $0 == 0x0D ? 0x20 : $0 }
    var line = Data("{\"recordId\":".utf8)
    line += record.recordIDJSON + Array(",\"modelOutput\":".utf8) + output + [UInt8(ascii: "}"), 0x0A]
    self.init(key: record.key, line: line)
  }

  /// `{"modelInput": …, "recordId": …, "error": {"errorCode": …, "errorMessage": …}}`, as Bedrock's batch inference has it.
  init(_ record: BatchRecord, _ failure: RecordFailure) {
    let error: JSONValue = ["errorCode": .integer(failure.code), "errorMessage": .string(failure.message)]
    var line = Data("{".utf8)
    if let input = record.modelInput { line += Array("\"modelInput\":".utf8) + input + [UInt8(ascii: ",")] }
    line +=
      Array("\"recordId\":".utf8) + record.recordIDJSON + Array(",\"error\":".utf8) + error.data + [UInt8(ascii: "}"), 0x0A]
    self.init(key: record.key, line: line, isError: true)
  }
}

/// Results that are to be made safe on disk together.
struct ResultBatch: Sendable, Equatable {
  private static let recordsMax = 200
  private static let bytesMax = 4 << 20

  private(set) var lines = Data()
  private(set) var records: [RecordKey] = []
  private(set) var errors = 0

  var isEmpty: Bool { records.isEmpty }
  /// Whether the batch is large enough to be written before the next regular flush.
  var isFull: Bool { records.count >= Self.recordsMax || lines.count > Self.bytesMax }

  mutating func append(_ result: BatchResult) {
    lines.append(result.line)
    records.append(result.key)
    if result.isError { errors += 1 }
  }
}
