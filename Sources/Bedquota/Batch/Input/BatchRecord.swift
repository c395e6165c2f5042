import AWSWire
public import BedrockQuotas
public import Foundation

/// A line of a file for batch inference: Bedrock's `{"recordId": "…", "modelInput": {…}}`, OpenAI's
/// `{"custom_id": "…", "url": "…", "body": {…}}` or Anthropic's `{"custom_id": "…", "params": {…}}`.
///
/// `modelInput` is a body of the model's family, or one for Converse or a compatible API. Bodies are sent as they are; compatible APIs
/// get the model added if their bodies don't name it.
public struct BatchRecord: Sendable {
  /// Bedrock takes bodies of up to 25,000,000 bytes.
  static let bodyBytesMax = 25_000_000
  /// Bytes of a line that are kept: a body and what may stand around it.
  static let lineBytesMax = bodyBytesMax + (1 << 20)

  /// The line's position in the file, from 0.
  public let index: Int
  /// `recordId` or `custom_id`; if the line has none, `line-` and the line's number, from 1; in a shard also the shard's.
  public private(set) var recordID: String
  /// Why there is no request, in a sentence; nil if there is one.
  public private(set) var problem: String?
  /// The id as JSON, as it stands in the line.
  private(set) var recordIDJSON: [UInt8]
  private let line: [UInt8]
  private var form = RecordForm.bedrock
  /// Where the body stands in the line; nil if there is none to repeat in the output.
  private var input: Range<Int>?

  /// Reads a line. A line that can't be read becomes a record with a problem, so that one bad line doesn't end a run of a
  /// million.
  public init(index: Int, line: Data) {
    self.init(index: index, LineReader.Line(bytes: Array(line), length: line.count))
  }

  init(index: Int, _ line: LineReader.Line, in shard: BatchShard? = nil) {
    self.index = index
    self.line = Array(InputForm.withoutMark(line.bytes[...]))
    // Which line of the whole file it is would take reading all before it.
    recordID = (shard.map { "shard-\($0.index)-of-\($0.count)-" } ?? "") + "line-\(index + 1)"
    recordIDJSON = Array(JSONValue.string(recordID).data)
    var parts = RecordParts(self.line)
    form = parts.form
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
        problem = "\(form.body) is over 25 MB; Bedrock takes at most 25,000,000 bytes."
        parts.input = nil
      } else if self.line[input.lowerBound] != UInt8(ascii: "{") {
        problem = "\(form.body) is not a JSON object."
      }
    }
    input = parts.input
  }

  /// The request, which is read from the line each time; nil if the line holds none.
  /// - Parameters:
  ///   - model: helps to tell the form of the body; nil if unknown.
  ///   - api: takes the bodies of lines that don't name an API themselves; nil: the shape of each body decides.
  ///   - endpoint: the one that takes the request.
  public func request(
    for model: ModelID? = nil, api: ModelRequest.API? = nil, on endpoint: QuotaEndpoint = .runtime
  ) -> ModelRequest? {
    guard problem == nil, let input else { return nil }
    var reader = JSONReader(line, at: input.lowerBound)
    guard let body = try? reader.readValue() else { return nil }
    let api = form.api ?? api ?? ModelRequest.API(shapeOf: body, model: model, on: endpoint)
    return ModelRequest(api, body: body, json: Data(line[input]))
  }

  var lineBytes: Int { line.count }

  /// Hashes the body each time.
  var key: RecordKey { RecordKey(id: recordID, body: modelInput ?? line[...]) }

  /// The body as it stands in the line; nil if there is none.
  var modelInput: ArraySlice<UInt8>? { input.map { line[$0] } }
}
