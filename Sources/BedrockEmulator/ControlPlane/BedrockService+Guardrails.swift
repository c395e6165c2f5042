import AWSServer
import AWSWire
import Foundation

/// Source: docs.aws.amazon.com/bedrock/latest/APIReference/API_CreateGuardrail.html and the pages beside it
extension BedrockService {
  func createGuardrail(_ body: JSONValue, now: Date) throws(AWSFault) -> ServerResponse {
    let draft = try draft(body, time: now.ISO8601Format())
    let tags = try tags(body["tags"])
    try ResourceTags.check(tags.count)
    let made = try guardrails.create(name: draft.name, token: body["clientRequestToken"]?.string) { id, arn in
      draft.guardrail(id, arn)
    }
    try resourceTags.add(tags, to: made.arn)
    return accepted([
      .init("guardrailId", .string(made.id)), .init("guardrailArn", .string(made.arn)), .init("version", .string(made.version)),
      .init("createdAt", .string(made.createdAt)),
    ])
  }

  func updateGuardrail(_ reference: String, _ body: JSONValue, now: Date) throws(AWSFault) -> ServerResponse {
    guard let known = guardrails.versions(of: reference).first else { throw GuardrailStore.unknown(reference) }
    let draft = try draft(body, time: now.ISO8601Format())
    let changed = try guardrails.update(known.id, name: draft.name) { guardrail in
      var new = draft.guardrail(known.id, known.arn)
      new.createdAt = guardrail.createdAt
      guardrail = new
    }
    return accepted([
      .init("guardrailId", .string(changed.id)), .init("guardrailArn", .string(changed.arn)),
      .init("version", .string(changed.version)), .init("updatedAt", .string(changed.updatedAt)),
    ])
  }

  func createGuardrailVersion(_ reference: String, _ body: JSONValue, now: Date) throws(AWSFault) -> ServerResponse {
    let made = try guardrails.createVersion(
      of: reference, description: body["description"]?.string, time: now.ISO8601Format())
    return accepted([.init("guardrailId", .string(made.id)), .init("version", .string(made.version))])
  }

  func guardrail(_ reference: String, _ query: [String: String]) throws(AWSFault) -> ServerResponse {
    let version = query["guardrailVersion"] ?? Guardrail.draft
    guard let found = guardrails.versions(of: reference).first(where: { $0.version == version }) else {
      throw GuardrailStore.unknown(reference)
    }
    return .json(found.details.data)
  }

  /// The drafts of all guardrails, or the draft and the versions of one.
  func listGuardrails(_ query: [String: String]) throws(AWSFault) -> ServerResponse {
    let reference = query["guardrailIdentifier"]
    let listing = "ListGuardrails/\(reference ?? "")"
    let (count, offset) = try page(query, listing: listing)
    let found = reference.map(guardrails.versions) ?? guardrails.all
    if let reference, found.isEmpty { throw GuardrailStore.unknown(reference) }
    let list = EncodedList(encoded: found.map(\.summary.data))
    return .json(
      list.page("guardrails", from: offset, count: count, tokenMember: "nextToken") { tokens.make(listing: listing, offset: $0) })
  }

  func deleteGuardrail(_ reference: String, _ query: [String: String]) throws(AWSFault) -> ServerResponse {
    let version = query["guardrailVersion"]
    let gone = try guardrails.delete(reference, version: version)
    if version == nil { resourceTags.removeAll(from: gone.arn) }
    return accepted([])
  }

  private func accepted(_ members: [JSONValue.Member]) -> ServerResponse {
    var response = ServerResponse.json(JSONValue.object(members).data)
    response.status = 202
    return response
  }

  /// A guardrail before it has an id.
  private struct Draft {
    var name: String
    var guardrail: (_ id: String, _ arn: String) -> Guardrail
  }

  private func draft(_ body: JSONValue, time: String) throws(AWSFault) -> Draft {
    let name = try required(body, "name", max: 50)
    guard name.utf8.allSatisfy({ $0.isASCIIAlphanumeric || "-_".utf8.contains($0) }) else {
      throw invalid("name", name, "Member must satisfy regular expression pattern: [0-9a-zA-Z-_]+")
    }
    let input = try required(body, "blockedInputMessaging", max: 500)
    let outputs = try required(body, "blockedOutputsMessaging", max: 500)
    let policies = GuardrailPolicy.allCases.compactMap { $0.shown(from: body) }
    guard !policies.isEmpty else { throw .invalid("A guardrail needs at least one policy.") }
    let description = body["description"]?.string
    return Draft(name: name) { id, arn in
      Guardrail(
        id: id, arn: arn, name: name, description: description, version: Guardrail.draft, policies: policies,
        blockedInputMessaging: input, blockedOutputsMessaging: outputs, createdAt: time, updatedAt: time)
    }
  }

  private func required(_ body: JSONValue, _ name: String, max: Int) throws(AWSFault) -> String {
    guard let text = body[name]?.string else { throw .missing(name) }
    guard (1...max).contains(text.count) else { throw invalid(name, text, "Member must have length between 1 and \(max)") }
    return text
  }
}
