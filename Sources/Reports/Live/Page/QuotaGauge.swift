import BedrockQuotas
import Foundation

/// What of a quota is used, reserved and free, as a bar and in words.
struct QuotaGauge {
  /// Parts of the bar in percent of its length, from the left; together 100.
  struct Parts: Equatable {
    var used = 0.0
    var reserved = 0.0
    var free = 0.0
    /// What neither is used nor may be: the limiter keeps it back.
    var kept = 0.0
    /// Where the limit is, if the bar is longer: in debt, or while more is free than the limit.
    var limit: Double?
  }

  /// The figures below the bar, in their order.
  enum Figure: CaseIterable {
    case used, reserved, free, limit

    var name: LiveMarkup {
      switch self {
      case .used: "used"
      case .reserved: "reserved"
      case .free: "free"
      case .limit: "limit"
      }
    }

    /// Its name, with a sample of its part of the bar.
    var head: LiveMarkup {
      switch self {
      case .used: "<i class=u></i>\(name)"
      case .reserved: "<i class=r></i>\(name)"
      case .free: "<i></i>\(name)"
      case .limit: name
      }
    }

    func text(of quota: LiveStatus.Quota) -> String {
      switch self {
      case .used: Figures.grouped(quota.used)
      case .reserved: Figures.grouped(quota.reserved)
      case .free: Figures.grouped(quota.level)
      case .limit: Figures.grouped(quota.limit)
      }
    }
  }

  var quota: LiveStatus.Quota
  var name: String
  var figures: [Figure]

  /// - Parameter name: nil: the words of its measure.
  init(quota: LiveStatus.Quota, name: String? = nil, figures: [Figure] = Figure.allCases) {
    (self.quota, self.name, self.figures) = (quota, name ?? LiveWords.measure(quota), figures)
  }

  /// nil: unknown, or the limit is 0.
  var parts: Parts? {
    func known(_ value: Double?) -> Double? { value.flatMap { $0.isFinite ? $0 : nil } }
    guard quota.limit > 0, quota.limit.isFinite else { return nil }
    let (level, reserved) = (known(quota.level), max(known(quota.reserved) ?? 0, 0))
    // Without the meters of a gateway, what is not free is used.
    guard let used = known(quota.used) ?? level.map({ quota.limit - $0 - reserved }) else { return nil }
    let taken = max(used, 0) + reserved
    let free = max(level ?? quota.limit - taken, 0)
    let length = max(quota.limit, taken + free)
    func percent(_ value: Double) -> Double { value / length * 100 }
    return Parts(
      used: percent(max(used, 0)), reserved: percent(reserved), free: percent(free),
      kept: max(percent(length - taken - free), 0), limit: length > quota.limit ? percent(quota.limit) : nil)
  }

  /// What of the limit is neither used nor may be, in its unit; nil: nothing.
  var kept: Double? {
    guard let level = quota.level, let used = quota.used, let reserved = quota.reserved else { return nil }
    let kept = quota.limit - used - reserved - level
    return kept > 0 && kept.isFinite ? kept : nil
  }

  var urgency: LiveUrgency { LiveUrgency(utilization: quota.utilization) }

  /// A group of rows of the card's table: the bar, and the figures under the heads of their columns.
  var rows: LiveMarkup {
    let why: LiveMarkup = quota.limit > 0 ? "unknown" : "none"
    let share: LiveMarkup =
      parts == nil ? "<small>\(why)</small>" : quota.utilization.map { "<b>\(LiveWords.percent($0))</b>" } ?? ""
    let style: LiveMarkup = urgency == .calm ? "" : " class=\(urgency.style)"
    return """
      <tbody\(style)><tr><th scope=rowgroup>\(name) \(share)<td colspan=\(figures.count - 1)>\(bar)\
      \(isLong ? pairs : cells)
      """
  }

  /// Whether a figure is longer than a column of the narrowest card is wide: `123,456,789` fits one of four.
  private var isLong: Bool { figures.contains { $0.text(of: quota).count > (figures.count < 4 ? 15 : 11) } }

  /// Each figure in a column of its own.
  private var cells: [LiveMarkup] { ["<tr>"] + figures.map { "<td>\($0.text(of: quota))" } }

  /// Long figures two by two, each behind its name; one by one where three columns can't be halved.
  private var pairs: [LiveMarkup] {
    let span = figures.count < 4 ? figures.count : 2
    return figures.enumerated().map { index, figure in
      let start: LiveMarkup = (index * span).isMultiple(of: figures.count) ? "<tr>" : ""
      return "\(start)<td colspan=\(span)><small>\(figure.name)</small> \(figure.text(of: quota))"
    }
  }

  private var bar: LiveMarkup {
    guard let parts, let utilization = quota.utilization else {
      return "<svg class=none role=img aria-label=\"\(name): \(words)\"></svg>"
    }
    var shapes = LiveMarkup()
    var left = 0.0
    for (style, width) in [("u", parts.used), ("r", parts.reserved), ("", parts.free), ("k", parts.kept)] {
      if !style.isEmpty, width >= 0.05 {
        let start: LiveMarkup = left == 0 ? "" : " x=\(Self.length(left))"
        shapes += "<rect class=\(style)\(start) width=\(Self.length(width)) />"
      }
      left += width
    }
    if let limit = parts.limit { shapes += "<line x1=\(Self.length(limit)) x2=\(Self.length(limit)) y2=100% />" }
    let now = Int(saturating: min(max(utilization, 0), 1) * 100)
    return "<svg role=meter aria-label=\"\(name)\" aria-valuenow=\(now) aria-valuetext=\"\(words)\">\(shapes)</svg>"
  }

  /// For readers who do not see the bar.
  var words: String {
    guard quota.limit > 0 else { return "the limit is \(LiveWords.count(quota.limit)), so no request fits" }
    let limit = LiveWords.count(quota.limit)
    var known: [String] = []
    if let used = quota.used { known.append("\(LiveWords.count(used)) used") }
    if let reserved = quota.reserved { known.append("\(LiveWords.count(reserved)) reserved") }
    if let level = quota.level {
      known.append(level < 0 ? "\(LiveWords.count(-level)) in debt" : "\(LiveWords.count(level)) free")
    }
    if let kept { known.append("\(LiveWords.count(kept)) kept back") }
    return known.isEmpty ? "unknown, limit \(limit)" : "\(known.joined(separator: ", ")) of \(limit)"
  }

  /// With one decimal: a bar has fewer pixels.
  private static func length(_ percent: Double) -> String { "\(Figures.plain((percent * 10).rounded() / 10))%" }
}
