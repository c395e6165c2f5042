import AWSServer

/// The project, or workspace, that a request to bedrock-mantle belongs to.
///
/// Sources: docs.aws.amazon.com/bedrock/latest/userguide/projects.html, …/workspaces.html; the form of ids is that of
/// MantleFoundationModelModelConfiguration in the API reference. The refusal of the other header is quoted from a user's test.
enum MantleProject {
  private static let (openAI, anthropic) = ("openai-project", "anthropic-workspace-id")
  private static let lengthMax = 128

  /// `default` if the request names none. Any id of the right form is a project here: the emulator has no Projects API.
  static func id(of request: ServerRequest, _ api: CompatibleAPI) throws(AWSFault) -> String {
    let isMessages = api.dialect == .messages
    if isMessages, request.header(openAI) != nil {
      throw .invalid("The `\(openAI)` header is not supported for this API format. Use `\(anthropic)` instead.")
    }
    guard let id = request.header(isMessages ? anthropic : openAI), !id.isEmpty else { return "default" }
    let isSound =
      id == "default"
      || (id.hasPrefix("proj_") && id.utf8.count > 5 && id.utf8.count <= lengthMax
        && id.dropFirst(5).allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) })
    guard isSound else {
      throw AWSFault(
        code: "UnknownOperationException",
        message:
          "Project '\(id.prefix(100))' not found. The emulator accepts `default`, and `proj_` followed by letters and digits.",
        status: 404)
    }
    return id
  }
}
