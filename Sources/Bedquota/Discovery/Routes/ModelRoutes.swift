import AWSWire
public import BedrockQuotas

/// Every way to invoke a model that an account has in one Region.
///
/// ```swift
/// let context = try await session.discovery.context(for: [])
/// let model = try ModelSearch("opus 4.8", in: context).model()
/// let routes = try await session.discovery.routes(of: model, in: context)
/// for route in routes.routes { print(route.id, route.pool ?? 0, route.needs.map(\.name)) }
/// ```
public struct ModelRoutes: Sendable {
  public var model: ModelID
  /// AWS's name of the model; nil if AWS doesn't list it.
  public var name: String?
  public var region: String
  /// nil if nothing tells it.
  package var accountID: String?
  /// Where it was read; nil where only one place is read.
  package var place: Place?
  /// Whether the account may invoke the model; nil if that was not read.
  public var access: ModelAccess?
  /// The routes, those of one pool together.
  public internal(set) var routes: [ModelRoute]
  /// The quotas of the routes, each once, in the order of the routes.
  public internal(set) var pools: [RoutePool]
  /// Whether provisioned throughput could be listed.
  public var listsProvisioned: Bool

  /// - Parameters:
  ///   - model: the foundation model; a context length at its end is ignored.
  ///   - context: the account's quotas, models and profiles.
  ///   - provisioned: the account's provisioned throughput; nil if the caller may not list it.
  public init(of model: ModelID, in context: QuotaContext, provisioned: [ProvisionedThroughput]?) {
    let finder = RouteFinder(model: model.base, context: context)
    self.model = model.base
    name = finder.listed?.modelName
    region = context.inventory.region
    accountID = context.accountID
    listsProvisioned = provisioned != nil
    routes = finder.routes(provisioned ?? []).sorted { ($0.rank, $0.id) < ($1.rank, $1.id) }
    pools = []
    joinPools()
  }

  /// Adds what AWS says about the account's access to the model.
  public mutating func add(_ access: ModelAccess) {
    self.access = access
    var needs: [RouteNeed] = []
    if access.entitlement == "NOT_AVAILABLE" { needs.append(.access) }
    if access.authorization == "NOT_AUTHORIZED" { needs.append(.authorization) }
    if let agreement = access.agreement, agreement != "AVAILABLE" { needs.append(.agreement(agreement)) }
    for index in routes.indices where routes[index].kind != .mantle {
      routes[index].needs += needs
      if routes[index].kind == .model, access.region == "NOT_AVAILABLE" { routes[index].needs.append(.region) }
    }
  }

  /// Routes with the same quotas share a pool. Provisioned throughput has capacity of its own.
  private mutating func joinPools() {
    var numbers: [String: Int] = [:]
    for index in routes.indices where routes[index].kind != .provisioned {
      let route = routes[index]
      guard let key = QuotaPooling.key(route.resolution), route.needs.allSatisfy({ !$0.namesOther }) else { continue }
      if let number = numbers[key] {
        pools[number - 1].ids.append(route.id)
      } else {
        numbers[key] = pools.count + 1
        pools.append(RoutePool(number: pools.count + 1, resolution: route.resolution, ids: [route.id], usage: nil))
      }
      routes[index].pool = numbers[key]
    }
  }

  /// The same with pools that are numbered from another number on.
  func numbered(from first: Int) -> ModelRoutes {
    var copy = self
    for index in copy.pools.indices { copy.pools[index].number += first - 1 }
    for index in copy.routes.indices { copy.routes[index].pool = copy.routes[index].pool.map { $0 + first - 1 } }
    return copy
  }
}

extension [ModelRoutes] {
  /// The same with a number of its own for each pool of all places.
  package var numbered: [ModelRoutes] {
    var next = 1
    return map { routes in
      defer { next += routes.pools.count }
      return routes.numbered(from: next)
    }
  }
}

extension QuotaDiscovery {
  /// Every way to invoke a model, and whether the account may.
  ///
  /// Needs the IAM actions `bedrock:ListProvisionedModelThroughputs` and `bedrock:GetFoundationModelAvailability`; what AWS denies
  /// of them stays unknown.
  /// - Parameters:
  ///   - model: the foundation model.
  ///   - context: the account's quotas, models and profiles.
  /// - Throws: `AWSClientError`, except for a list that AWS refuses.
  public func routes(of model: ModelID, in context: QuotaContext) async throws -> ModelRoutes {
    async let provisioned = Self.refusable { try await provisionedThroughputs() }
    async let access = Self.refusable { try await self.access(to: model.base) }
    var routes = ModelRoutes(of: model, in: context, provisioned: try await provisioned)
    if let access = try await access ?? nil { routes.add(access) }
    return routes
  }

  /// nil for what AWS refuses.
  private static func refusable<Value: Sendable>(_ read: @Sendable () async throws -> Value) async throws -> Value? {
    do { return try await read() } catch let error as AWSClientError where error.code == .service { return nil }
  }
}
