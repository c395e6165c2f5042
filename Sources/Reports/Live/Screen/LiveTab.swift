/// What the lower part of the live screen lists.
package enum LiveTab: Int, CaseIterable, Sendable {
  case models, callers, routes

  var title: String { "\(self)" }

  /// What `s` goes through.
  var orders: [LiveOrder] {
    switch self {
    case .models: [.fullest, .name, .waiting, .throttles]
    case .callers: [.fullest, .name, .waiting]
    case .routes: [.name, .requests]
    }
  }

  func grid(_ status: LiveStatus, now: Int) -> LiveGrid {
    switch self {
    case .models: .models(status)
    case .callers: .callers(status)
    case .routes: .routes(status, now: now)
    }
  }

  /// Why nothing is listed, in a sentence.
  var emptiness: String {
    switch self {
    case .models: "No quota is in use yet."
    case .callers: "No caller is known."
    case .routes: "No route was asked for yet."
    }
  }

  /// The next one, or the one before; after the last comes the first.
  func moved(by step: Int) -> LiveTab {
    let all = Self.allCases
    return all[(rawValue + step + all.count) % all.count]
  }
}
