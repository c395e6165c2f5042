import AWSServer
import AWSWire
import Foundation

/// Source: docs.aws.amazon.com/bedrock/latest/APIReference/API_CreateInferenceProfile.html and …_DeleteInferenceProfile.html
extension BedrockService {
  func listProfiles(_ query: [String: String]) throws(AWSFault) -> ServerResponse {
    // botocore calls the parameter typeEquals and sends it as "type".
    let type = try choice(query, query["type"] == nil ? "typeEquals" : "type", ["SYSTEM_DEFINED", "APPLICATION"])
    let listing = "ListInferenceProfiles/\(type ?? "")"
    let (count, offset) = try page(query, listing: listing)
    let list = EncodedList(encoded: profiles.all.filter { type == nil || $0.type == type }.map(encoded))
    return .json(
      list.page("inferenceProfileSummaries", from: offset, count: count, tokenMember: "nextToken") {
        tokens.make(listing: listing, offset: $0)
      })
  }

  func profile(_ id: String) throws(AWSFault) -> ServerResponse { .json(encoded(try known(id))) }

  func createProfile(_ body: JSONValue, now: Date) throws(AWSFault) -> ServerResponse {
    let name = try text(body, "inferenceProfileName", 1...64) { Self.isName($0) }
    guard let name else { throw .missing("inferenceProfileName") }
    let description = try text(body, "description", 1...200) { Self.isName($0, and: ":.") }
    let token = try text(body, "clientRequestToken", 1...256) { _ in true }
    guard let source = body["modelSource"]?["copyFrom"]?.string else { throw .missing("modelSource.copyFrom") }
    let tags = try tags(body["tags"])
    try ResourceTags.check(tags.count)
    let models = try models(of: source)
    let arn = try profiles.create(
      name: name, description: description, models: models, token: token, time: now.ISO8601Format())
    try resourceTags.add(tags, to: arn)
    var response = ServerResponse.json(JSONValue.object(["inferenceProfileArn": .string(arn), "status": "ACTIVE"]).data)
    response.status = 201
    return response
  }

  func deleteProfile(_ reference: String) throws(AWSFault) -> ServerResponse {
    let profile = try known(reference)
    guard profiles.delete(profile.inferenceProfileArn) else {
      throw .invalid("Only application inference profiles can be deleted; \(reference.prefix(200)) is system-defined.")
    }
    resourceTags.removeAll(from: profile.inferenceProfileArn)
    return .json(Data("{}".utf8))
  }

  private func known(_ reference: String) throws(AWSFault) -> InferenceProfile {
    if let found = profiles.find(reference) { return found }
    throw AWSFault(
      code: "ResourceNotFoundException", message: "Inference Profile \(reference.prefix(200)) not found", status: 404)
  }

  /// The models of the profile or model from which an application profile is copied.
  private func models(of source: String) throws(AWSFault) -> [InferenceProfile.Model] {
    guard let arn = ARN(source), arn.resource.hasPrefix("inference-profile/") || arn.resource.hasPrefix("foundation-model/")
    else {
      throw invalid("modelSource.copyFrom", source, "Member must be the ARN of a model or of a system-defined inference profile")
    }
    if let profile = profiles.find(source), profile.type != "APPLICATION" { return profile.models }
    if models.contains(where: { $0.model.modelArn == source }) { return [.init(modelArn: source)] }
    throw AWSFault(
      code: "ResourceNotFoundException", message: "Could not find the model source \(source.prefix(200)).", status: 404)
  }

  private func encoded(_ profile: InferenceProfile) -> Data {
    // Encoding strings never fails.
    encodedProfiles[profile.inferenceProfileArn] ?? (try? EncodedList([profile]).items.first) ?? Data("{}".utf8)
  }

  private func text(_ body: JSONValue, _ name: String, _ lengths: ClosedRange<Int>, _ isSound: (String) -> Bool) throws(AWSFault)
    -> String?
  {
    guard let value = body[name], !value.isNull else { return nil }
    guard let text = value.string else { throw invalid(name, value.text, "Member must be a string") }
    guard lengths.contains(text.count) else {
      throw invalid(name, text, "Member must have length between \(lengths.lowerBound) and \(lengths.upperBound)")
    }
    guard isSound(text) else { throw invalid(name, text, "Member must satisfy regular expression pattern: ([0-9a-zA-Z][ _-]?)+") }
    return text
  }

  /// `([0-9a-zA-Z][ _-]?)+`, where more characters may stand in place of a letter.
  private static func isName(_ text: String, and others: String = "") -> Bool {
    var isAfterMark = true
    for byte in text.utf8 {
      let isMark = [UInt8(ascii: " "), UInt8(ascii: "_"), UInt8(ascii: "-")].contains(byte)
      let isLetter = byte.isASCIIAlphanumeric || others.utf8.contains(byte)
      guard isLetter || (isMark && !isAfterMark) else { return false }
      isAfterMark = isMark
    }
    return true
  }
}
