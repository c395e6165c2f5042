import AWSWire
public import Foundation

/// A line of a file for Bedrock's batch inference: `{"recordId": "…", "modelInput": {…}}`.
///
/// `modelInput` is a body of the model's family, or one for Converse. Its bytes are sent as they are.
///
/// Source: docs.aws.amazon.com/bedrock/latest/userguide/batch-inference-data.html
public struct BatchRecord: Sendable {
  /// InvokeModel and Converse take bodies of up to 25,000,000 bytes.
  static let bodyBytesMax = 25_000_000
  /// Bytes of a line that are kept: a body and what may stand around it.
  static let lineBytesMax = bodyBytesMax + (1 << 20)

  /// The line's position in the file, from 0.
  public let index: Int
  /// `recordId`; if the line has none, `line-` and the line's number, from 1.
  public private(set) var recordID: String
  /// Why there is no request, in a sentence; nil if there is one.
  public private(set) var problem: String?
  /// The id as JSON, as it stands in the line.
  private(set) var recordIDJSON: [UInt8]
  private let line: [UInt8]
  /// Where modelInput stands in the line; nil if there is none to repeat in the output.
  private var input: Range<Int>?

  /// Reads a line. A line that can't be read becomes a record with a problem, so that one bad line doesn't end a run of a
  /// million.
  public init(index: Int, line: Data) {
    self.init(index: index, LineReader.Line(bytes: Array(line), length: line.count))
  }

  init(index: Int, _ line: LineReader.Line) {
    self.index = index
    self.line = Array(InputForm.withoutMark(line.bytes[...]))
    recordID = "line-\(index + 1)"
    recordIDJSON = Array(JSONValue.string(recordID).data)
    var parts = RecordParts(self.line)
    if let id = parts.id { (recordID, recordIDJSON) = (id.text, id.json) }
    if line.isTooLong {
      problem = "The line is over 25 MB; Bedrock takes bodies of at most 25,000,000 bytes."
      parts.input = nil
    } else if String(validating: self.line, as: UTF8.self) == nil {
      problem = "The line is not UTF-8."
      parts.input = nil
    } else {
      problem = parts.problem
    }
    if let input = parts.input, problem == nil {
      if input.count > Self.bodyBytesMax {
        problem = "modelInput is over 25 MB; Bedrock takes at most 25,000,000 bytes."
        parts.input = nil
      } else if self.line[input.lowerBound] != UInt8(ascii: "{") {
        problem = "modelInput is not a JSON object."
      }
    }
    input = parts.input
  }

  /// The request, which is read from the line each time; nil if the line holds none.
  public var request: ModelRequest? {
    guard problem == nil, let input else { return nil }
    var reader = JSONReader(line, at: input.lowerBound)
    guard let body = try? reader.readValue() else { return nil }
    return ModelRequest(ModelRequest.API(shapeOf: body), body: body, json: Data(line[input]))
  }

  var lineBytes: Int { line.count }

  /// Hashes the body each time.
  var key: RecordKey { RecordKey(id: recordID, body: modelInput ?? line[...]) }

  /// modelInput as it stands in the line; nil if there is none.
  var modelInput: ArraySlice<UInt8>? { input.map { line[$0] } }
}
