import BedrockQuotas

/// How full a limit is: what is used, what is reserved, what is free, each as a share of it.
struct LiveFill: Equatable {
  /// Shares of the limit. Their sum is above 1 in debt.
  var used: Double
  var reserved = 0.0
  /// The share of the limit that the service seems to enforce.
  var enforced = 1.0

  var total: Double { used + reserved }

  /// nil if it is unknown how much is left.
  init?(_ quota: LiveStatus.Quota) {
    guard let total = quota.utilization, total.isFinite else { return nil }
    reserved = min(max((quota.reserved ?? 0) / quota.limit, 0), max(total, 0))
    used = max(total, 0) - reserved
    enforced = quota.enforcedShare ?? 1
  }

  init?(_ budget: LiveStatus.Budget) {
    let share = (budget.limit - budget.left) / budget.limit
    guard budget.limit > 0, share.isFinite else { return nil }
    used = max(share, 0)
  }

  /// From here on, a part takes a column, however short the bar is.
  private var seen: Double { 0.01 }

  /// How many columns of a bar each part takes. Only a full limit fills the bar.
  func columns(of width: Int) -> (used: Int, reserved: Int, free: Int, refused: Int) {
    func scaled(_ share: Double) -> Int { Int(saturating: (min(share, 1) * Double(width)).rounded()) }
    let most = total >= 1 ? width : max(width - 1, 0)
    let isBoth = min(used, reserved) >= seen
    guard total < 1 || used < 1 else { return (width, 0, 0, 0) }
    let taken = min(max(scaled(total), total < seen ? 0 : isBoth ? 2 : 1), most)
    let own = reserved > 0 ? min(max(scaled(used), used > 0 ? 1 : 0), max(taken - 1, 0)) : taken
    let refused = min(max(scaled(1 - enforced), 0), width - taken)
    return (own, taken - own, width - taken - refused, refused)
  }
}
