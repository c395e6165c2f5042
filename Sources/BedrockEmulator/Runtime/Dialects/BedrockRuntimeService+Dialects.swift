import AWSServer
import AWSWire

extension BedrockRuntimeService {
  /// Answers a request of another vendor's API. It names its model in the body.
  func respond(to request: ServerRequest, api: CompatibleAPI) async throws(AWSFault) -> ServerResponse {
    guard let json = try? JSONValue(request.body), json.members != nil else {
      throw .invalid("The request body is not a JSON object.")
    }
    let body = BodyReader(json, api.dialect)
    let modelID = try body.required("model").string()
    let target = try target(modelID)
    guard api.serves(target.model) else { throw api.refusal(of: target.model) }
    if api == .countTokens {
      // It is free, and no invocation.
      let input = try api.call(body, request, modelID: modelID, target, responses).input
      return .json(JSONValue.object([.init("input_tokens", .integer(input.inputTokens))]).data)
    }
    let call = try recordingRefusal(by: target) { () throws(AWSFault) in
      var outline = RequestOutline(.other, target.model)
      outline.namesGuardrail = request.header("x-amzn-bedrock-guardrailidentifier")?.isEmpty == false
      try RequestRule.check(outline)
      return try api.call(body, request, modelID: modelID, target, responses)
    }
    return try await perform(call, modelID: modelID, on: target, client: request.client)
  }
}
