/// Where a request is sent.
enum InvocationRoute: Sendable, Equatable {
  case runtime(id: String)
  /// - Parameter base: what the paths of the API begin with, such as `/openai/v1`.
  case mantle(id: String, base: String)

  var id: String {
    switch self {
    case .runtime(let id), .mantle(let id, _): id
    }
  }

  /// nil on bedrock-runtime.
  var mantleBase: String? { if case .mantle(_, let base) = self { base } else { nil } }
}
