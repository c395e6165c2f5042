import AWSWire
public import BedrockQuotas
public import Foundation

/// A line of a file for Bedrock's batch inference: `{"recordId": "…", "modelInput": {…}}`.
///
/// `modelInput` is a body of the model's family, or one for Converse.
///
/// Source: docs.aws.amazon.com/bedrock/latest/userguide/batch-inference-data.html
public struct BatchRecord: Sendable {
  /// The line's position in the file, from 0.
  public var index: Int
  /// `recordId`; if the line has none, `line-` and the line's number, from 1.
  public var recordID: String
  /// nil if the line holds no request; ``problem`` says why.
  public var request: ModelRequest?
  /// Why there is no request, in a sentence.
  public var problem: String?

  /// Reads a line. A line that can't be read becomes a record with a problem, so that one bad line doesn't end a run of a
  /// million.
  /// - Parameter model: helps to tell the form of a body; nil if unknown.
  public init(index: Int, line: Data, model: ModelID? = nil) {
    self.index = index
    recordID = "line-\(index + 1)"
    guard let json = try? JSONValue(line), json.members != nil else {
      problem = "The line is not a JSON object."
      return
    }
    if let id = json["recordId"] {
      guard let text = id.string ?? id.integer.map(String.init), !text.isEmpty, text.utf8.count <= 1_024 else {
        problem = "recordId must be a text of 1 to 1,024 bytes."
        return
      }
      recordID = text
    }
    guard let input = json["modelInput"], input.members != nil else {
      problem = "The line has no modelInput."
      return
    }
    let read = ModelRequest(ModelRequest.API(shapeOf: input, model: model), body: input)
    problem = read.shapeProblem
    if problem == nil { request = read }
  }
}
