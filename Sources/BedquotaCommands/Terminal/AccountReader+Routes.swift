import AWSWire
import Bedquota
import BedrockQuotas

/// What a text means in one place, and what was read to find out.
struct RouteReading: Sendable {
  var search: ModelSearch
  var context: QuotaContext
  /// nil if AWS denies the list.
  var provisioned: [ProvisionedThroughput]?
  /// nil where only one place is read.
  var place: Place?
  /// The routes of the one model that the text means here; nil if it may mean several, or means none.
  var routes: ModelRoutes?
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
    var reading = RouteReading(search: search, context: context, provisioned: provisioned, place: place)
    // Nearly always that is the model which is meant in all places.
    if search.models.count == 1 { reading.routes = try await routes(of: search.models[0], in: reading, readsUsage: readsUsage) }
    return reading
  }

  /// Every way to invoke a model, in a place that was read.
  /// - Parameter readsUsage: whether to ask CloudWatch for the last hour.
  func routes(of model: ModelID, in reading: RouteReading, readsUsage: Bool) async throws -> ModelRoutes {
    var routes = ModelRoutes(of: model, in: reading.context, provisioned: reading.provisioned)
    routes.place = place
    // Of a model that bedrock-mantle alone has, AWS tells no access.
    let isOnRuntime = routes.routes.contains { $0.kind != .mantle }
    async let access = isOnRuntime ? self.access(to: model) : nil
    if readsUsage { try await addUsage(to: &routes, reading.context) }
    if let access = try await access { routes.add(access) }
    return routes
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
