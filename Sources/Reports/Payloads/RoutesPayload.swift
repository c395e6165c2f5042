import Bedquota
import BedrockQuotas
import Foundation

/// `routes` as JSON; see docs/json.md.
struct RoutesPayload: Encodable {
  struct Need: Encodable {
    var code: String
    var message: String
    var blocking: Bool
  }

  struct Route: Encodable {
    var account: String?
    var region: String?
    var id: String
    var kind: String
    var name: String?
    var scope: QuotaScope
    var endpoint: String
    var status: String?
    var pool: Int?
    var destinations: [String]
    var usable: Bool
    var needs: [Need]
    var provisioned: ProvisionedPayload?
    var note: String?

    init(_ route: ModelRoute, _ place: Place?) {
      (account, region) = (place?.account, place?.region)
      (id, kind, name, status) = (route.id, route.kind.name, route.name, route.status)
      (scope, endpoint, pool) = (route.resolution.scope, route.endpoint.rawValue, route.pool)
      (destinations, usable) = (RouteTables.destinations(route), route.isUsable)
      needs = route.needs.map { Need(code: $0.name, message: $0.message, blocking: $0.isBlocking) }
      provisioned = route.provisioned.map(ProvisionedPayload.init)
      note = route.kind == .provisioned ? nil : route.resolution.note
    }
  }

  struct Limit: Encodable {
    var measure: QuotaMeasure
    var code: String
    var name: String
    var quota: Double?
    var appliedValue: Double?
    var adjustable: Bool?
    var peak: Double?
    var free: Double?

    init(_ limit: RoutePool.Limit) {
      let quota = limit.quota
      (measure, code, name) = (quota.name.measure, quota.code, quota.name.text)
      (self.quota, appliedValue, adjustable) = (limit.value, quota.appliedValue, quota.adjustable)
      (peak, free) = (limit.peak, limit.free)
    }
  }

  struct Pool: Encodable {
    var account: String?
    var region: String?
    var pool: Int
    var scope: QuotaScope
    var endpoint: String
    var status: Resolution.Status
    var ids: [String]
    var quotas: [Limit]
    var invocations: Double?
    var throttles: Double?
    var start: String?
    var end: String?

    init(_ pool: RoutePool, _ place: Place?) {
      (account, region) = (place?.account, place?.region)
      (self.pool, scope, endpoint) = (pool.number, pool.resolution.scope, pool.endpoint.rawValue)
      (status, ids, quotas) = (pool.resolution.status, pool.ids, pool.limits.map(Limit.init))
      (invocations, throttles) = (pool.usage?.totals?.invocations, pool.usage?.totals?.throttles)
      (start, end) = (pool.usage?.window.start.ISO8601Format(), pool.usage?.window.end.ISO8601Format())
    }
  }

  struct Access: Encodable {
    var account: String?
    var region: String
    var agreement: String?
    var authorization: String?
    var entitlement: String?
    var regionAvailability: String?

    init?(_ routes: ModelRoutes) {
      guard let access = routes.access else { return nil }
      (account, region) = (routes.place?.account, routes.region)
      (agreement, authorization, entitlement) = (access.agreement, access.authorization, access.entitlement)
      regionAvailability = access.region
    }
  }

  struct Failure: Encodable {
    var account: String?
    var region: String?
    var error: String
  }

  /// What the pools allow together.
  struct Total: Encodable {
    struct Shared: Encodable {
      var code: String
      var name: String
      var pools: [Int]
    }

    var tokensPerMinute: Double?
    var pools: [Int]
    var unknownPools: [Int]
    var mantleInputTokensPerMinute: Double?
    var mantleOutputTokensPerMinute: Double?
    var shared: [Shared]

    init(_ total: RouteTotal) {
      (tokensPerMinute, pools, unknownPools) = (total.tokensPerMinute, total.parts.map(\.pool), total.unknown)
      (mantleInputTokensPerMinute, mantleOutputTokensPerMinute) = (total.mantle?.input, total.mantle?.output)
      shared = total.shared.map { Shared(code: $0.code, name: $0.name, pools: $0.pools) }
    }
  }

  /// An entry of a list for a gateway's configuration: a text, or an object if it names its Region.
  struct ModelEntry: Encodable {
    private struct Placed: Encodable {
      var id: String
      var region: String
    }

    var entry: GatewayModels.Entry

    func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      if let region = entry.region {
        try container.encode(Placed(id: entry.id, region: region))
      } else {
        try container.encode(entry.id)
      }
    }
  }

  var modelId: String
  var name: String?
  var routes: [Route]
  var pools: [Pool]
  var access: [Access]
  var total: Total
  var models: [String: [ModelEntry]]
  var otherGeographies: [String]
  var failures: [Failure]?

  init(_ view: RoutesView) {
    let answers = view.answers
    modelId = view.model.description
    name = answers.lazy.compactMap(\.name).first
    routes = answers.flatMap { answer in answer.routes.map { Route($0, answer.place) } }
    pools = answers.flatMap { answer in answer.pools.map { Pool($0, answer.place) } }
    access = answers.compactMap(Access.init)
    total = Total(RouteTotal(answers))
    let suggested = GatewayModels(answers)
    models = Dictionary(uniqueKeysWithValues: suggested.lists.map { ($0.name, $0.entries.map(ModelEntry.init)) })
    otherGeographies = suggested.apart.map(\.id)
    failures =
      view.failures.isEmpty
      ? nil
      : view.failures.map {
        Failure(account: $0.place.account, region: $0.place.region.isEmpty ? nil : $0.place.region, error: $0.error)
      }
  }
}
