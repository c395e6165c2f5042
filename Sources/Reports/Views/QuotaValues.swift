import BedrockQuotas

/// The columns of quotas' values: applied, default, and the effective value where one of them differs.
struct QuotaValues {
  private let scope: QuotaScope
  private let hasEffective: Bool

  init(_ quotas: [Quota], for scope: QuotaScope) {
    self.scope = scope
    hasEffective = quotas.contains { $0.value(for: scope) != $0.value }
  }

  var columns: [Table.Column] {
    [.number("APPLIED"), .number("DEFAULT")] + (hasEffective ? [.number("EFFECTIVE")] : [])
  }

  func cells(_ quota: Quota) -> [Table.Cell] {
    let effective = hasEffective ? [quota.value(for: scope)] : []
    return ([quota.appliedValue, quota.defaultValue] + effective).map { .init(Figures.grouped($0)) }
  }
}
