import AWSServer
import AWSWire
import Bedquota
import BedrockQuotas
import Foundation

/// The list of models, in a form that OpenAI's and Anthropic's clients both read: the ids that the account can invoke, and the names
/// of the configuration.
struct ModelsPage: Sendable {
  let gateway: GatewayCore
  let caller: Caller
  /// The names of the configuration, with where they lead.
  let models: [String: [NamedRoute]]

  func reply() async -> ServerResponse {
    let aliases = models
    let names = aliases.keys.sorted().filter { InvokedName($0, models: aliases).isAllowed(to: caller) }
    let ids = names + (await gateway.accounts.first.pools.listedIDs()).filter(caller.mayInvoke)
    let models: [JSONValue] = ids.map { id in
      [
        "id": .string(id), "object": "model", "type": "model", "display_name": .string(id), "created": 0,
        "created_at": "1970-01-01T00:00:00Z", "owned_by": "aws-bedrock",
      ]
    }
    let page: JSONValue = [
      "object": "list", "data": .array(models), "has_more": false, "first_id": ids.first.map { .string($0) } ?? nil,
      "last_id": ids.last.map { .string($0) } ?? nil,
    ]
    return .json(page.data)
  }
}
