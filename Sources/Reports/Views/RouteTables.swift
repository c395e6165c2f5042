import Bedquota
import BedrockQuotas

/// The tables of `routes`.
struct RouteTables {
  let answers: [ModelRoutes]
  let showsUsage: Bool

  init(_ answers: [ModelRoutes], showsUsage: Bool) {
    self.answers = answers
    self.showsUsage = showsUsage
  }

  private var places: PlaceColumns { PlaceColumns(answers.map(\.place)) }

  /// A row for each route.
  var routes: Table {
    Table(
      columns: places.names.map { .text($0.uppercased()) } + [
        .text("ROUTE"), .text("KIND"), .number("POOL"), .text("GOES TO"), .text("STATUS"), .text("NEEDS"),
      ],
      rows: answers.flatMap { answer in
        answer.routes.map { route in
          let needs = route.needs.map(\.name).joined(separator: ", ")
          let head =
            places.cells(answer.place) + [route.id, route.kind.name, route.pool.map { "\($0)" } ?? "–", Self.goal(route)]
          return (head + [Self.status(route)]).map { .init($0) }
            + [.init(needs, route.isUsable ? (needs.isEmpty ? nil : .warning) : .failure)]
        }
      })
  }

  /// A row for each quota of each pool.
  var pools: Table {
    let usage: [Table.Column] = showsUsage ? [.number("PEAK OF LAST HOUR"), .number("FREE")] : []
    return Table(
      columns: [.number("POOL"), .text("SCOPE"), .text("MEASURE"), .number("QUOTA")] + usage + [.text("CODE"), .text("NAME")],
      rows: answers.flatMap(\.pools).flatMap { pool in
        pool.limits.map { limit in
          let quota = limit.quota
          let head = [
            "\(pool.number)", pool.resolution.scope.rawValue, quota.name.measure.rawValue, Figures.grouped(limit.value),
          ]
          let use = showsUsage ? [Figures.short(limit.peak), Figures.short(limit.free)] : []
          return (head + use + [quota.code]).map { .init($0) } + [.init(quota.name.text, .dim)]
        }
      })
  }

  /// Every field, under the names that JSON has; a row for each route with the quotas of its pool.
  var sheet: Table {
    let measures: [QuotaMeasure] = [.rpm, .tpm, .inputTPM, .outputTPM]
    let figures = measures.flatMap { measure in
      let name = Self.camel(measure)
      return [name, "\(name)Code", "\(name)Peak", "\(name)Free"]
    }
    let head = ["id", "kind", "name", "modelId", "scope", "endpoint", "status", "pool"]
    let names = head + figures + ["tpd", "tpdCode", "modelUnits", "destinations", "needs"]
    return Table(
      columns: (places.names + names).map { .text($0) },
      rows: answers.flatMap { answer in
        answer.routes.map { route in
          let pool = answer.pools.first { $0.number == route.pool }
          let cells = [
            route.id, route.kind.name, route.name ?? "", answer.model.description, route.resolution.scope.rawValue,
            route.endpoint.rawValue, route.status ?? "", route.pool.map { "\($0)" } ?? "",
          ]
          let limits = measures.flatMap { measure -> [String] in
            let limit = pool?.limit(measure)
            return [Figures.plain(limit?.value), limit?.quota.code ?? "", Figures.plain(limit?.peak), Figures.plain(limit?.free)]
          }
          let day = pool?.limit(.tpd)
          let units = route.provisioned?.modelUnits.map { "\($0)" } ?? ""
          let end = [
            Figures.plain(day?.value), day?.quota.code ?? "", units, Self.destinations(route).joined(separator: " "),
            route.needs.map(\.name).joined(separator: " "),
          ]
          return (places.cells(answer.place) + cells + limits + end).map { .init($0) }
        }
      })
  }

  var document: Table {
    Table(
      columns: places.names.map { .text($0) } + [
        .text("route"), .text("kind"), .number("pool"), .number("tpm"), .number("free tpm"), .number("rpm"), .number("free rpm"),
        .text("goes to"), .text("status"), .text("needs"),
      ],
      rows: answers.flatMap { answer in
        answer.routes.map { route in
          let pool = answer.pools.first { $0.number == route.pool }
          let tokens = pool?.limit(.tpm) ?? pool?.limit(.inputTPM)
          let requests = pool?.limit(.rpm)
          let figures = [tokens?.value, tokens?.free, requests?.value, requests?.free].map(Figures.short)
          let head = places.cells(answer.place) + [route.id, route.kind.name, route.pool.map { "\($0)" } ?? "–"]
          let end = [Self.goal(route), Self.status(route), route.needs.map(\.name).joined(separator: ", ")]
          return (head + figures + end).map { .init($0) }
        }
      })
  }

  /// The Regions that may process requests.
  static func destinations(_ route: ModelRoute) -> [String] { route.isGlobal ? ["global"] : route.destinations }

  private static func goal(_ route: ModelRoute) -> String {
    route.isGlobal ? "any commercial Region" : route.destinations.isEmpty ? "–" : route.destinations.joined(separator: ", ")
  }

  /// `InService, 2 model units`
  private static func status(_ route: ModelRoute) -> String {
    let units = route.provisioned?.modelUnits.map { "\($0) model \($0 == 1 ? "unit" : "units")" }
    return [route.status ?? "–", units].compactMap(\.self).joined(separator: ", ")
  }

  /// `inputTpm`, as JSON names it.
  private static func camel(_ measure: QuotaMeasure) -> String {
    let words = measure.rawValue.split(separator: "-")
    return words.enumerated().map {
      $0.offset == 0 ? String($0.element) : $0.element.prefix(1).uppercased() + $0.element.dropFirst()
    }.joined()
  }
}
