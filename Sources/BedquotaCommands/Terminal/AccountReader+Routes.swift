import AWSWire
import Bedquota
import BedrockQuotas

/// What a text means in one place, and the routes of the model if it means one.
struct RouteReading: Sendable {
  var search: ModelSearch
  var routes: ModelRoutes?
  /// nil where only one place is read.
  var place: Place?
}

extension AccountReader {
  /// Finds a model and every way to invoke it.
  /// - Parameters:
  ///   - text: an id, an ARN or a part of a model's name.
  ///   - readsUsage: whether to ask CloudWatch for the last hour.
  func routes(to text: String, readsUsage: Bool) async throws -> RouteReading {
    async let throughputs = provisionedThroughputs(isRequired: false)
    let ids = InvokedID(text, facts: facts).map { [$0] } ?? []
    let context = try await context(for: ids, tellsListing: false)
    let provisioned = try await throughputs
    let search = ModelSearch(text, in: context, provisioned: provisioned ?? [])
    guard search.models.count == 1, let model = search.models.first else { return RouteReading(search: search, place: place) }
    var routes = ModelRoutes(of: model, in: context, provisioned: provisioned)
    routes.place = place
    // Of a model that bedrock-mantle alone has, AWS tells no access.
    let isOnRuntime = routes.routes.contains { $0.kind != .mantle }
    async let access = isOnRuntime ? self.access(to: model) : nil
    if readsUsage { try await addUsage(to: &routes, context) }
    if let access = try await access { routes.add(access) }
    return RouteReading(search: search, routes: routes, place: place)
  }

  private func access(to model: ModelID) async throws -> ModelAccess? {
    do { return try await session.discovery.access(to: model) } catch let error as AWSClientError where error.code == .service {
      note(error, "access to the model is unknown")
      return nil
    }
  }

  private func addUsage(to routes: inout ModelRoutes, _ context: QuotaContext) async throws {
    progress?.update("Reading metrics in \(region) …")
    do {
      let window = try UsageWindow(hours: 1)
      for message in try await session.monitor.addUsage(to: &routes, in: window, context: context, facts: facts) {
        note("CloudWatch: \(message)")
      }
    } catch let error as AWSClientError where error.code == .service {
      note(error, "the use of the last hour is unknown")
    }
  }
}
