import AWSServer
import Bedquota

/// What is decided of a request whose name leads to several candidates, once its body is read.
struct PlannedRoute: Sendable {
  /// The header in which a caller names its conversation.
  static let sessionHeader = "x-bedquota-session"

  let model: RoutedModel
  let invoked: InvokedName
  /// What it can use at each candidate; nil: its caller may not have that one.
  let bounds: [RequestBounds?]
  /// Its conversation; nil: it has none that can be told.
  let session: RouteSession?
  /// The first candidate that its caller may have.
  let first: GatewayCore.Pool

  /// nil if the caller may have none of the candidates.
  init?(
    _ model: RoutedModel, _ invoked: InvokedName, _ relayed: RelayedRequest, _ request: ServerRequest, of caller: Caller
  ) {
    (self.model, self.invoked) = (model, invoked)
    bounds = model.candidates.map { candidate in
      invoked.isAllowed(candidate.place.id, to: caller) ? relayed.bounds(at: candidate.pool.client.resolution) : nil
    }
    guard let index = bounds.firstIndex(where: { $0 != nil }) else { return nil }
    first = model.candidates[index].pool
    let named = request.header(Self.sessionHeader)
    session = relayed.session(of: caller.name, named: named?.isEmpty == false ? named : nil)
  }

  /// The most that a budget reserves for it, and the most that it can cost, at any candidate, in quota tokens.
  var budgetTokens: (reserved: Int64, most: Int64) {
    zip(model.candidates, bounds).reduce(into: (reserved: Int64(0), most: Int64(0))) { most, next in
      guard let bounds = next.1 else { return }
      let cost = next.0.pool.client.budgetTokens(bounds)
      most = (max(most.reserved, cost.reserved), max(most.most, cost.most))
    }
  }
}
