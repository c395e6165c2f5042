import ArgumentParser
import Bedquota

/// The API that takes an invocation, as `--api` names it.
enum APIOption: String, ExpressibleByArgument, CaseIterable {
  case converse, invoke, chat, responses, messages

  /// `converse, invoke, chat, responses or messages`.
  static var list: String {
    let names = allCases.map(\.rawValue)
    return "\(names.dropLast().joined(separator: ", ")) or \(names[names.count - 1])"
  }

  init?(argument: String) {
    // The name of `invoke` in earlier versions.
    self.init(rawValue: argument == "invoke-model" ? "invoke" : argument)
  }

  var api: ModelRequest.API {
    switch self {
    case .converse: .converse
    case .invoke: .invokeModel
    case .chat: .chatCompletions
    case .responses: .responses
    case .messages: .messages
    }
  }
}
